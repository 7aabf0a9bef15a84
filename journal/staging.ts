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
import { JournalWriteError } from './journal-error.ts';
import type { JournalStore } from './journal-store.ts';
import { journalFolderOf } from './journal-store.ts';

const FILES = ['staging-0', 'staging-1'] as const;

interface StagingFile {
  readonly path: string;
  readonly file: number;
  length: number;
  lastSequence: number;
}

export class Staging {
  private readonly files: readonly StagingFile[];
  private readonly fileBytes: number;
  private current = 0;
  private flushedSequence = 0;

  /** @param fileBytes how long each of the two files may become */
  constructor(dataFolder: string, fileBytes: number) {
    this.fileBytes = fileBytes;
    this.files = FILES.map((name) => {
      const path = join(journalFolderOf(dataFolder), name);
      return { path, file: openSync(path, 'w+'), length: 0, lastSequence: 0 };
    });
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
    try {
      for (let at = 0; at < bytes.length; ) {
        at += writeSync(staged.file, bytes, at, bytes.length - at, staged.length + at);
      }
    } catch (error) {
      throw new JournalWriteError(`the batch up to ${lastSequence}`, staged.path, error);
    }
    staged.length += bytes.length;
    staged.lastSequence = lastSequence;
  }

  /** All batches up to this command are in LMDB, and flushed. */
  flushed(sequence: number): void {
    this.flushedSequence = sequence;
  }

  /** When all of it is in LMDB. */
  close(dataFolder: string): void {
    for (const { file } of this.files) closeSync(file);
    removeStaging(dataFolder);
  }
}

/**
 * Appends to the journal what was told before the last end but did not get there; returns how many
 * batches. What does not continue the journal was not told, or is there already.
 */
export function restoreStaged(dataFolder: string, store: JournalStore): number {
  let last = store.lastLink();
  let count = 0;
  for (const batch of readStaged(dataFolder)) {
    const isNext = firstSequenceOfStored(batch) === last.lastSequence + 1;
    if (!isNext || previousCrcOfStored(batch) !== last.crc) continue;
    store.append(last.lastSequence + 1, batch);
    last = linkOfStored(batch);
    count++;
  }
  removeStaging(dataFolder);
  return count;
}

export function removeStaging(dataFolder: string): void {
  for (const name of FILES) rmSync(join(journalFolderOf(dataFolder), name), { force: true });
}

/** The whole batches in both files, in order of their commands. */
function readStaged(dataFolder: string): Uint8Array[] {
  const batches: Uint8Array[] = [];
  for (const name of FILES) {
    const path = join(journalFolderOf(dataFolder), name);
    if (!existsSync(path)) continue;
    const bytes = readFileSync(path);
    for (let at = 0; ; ) {
      const length = lengthOfStored(bytes.subarray(at));
      if (length === undefined) break;
      batches.push(bytes.subarray(at, at + length));
      at += length;
    }
  }
  return batches.sort((a, b) => firstSequenceOfStored(a) - firstSequenceOfStored(b));
}
