/** Exchanges whose disk answers EIO, in rounds: each kind of system call has its turn. */
import { cpSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededRandom } from '../../support/seed.ts';
import { NO_DATABASE, ServerProcess } from '../../support/server-process.ts';
import { fundAccounts } from '../traders.ts';
import { CASES, CONTROL_CASES, nameOf } from './cases.ts';
import { Round } from './round.ts';

export interface IoErrorOptions {
  readonly rounds: number;
  readonly seed: number;
  /** Tell at execution (durability none), so that something that was told is lost. */
  readonly isControl: boolean;
}

/** What became of one round, or of all of them. */
export interface IoErrorTally {
  /** System calls that failed. */
  errors: number;
  orders: number;
  /** Answered before the process ended. */
  answered: number;
  /** Of those: another answer after the restart. */
  lost: number;
  executedUnanswered: number;
  /** Processes that LMDB ended by SIGABRT, by its own error, without our message. */
  aborted: number;
  /** What was not as it must be: an end, a message, an exit code, a journal. */
  faults: number;
  /** From the error to the end of the process, at most. */
  longestEndMs: number;
  readonly failures: string[];
}

export type IoErrorOutcome = IoErrorTally & { readonly rounds: number };

const FAILURES_TOLD = 5;

export async function failDisks(
  { rounds, seed, isControl }: IoErrorOptions,
  onRound: (done: number) => void,
): Promise<IoErrorOutcome> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'hoga-io-errors-')));
  const random = seededRandom(seed);
  const total = newTally();
  try {
    const funded = join(root, 'funded');
    await makeFunded(funded);
    const cases = isControl ? CONTROL_CASES : CASES;
    for (let round = 0; round < rounds; round++) {
      const folder = join(root, String(round));
      cpSync(funded, join(folder, 'data'), { recursive: true });
      const which = cases[round % cases.length]!;
      const tally = newTally();
      await new Round(folder, random, tally).run(which);
      add(total, tally, nameOf(which));
      rmSync(folder, { recursive: true });
      onRound(round + 1);
    }
    return { rounds, ...total };
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

function newTally(): IoErrorTally {
  const sent = { orders: 0, answered: 0, lost: 0, executedUnanswered: 0 };
  return { errors: 0, ...sent, aborted: 0, faults: 0, longestEndMs: 0, failures: [] };
}

/** Every round begins with a copy of it. */
async function makeFunded(folder: string): Promise<void> {
  const server = await ServerProcess.start(folder, [], NO_DATABASE);
  try {
    await fundAccounts(server);
  } finally {
    await server.end('SIGTERM');
  }
}

function add(total: IoErrorTally, { failures, longestEndMs, ...counts }: IoErrorTally, of: string) {
  for (const name of Object.keys(counts) as (keyof typeof counts)[]) total[name] += counts[name];
  total.longestEndMs = Math.max(total.longestEndMs, longestEndMs);
  const told = failures.slice(0, FAILURES_TOLD - total.failures.length);
  total.failures.push(...told.map((failure) => `${of}: ${failure}`));
}
