/**
 * One measurement over sockets: an exchange of its own, in processes of its own, with 10,000 orders
 * that rest; requests to warm up, then those that are measured.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { MAX_COMMAND_LENGTH } from '../../protocol/command-layout.ts';
import { Funding } from '../../protocol/commands.ts';
import { recordLengthAt } from '../../protocol/record.ts';
import { RejectReason } from '../../protocol/reject-reason.ts';
import { seededRandom } from '../../test/support/seed.ts';
import { ServerProcess, temporaryDataFolder } from '../../test/support/server-process.ts';
import { BodyBuilder, CommandClient } from '../flow/command-client.ts';
import { measureRawFile } from '../journal/disk.ts';
import type { Measured, Metrics, TaskOptions } from '../measuring/campaign.ts';
import { latenciesOf, microsecondsOf } from '../measuring/probes.ts';
import type { HttpCase } from './cases.ts';
import { openClient } from './client.ts';
import { run } from './load.ts';
import { ACCOUNTS, type Tally, Trader } from './trader.ts';

export type Task = TaskOptions & HttpCase;

const RESTING = 10_000;
/** Won and bitcoin: more than all orders of an account need. */
const CURRENCIES = [1, 10];
const DEPOSIT = 10 ** 12;
const BATCH = 500;
/** More of them, and the figures would be of refusing. */
const MOST_TOO_LATE_SHARE = 0.05;
const FLUSHES = 500;

/** @throws Error where an answer is not what must come of its command */
export async function measure(task: Task, cli: string): Promise<Measured> {
  const folder = await temporaryDataFolder();
  try {
    const flags = ['--durability', task.durability];
    const server = await ServerProcess.start(folder.path, flags, {}, cli);
    try {
      const measured = await measureAt(new URL(server.address), task);
      if (task.durability === 'none') return measured;
      return { ...measured, metrics: { ...measured.metrics, ...flushes(folder.path, measured) } };
    } finally {
      // It would let PostgreSQL catch up, if it were only told to stop.
      await server.end('SIGKILL');
    }
  } finally {
    await folder.remove();
  }
}

async function measureAt(url: URL, task: Task): Promise<Measured> {
  const { operations, batch, connections, seed } = task;
  const traders = Array.from(
    { length: connections },
    (_, index) => new Trader(seededRandom(seed + index), RESTING / connections),
  );
  await setUp(url, traders);
  const clients = [];
  for (const trader of traders) clients.push(await openClient(url, task, trader));
  const tookMs = new Float64Array(Math.ceil(operations / batch));
  await run(clients, task, tookMs);
  const seconds = (await run(clients, task, tookMs)) / 1_000;
  for (const client of clients) client.close();
  assertTraded(traders.map(({ tally }) => tally));
  const { metrics, histograms } = latenciesOf('answered', tookMs, microsecondsOf);
  const perSecond = tookMs.length / seconds;
  const rates = { ops_per_s: batch * perSecond, requests_per_s: perSecond };
  return { metrics: { ...rates, ...metrics }, histograms };
}

/** Funds the accounts, and lets every trader have its share of the resting orders. */
async function setUp(url: URL, traders: readonly Trader[]): Promise<void> {
  const client = new CommandClient(url.href);
  const body = new BodyBuilder(BATCH * MAX_COMMAND_LENGTH);
  const funding = new Funding();
  for (let accountId = 1; accountId <= ACCOUNTS; accountId++) {
    for (const currencyId of CURRENCIES) {
      const terms = { accountId, currencyId, amount: DEPOSIT };
      Object.assign(funding.writeDeposit(body.record, body.length), terms);
      body.added(recordLengthAt(body.record, body.length));
    }
    if (body.count < BATCH && accountId < ACCOUNTS) continue;
    await client.send(body.bytes(), (_, { rejectReason }) => {
      if (rejectReason !== RejectReason.None) throw new Error('a deposit was refused');
    });
    body.clear();
  }
  for (const trader of traders) {
    for (let left = Math.ceil(RESTING / traders.length); left > 0; left -= body.count) {
      body.clear();
      while (body.count < Math.min(left, BATCH)) {
        body.added(trader.encodeAdd(body.record, body.length));
      }
      await client.send(body.bytes(), (_, result) => trader.onResult(result));
    }
  }
  client.close();
}

function assertTraded(tallies: readonly Tally[]): void {
  const sum = (of: (tally: Tally) => number) => tallies.reduce((all, each) => all + of(each), 0);
  const [commands, trades, tooLate] = [
    sum((tally) => tally.commands),
    sum((tally) => tally.trades),
    sum((tally) => tally.tooLate),
  ];
  if (trades === 0) throw new Error(`of ${commands} commands none traded`);
  if (tooLate <= commands * MOST_TOO_LATE_SHARE) return;
  throw new Error(`${tooLate} of ${commands} commands came too late for their order`);
}

/** What one flush of this disk takes, and how much more a request did. */
function flushes(folder: string, { metrics }: Measured): Metrics {
  const own = join(folder, 'flushes');
  mkdirSync(own);
  const fdatasync = measureRawFile(own, FLUSHES, 1).metrics['p50_us']!;
  return { fdatasync_p50_us: fdatasync, p50_beyond_fdatasync_us: metrics['p50_us']! - fdatasync };
}
