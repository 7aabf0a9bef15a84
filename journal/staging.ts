/**
 * Where batches wait that were told but are not in LMDB yet, in durability `commit`: two files that
 * are written in turn, batch behind batch, without a flush. The operating system keeps them when
 * the process dies, and the next start takes into the journal what is not there
 * (`staging-restore.ts`).
 *
 * A file is begun again when all that it holds is in LMDB; what is left of before, behind the new
 * batches, is older. Its header says up to where batches were told: it is written behind each of
 * them, before that is told.
 */
import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { readBootId } from './boot-id.ts';
import { JournalWriteError } from './journal-error.ts';
import { journalFolderOf } from './journal-store.ts';
import { putStagingHeader, STAGING_HEADER_BYTES } from './staging-header.ts';
import { removeStaging, STAGING_FILES } from './staging-restore.ts';

/** One of the two: written in place, and never flushed. */
export interface StagingFile {
  /** Writes all of it; the operating system has it then. */
  write(bytes: Uint8Array, position: number): void;
  close(): void;
}

interface Staged {
  readonly file: StagingFile;
  /** 0: nothing is written yet. */
  length: number;
  lastSequence: number;
}

/** Both files of a data folder, empty. */
export function openStagingFiles(dataFolder: string): StagingFile[] {
  return STAGING_FILES.map((name) => {
    const path = join(journalFolderOf(dataFolder), name);
    const file = openSync(path, 'w+');
    return {
      write(bytes, position) {
        try {
          for (let at = 0; at < bytes.length; ) {
            at += writeSync(file, bytes, at, bytes.length - at, position + at);
          }
        } catch (error) {
          throw new JournalWriteError('a batch', path, error);
        }
      },
      close: () => closeSync(file),
    };
  });
}

export class Staging {
  private readonly files: readonly Staged[];
  private readonly fileBytes: number;
  private readonly bootId: string;
  private readonly header = Buffer.alloc(STAGING_HEADER_BYTES);
  private current = 0;
  private flushedSequence = 0;

  /**
   * @param fileBytes how long the batches of each of the two files may become
   * @param bootId of the operating system that now has what is written
   */
  constructor(files: readonly StagingFile[], fileBytes: number, bootId: string = readBootId()) {
    this.fileBytes = STAGING_HEADER_BYTES + fileBytes;
    this.bootId = bootId;
    this.files = files.map((file) => ({ file, length: 0, lastSequence: 0 }));
  }

  /** Whether a batch of so many bytes may be appended; false until older ones are in LMDB. */
  hasRoomFor(bytes: number): boolean {
    if (this.files[this.current]!.length + bytes <= this.fileBytes) return true;
    return this.files[1 - this.current]!.lastSequence <= this.flushedSequence;
  }

  /** Appends a batch, for which there must be room; it is in the operating system's hands then. */
  append(lastSequence: number, bytes: Uint8Array): void {
    if (this.files[this.current]!.length + bytes.length > this.fileBytes) {
      this.current = 1 - this.current;
      this.files[this.current]!.length = 0;
    }
    const staged = this.files[this.current]!;
    // What the header named before is about to be overwritten.
    if (staged.length === 0) this.writeHeader(staged, STAGING_HEADER_BYTES);
    staged.file.write(bytes, staged.length);
    this.writeHeader(staged, staged.length + bytes.length);
    staged.lastSequence = lastSequence;
  }

  /** All batches up to this command are in LMDB, and flushed. */
  flushed(sequence: number): void {
    this.flushedSequence = sequence;
  }

  /** When all of it is in LMDB. */
  close(dataFolder: string): void {
    for (const { file } of this.files) file.close();
    removeStaging(dataFolder);
  }

  private writeHeader(staged: Staged, end: number): void {
    putStagingHeader(this.header, { end, bootId: this.bootId });
    staged.file.write(this.header, 0);
    staged.length = end;
  }
}
