/** `hoga snapshot`: writes a snapshot of the state that the journal comes to. */
import { type Command, InvalidArgumentError } from 'commander';
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
  readonly to: number;
  readonly keep: number;
  readonly pace: number;
  readonly json?: true;
}

export function addSnapshot(program: Command): void {
  program
    .command('snapshot')
    .description(
      'Writes a snapshot of the state, so that the next start replays only what comes after it; ' +
        'also beside a running exchange.',
    )
    .option('--data <folder>', 'data folder', SETTINGS.data.default)
    .option('--keep <count>', 'snapshots to keep', count, SETTINGS.snapshotsKept.default)
    .option('--to <sequence>', 'no command after this one', sequence, Number.MAX_SAFE_INTEGER)
    .option(
      '--pace <commands>',
      'rest most of the time, for an exchange beside it; less where it is more commands behind ' +
        'than these, and no more at twice as many; 0: never rest',
      pace,
      0,
    )
    .option('--json', 'print one JSON object and nothing else')
    .action(async (options: Options) => {
      process.exitCode = await readJournal('snapshot', options.data, (store, folder) =>
        snapshot(store, folder, options),
      );
    });
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

function snapshot(store: JournalStore, folder: string, options: Options): number {
  const { keep, json } = options;
  const results = write(store, folder, options);
  keepSnapshots(folder, keep, store.firstSequence());
  const kept = listSnapshots(folder).length;
  const trimmable = trimmableTo(store, folder, keep);
  results.push({ case: 'snapshot', metric: 'kept', value: kept, unit: 'snapshots' });
  results.push({ case: 'snapshot', metric: 'trimmable', value: trimmable, unit: '' });
  if (json === true) printJsonReport('snapshot', 'fsync', results);
  else printResults(results);
  return 0;
}

function write(store: JournalStore, folder: string, options: Options): Result[] {
  const startMs = performance.now();
  const onBad = (why: string) => process.stderr.write(`snapshot refused: ${why}\n`);
  const replay = replayFromSnapshot(store, folder, { onBad, setsAside: true });
  const from = replay.exchange.sequence;
  replayTo(replay, store, options);
  const replayedMs = performance.now();
  const taken = takeOrFind(folder, replay);
  const seconds = (ms: number) => Math.round(ms) / 1_000;
  return [
    { case: 'snapshot', metric: 'sequence', value: taken.sequence, unit: '' },
    { case: 'snapshot', metric: 'replayed', value: taken.sequence - from, unit: 'commands' },
    { case: 'snapshot', metric: 'bytes', value: taken.bytes, unit: 'bytes' },
    { case: 'snapshot', metric: 'replay', value: seconds(replayedMs - startMs), unit: 's' },
    {
      case: 'snapshot',
      metric: 'write',
      value: seconds(performance.now() - replayedMs),
      unit: 's',
    },
  ];
}

/** All batches that end with a command or before it. */
function replayTo(replay: JournalReplay, store: JournalStore, { to, pace, json }: Options): void {
  const paced = new SnapshotPace(pace);
  const behind = () => store.lastLink().lastSequence - replay.exchange.sequence;
  const progress = startProgress('replay', store.lastLink().lastSequence, json !== true);
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
