/** `hoga replay`: rebuilds the state from the journal alone. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { DEFAULT_CAPACITY } from '../../exchange/exchange.ts';
import { hashState } from '../../exchange/state-hash.ts';
import { orderedBalances } from '../../exchange/state-view.ts';
import { JournalReplay } from '../../journal/journal-replay.ts';
import { JournalStore, journalFolderOf } from '../../journal/journal-store.ts';
import { SETTINGS } from '../configuration.ts';
import { inChild } from '../journal-child.ts';
import { printJsonReport, type Result } from '../json-report.ts';
import { startProgress } from '../progress.ts';

interface ReplayOptions {
  readonly data: string;
  readonly verify?: true;
  readonly json?: true;
}

const EXIT_BAD_JOURNAL = 1;
const EXIT_NO_JOURNAL = 2;

export function addReplay(program: Command): void {
  program
    .command('replay')
    .description('Rebuilds the state from the journal alone and checks every recorded hash.')
    .option('--data <folder>', 'data folder', SETTINGS.data.default)
    .option('--verify', 'replay once more with other capacities; check that money is conserved')
    .option('--json', 'print one JSON object and nothing else')
    .action(async (options: ReplayOptions) => {
      process.exitCode = await inChild('replay', EXIT_BAD_JOURNAL, () => replay(options));
    });
}

async function replay(options: ReplayOptions): Promise<number> {
  const folder = resolve(options.data);
  if (!existsSync(journalFolderOf(folder))) {
    process.stderr.write(`${folder} holds no journal: --data names the folder of an exchange\n`);
    return EXIT_NO_JOURNAL;
  }
  const mapBytes = SETTINGS.journalMapBytes.default;
  const store = new JournalStore(folder, { mapBytes, readOnly: true });
  try {
    const results = runReplay(store, options.json !== true);
    if (options.verify === true) results.push(...verify(store, results));
    if (options.json === true) printJsonReport('replay', 'fsync', results);
    else for (const { metric, value, unit } of results) print(metric, value, unit);
    return results.some(({ metric, value }) => metric === 'violations' && value !== 0)
      ? EXIT_BAD_JOURNAL
      : 0;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return EXIT_BAD_JOURNAL;
  } finally {
    await store.close();
  }
}

function print(metric: string, value: number | string, unit: string): void {
  const text = typeof value === 'number' ? value.toLocaleString('en-US') : value;
  process.stdout.write(`${metric.padEnd(16)} ${text} ${unit}\n`);
}

function runReplay(store: JournalStore, isForPeople: boolean): Result[] {
  const run = new JournalReplay(store);
  const progress = startProgress('replay', store.lastLink().lastSequence, isForPeople);
  const startMs = performance.now();
  while (run.next()) progress.update(run.exchange.sequence);
  run.runToEnd();
  const seconds = (performance.now() - startMs) / 1_000;
  progress.stop();
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
    { case: 'replay', metric: 'event_hash', value: run.eventHash, unit: '' },
    { case: 'replay', metric: 'state_hash', value: hashState(run.exchange), unit: '' },
  ];
}

/** Replays again with small tables that must grow: nothing may depend on capacities. */
function verify(store: JournalStore, first: readonly Result[]): Result[] {
  const firstValue = (metric: string) => first.find((result) => result.metric === metric)?.value;
  const small = { accounts: 8 };
  const run = new JournalReplay(store, undefined, { ...DEFAULT_CAPACITY, ...small });
  while (run.exchange.sequence < (firstValue('final_sequence') as number) && run.next());
  let violations = 0;
  const complain = (text: string) => {
    violations++;
    process.stderr.write(`${text}\n`);
  };
  if (run.eventHash !== firstValue('event_hash'))
    complain('the second replay has another event hash');
  const stateHash = hashState(run.exchange);
  if (stateHash !== firstValue('state_hash')) complain('the second replay has another state hash');
  const sums = new Map<number, number>();
  for (const { accountId, currencyId, available, locked } of orderedBalances(run.exchange)) {
    sums.set(currencyId, (sums.get(currencyId) ?? 0) + available + locked);
    if (accountId > 0 && (available < 0 || locked < 0)) {
      complain(`account ${accountId} has a negative balance of currency ${currencyId}`);
    }
  }
  for (const [currencyId, sum] of sums) {
    if (sum !== 0) complain(`all holdings of currency ${currencyId} sum to ${sum}, not to zero`);
  }
  return [{ case: 'verify', metric: 'violations', value: violations, unit: '' }];
}
