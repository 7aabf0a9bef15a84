/** `hoga snapshot`: writes a snapshot of the state that the journal comes to. */
import { createInterface } from 'node:readline';
import { type Command, InvalidArgumentError } from 'commander';
import { EventBuffer } from '../../exchange/event-sink.ts';
import { Exchange } from '../../exchange/exchange.ts';
import type { JournalReplay } from '../../journal/journal-replay.ts';
import type { JournalStore } from '../../journal/journal-store.ts';
import {
  keepSnapshots,
  listSnapshots,
  replayFromSnapshot,
  type Snapshot,
  takeSnapshot,
  trimmableTo,
} from '../../journal/snapshots.ts';
import { SETTINGS } from '../configuration.ts';
import { printJsonReport, type Result } from '../json-report.ts';
import { startProgress } from '../progress.ts';
import { SnapshotPace } from '../snapshot-pace.ts';
import { readJournal } from './read-journal.ts';
import { printResults } from './replay.ts';
import { sequence } from './sequence.ts';

interface Options {
  readonly data: string;
  /** EACH_LINE: of each line of standard input. */
  readonly to: number | typeof EACH_LINE;
  readonly keep: number;
  readonly pace: number;
  readonly json?: true;
}

const EACH_LINE = '-';

export function addSnapshot(program: Command): void {
  program
    .command('snapshot')
    .description(
      'Writes a snapshot of the state, so that the next start replays only what comes after it; ' +
        'also beside a running exchange.',
    )
    .option('--data <folder>', 'data folder', SETTINGS.data.default)
    .option('--keep <count>', 'snapshots to keep', count, SETTINGS.snapshotsKept.default)
    .option(
      '--to <sequence>',
      'no command after this one; -: a snapshot for each line of standard input, which is such a ' +
        'number, told when it is written, until the input ends',
      target,
      Number.MAX_SAFE_INTEGER,
    )
    .option(
      '--pace <commands>',
      'rest most of the time, for an exchange beside it; less where it is more commands behind ' +
        'than these, and no more at twice as many; 0: never rest',
      pace,
      0,
    )
    .option('--json', 'print one JSON object a snapshot and nothing else')
    .action(async (options: Options) => {
      process.exitCode = await readJournal('snapshot', options.data, (store, folder) =>
        options.to === EACH_LINE
          ? snapshotEach(store, folder, options)
          : snapshot(store, folder, options, options.to),
      );
    });
}

function target(text: string): number | typeof EACH_LINE {
  return text === EACH_LINE ? EACH_LINE : sequence(text);
}

function count(text: string): number {
  const { min, max } = SETTINGS.snapshotsKept;
  const value = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (value >= min && value <= max) return value;
  throw new InvalidArgumentError(`allowed: a whole number from ${min} to ${max}`);
}

function pace(text: string): number {
  const { max } = SETTINGS.snapshotEvery;
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (value <= max) return value;
  throw new InvalidArgumentError(`allowed: a whole number from 0 to ${max}`);
}

/** All in one exchange: a second one in this thread would slow both (ADR 0009). */
async function snapshotEach(
  store: JournalStore,
  folder: string,
  options: Options,
): Promise<number> {
  const exchange = new Exchange(new EventBuffer());
  try {
    for await (const line of createInterface({ input: process.stdin })) {
      exchange.clear();
      snapshot(store, folder, options, sequence(line), exchange);
    }
    return 0;
  } finally {
    // What failed must end the process, though there may be more to read.
    process.stdin.destroy();
  }
}

/** @param exchange one that is as new; without it, one is made */
function snapshot(
  store: JournalStore,
  folder: string,
  { keep, pace, json }: Options,
  to: number,
  exchange?: Exchange,
): number {
  const startMs = performance.now();
  const onBad = (why: string) => process.stderr.write(`snapshot refused: ${why}\n`);
  const replay = replayFromSnapshot(store, folder, {
    ...{ onBad, setsAside: true },
    ...(exchange !== undefined && { exchange }),
  });
  const from = replay.exchange.sequence;
  replayTo(replay, store, to, pace, json !== true);
  const replayedMs = performance.now();
  const taken = takeOrFind(folder, replay);
  const writtenMs = performance.now();
  keepSnapshots(folder, keep, store.firstSequence());
  const kept = listSnapshots(folder).length;
  const trimmable = trimmableTo(store, folder, keep, replay.exchange);
  const figures = [
    ['sequence', taken.sequence, ''],
    ['replayed', taken.sequence - from, 'commands'],
    ['bytes', taken.bytes, 'bytes'],
    ['replay', secondsOf(replayedMs - startMs), 's'],
    ['write', secondsOf(writtenMs - replayedMs), 's'],
    ['kept', kept, 'snapshots'],
    ['trimmable', trimmable, ''],
  ] as const;
  const results = figures.map(([metric, value, unit]): Result => {
    return { case: 'snapshot', metric, value, unit };
  });
  if (json === true) printJsonReport('snapshot', 'fsync', results);
  else printResults(results);
  return 0;
}

function secondsOf(ms: number): number {
  return Math.round(ms) / 1_000;
}

/** All batches that end with a command or before it. */
function replayTo(
  replay: JournalReplay,
  store: JournalStore,
  to: number,
  pace: number,
  isShown: boolean,
): void {
  const paced = new SnapshotPace(pace);
  const behind = () => store.lastLink().lastSequence - replay.exchange.sequence;
  const progress = startProgress('replay', store.lastLink().lastSequence, isShown);
  for (;;) {
    const done = replay.exchange.sequence;
    progress.update(done);
    const next = store.linkAt(done + 1);
    if (next !== undefined && next.lastSequence > to) break;
    if (!replay.next()) break;
    paced.rest(behind);
  }
  progress.stop();
}

/** Nothing to write where nothing came after the newest. */
function takeOrFind(folder: string, replay: JournalReplay): Snapshot & { bytes: number } {
  const { sequence } = replay.exchange;
  const known = listSnapshots(folder).find((found) => found.sequence === sequence);
  return known === undefined ? takeSnapshot(folder, replay) : { ...known, bytes: 0 };
}
