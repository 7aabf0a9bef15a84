/**
 * Clients of an exchange that something is done to: each order has a client order id, so it can be
 * sent again, and whoever was answered must get the same answer.
 */
import type { Random } from '../support/seed.ts';
import { runCli, type ServerProcess } from '../support/server-process.ts';

export interface SentOrder {
  readonly line: string;
  /** As it came; undefined where none did, or the order was not taken. */
  answer: string | undefined;
}

/** What came of orders that were sent again. */
export interface Repetition {
  answered: number;
  /** Of those: answered otherwise, or as new. */
  lost: number;
  /** Not answered, and executed all the same. */
  executedUnanswered: number;
  readonly failures: string[];
}

const CLIENTS = 16;
export const ACCOUNTS = 8;
const CURRENCIES = [1, 10];
const REPLAYED = 'Idempotent-Replayed';

/** Gives each account more than it can spend. */
export async function fundAccounts(server: ServerProcess): Promise<void> {
  for (let account = 1; account <= ACCOUNTS; account++) {
    for (const currency of CURRENCIES) {
      await server.send('/deposit', `${account},${currency},1000000000000`);
    }
  }
}

/** Orders of many clients at once, into `orders`, until the exchange is gone or it has so many. */
export async function trade(
  server: ServerProcess,
  random: Random,
  orders: SentOrder[],
  firstId: number,
  most = Number.POSITIVE_INFINITY,
): Promise<void> {
  const client = async () => {
    while (orders.length < most) {
      const [account, side] = [1 + random(ACCOUNTS), 1 + random(2)];
      const timeInForce = random(3) === 0 ? 'IOC' : 'GTC';
      const terms = `${95 + random(10)},${1 + random(20)},${side},limit,${timeInForce}`;
      const id = firstId + orders.length + 1;
      const order: SentOrder = { line: `${account},1,${terms},${id}`, answer: undefined };
      orders.push(order);
      try {
        const response = await server.post('/order', order.line);
        const text = await response.text();
        if (response.status === 200) order.answer = text;
      } catch {
        return;
      }
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
}

/** Sends each order once more. */
export async function sendAgain(
  server: ServerProcess,
  orders: readonly SentOrder[],
): Promise<Repetition> {
  const tally: Repetition = { answered: 0, lost: 0, executedUnanswered: 0, failures: [] };
  const left = [...orders];
  const client = async () => {
    for (let order = left.pop(); order !== undefined; order = left.pop()) {
      const { line, answer } = order;
      const response = await server.post('/order', line);
      const text = await response.text();
      const isReplayed = response.headers.get(REPLAYED) === 'true';
      if (answer === undefined) tally.executedUnanswered += Number(isReplayed);
      else {
        tally.answered++;
        if (isReplayed && text === answer) continue;
        tally.lost++;
        tally.failures.push(`${line}: ${answer}, then ${text}`);
      }
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  return tally;
}

/** What verify and audit find in a journal at rest. */
export async function faultsOfJournal(dataFolder: string): Promise<string[]> {
  const check = async (command: string) => {
    const { code, stderr } = await runCli([command, '--data', dataFolder]);
    return code === 0 ? [] : [`${command}: ${stderr.trim()}`];
  };
  return (await Promise.all(['verify', 'audit'].map(check))).flat();
}
