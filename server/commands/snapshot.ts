/** `hoga snapshot`: writes a snapshot of the state that the journal comes to. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import type { JournalReplay } from '../../journal/journal-replay.ts';
import { JournalStore, journalFolderOf } from '../../journal/journal-store.ts';
import {
  keepSnapshots,
  listSnapshots,
  replayFromSnapshot,
  type Snapshot,
  takeSnapshot,
} from '../../journal/snapshots.ts';
import { SETTINGS } from '../configuration.ts';
import { inChild } from '../journal-child.ts';
import { printJsonReport, type Result } from '../json-report.ts';
import { startProgress } from '../progress.ts';
import { printResults } from './replay.ts';

interface Options {
  readonly data: string;
  readonly keep: number;
  readonly json?: true;
}

const EXIT_FAILED = 1;
const EXIT_NO_JOURNAL = 2;

export function addSnapshot(program: Command): void {
  program
    .command('snapshot')
    .description(
      'Writes a snapshot of the state, so that the next start replays only what comes after it; ' +
        'also beside a running exchange.',
    )
    .option('--data <folder>', 'data folder', SETTINGS.data.default)
    .option('--keep <count>', 'snapshots to keep', count, SETTINGS.snapshotsKept.default)
    .option('--json', 'print one JSON object and nothing else')
    .action(async (options: Options) => {
      process.exitCode = await inChild('snapshot', EXIT_FAILED, () => snapshot(options));
    });
}

function count(text: string): number {
  const { min, max } = SETTINGS.snapshotsKept;
  const value = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (value >= min && value <= max) return value;
  throw new InvalidArgumentError(`allowed: a whole number from ${min} to ${max}`);
}

async function snapshot({ data, keep, json }: Options): Promise<number> {
  const folder = resolve(data);
  if (!existsSync(journalFolderOf(folder))) {
    process.stderr.write(`${folder} holds no journal: --data names the folder of an exchange\n`);
    return EXIT_NO_JOURNAL;
  }
  const mapBytes = SETTINGS.journalMapBytes.default;
  const store = new JournalStore(folder, { mapBytes, readOnly: true });
  try {
    const results = write(store, folder, json !== true);
    keepSnapshots(folder, keep);
    const kept = listSnapshots(folder).length;
    results.push({ case: 'snapshot', metric: 'kept', value: kept, unit: 'snapshots' });
    if (json === true) printJsonReport('snapshot', 'fsync', results);
    else printResults(results);
    return 0;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return EXIT_FAILED;
  } finally {
    await store.close();
  }
}

function write(store: JournalStore, folder: string, isForPeople: boolean): Result[] {
  const startMs = performance.now();
  const onBad = (why: string) => process.stderr.write(`snapshot refused: ${why}\n`);
  const replay = replayFromSnapshot(store, folder, { onBad });
  const from = replay.exchange.sequence;
  replayAll(replay, store.lastLink().lastSequence, isForPeople);
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

function replayAll(replay: JournalReplay, end: number, isForPeople: boolean): void {
  const progress = startProgress('replay', end, isForPeople);
  while (replay.exchange.sequence < end && replay.next()) progress.update(replay.exchange.sequence);
  progress.stop();
}

/** Nothing to write where nothing came after the newest. */
function takeOrFind(folder: string, replay: JournalReplay): Snapshot & { bytes: number } {
  const { sequence } = replay.exchange;
  const known = listSnapshots(folder).find((found) => found.sequence === sequence);
  return known === undefined ? takeSnapshot(folder, replay) : { ...known, bytes: 0 };
}
