/**
 * Where batches wait that were told but are not in LMDB yet, in durability `commit`: two files that
 * are written in turn, batch behind batch, without a flush. The operating system keeps them when
 * the process dies, and the next start takes into the journal what is not there
 * (`staging-restore.ts`).
 *
 * A file is begun again when all that it holds is in LMDB; what is left of before, behind the new
 * batches, is older. Its header says up to which command was told: it is written behind each batch,
 * before that is told. The files stay when the exchange ends, emptied: a header is on disk before
 * anything is told, so one that is missing was lost.
 */
import {
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  writeSync,
} from 'node:fs';
import { readBootId } from './boot-id.ts';
import { flushFolder } from './flush-folder.ts';
import { JournalWriteError } from './journal-error.ts';
import { journalFolderOf } from './journal-store.ts';
import { putStagingHeader, STAGING_HEADER_BYTES } from './staging-header.ts';
import { stagingPathsOf } from './staging-restore.ts';

/** One of the two: written in place, and not flushed. */
export interface StagingFile {
  /** Writes all of it; the operating system has it then. */
  write(bytes: Uint8Array, position: number): void;
  /** Leaves nothing behind a header, at once, and on disk. */
  reset(header: Uint8Array): void;
  close(): void;
}

interface Staged {
  readonly file: StagingFile;
  length: number;
  lastSequence: number;
}

/** Both files of a data folder. */
export function openStagingFiles(dataFolder: string): StagingFile[] {
  const files = stagingPathsOf(dataFolder).map((path) => {
    const file = openSync(path, constants.O_RDWR | constants.O_CREAT, 0o666);
    const attempt = (work: () => void) => {
      try {
        work();
      } catch (error) {
        throw new JournalWriteError('a batch', path, error);
      }
    };
    const write = (bytes: Uint8Array, position: number) =>
      attempt(() => {
        for (let at = 0; at < bytes.length; ) {
          at += writeSync(file, bytes, at, bytes.length - at, position + at);
        }
      });
    return {
      write,
      reset(header: Uint8Array) {
        write(header, 0);
        attempt(() => {
          ftruncateSync(file, header.length);
          fsyncSync(file);
        });
      },
      close: () => closeSync(file),
    };
  });
  flushFolder(journalFolderOf(dataFolder));
  return files;
}

/** Empties those of another life, once all that they hold is in the journal, and flushed. */
export function emptyStagingFiles(dataFolder: string): void {
  if (!stagingPathsOf(dataFolder).some((path) => existsSync(path))) return;
  new Staging(openStagingFiles(dataFolder), 0).close();
}

export class Staging {
  private readonly files: readonly Staged[];
  private readonly fileBytes: number;
  private readonly bootId: string;
  private readonly header = Buffer.alloc(STAGING_HEADER_BYTES);
  private current = 0;
  private flushedSequence = 0;

  /**
   * Empties the files: all that they hold is in the journal.
   *
   * @param fileBytes how long the batches of each of the two files may become
   * @param bootId of the operating system that now has what is written
   */
  constructor(files: readonly StagingFile[], fileBytes: number, bootId: string = readBootId()) {
    this.fileBytes = STAGING_HEADER_BYTES + fileBytes;
    this.bootId = bootId;
    this.files = files.map((file) => ({ file, length: STAGING_HEADER_BYTES, lastSequence: 0 }));
    this.reset();
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
      this.files[this.current]!.length = STAGING_HEADER_BYTES;
    }
    const staged = this.files[this.current]!;
    staged.file.write(bytes, staged.length);
    staged.length += bytes.length;
    staged.lastSequence = lastSequence;
    putStagingHeader(this.header, { lastSequence, bootId: this.bootId, file: this.current });
    staged.file.write(this.header, 0);
  }

  /** All batches up to this command are in LMDB, and flushed. */
  flushed(sequence: number): void {
    this.flushedSequence = sequence;
  }

  /** When all of it is in LMDB. */
  close(): void {
    this.reset();
    for (const { file } of this.files) file.close();
  }

  private reset(): void {
    for (const [index, { file }] of this.files.entries()) {
      putStagingHeader(this.header, { lastSequence: 0, bootId: this.bootId, file: index });
      file.reset(this.header);
    }
  }
}
