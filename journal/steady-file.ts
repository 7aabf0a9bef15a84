/**
 * A long file that is written beside a running exchange: flushed as it grows. Flushed only at its
 * end, hundreds of megabytes would be on their way to the disk before the journal's next flush:
 * orders waited 0.25 s then (docs/reliability.md).
 */
import { closeSync, fdatasyncSync, fsyncSync, openSync, writeFileSync } from 'node:fs';

const FLUSH_BYTES = 2 ** 24;

export class SteadyFile {
  private readonly file: number;
  private readonly flushGrown: (file: number) => void;
  private unflushedBytes = 0;
  /** How long it is. */
  bytes = 0;

  /**
   * Makes it, or empties what is there.
   *
   * @param flushGrown flushes what it has so far
   */
  constructor(path: string, flushGrown: (file: number) => void = fdatasyncSync) {
    this.flushGrown = flushGrown;
    this.file = openSync(path, 'w');
  }

  /** All of it: a single call of the system may write less than it was given. */
  write(bytes: Uint8Array): void {
    writeFileSync(this.file, bytes);
    this.bytes += bytes.length;
    this.unflushedBytes += bytes.length;
    if (this.unflushedBytes < FLUSH_BYTES) return;
    this.flushGrown(this.file);
    this.unflushedBytes = 0;
  }

  /** All that was written is on disk then. */
  flush(): void {
    fsyncSync(this.file);
  }

  close(): void {
    closeSync(this.file);
  }
}
