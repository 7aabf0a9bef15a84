/** `npm run bench -- journal`: what durability costs, on this disk. */
import type { Command } from 'commander';
import type { Result } from '../../server/json-report.ts';
import { CASES, DEFAULT_OPERATIONS, TARGETS } from '../journal/cases.ts';
import { WAIT } from '../journal/journal-under-load.ts';
import type { Samples } from '../measuring/campaign.ts';
import { addBenchmark } from '../measuring/command.ts';
import { figureOf, mediansOf, rounded } from '../measuring/figures.ts';
import { addFolderOption } from '../measuring/folder.ts';

export function addJournal(program: Command): void {
  const command = addBenchmark(program, {
    name: 'journal',
    description: 'Measures the journal: disk, LMDB, and the journal thread in each durability.',
    worker: 'bench/journal/worker',
    passes: ['throughput'],
    durability: 'as each case says',
    wait: `load busy-spin, journal ${WAIT.strategy} (${WAIT.spins} spins)`,
    cases: CASES,
    operations: DEFAULT_OPERATIONS,
    targets: TARGETS,
    resultsOf,
    explain: () => EXPLANATION,
  });
  addFolderOption(command);
}

/** With the release's latency in flushes of the disk: how far the journal is from what can be. */
function resultsOf(samples: ReadonlyMap<string, Samples>): Result[] {
  const results = mediansOf(samples);
  const flushUs = figureOf(results, 'raw-file/batch-1', 'p50_us');
  const name = 'hoga/fsync/open-loop-100k';
  const releaseUs = figureOf(results, name, 'p50_us');
  if (flushUs === undefined || releaseUs === undefined) return results;
  const value = rounded(releaseUs / flushUs);
  return [...results, { case: name, metric: 'p50_to_fdatasync', value, unit: 'ratio' }];
}

const EXPLANATION = `raw-file: a file written before, one write and fdatasync a batch. lmdb-blob:
LMDB, one blob a commit. hoga: the journal thread; the load thread writes stream 20 in the
exchange's place. Batches of N: at most 2 N commands on their way, so latencies are those of a
journal that is never idle. Open loop: commands are due every 10 µs, latency counts from then. In
durability none nobody waits for the journal: its figures are of what is stored behind a full ring.
A case of smaller batches has fewer operations. p50_to_fdatasync: in flushes of raw-file/batch-1.
`;
