/** `hoga replay`: rebuilds the state from the journal alone. */
import type { Command } from 'commander';
import { hashState } from '../../exchange/state-hash.ts';
import type { JournalStore } from '../../journal/journal-store.ts';
import { replayWhole } from '../../journal/snapshots.ts';
import { SETTINGS } from '../configuration.ts';
import { printJsonReport, type Result } from '../json-report.ts';
import { startProgress } from '../progress.ts';
import { readJournal } from './read-journal.ts';

interface ReplayOptions {
  readonly data: string;
  readonly json?: true;
}

export function addReplay(program: Command): void {
  program
    .command('replay')
    .description('Rebuilds the state from the journal alone and checks every recorded hash.')
    .option('--data <folder>', 'data folder', SETTINGS.data.default)
    .option('--json', 'print one JSON object and nothing else')
    .action(async (options: ReplayOptions) => {
      process.exitCode = await readJournal('replay', options.data, (store, folder) => {
        const results = runReplay(store, folder, options.json !== true);
        if (options.json === true) printJsonReport('replay', 'fsync', results);
        else printResults(results);
        return 0;
      });
    });
}

export function printResults(results: readonly Result[]): void {
  for (const { metric, value, unit } of results) {
    const text = typeof value === 'number' ? value.toLocaleString('en-US') : value;
    process.stdout.write(`${metric.padEnd(16)} ${text} ${unit}\n`);
  }
}

/**
 * Replays all of a journal with every check, from its beginning, or if that was trimmed, from the
 * oldest snapshot. Throws JournalError.
 */
export function runReplay(store: JournalStore, folder: string, isForPeople: boolean): Result[] {
  const run = replayWhole(store, folder);
  const progress = startProgress('replay', store.lastLink().lastSequence, isForPeople);
  const startMs = performance.now();
  try {
    while (run.next()) progress.update(run.exchange.sequence);
    run.runToEnd();
  } finally {
    progress.stop();
  }
  const seconds = (performance.now() - startMs) / 1_000;
  return [
    { case: 'replay', metric: 'commands', value: run.commandCount, unit: 'commands' },
    { case: 'replay', metric: 'events', value: run.eventCount, unit: 'events' },
    { case: 'replay', metric: 'seconds', value: seconds, unit: 's' },
    {
      case: 'replay',
      metric: 'rate',
      value: Math.round(run.commandCount / Math.max(seconds, 1e-6)),
      unit: 'commands/s',
    },
    { case: 'replay', metric: 'final_sequence', value: run.exchange.sequence, unit: '' },
    { case: 'replay', metric: 'rules_version', value: run.exchange.rules.version, unit: '' },
    { case: 'replay', metric: 'event_hash', value: run.eventHash, unit: '' },
    { case: 'replay', metric: 'state_hash', value: hashState(run.exchange), unit: '' },
  ];
}
