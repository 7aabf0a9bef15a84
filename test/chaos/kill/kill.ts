/**
 * Kills a running exchange (SIGKILL) at random moments under load, starts it again, and sends every
 * order of that life once more: who was answered must get the same answer, and who was not, one.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Durability } from '../../../journal/durability.ts';
import { type Random, seededRandom } from '../../support/seed.ts';
import { NO_DATABASE, ServerProcess } from '../../support/server-process.ts';
import { faultsOfJournal, fundAccounts, type SentOrder, sendAgain, trade } from '../traders.ts';

export interface KillOptions {
  readonly kills: number;
  readonly seed: number;
  readonly durability: Durability;
}

export interface KillOutcome {
  readonly kills: number;
  readonly orders: number;
  /** Orders whose answer had come before the kill. */
  readonly answered: number;
  /** Of those: answered otherwise, or as new, when they were sent again. */
  readonly lost: number;
  /** Orders on their way at a kill that had been executed before it. */
  readonly executedUnanswered: number;
  /** Checks of the journal that failed: verify and audit, at the end. */
  readonly badJournals: number;
  readonly failures: readonly string[];
}

const LONGEST_LIFE_MS = 400;
const FAILURES_TOLD = 5;

export async function killOften(
  options: KillOptions,
  onKill: (done: number) => void,
): Promise<KillOutcome> {
  const { kills, seed, durability } = options;
  const folder = mkdtempSync(join(tmpdir(), 'hoga-kill-'));
  const random = seededRandom(seed);
  const start = () => ServerProcess.start(folder, ['--durability', durability], NO_DATABASE);
  const tally = { kills: 0, orders: 0, answered: 0, lost: 0, executedUnanswered: 0 };
  const failures: string[] = [];
  let server = await start();
  try {
    await fundAccounts(server);
    while (tally.kills < kills) {
      const isLate = tally.kills % 2 === 1;
      const orders = await liveAndDie(server, random, tally.orders, isLate);
      tally.kills++;
      tally.orders += orders.length;
      server = await start();
      const again = await sendAgain(server, orders);
      tally.answered += again.answered;
      tally.lost += again.lost;
      tally.executedUnanswered += again.executedUnanswered;
      failures.push(...again.failures.slice(0, FAILURES_TOLD - failures.length));
      onKill(tally.kills);
    }
    await server.end('SIGTERM');
    const faults = await faultsOfJournal(folder);
    return { ...tally, badJournals: faults.length, failures: [...failures, ...faults] };
  } finally {
    await server.end('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Orders of many clients at once, until a random moment; where late, one behind an answer. */
async function liveAndDie(
  server: ServerProcess,
  random: Random,
  firstId: number,
  isLate: boolean,
): Promise<SentOrder[]> {
  const orders: SentOrder[] = [];
  const clients = trade(server, random, orders, firstId);
  while (isLate && !orders.some(({ answer }) => answer !== undefined)) await setTimeout(1);
  await setTimeout(random(LONGEST_LIFE_MS));
  await server.end('SIGKILL');
  await clients;
  return orders;
}
