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
import { NO_DATABASE, runCli, ServerProcess } from '../../support/server-process.ts';

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

interface SentOrder {
  readonly line: string;
  answer: string | undefined;
}

const CLIENTS = 16;
const ACCOUNTS = 8;
const LONGEST_LIFE_MS = 400;
const FAILURES_TOLD = 5;
const REPLAYED = 'Idempotent-Replayed';

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
    for (let account = 1; account <= ACCOUNTS; account++) {
      for (const currency of [1, 10]) {
        await server.send('/deposit', `${account},${currency},1000000000000`);
      }
    }
    while (tally.kills < kills) {
      const orders = await liveAndDie(server, random, tally.orders);
      tally.kills++;
      tally.orders += orders.length;
      server = await start();
      for (const { line, answer } of orders) {
        const response = await server.post('/order', line);
        const text = await response.text();
        const isReplayed = response.headers.get(REPLAYED) === 'true';
        if (answer === undefined) tally.executedUnanswered += Number(isReplayed);
        else {
          tally.answered++;
          if (isReplayed && text === answer) continue;
          tally.lost++;
          if (failures.length < FAILURES_TOLD) failures.push(`${line}: ${answer}, then ${text}`);
        }
      }
      onKill(tally.kills);
    }
    await server.end('SIGTERM');
    let badJournals = 0;
    for (const command of ['verify', 'audit']) {
      const { code, stderr } = await runCli([command, '--data', folder]);
      if (code === 0) continue;
      badJournals++;
      failures.push(`${command}: ${stderr.trim()}`);
    }
    return { ...tally, badJournals, failures };
  } finally {
    await server.end('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Orders of many clients at once, until a random moment. */
async function liveAndDie(
  server: ServerProcess,
  random: Random,
  firstId: number,
): Promise<SentOrder[]> {
  const orders: SentOrder[] = [];
  const trade = async () => {
    for (;;) {
      const [account, side] = [1 + random(ACCOUNTS), 1 + random(2)];
      const timeInForce = random(3) === 0 ? 'IOC' : 'GTC';
      const terms = `${95 + random(10)},${1 + random(20)},${side},limit,${timeInForce}`;
      const id = firstId + orders.length + 1;
      const order: SentOrder = { line: `${account},1,${terms},${id}`, answer: undefined };
      orders.push(order);
      try {
        order.answer = await (await server.post('/order', order.line)).text();
      } catch {
        return;
      }
    }
  };
  const clients = Array.from({ length: CLIENTS }, trade);
  await setTimeout(random(LONGEST_LIFE_MS));
  await server.end('SIGKILL');
  await Promise.all(clients);
  return orders;
}
