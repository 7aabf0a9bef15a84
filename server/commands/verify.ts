/** `hoga verify`: is the journal whole, does it reproduce, is money conserved? */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { DEFAULT_CAPACITY } from '../../exchange/exchange.ts';
import { hashState } from '../../exchange/state-hash.ts';
import { orderedBalances } from '../../exchange/state-view.ts';
import { JournalStore, journalFolderOf } from '../../journal/journal-store.ts';
import { differenceOf, listSnapshots, replayWhole } from '../../journal/snapshots.ts';
import { SETTINGS } from '../configuration.ts';
import { inChild } from '../journal-child.ts';
import { printJsonReport, type Result } from '../json-report.ts';
import { printResults, runReplay } from './replay.ts';

interface VerifyOptions {
  readonly data: string;
  readonly json?: true;
}

const EXIT_BAD_JOURNAL = 1;
const EXIT_NO_JOURNAL = 2;

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
    .action(async (options: VerifyOptions) => {
      process.exitCode = await inChild('verify', EXIT_BAD_JOURNAL, () => verify(options));
    });
}

async function verify(options: VerifyOptions): Promise<number> {
  const folder = resolve(options.data);
  if (!existsSync(journalFolderOf(folder))) {
    process.stderr.write(`${folder} holds no journal: --data names the folder of an exchange\n`);
    return EXIT_NO_JOURNAL;
  }
  const mapBytes = SETTINGS.journalMapBytes.default;
  const store = new JournalStore(folder, { mapBytes, readOnly: true });
  try {
    const results = runReplay(store, folder, options.json !== true);
    const violations = replayOnceMore(store, folder, results);
    results.push({ case: 'verify', metric: 'violations', value: violations, unit: '' });
    if (options.json === true) printJsonReport('verify', 'fsync', results);
    else printResults(results);
    return violations === 0 ? 0 : EXIT_BAD_JOURNAL;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return EXIT_BAD_JOURNAL;
  } finally {
    await store.close();
  }
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
