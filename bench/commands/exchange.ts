/** `npm run bench -- exchange`: risk, matching, settlement and all events, on one thread. */
import type { Command } from 'commander';
import { CASES, TARGETS } from '../exchange/cases.ts';
import { DEFAULT_OPERATIONS } from '../exchange/mixes.ts';
import { addBenchmark, ONE_THREAD } from '../measuring/command.ts';
import { mediansOf } from '../measuring/figures.ts';

export function addExchange(program: Command): void {
  addBenchmark(program, {
    name: 'exchange',
    description: 'Measures the whole deterministic machine on one thread: risk, matching, events.',
    worker: 'bench/exchange/worker',
    wait: ONE_THREAD,
    cases: CASES,
    operations: DEFAULT_OPERATIONS,
    targets: TARGETS,
    resultsOf: mediansOf,
    explain: () => EXPLANATION,
  });
}

const EXPLANATION = `Commands are encoded records, all events are written into a ring as the
product's; encoding the commands and reading the events is not measured. Garbage is all that the
exchange allocates, whether or not it lives on. Each run came to the trades and open orders of the
flow's model, and refused less than 1 % of the commands.
`;
