/**
 * Changes to a journal at rest, by hand: cutting its end off, and taking batches in from an
 * archive. What is cut is kept in an archive first, damaged batches as they are.
 */
import { existsSync } from 'node:fs';
import type { RecordBuffer } from '../protocol/record.ts';
import { recordLengthAt } from '../protocol/record.ts';
import { type ArchivedBatch, readArchive, writeArchive } from './archive.ts';
import {
  BatchBuilder,
  CHAIN_START,
  type ChainLink,
  linkOfStored,
  previousCrcOfStored,
  readBatch,
} from './batch.ts';
import { JournalError } from './journal-error.ts';
import type { JournalReplay } from './journal-replay.ts';
import type { JournalStore } from './journal-store.ts';
import { replayWhole } from './snapshots.ts';

/** What truncating after a command comes to. */
export interface Cut {
  /** The command that will be the last. */
  readonly after: number;
  /** Key of the first batch that goes. */
  readonly firstSequence: number;
  /** The kept beginning of that batch; undefined where the cut lies between two batches. */
  readonly beginning: Uint8Array | undefined;
  /** Batches that go, and as many of their commands as their keys tell. */
  readonly batches: number;
  readonly commands: number;
}

/**
 * Finds where to cut, by a replay of all that is to stay.
 *
 * @throws JournalError where what is to stay is damaged itself, or ends before `after`
 */
export function planCut(store: JournalStore, dataFolder: string, after: number): Cut {
  let hash = { low: 0, high: 0 };
  const listener = {
    onCommand: () => {
      const { exchange } = replay;
      const { low, high } = exchange.events.hash;
      if (exchange.sequence === after) hash = { low, high };
    },
  };
  const replay: JournalReplay = replayWhole(store, dataFolder, { listener });
  replay.assertNotCutOff();
  const first = store.firstSequence() ?? 1;
  if (first > 1 && after < first) {
    const what = `the journal was trimmed, and begins with command ${first}`;
    throw new JournalError(after, what, `Cut after ${first} or later.`);
  }
  let { link } = replay;
  while (link.lastSequence < after) {
    const firstSequence = link.lastSequence + 1;
    const value = store.read(firstSequence);
    if (value === undefined) throw endsBefore(after, link.lastSequence);
    const batch = readBatch(value, firstSequence, link);
    replayAtLeast(replay, after);
    if (batch.link.lastSequence > after) {
      const builder = new BatchBuilder(link, batch.end);
      copyCommands(batch.record, batch.start, after - link.lastSequence, builder);
      builder.complete(after, hash.low, hash.high);
      return cutOf(store, after, firstSequence, builder.finish().bytes);
    }
    link = batch.link;
  }
  return cutOf(store, after, after + 1, undefined);
}

/** Replays the next batch; what is wrong with it behind `after` does not matter, since it goes. */
function replayAtLeast(replay: JournalReplay, after: number): void {
  try {
    replay.next();
  } catch (error) {
    if (!(error instanceof JournalError) || error.sequence <= after) throw error;
  }
}

function copyCommands(record: RecordBuffer, start: number, count: number, to: BatchBuilder): void {
  for (let at = start, copied = 0; copied < count; copied++) {
    const length = recordLengthAt(record, at);
    to.append(record.words, at, length);
    at += length;
  }
}

function cutOf(
  store: JournalStore,
  after: number,
  firstSequence: number,
  beginning: Uint8Array | undefined,
): Cut {
  let batches = 0;
  let last = after;
  for (const { firstSequence: first, bytes } of store.storedFrom(firstSequence)) {
    batches++;
    last = Math.max(last, first, bytes.length < 64 ? 0 : linkOfStored(bytes).lastSequence);
  }
  return { after, firstSequence, beginning, batches, commands: last - after };
}

function endsBefore(after: number, last: number): JournalError {
  return new JournalError(
    after,
    `the journal ends, or a batch is missing, after command ${last}`,
    `Cut after ${last} or before.`,
  );
}

/** Keeps what goes in an archive, then cuts, in one transaction. */
export function cut(store: JournalStore, plan: Cut, archivePath: string): void {
  if (existsSync(archivePath)) throw new Error(`${archivePath} exists already: it is not replaced`);
  writeArchive(archivePath, store.storedFrom(plan.firstSequence));
  store.replaceFrom(plan.firstSequence, plan.beginning);
}

/**
 * Takes in an archive's batches that continue the journal, or that come before its first, and
 * passes over those that it has. Returns how many it took.
 *
 * @throws JournalError at a batch that is damaged, leaves a gap, or is another than the journal's
 */
export function importArchive(store: JournalStore, path: string): number {
  return importBefore(store, path) + importBehind(store, path);
}

/** What was trimmed: all of it or nothing, since no gap may be left. */
function importBefore(store: JournalStore, path: string): number {
  const first = store.firstSequence();
  if (first === undefined || first === 1) return 0;
  const batches: ArchivedBatch[] = [];
  let link: ChainLink | undefined;
  for (const { firstSequence, bytes } of readArchive(path)) {
    if (firstSequence >= first) break;
    link = readBatch(bytes, firstSequence, link ?? startOf(firstSequence, bytes)).link;
    batches.push({ firstSequence, bytes });
  }
  if (link === undefined) return 0;
  const isContinued = previousCrcOfStored(store.read(first)!) === link.crc;
  if (link.lastSequence !== first - 1 || !isContinued) {
    throw new JournalError(
      link.lastSequence,
      `${path} ends with this command, and the journal does not go on from it: it begins with ` +
        `${first}`,
      'Import the archive that lies between first, if it is of this exchange.',
    );
  }
  store.prepend(batches);
  return batches.length;
}

/** What an archive's first batch says that it continues. */
function startOf(firstSequence: number, bytes: Uint8Array): ChainLink {
  if (firstSequence === 1) return CHAIN_START;
  const lastSequence = firstSequence - 1;
  return { ...CHAIN_START, lastSequence, crc: previousCrcOfStored(bytes) };
}

function importBehind(store: JournalStore, path: string): number {
  let link = store.lastLink();
  let count = 0;
  for (const { firstSequence, bytes } of readArchive(path)) {
    const known = store.read(firstSequence);
    if (known !== undefined) assertSame(known, { firstSequence, bytes }, path);
    else {
      const { lastSequence } = link;
      if (firstSequence !== lastSequence + 1) {
        throw new JournalError(
          firstSequence,
          `${path} goes on with this command, and the journal ends with ${lastSequence}`,
          'Import the archive that lies between first.',
        );
      }
      link = readBatch(bytes, firstSequence, link).link;
      store.append(firstSequence, bytes);
      count++;
    }
  }
  return count;
}

function assertSame(known: Uint8Array, archived: ArchivedBatch, path: string): void {
  if (Buffer.compare(known, archived.bytes) === 0) return;
  throw new JournalError(
    archived.firstSequence,
    `${path} has another batch here than the journal`,
    'It is of another exchange, or one of the two was cut since: where this journal was cut amid ' +
      `that batch, cut it after ${archived.firstSequence - 1}, and import again.`,
  );
}

/** Writes the batches that hold the commands [from, to]; returns how many. */
export function exportArchive(store: JournalStore, path: string, from: number, to: number): number {
  function* wanted(): Generator<ArchivedBatch> {
    for (const batch of store.storedFrom(1)) {
      if (batch.firstSequence > to) return;
      if (linkOfStored(batch.bytes).lastSequence >= from) yield batch;
    }
  }
  return writeArchive(path, wanted());
}
