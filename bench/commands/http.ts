/** `npm run bench -- http`: orders over real sockets, from a process of their own. */
import type { Command } from 'commander';
import { CASES, DEFAULT_OPERATIONS, TARGETS } from '../http/cases.ts';
import { addBenchmark } from '../measuring/command.ts';
import { describeDefaultLayout } from '../measuring/default-layout.ts';
import { mediansOf } from '../measuring/figures.ts';

export function addHttp(program: Command): void {
  addBenchmark(program, {
    name: 'http',
    description: 'Measures an exchange over sockets: CSV, binary records, WebSocket.',
    worker: 'bench/http/worker',
    passes: ['throughput'],
    durability: 'none, but where the case says fsync',
    wait: describeDefaultLayout(),
    cases: CASES,
    operations: DEFAULT_OPERATIONS,
    targets: TARGETS,
    resultsOf: mediansOf,
    explain: () => EXPLANATION,
  });
}

const EXPLANATION = `Each run starts an exchange as npm start does, with its PostgreSQL, and loads
it over loopback from one process beside it, after as many requests to warm up; client and exchange
share this machine. 10,000 orders rest; half of the commands are new orders and cancels, the rest
replaces (not in CSV) and orders that trade. Every answer is checked: another than the command must
come to ends the benchmark. Latency is from sending a request to the end of its answer; in the open
loop from when it was due. CSV and binary-N (N commands a request) have one request on its way over
each of 64 connections, but where the case says 1; ws-binary-N has 16 messages over each of 4.
p50_beyond_fdatasync_us is what a request takes beyond one flush of a file on the same disk.
A case of few requests at a time has fewer operations.
`;
