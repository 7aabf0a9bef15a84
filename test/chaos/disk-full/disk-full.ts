/**
 * Lets the disk of an exchange run full under load, in rounds. All of it happens in a process with
 * mounts of its own, so that nothing is left mounted whatever ends it.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { IN_OWN_MOUNTS } from './small-disk.ts';

export interface DiskFullOptions {
  readonly rounds: number;
  readonly seed: number;
  /** Tell at execution (durability none), so that something that was told is lost. */
  readonly isControl: boolean;
}

/** What became of one round, or of all of them. */
export interface DiskFullTally {
  /** Answered before the process ended. */
  orders: number;
  cancels: number;
  /** Of all answered: another answer after the restart. */
  lost: number;
  /** Orders refused with 503, and those that the exchange refused itself. */
  refusedBefore: number;
  refusedByExchange: number;
  /** What was not as it must be: an alarm, a message, an exit code, a journal. */
  faults: number;
  readonly failures: string[];
}

export type DiskFullOutcome = DiskFullTally & { readonly rounds: number };

export function newTally(): DiskFullTally {
  const answered = { orders: 0, cancels: 0, lost: 0 };
  return { ...answered, refusedBefore: 0, refusedByExchange: 0, faults: 0, failures: [] };
}

const FAILURES_TOLD = 5;

export async function fillDisks(
  options: DiskFullOptions,
  onRound: (done: number) => void,
): Promise<DiskFullOutcome> {
  const inside = fileURLToPath(new URL('inside.ts', import.meta.url));
  const [program, ...args] = IN_OWN_MOUNTS;
  const command = [process.execPath, inside, JSON.stringify(options)];
  const child = spawn(program!, [...args, ...command], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'close');
  const total = newTally();
  let rounds = 0;
  for await (const line of createInterface(child.stdout)) {
    add(total, JSON.parse(line) as DiskFullTally);
    onRound(++rounds);
  }
  await ended;
  if (rounds < options.rounds) total.faults++;
  return { rounds, ...total };
}

function add(total: DiskFullTally, { failures, ...counts }: DiskFullTally): void {
  for (const name of Object.keys(counts) as (keyof typeof counts)[]) total[name] += counts[name];
  total.failures.push(...failures.slice(0, FAILURES_TOLD - total.failures.length));
}
