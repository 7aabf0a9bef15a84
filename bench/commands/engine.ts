/** `npm run bench -- engine`: the matching engine by itself, beside another order book from npm. */
import type { Command } from 'commander';
import { CASES } from '../engine/cases.ts';
import { DEFAULT_OPERATIONS } from '../engine/shapes.ts';
import { resultsOf, TARGETS } from '../engine/summary.ts';
import type { Campaign } from '../measuring/campaign.ts';
import { addBenchmark, ONE_THREAD } from '../measuring/command.ts';

export function addEngine(program: Command): void {
  addBenchmark(program, {
    name: 'engine',
    description: 'Measures the matching engine by itself: throughput, latency and memory by shape.',
    worker: 'bench/engine/worker',
    wait: ONE_THREAD,
    cases: CASES,
    operations: DEFAULT_OPERATIONS,
    targets: TARGETS,
    resultsOf,
    explain,
  });
}

function explain({ cases, operations }: Campaign): string {
  const parts = cases
    .filter(({ part }) => part < 1)
    .map(({ name, part }) => `${name} executes the first ${Math.ceil(operations * part)}.\n`);
  return `Every engine came to the trades and open orders of the flow's model.\n${parts.join('')}`;
}
