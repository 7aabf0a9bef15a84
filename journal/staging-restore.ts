/**
 * Takes into the journal what was told in durability `commit` before the last end, and did not get
 * there. What was told must be there, unless the operating system has ended since: then any sector
 * behind a staging file's header may be missing, and what is whole and continues the journal is
 * taken.
 */
import { existsSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import {
  type ChainLink,
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
import { STAGING_HEADER_BYTES, type StagingHeader, stagingHeaderOf } from './staging-header.ts';

const STAGING_FILES = ['staging-0', 'staging-1'] as const;

/** A staging file as it was left; no bytes: it is not there. */
export interface StagedContent {
  readonly path: string;
  readonly bytes: Uint8Array | undefined;
}

export interface Restored {
  /** Batches that the journal did not have. */
  readonly batches: number;
  /** Whether a power cut took commands that were told. */
  readonly isCut: boolean;
}

export function stagingPathsOf(dataFolder: string): string[] {
  return STAGING_FILES.map((name) => join(journalFolderOf(dataFolder), name));
}

/**
 * Appends what the staging files have and the journal has not, and flushes all of that; the files
 * are not needed any more then.
 *
 * @param areExpected whether both must be there, since an exchange has used them
 * @throws JournalError where a command is missing that was told; what comes before it is in the
 *   journal
 */
export function restoreStaged(
  dataFolder: string,
  store: BatchTarget,
  areExpected: boolean,
): Restored {
  const contents = readStagingFiles(dataFolder);
  const restored = appendStaged(contents, store, readBootId(), areExpected);
  store.flush();
  return restored;
}

/** The same, of what the files hold. */
export function appendStaged(
  contents: readonly StagedContent[],
  store: BatchTarget,
  bootId: string,
  areExpected: boolean,
): Restored {
  const batches = continuingIn(contents, store.lastLink());
  for (const bytes of batches) store.append(firstSequenceOfStored(bytes), bytes);
  const { lastSequence } = store.lastLink();
  let isCut = false;
  const headers = contents.map((content) => headerOf(content, lastSequence));
  const areThere = areExpected || haveBeenThere(headers);
  for (const [index, content] of contents.entries()) {
    const header = headers[index];
    if (header === undefined && areThere) throw refusal(lastSequence, isBlank(content));
    if (header === undefined) continue;
    if (header.file !== index && headers.every((each) => each?.file === header.file)) {
      throw refusal(lastSequence, `${content.path} is the other file once more`);
    }
    if (header.lastSequence <= lastSequence) continue;
    const isLost = header.bootId !== bootId || bootId === '';
    if (!isLost) throw refusal(lastSequence, whatIsMissing(content, header));
    isCut = true;
  }
  return { batches: batches.length, isCut };
}

/**
 * Before a journal is cut: what the files could still give it must be in it, or it would be lost.
 *
 * @throws Error where a start would take something in
 */
export function assertNothingStaged(dataFolder: string, end: ChainLink): void {
  const staged = stagedEnd(dataFolder, end);
  if (staged === undefined) return;
  throw new Error(
    `the staging files of ${journalFolderOf(dataFolder)} have commands up to ${staged} that the ` +
      `journal has not, which ends with ${end.lastSequence}: start the exchange once, which ` +
      'takes them in, and stop it',
  );
}

/** The last command that a start would take in; undefined where there is nothing to take. */
export function stagedEnd(dataFolder: string, end: ChainLink): number | undefined {
  const last = continuingIn(readStagingFiles(dataFolder), end).at(-1);
  return last && linkOfStored(last).lastSequence;
}

/** Gives them names that no start looks for, which begin with `stem`; returns those. */
export function setStagingAside(dataFolder: string, stem: string): string[] {
  const moved: string[] = [];
  for (const [index, path] of stagingPathsOf(dataFolder).entries()) {
    if (!existsSync(path)) continue;
    const target = `${stem}.${STAGING_FILES[index]}`;
    if (existsSync(target)) throw new Error(`${target} exists already: it is not replaced`);
    renameSync(path, target);
    moved.push(target);
  }
  if (moved.length > 0) flushFolder(journalFolderOf(dataFolder));
  return moved;
}

function readStagingFiles(dataFolder: string): StagedContent[] {
  return stagingPathsOf(dataFolder).map((path) => ({
    path,
    bytes: existsSync(path) ? reading(path, () => readFileSync(path)) : undefined,
  }));
}

/** The batches in the files that continue the chain from a link on. */
function continuingIn(contents: readonly StagedContent[], from: ChainLink): Uint8Array[] {
  const batches = contents.flatMap(({ bytes }) => (bytes === undefined ? [] : batchesIn(bytes)));
  batches.sort((a, b) => firstSequenceOfStored(a) - firstSequenceOfStored(b));
  let last = from;
  return batches.filter((bytes) => {
    const isNext = firstSequenceOfStored(bytes) === last.lastSequence + 1;
    if (!isNext || previousCrcOfStored(bytes) !== last.crc) return false;
    last = linkOfStored(bytes);
    return true;
  });
}

/** The batches in a file, up to the first that is not whole. */
function batchesIn(bytes: Uint8Array): Uint8Array[] {
  const batches: Uint8Array[] = [];
  for (let at = STAGING_HEADER_BYTES; ; ) {
    const length = lengthOfStored(bytes.subarray(at));
    if (length === undefined) return batches;
    batches.push(bytes.subarray(at, at + length));
    at += length;
  }
}

/** Undefined: the file is not there, or as it is created. */
function headerOf({ path, bytes }: StagedContent, lastSequence: number): StagingHeader | undefined {
  if (bytes === undefined) return undefined;
  try {
    return stagingHeaderOf(bytes);
  } catch (error) {
    throw refusal(lastSequence, `${path}: ${(error as Error).message}`);
  }
}

/** Whether both were used: the first is made first, and written first. */
function haveBeenThere([first, second]: readonly (StagingHeader | undefined)[]): boolean {
  return second !== undefined || (first !== undefined && first.lastSequence > 0);
}

function isBlank({ path, bytes }: StagedContent): string {
  return `${path} ${bytes === undefined ? 'is missing' : 'has lost its header'}`;
}

function whatIsMissing({ path, bytes }: StagedContent, { lastSequence }: StagingHeader): string {
  const batches = batchesIn(bytes!);
  const end = batches.reduce((sum, { length }) => sum + length, STAGING_HEADER_BYTES);
  const isWhole = batches.some((batch) => linkOfStored(batch).lastSequence === lastSequence);
  const what = `${path} says that commands up to ${lastSequence} were told`;
  if (isWhole) return `${what}, and the journal does not lead there`;
  return `${what}, and is damaged at byte ${end}`;
}

function refusal(lastSequence: number, fault: string): JournalError {
  return new JournalError(
    lastSequence + 1,
    fault,
    `The journal has all up to command ${lastSequence}; later ones that were told may be ` +
      'missing. Keep a copy of the journal folder, and restore a good one; or, to go on without ' +
      `them, run \`npm run journal -- truncate --data DIR --after ${lastSequence} --yes\`, which ` +
      'keeps the staging files under another name.',
  );
}
