/** `npm run bench -- latency`: from a command's planned time until it is executed, or told. */
import type { Command } from 'commander';
import { CASES, DEFAULT_OPERATIONS, TARGETS } from '../latency/cases.ts';
import { addBenchmark } from '../measuring/command.ts';
import { mediansOf } from '../measuring/figures.ts';
import { addFolderOption } from '../measuring/folder.ts';

export function addLatency(program: Command): void {
  const command = addBenchmark(program, {
    name: 'latency',
    description: 'Measures the threads together: commands due at planned times, until executed.',
    worker: 'bench/latency/worker',
    passes: ['latency'],
    durability: 'as each case says',
    wait: 'as each case says',
    cases: CASES,
    operations: DEFAULT_OPERATIONS,
    targets: TARGETS,
    resultsOf: mediansOf,
    explain: () => EXPLANATION,
  });
  addFolderOption(command);
}

const EXPLANATION = `machine/…: two threads that spin and do nothing but look at the clock: what the
machine keeps them from it is the least that any case can show. Others: the product's exchange and
journal threads; a load thread is in the place of a gateway. Latency counts from when a command was
due: until its last event was written (executed/…, durability none) or until the load thread sees it
released (released/…). Of rates above 100,000/s one in so many is measured; saturation/… writes
whenever stream 10 has room. spin: the exchange never sleeps; park: it sleeps whenever it has
nothing to do; released/…: it spins for a while, and the load thread sleeps between commands, as a
gateway would.
`;
