/** `hoga verify`: is the journal whole, does it reproduce, is money conserved? */
import type { Command } from 'commander';
import { DEFAULT_CAPACITY } from '../../exchange/exchange.ts';
import { hashState } from '../../exchange/state-hash.ts';
import { orderedBalances } from '../../exchange/state-view.ts';
import type { JournalStore } from '../../journal/journal-store.ts';
import { differenceOf, listSnapshots, replayWhole } from '../../journal/snapshots.ts';
import { SETTINGS } from '../configuration.ts';
import { assertIsTheNoted } from '../journal-guard.ts';
import { printJsonReport, type Result } from '../json-report.ts';
import { notedEnd } from '../noted-end.ts';
import { EXIT_FAILED, readJournal } from './read-journal.ts';
import { printResults, runReplay } from './replay.ts';

interface VerifyOptions {
  readonly data: string;
  readonly json?: true;
}

export function addVerify(program: Command): void {
  program
    .command('verify')
    .description(
      'Checks the journal: every CRC and recorded hash, a second replay with other capacities, ' +
        'all snapshots, and that money is conserved; exit 1 and the sequence number where ' +
        'something is wrong.',
    )
    .option('--data <folder>', 'data folder', SETTINGS.data.default)
    .option('--json', 'print one JSON object and nothing else')
    .action(async ({ data, json }: VerifyOptions) => {
      process.exitCode = await readJournal('verify', data, (store, folder) =>
        verify(store, folder, json === true),
      );
    });
}

function verify(store: JournalStore, folder: string, isJson: boolean): number {
  const results = runReplay(store, folder, !isJson);
  const violations = replayOnceMore(store, folder, results);
  results.push({ case: 'verify', metric: 'violations', value: violations, unit: '' });
  if (isJson) printJsonReport('verify', 'fsync', results);
  else printResults(results);
  return violations === 0 ? 0 : EXIT_FAILED;
}

/**
 * Replays again with small tables that must grow: nothing may depend on capacities. Returns how
 * much is wrong.
 */
function replayOnceMore(store: JournalStore, folder: string, first: readonly Result[]): number {
  const firstValue = (metric: string) => first.find((result) => result.metric === metric)?.value;
  const small = { accounts: 8 };
  const run = replayWhole(store, folder, { capacity: { ...DEFAULT_CAPACITY, ...small } });
  let violations = 0;
  const complain = (text: string) => {
    violations++;
    process.stderr.write(`${text}\n`);
  };
  const end = firstValue('final_sequence') as number;
  const snapshots = listSnapshots(folder)
    .filter(({ sequence }) => sequence >= run.exchange.sequence && sequence <= end)
    .reverse();
  do {
    while (snapshots[0] !== undefined && snapshots[0].sequence <= run.exchange.sequence) {
      const difference = differenceOf(snapshots.shift()!, run);
      if (difference !== undefined) complain(difference);
    }
  } while (run.exchange.sequence < end && run.next());
  for (const { path, sequence } of listSnapshots(folder)) {
    if (sequence > store.lastLink().lastSequence) complain(`${path}: it is ahead of the journal`);
  }
  try {
    assertIsTheNoted(store, folder, notedEnd(folder));
  } catch (error) {
    complain((error as Error).message);
  }
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
  return violations;
}
