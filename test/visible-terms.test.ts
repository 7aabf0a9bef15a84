/**
 * What orders and markets are is seen outside: the terms of an order in its executions and in
 * PostgreSQL; a market's price band in the reads, in its updates, in rejections and in PostgreSQL.
 */
import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import pg from 'pg';
import {
  type Answer,
  embeddedDatabaseUrl,
  runCli,
  ServerProcess,
  temporaryDataFolder,
} from './support/server-process.ts';
import { WebSocketClient } from './support/websocket-client.ts';

const [BTC_KRW, ETH_KRW] = [1, 2];
const CURRENCIES = [1, 2, 10];
const MONEY = 1_000_000_000;
const TRADER = 1;
const BAND = { referencePrice: 100, bandTicks: 40 };

let folder: Awaited<ReturnType<typeof temporaryDataFolder>>;
let server: ServerProcess;

before(async () => {
  folder = await temporaryDataFolder();
  server = await ServerProcess.start(folder.path);
  for (const currency of CURRENCIES) await send('/deposit', `${TRADER},${currency},${MONEY}`);
});

after(async () => {
  await server.end('SIGTERM');
  await folder.remove();
});

async function send(path: string, line: string): Promise<Answer['body']> {
  const { status, body } = await server.send(path, line);
  assert.equal(status, 200, `${path} ${line}: ${JSON.stringify(body)}`);
  return body;
}

/** The rows of a statement, all values as texts. */
async function query(statement: string): Promise<string[][]> {
  await server.waitForProjection();
  const db = new pg.Client({ connectionString: embeddedDatabaseUrl(folder.path) });
  await db.connect();
  try {
    const { rows } = await db.query(statement);
    return rows.map((row) => Object.values(row).map(String));
  } finally {
    await db.end();
  }
}

/** As GET /symbols tells it. */
async function bandOf(symbolId: number): Promise<object> {
  const { body } = await server.get('/symbols');
  const symbols = body['symbols'] as { symbolId: number }[];
  const symbol = symbols.find((candidate) => candidate.symbolId === symbolId);
  const { referencePrice, bandTicks } = symbol as unknown as Record<string, number>;
  return { referencePrice, bandTicks };
}

it('an order’s terms are in its executions and in PostgreSQL', async () => {
  const client = await WebSocketClient.open(server);
  await client.subscribe('executions', TRADER);
  const expireTime = (Date.now() + 3_600_000) * 1_000;
  const line = `${TRADER},${BTC_KRW},90,5,2,limit,GTD,,,,1,cancel-both,77,${expireTime}`;
  const { orderId } = await send('/order', line);
  const byAmount = await send('/order', `${TRADER},${BTC_KRW},0,0,1,market,,,,,,decrement,,,500`);
  const executions = (await client.receive(3)).slice(1, 3);
  client.close();
  const terms = ['postOnly', 'selfTradePrevention', 'groupId', 'expireTime', 'amount'];
  assert.deepEqual(
    executions.map((report) => terms.map((name) => report[name])),
    [
      [true, 'CancelBoth', 77, expireTime, 0],
      [false, 'Decrement', 0, 0, 500],
    ],
  );
  const rows = await query(
    `SELECT post_only, self_trade_prevention, group_id,
      (extract(epoch FROM expires_at) * 1000000)::bigint AS expires, amount
     FROM orders WHERE order_id IN (${orderId}, ${byAmount['orderId']}) ORDER BY order_id`,
  );
  assert.deepEqual(rows, [
    ['true', 'CancelBoth', '77', String(expireTime), '0'],
    ['false', 'Decrement', '0', 'null', '500'],
  ]);
});

it('a price band is seen in the list of markets, in the book and in its updates', async () => {
  const client = await WebSocketClient.open(server);
  const none = await client.subscribe('book', ETH_KRW);
  assert.deepEqual([none['referencePrice'], none['bandTicks']], [0, 0]);
  await send('/price-band', `${ETH_KRW},100,40`);
  const [, update] = await client.receive(2);
  assert.deepEqual([update!['referencePrice'], update!['bandTicks']], [100, 40]);
  assert.deepEqual([update!['levels'], update!['state']], [[], undefined]);
  client.close();
  const { body } = await server.get(`/orderbook?symbolId=${ETH_KRW}`);
  assert.deepEqual([body['referencePrice'], body['bandTicks']], [100, 40]);
  assert.deepEqual(await bandOf(ETH_KRW), BAND);
  assert.deepEqual(await bandOf(BTC_KRW), { referencePrice: 0, bandTicks: 0 });
  const statement = 'SELECT reference_price, band_ticks FROM market_symbols ORDER BY symbol_id';
  assert.deepEqual((await query(statement)).slice(0, 2), [
    ['0', '0'],
    ['100', '40'],
  ]);
});

it('a price outside the band is refused with the band, in answer and execution', async () => {
  const client = await WebSocketClient.open(server);
  await client.subscribe('executions', TRADER);
  const { rejectReason } = await send('/order', `${TRADER},${ETH_KRW},141,1,1`);
  const { code, text } = rejectReason as { code: number; text: string };
  const named = { code, name: 'PriceOutsideBand', text, ...BAND, lowPrice: 60, highPrice: 140 };
  assert.deepEqual(rejectReason, named);
  const [, report] = await client.receive(2);
  assert.deepEqual(report!['rejectReason'], named);
  client.close();
});

it('reconciliation finds no difference; a new gateway learns the band from the image', async () => {
  const reconciled = await runCli(['reconcile', '--data', folder.path, '--json']);
  assert.equal(reconciled.code, 0, reconciled.stdout + reconciled.stderr);
  await server.end('SIGKILL');
  server = await ServerProcess.start(folder.path);
  assert.deepEqual(await bandOf(ETH_KRW), BAND);
});
