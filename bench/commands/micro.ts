/** `npm run bench -- micro`: the small parts that every command goes through, each by itself. */
import type { Command } from 'commander';
import { addBenchmark, ONE_THREAD } from '../measuring/command.ts';
import { mediansOf } from '../measuring/figures.ts';
import { CASES, DEFAULT_OPERATIONS } from '../micro/cases.ts';
import { BATCH } from '../micro/micro-operation.ts';

export function addMicro(program: Command): void {
  addBenchmark(program, {
    name: 'micro',
    description: 'Measures parts by themselves: codec, ring, decimals, checksums, order book.',
    worker: 'bench/micro/worker',
    passes: ['throughput'],
    wait: ONE_THREAD,
    cases: CASES,
    operations: DEFAULT_OPERATIONS,
    targets: [],
    resultsOf: mediansOf,
    explain: () => EXPLANATION,
  });
}

const EXPLANATION = `By tinybench. A reading of the clock takes longer than some operations, so a
sample is ${BATCH} of them (of crc/64-kib one), and percentiles are of what an operation takes on
average in a sample: one in a thousand may take more than p99.9 says. An operation on the book is
two commands.
`;
