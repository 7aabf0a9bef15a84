/** `npm run bench -- first-orders`: what a start costs its first orders, trained and untrained. */
import type { Command } from 'commander';
import { CASES, DEFAULT_OPERATIONS, TARGETS } from '../first-orders/cases.ts';
import { addBenchmark, ONE_THREAD } from '../measuring/command.ts';
import { mediansOf } from '../measuring/figures.ts';

export function addFirstOrders(program: Command): void {
  addBenchmark(program, {
    name: 'first-orders',
    description: 'Measures the first 1,000 orders after a start, trained and untrained.',
    worker: 'bench/first-orders/worker',
    passes: ['throughput'],
    wait: ONE_THREAD,
    cases: CASES,
    operations: DEFAULT_OPERATIONS,
    targets: TARGETS,
    resultsOf: mediansOf,
    explain: () => EXPLANATION,
  });
}

const EXPLANATION = `first-1000: the first 1,000 commands of moves after a start, out of a ring and
into one as in the exchange thread; nothing warms up but what the case says. Percentiles are of
those 1,000, and each latency holds one reading of the clock. steady: 100,000 commands behind the
operations. What prepares the commands runs in another thread.
`;
