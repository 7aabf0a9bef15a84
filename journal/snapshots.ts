/**
 * The snapshots of a data folder, in files of their own beside the journal, and replays that begin
 * with the newest of them that is good.
 */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { EventBuffer } from '../exchange/event-sink.ts';
import { DEFAULT_CAPACITY, Exchange, type ExchangeCapacity } from '../exchange/exchange.ts';
import { hashState } from '../exchange/state-hash.ts';
import { readBootMark } from './boot-id.ts';
import { writing } from './file-error.ts';
import { flushFolder } from './flush-folder.ts';
import { isJournalFlushed } from './journal-file.ts';
import { assertHasPoint, isContinued, isTrimmed } from './journal-point.ts';
import { JournalReplay, type ReplayListener } from './journal-replay.ts';
import type { JournalStore } from './journal-store.ts';
import {
  loadSnapshot,
  type OnChunk,
  readSnapshotOrigin,
  SnapshotError,
  writeSnapshot,
} from './snapshot-file.ts';

const NAME = /^snapshot-(\d{16})$/;
const PARTIAL = /^snapshot-\d{16}\.\d+\.partial$/;

export interface Snapshot {
  /** The last command that is in it. */
  readonly sequence: number;
  readonly path: string;
  readonly bytes: number;
}

export interface ReplayFromSnapshot {
  readonly listener?: ReplayListener;
  readonly capacity?: ExchangeCapacity;
  /** One that is as new, in place of one of that capacity: it was warmed up. */
  readonly exchange?: Exchange;
  /** Begin with this command's snapshot at the latest; without it, with the newest. */
  readonly upTo?: number;
  /** A snapshot that cannot be used: an older one is, or all of the journal. */
  readonly onBad?: (why: string) => void;
  /** Give those that never can be used another name, so that they take no good one's place. */
  readonly setsAside?: boolean;
  readonly onChunk?: OnChunk;
}

export function snapshotsFolderOf(dataFolder: string): string {
  return join(dataFolder, 'snapshots');
}

/** Newest first. */
export function listSnapshots(dataFolder: string): Snapshot[] {
  const folder = snapshotsFolderOf(dataFolder);
  if (!existsSync(folder)) return [];
  const snapshots: Snapshot[] = [];
  for (const name of readdirSync(folder)) {
    const sequence = NAME.exec(name)?.[1];
    if (sequence !== undefined) {
      const path = join(folder, name);
      snapshots.push({ sequence: Number(sequence), path, bytes: sizeOf(path) });
    }
  }
  return snapshots.sort((a, b) => b.sequence - a.sequence);
}

/** 0 where it cannot be told; whether a snapshot can be used, its reader says. */
function sizeOf(path: string): number {
  try {
    return statSync(path).size;
  } catch {
    return 0;
  }
}

/**
 * Writes the state that a replay has come to, brings the emptied exchange back to it from what was
 * written, as a start would, and gives it its name.
 *
 * @throws SnapshotError where what was written is not what was to be; the exchange is of no use
 * then
 */
export function takeSnapshot(
  dataFolder: string,
  { exchange, link }: Pick<JournalReplay, 'exchange' | 'link'>,
  onChunk?: OnChunk,
): Snapshot {
  const folder = snapshotsFolderOf(dataFolder);
  mkdirSync(folder, { recursive: true });
  const { sequence } = exchange;
  const path = join(folder, `snapshot-${String(sequence).padStart(16, '0')}`);
  const partial = `${path}.${process.pid}.partial`;
  try {
    const bootMark = isJournalFlushed(dataFolder) ? 0 : readBootMark();
    const bytes = writing(path, () => writeSnapshot(partial, exchange, link, bootMark, onChunk));
    // A second exchange in this thread would slow both (ADR 0009).
    exchange.clear();
    loadSnapshot(partial, exchange, onChunk);
    writing(path, () => {
      renameSync(partial, path);
      flushFolder(folder);
    });
    return { sequence, path, bytes };
  } finally {
    rmSync(partial, { force: true });
  }
}

/** Whether a snapshot says of a replay that has come to its command what that says; or what not. */
export function differenceOf({ path }: Snapshot, replay: JournalReplay): string | undefined {
  try {
    const exchange = new Exchange(new EventBuffer(), DEFAULT_CAPACITY);
    const { crc } = loadSnapshot(path, exchange);
    const isSame =
      crc === replay.link.crc &&
      exchange.events.hash.toString() === replay.eventHash &&
      hashState(exchange) === hashState(replay.exchange);
    return isSame ? undefined : `${path}: the journal comes to another state at its command`;
  } catch (error) {
    // Beside a running exchange: that keeps the newest ones only.
    if (!existsSync(path)) return undefined;
    if (error instanceof SnapshotError) return error.message;
    throw error;
  }
}

/**
 * Removes all but the newest ones, and but the one that a trimmed journal begins behind.
 *
 * @param firstSequence of the journal
 */
export function keepSnapshots(dataFolder: string, count: number, firstSequence = 1): void {
  const all = listSnapshots(dataFolder);
  const before = all.find(({ sequence }) => firstSequence > 1 && sequence < firstSequence);
  for (const snapshot of all.slice(count)) {
    if (snapshot !== before) rmSync(snapshot.path, { force: true });
  }
}

/**
 * What a journal may lose before the oldest of so many snapshots, once that was seen to be good:
 * the snapshot's command; 0 where there are not so many.
 *
 * @param exchange to see it in; its state is lost
 */
export function trimmableTo(
  store: JournalStore,
  dataFolder: string,
  count: number,
  exchange: Exchange,
  onChunk?: OnChunk,
): number {
  const oldest = listSnapshots(dataFolder)[count - 1];
  if (oldest === undefined) return 0;
  assertContinued(store, oldest.path);
  exchange.clear();
  loadSnapshot(oldest.path, exchange, onChunk);
  return oldest.sequence;
}

/**
 * Gives those another name, which nobody looks for, that a journal which ends now has not come to,
 * or by another way. Returns the new names.
 */
export function setSnapshotsAside(dataFolder: string, store: JournalStore): string[] {
  const { lastSequence } = store.lastLink();
  const others = listSnapshots(dataFolder).filter(
    ({ sequence, path }) => sequence > lastSequence || isOfOther(store, path),
  );
  return others.map(({ path }) => setAside(path, 'cut'));
}

function isOfOther(store: JournalStore, path: string): boolean {
  try {
    const { link } = readSnapshotOrigin(path);
    return !isTrimmed(store, link) && !isContinued(store, link);
  } catch (error) {
    // What cannot be read is for a start to pass over.
    if (error instanceof SnapshotError) return false;
    throw error;
  }
}

function setAside(path: string, why: 'cut' | 'refused'): string {
  renameSync(path, `${path}.${why}`);
  return `${path}.${why}`;
}

/** Removes what writers left that died. Nobody may be writing one. */
export function removePartialSnapshots(dataFolder: string): void {
  const folder = snapshotsFolderOf(dataFolder);
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) {
    if (PARTIAL.test(name)) rmSync(join(folder, name), { force: true });
  }
}

/**
 * A replay that has come to the newest good snapshot; or one at the journal's beginning.
 *
 * @throws JournalError where the journal does not lead to one: it is an older copy, or another's
 */
export function replayFromSnapshot(
  store: JournalStore,
  dataFolder: string,
  { upTo = Number.POSITIVE_INFINITY, ...options }: ReplayFromSnapshot = {},
): JournalReplay {
  const snapshots = listSnapshots(dataFolder).filter(({ sequence }) => sequence <= upTo);
  return replayFromOneOf(snapshots, store, options);
}

/** A replay of all that there is: from the first command, or the oldest snapshot that is good. */
export function replayWhole(
  store: JournalStore,
  dataFolder: string,
  options: Omit<ReplayFromSnapshot, 'upTo' | 'setsAside'> = {},
): JournalReplay {
  const isWhole = (store.firstSequence() ?? 1) === 1;
  const { lastSequence } = store.lastLink();
  const snapshots = listSnapshots(dataFolder).filter(({ sequence }) => sequence <= lastSequence);
  return replayFromOneOf(isWhole ? [] : snapshots.reverse(), store, options);
}

function replayFromOneOf(
  snapshots: readonly Snapshot[],
  store: JournalStore,
  { listener, capacity, exchange, onBad, setsAside, onChunk }: ReplayFromSnapshot,
): JournalReplay {
  for (const { path } of snapshots) {
    try {
      assertContinued(store, path);
      const start = (empty: Exchange) => loadSnapshot(path, empty, onChunk);
      return new JournalReplay(store, listener, capacity, start, exchange);
    } catch (error) {
      if (!(error instanceof SnapshotError)) throw error;
      // It may have half of the state.
      exchange?.clear();
      onBad?.(error.message);
      if (setsAside === true && error.isForGood) setAside(path, 'refused');
    }
  }
  return new JournalReplay(store, listener, capacity, undefined, exchange);
}

function assertContinued(store: JournalStore, path: string): void {
  const { link, bootMark } = readSnapshotOrigin(path);
  if (isTrimmed(store, link)) {
    throw new SnapshotError(`${path}: the journal was trimmed up to behind it`, false);
  }
  const isOfOtherBoot = bootMark !== 0 && bootMark !== readBootMark();
  if (isOfOtherBoot && !isContinued(store, link)) {
    throw new SnapshotError(`${path}: a power cut took back commands that are in it`);
  }
  assertHasPoint(store, link, `at ${path}`);
}
