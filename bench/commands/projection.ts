/** `npm run bench -- projection`: what it costs to fill PostgreSQL. */
import type { Command } from 'commander';
import { addBenchmark } from '../measuring/command.ts';
import { mediansOf } from '../measuring/figures.ts';
import { addFolderOption } from '../measuring/folder.ts';
import { CASES, DEFAULT_OPERATIONS } from '../projection/cases.ts';

export function addProjection(program: Command): void {
  const command = addBenchmark(program, {
    name: 'projection',
    description: 'Measures the follower and its PostgreSQL: what a command costs them.',
    worker: 'bench/projection/worker',
    passes: ['throughput'],
    wait: 'the follower for PostgreSQL only, without rests',
    cases: CASES,
    operations: DEFAULT_OPERATIONS,
    targets: [],
    resultsOf: mediansOf,
    explain: () => EXPLANATION,
  });
  addFolderOption(command);
}

const EXPLANATION = `The follower replays a journal of cancel-heavy that is there already, with
every check, and fills an embedded PostgreSQL, one transaction of so many commands after the other.
By command, follower µs is what its process took of the cores, postgres µs what PostgreSQL's did.
`;
