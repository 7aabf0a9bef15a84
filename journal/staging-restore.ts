/**
 * Takes into the journal what was told in durability `commit` before the last end, and did not get
 * there. What was told must be there, unless the operating system has ended since: then any sector
 * of a staging file may be missing, and what is whole and continues the journal is taken.
 */
import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  firstSequenceOfStored,
  lengthOfStored,
  linkOfStored,
  previousCrcOfStored,
} from './batch.ts';
import type { BatchTarget } from './batch-storage.ts';
import { readBootId } from './boot-id.ts';
import { reading } from './file-error.ts';
import { flushFolder } from './flush-folder.ts';
import { JournalError } from './journal-error.ts';
import { journalFolderOf } from './journal-store.ts';
import { STAGING_HEADER_BYTES, stagingHeaderOf } from './staging-header.ts';

export const STAGING_FILES = ['staging-0', 'staging-1'] as const;

/** A staging file as it was left. */
export interface StagedContent {
  readonly path: string;
  readonly bytes: Uint8Array;
}

export interface Restored {
  /** Batches that the journal did not have. */
  readonly batches: number;
  /** Whether a power cut took batches that were told. */
  readonly isCut: boolean;
}

interface StagedBatch {
  readonly bytes: Uint8Array;
  readonly path: string;
  /** Whether it must be in the journal in the end. */
  readonly isBinding: boolean;
}

interface StagedFile {
  readonly batches: StagedBatch[];
  /** What is wrong with it. */
  readonly fault?: string;
  readonly isCut: boolean;
}

/**
 * Appends what the staging files have and the journal has not, and removes them. All that is in the
 * journal is on disk before the files go.
 *
 * @throws JournalError where a batch is missing that was told: the files stay then, and what comes
 *   before it is in the journal
 */
export function restoreStaged(dataFolder: string, store: BatchTarget): Restored {
  const contents = stagingFilesOf(dataFolder).map((path) => ({
    path,
    bytes: reading(path, () => readFileSync(path)),
  }));
  const restored = appendStaged(contents, store, readBootId());
  store.flush();
  removeStaging(dataFolder);
  return restored;
}

/** The same, of what the files hold: they may go when it returns. */
export function appendStaged(
  contents: readonly StagedContent[],
  store: BatchTarget,
  bootId: string,
): Restored {
  const files = contents.map((content) => readStaged(content, bootId));
  const batches = files.flatMap((file) => file.batches);
  batches.sort((a, b) => firstSequenceOfStored(a.bytes) - firstSequenceOfStored(b.bytes));
  let last = store.lastLink();
  let count = 0;
  for (const { bytes } of batches) {
    const isNext = firstSequenceOfStored(bytes) === last.lastSequence + 1;
    if (!isNext || previousCrcOfStored(bytes) !== last.crc) continue;
    store.append(last.lastSequence + 1, bytes);
    last = linkOfStored(bytes);
    count++;
  }
  const { lastSequence } = last;
  const fault = files.find((file) => file.fault !== undefined)?.fault;
  if (fault !== undefined) throw refusal(lastSequence, fault);
  const ahead = batches.filter(({ bytes }) => linkOfStored(bytes).lastSequence > lastSequence);
  const binding = ahead.find(({ isBinding }) => isBinding);
  if (binding !== undefined) throw refusal(lastSequence, leavesGap(binding));
  return { batches: count, isCut: ahead.length > 0 || files.some(({ isCut }) => isCut) };
}

/**
 * Removes them for good: after a power cut a file of a former life could come back, with batches
 * that were lost since and go on where the journal ends now.
 */
export function removeStaging(dataFolder: string): void {
  const paths = stagingFilesOf(dataFolder);
  if (paths.length === 0) return;
  for (const path of paths) rmSync(path);
  flushFolder(journalFolderOf(dataFolder));
}

/** Gives them names that no start looks for, which begin with `stem`; returns those. */
export function setStagingAside(dataFolder: string, stem: string): string[] {
  const folder = journalFolderOf(dataFolder);
  const moved = STAGING_FILES.filter((name) => existsSync(join(folder, name))).map((name) => {
    const target = `${stem}.${name}`;
    if (existsSync(target)) throw new Error(`${target} exists already: it is not replaced`);
    renameSync(join(folder, name), target);
    return target;
  });
  if (moved.length > 0) flushFolder(folder);
  return moved;
}

function stagingFilesOf(dataFolder: string): string[] {
  const folder = journalFolderOf(dataFolder);
  return STAGING_FILES.map((name) => join(folder, name)).filter((path) => existsSync(path));
}

/** The batches in a file, up to the first that is not whole. */
function readStaged({ path, bytes }: StagedContent, bootId: string): StagedFile {
  const batches: StagedBatch[] = [];
  let end = 0;
  let isSameBoot = true;
  try {
    const header = stagingHeaderOf(bytes);
    if (header === undefined) return { batches, isCut: false };
    end = header.end;
    isSameBoot = header.bootId === bootId && bootId !== '';
  } catch (error) {
    return { batches, fault: `${path}: ${(error as Error).message}`, isCut: false };
  }
  let at = STAGING_HEADER_BYTES;
  for (;;) {
    const length = lengthOfStored(bytes.subarray(at));
    if (length === undefined) break;
    const isBinding = isSameBoot && at < end;
    batches.push({ bytes: bytes.subarray(at, at + length), path, isBinding });
    at += length;
  }
  if (at >= end) return { batches, isCut: false };
  if (!isSameBoot) return { batches, isCut: true };
  const fault = `${path} is damaged: of batches up to byte ${end}, the one at ${at} is not whole`;
  return { batches, fault, isCut: false };
}

function leavesGap({ bytes, path }: StagedBatch): string {
  const first = firstSequenceOfStored(bytes);
  return `${path} has commands from ${first} on, and the journal does not lead there`;
}

function refusal(lastSequence: number, fault: string): JournalError {
  return new JournalError(
    lastSequence + 1,
    fault,
    `The journal has all up to command ${lastSequence}; later ones that were told are missing. ` +
      'Keep a copy of the journal folder, and restore a good one; or, to go on without them, run ' +
      `\`npm run journal -- truncate --data DIR --after ${lastSequence} --yes\`, which keeps the ` +
      'staging files under another name.',
  );
}
