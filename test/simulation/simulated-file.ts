/**
 * A file that nobody flushes. The operating system has what was written at once; a power cut leaves
 * any of its sectors as they were before.
 */
import type { StagingFile } from '../../journal/staging.ts';
import type { RandomSource } from './random-source.ts';

const SECTOR = 512;

export class SimulatedFile implements StagingFile {
  content: Uint8Array = new Uint8Array(0);
  /** What is on the disk for certain. */
  private durable: Uint8Array = new Uint8Array(0);
  private readonly pause: () => void;

  /** @param pause called in the middle of a write */
  constructor(pause: () => void) {
    this.pause = pause;
  }

  write(bytes: Uint8Array, position: number): void {
    // A page is written whole, or not at all, by a process that is killed meanwhile.
    if (position + bytes.length <= SECTOR) {
      this.put(bytes, position);
      this.pause();
      return;
    }
    const middle = bytes.length >> 1;
    this.put(bytes.subarray(0, middle), position);
    this.pause();
    this.put(bytes.subarray(middle), position + middle);
  }

  close(): void {}

  reset(header: Uint8Array): void {
    this.write(header, 0);
    this.content = new Uint8Array(header);
    this.durable = new Uint8Array(header);
  }

  cutPower(random: RandomSource): void {
    const { content, durable } = this;
    const length = random.pick([content.length, durable.length]);
    const left = new Uint8Array(length);
    for (let at = 0; at < length; at += SECTOR) {
      const source = random.oneIn(2) ? content : durable;
      left.set(source.subarray(at, Math.min(at + SECTOR, length)), at);
    }
    this.content = left;
    this.durable = left.slice();
  }

  private put(bytes: Uint8Array, position: number): void {
    if (position + bytes.length > this.content.length) {
      const longer = new Uint8Array(position + bytes.length);
      longer.set(this.content);
      this.content = longer;
    }
    this.content.set(bytes, position);
  }
}
