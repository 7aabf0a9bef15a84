/**
 * Where batches wait that were told but are not in LMDB yet, in durability `commit`: two files that
 * are written in turn, batch behind batch, without a flush. The operating system keeps them when
 * the process dies, and the next start takes into the journal what is not there.
 *
 * A file is begun again when all that it holds is in LMDB. What is left of before, behind the new
 * batches, is older and so is passed over, or no batch at all.
 */
import { closeSync, existsSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import {
  firstSequenceOfStored,
  lengthOfStored,
  linkOfStored,
  previousCrcOfStored,
} from './batch.ts';
import type { BatchTarget } from './batch-storage.ts';
import { reading } from './file-error.ts';
import { flushFolder } from './flush-folder.ts';
import { JournalWriteError } from './journal-error.ts';
import { journalFolderOf } from './journal-store.ts';

const FILES = ['staging-0', 'staging-1'] as const;

/** One of the two: written in place, and never flushed. */
export interface StagingFile {
  /** Writes all of it; the operating system has it then. */
  write(bytes: Uint8Array, position: number): void;
  close(): void;
}

interface Staged {
  readonly file: StagingFile;
  length: number;
  lastSequence: number;
}

/** Both files of a data folder, empty. */
export function openStagingFiles(dataFolder: string): StagingFile[] {
  return FILES.map((name) => {
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
  private current = 0;
  private flushedSequence = 0;

  /** @param fileBytes how long each of the two files may become */
  constructor(files: readonly StagingFile[], fileBytes: number) {
    this.fileBytes = fileBytes;
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
    staged.file.write(bytes, staged.length);
    staged.length += bytes.length;
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
}

/**
 * Appends to the journal what was told before the last end but did not get there; returns how many
 * batches. What does not continue the journal was not told, or is there already. All that is in the
 * journal is on disk before the files go.
 */
export function restoreStaged(dataFolder: string, store: BatchTarget): number {
  const paths = FILES.map((name) => join(journalFolderOf(dataFolder), name));
  const contents = paths
    .filter((path) => existsSync(path))
    .map((path) => reading(path, () => readFileSync(path)));
  const count = appendStaged(contents, store);
  store.flush();
  removeStaging(dataFolder);
  return count;
}

/** The same, of what the files hold: they may go when it returns. */
export function appendStaged(contents: readonly Uint8Array[], store: BatchTarget): number {
  let last = store.lastLink();
  let count = 0;
  for (const batch of batchesIn(contents)) {
    const isNext = firstSequenceOfStored(batch) === last.lastSequence + 1;
    if (!isNext || previousCrcOfStored(batch) !== last.crc) continue;
    store.append(last.lastSequence + 1, batch);
    last = linkOfStored(batch);
    count++;
  }
  return count;
}

/**
 * Removes them for good: after a power cut a file of a former life could come back, with batches
 * that were lost since and go on where the journal ends now.
 */
export function removeStaging(dataFolder: string): void {
  const folder = journalFolderOf(dataFolder);
  const paths = FILES.map((name) => join(folder, name)).filter((path) => existsSync(path));
  if (paths.length === 0) return;
  for (const path of paths) rmSync(path);
  flushFolder(folder);
}

/** The whole batches in both files, in order of their commands. */
function batchesIn(contents: readonly Uint8Array[]): Uint8Array[] {
  const batches: Uint8Array[] = [];
  for (const bytes of contents) {
    for (let at = 0; ; ) {
      const length = lengthOfStored(bytes.subarray(at));
      if (length === undefined) break;
      batches.push(bytes.subarray(at, at + length));
      at += length;
    }
  }
  return batches.sort((a, b) => firstSequenceOfStored(a) - firstSequenceOfStored(b));
}
