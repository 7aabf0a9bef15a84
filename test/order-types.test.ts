/**
 * Every order type and every command of a venue's day through a running exchange, in CSV over HTTP
 * as a client sees them: and at the end PostgreSQL and a fresh replay agree with what was said.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import pg from 'pg';
import {
  type Answer,
  embeddedDatabaseUrl,
  runCli,
  ServerProcess,
  temporaryDataFolder,
  until,
} from './support/server-process.ts';
import { WebSocketClient } from './support/websocket-client.ts';

const [BTC_KRW, ETH_KRW, AAPL_USD] = [1, 2, 3];
const CURRENCIES = [1, 2, 10, 11, 12];
const MONEY = 1_000_000_000;
const MAKER = 1;
const TAKER = 2;
/** Trades in its own corner of a market. */
const THIRD = 3;

type Body = Answer['body'];

let folder: Awaited<ReturnType<typeof temporaryDataFolder>>;
let server: ServerProcess;

before(async () => {
  folder = await temporaryDataFolder();
  server = await ServerProcess.start(folder.path);
  for (const account of [MAKER, TAKER, THIRD]) {
    for (const currency of CURRENCIES) await send('/deposit', `${account},${currency},${MONEY}`);
  }
});

after(async () => {
  await server.end('SIGTERM');
  await folder.remove();
});

async function send(path: string, line: string): Promise<Body> {
  const { status, body } = await server.send(path, line);
  assert.equal(status, 200, `${path} ${line}: ${JSON.stringify(body)}`);
  return body;
}

async function order(line: string): Promise<Body> {
  return send('/order', line);
}

/** What became of an order: its status, filled and open quantity. */
async function outcome(line: string): Promise<unknown[]> {
  const { status, cumQty, leavesQty } = await order(line);
  return [status, cumQty, leavesQty];
}

async function rejection(path: string, line: string): Promise<unknown> {
  const body = await send(path, line);
  assert.equal(body['status'], 'Rejected', JSON.stringify(body));
  return (body['rejectReason'] as Record<string, unknown>)['name'];
}

function fillsOf(body: Body): number[][] {
  return (body['fills'] as { price: number; qty: number }[]).map(({ price, qty }) => [price, qty]);
}

/** Levels of a side as [price, qty, orders], best first. */
async function levels(symbolId: number, side: 'bids' | 'asks'): Promise<number[][]> {
  const { body } = await server.get(`/orderbook?symbolId=${symbolId}`);
  const found = body[side] as { price: number; qty: number; orders: number }[];
  return found.map(({ price, qty, orders }) => [price, qty, orders]);
}

async function lockedOf(account: number): Promise<number[]> {
  await server.waitForProjection();
  const { body } = await server.get(`/balances?userId=${account}`);
  return (body['balances'] as { locked: number }[]).map(({ locked }) => locked);
}

/** Empties both sides of a market of what is left. */
async function clear(symbolId: number): Promise<void> {
  for (const account of [MAKER, TAKER, THIRD]) await send('/mass-cancel', `${account},${symbolId}`);
  assert.deepEqual(await levels(symbolId, 'bids'), []);
  assert.deepEqual(await levels(symbolId, 'asks'), []);
}

describe('order types', () => {
  it('an iceberg shows its display quantity and refills behind the others', async () => {
    await order(`${MAKER},${BTC_KRW},1000,30,2,limit,GTC,,,10`);
    await order(`${THIRD},${BTC_KRW},1000,5,2`);
    assert.deepEqual(await levels(BTC_KRW, 'asks'), [[1_000, 15, 2]]);
    const taken = await order(`${TAKER},${BTC_KRW},1000,20,1,limit,IOC`);
    // The first tranche, the other order, and 5 of the second tranche.
    assert.deepEqual(fillsOf(taken), [
      [1_000, 10],
      [1_000, 5],
      [1_000, 5],
    ]);
    assert.deepEqual(await levels(BTC_KRW, 'asks'), [[1_000, 5, 1]]);
    await clear(BTC_KRW);
  });

  it('a post-only order rests, or is refused where it would trade', async () => {
    await order(`${MAKER},${BTC_KRW},1000,5,2`);
    const refused = await rejection('/order', `${TAKER},${BTC_KRW},1000,5,1,limit,GTC,,,,1`);
    assert.equal(refused, 'PostOnlyWouldTrade');
    assert.deepEqual(await outcome(`${TAKER},${BTC_KRW},999,5,1,limit,GTC,,,,1`), ['New', 0, 5]);
    await clear(BTC_KRW);
  });

  it('fill or kill fills whole or not at all', async () => {
    await order(`${MAKER},${BTC_KRW},1000,5,2`);
    const killed = await order(`${TAKER},${BTC_KRW},1000,6,1,limit,FOK`);
    assert.deepEqual([killed['status'], killed['cumQty']], ['Canceled', 0]);
    assert.deepEqual(await outcome(`${TAKER},${BTC_KRW},1000,5,1,limit,FOK`), ['Filled', 5, 0]);
    await clear(BTC_KRW);
  });

  it('a market order takes level after level; by amount it spends at most that', async () => {
    await order(`${MAKER},${BTC_KRW},100,5,2`);
    await order(`${MAKER},${BTC_KRW},110,50,2`);
    const byQty = await order(`${TAKER},${BTC_KRW},0,7,1,market`);
    assert.deepEqual(fillsOf(byQty), [
      [100, 5],
      [110, 2],
    ]);
    const byAmount = await order(`${TAKER},${BTC_KRW},0,0,1,market,IOC,,,,,,,,1000`);
    assert.deepEqual(fillsOf(byAmount), [[110, 9]]);
    assert.equal(
      await rejection('/order', `${TAKER},${BTC_KRW},0,0,1,market,IOC,,,,,,,,109`),
      'AmountTooSmall',
    );
    await clear(BTC_KRW);
  });

  it('a stop-limit waits for its price, then enters the book and trades', async () => {
    await order(`${MAKER},${ETH_KRW},100,1,2`);
    await order(`${TAKER},${ETH_KRW},100,1,1`);
    const waiting = await order(`${TAKER},${ETH_KRW},112,4,1,stop-limit,GTC,,110`);
    assert.equal(waiting['status'], 'New');
    assert.deepEqual(await levels(ETH_KRW, 'bids'), []);
    await order(`${MAKER},${ETH_KRW},110,1,2`);
    await order(`${MAKER},${ETH_KRW},112,3,2`);
    const client = await WebSocketClient.open(server);
    await client.subscribe('executions', TAKER);
    // The print at 110 triggers it; it takes 3 at 112 and rests with 1.
    await order(`${THIRD},${ETH_KRW},110,1,1`);
    const reports = (await client.receive(3)).slice(1);
    assert.deepEqual(
      reports.map(({ execType, lastPrice, lastQty, leavesQty }) => [
        execType,
        lastPrice,
        lastQty,
        leavesQty,
      ]),
      [
        ['Triggered', undefined, undefined, 4],
        ['Trade', 112, 3, 1],
      ],
    );
    client.close();
    assert.deepEqual(await levels(ETH_KRW, 'bids'), [[112, 1, 1]]);
    await clear(ETH_KRW);
  });

  it('a stop to buy needs a band, which bounds what it pays', async () => {
    const line = `${TAKER},${ETH_KRW},0,4,1,stop,GTC,,120`;
    assert.equal(await rejection('/order', line), 'NoPriceBand');
    await order(`${MAKER},${ETH_KRW},135,2,2`);
    await send('/price-band', `${ETH_KRW},120,10`);
    assert.deepEqual(await outcome(line), ['New', 0, 4]);
    await order(`${MAKER},${ETH_KRW},120,1,2`);
    await order(`${MAKER},${ETH_KRW},129,2,2`);
    assert.equal(await rejection('/order', `${MAKER},${ETH_KRW},131,2,2`), 'PriceOutsideBand');
    await order(`${THIRD},${ETH_KRW},120,1,1`);
    // It bought at 120 and 129, and what lies at 135 is beyond the band.
    assert.deepEqual(await levels(ETH_KRW, 'asks'), [[135, 2, 1]]);
    await send('/price-band', `${ETH_KRW},0,0`);
    await clear(ETH_KRW);
    assert.deepEqual(await lockedOf(TAKER), [0, 0, 0, 0, 0]);
  });

  it('self-trade prevention: the taker’s mode rules', async () => {
    const own = (side: number, qty: number, mode: string) =>
      outcome(`${THIRD},${BTC_KRW},500,${qty},${side},limit,GTC,,,,,${mode}`);
    await own(2, 5, '');
    assert.deepEqual(await own(1, 3, 'cancel-taker'), ['Canceled', 0, 0]);
    assert.deepEqual(await levels(BTC_KRW, 'asks'), [[500, 5, 1]]);
    assert.deepEqual(await own(1, 3, 'decrement'), ['Canceled', 0, 0]);
    assert.deepEqual(await levels(BTC_KRW, 'asks'), [[500, 2, 1]]);
    assert.deepEqual(await own(1, 3, 'cancel-maker'), ['New', 0, 3]);
    assert.deepEqual(await own(2, 3, 'cancel-both'), ['Canceled', 0, 0]);
    assert.deepEqual(await levels(BTC_KRW, 'bids'), []);
    assert.deepEqual(await lockedOf(THIRD), [0, 0, 0, 0, 0]);
    await clear(BTC_KRW);
  });

  it('a GTD order expires at its time though nothing else happens', async () => {
    const expireTime = (Date.now() + 2_000) * 1_000;
    const { orderId } = await order(`${TAKER},${BTC_KRW},77,4,1,limit,GTD,,,,,,,${expireTime}`);
    const { sequence } = await server.health();
    assert.deepEqual(await levels(BTC_KRW, 'bids'), [[77, 4, 1]]);
    await until('it expires', async () => {
      return (await levels(BTC_KRW, 'bids')).length === 0 ? true : undefined;
    });
    assert.ok(Date.now() * 1_000 >= expireTime);
    assert.equal((await server.health()).sequence.executed, sequence.executed + 1, 'one Tick');
    const late = await rejection(
      '/order',
      `${TAKER},${BTC_KRW},77,4,1,limit,GTD,,,,,,,${expireTime}`,
    );
    assert.equal(late, 'ExpireTimePassed');
    assert.equal(await rejection('/cancel', `${TAKER},${orderId},${BTC_KRW}`), 'UnknownOrder');
    assert.deepEqual(await lockedOf(TAKER), [0, 0, 0, 0, 0]);
  });

  it('a mass cancel tells how many orders it ended, by market and by side', async () => {
    for (const price of [10, 11]) {
      await order(`${TAKER},${BTC_KRW},${price},1,1`);
      await order(`${TAKER},${BTC_KRW},${price + 50},1,2`);
      await order(`${TAKER},${ETH_KRW},${price},1,1`);
    }
    const canceled = async (line: string) => (await send('/mass-cancel', line))['canceled'];
    assert.equal(await canceled(`${TAKER},${BTC_KRW},2`), 2);
    assert.equal(await canceled(`${TAKER},${BTC_KRW}`), 2);
    assert.equal(await canceled(`${TAKER}`), 2);
    assert.equal(await canceled(`${TAKER}`), 0);
    assert.equal(await rejection('/mass-cancel', '99'), 'UnknownAccount');
    assert.equal(await rejection('/mass-cancel', `${TAKER},99`), 'UnknownSymbol');
  });
});

describe('a market’s day', () => {
  it('pre-open collects, an auction has one price, continuous follows, then closed', async () => {
    const client = await WebSocketClient.open(server);
    const { state } = await client.subscribe('book', AAPL_USD);
    assert.equal(state, 'Continuous');
    await send('/trading-state', `${AAPL_USD},closed`);
    assert.equal(
      await rejection('/order', `${MAKER},${AAPL_USD},100,5,2`),
      'NotInThisTradingState',
    );
    await send('/trading-state', `${AAPL_USD},pre-open`);
    await order(`${MAKER},${AAPL_USD},100,5,2`);
    await order(`${THIRD},${AAPL_USD},98,5,2,limit,DAY`);
    assert.deepEqual(await outcome(`${TAKER},${AAPL_USD},101,7,1`), ['New', 0, 7]);
    assert.deepEqual((await levels(AAPL_USD, 'bids'))[0], [101, 7, 1], 'the book is crossed');
    await send('/trading-state', `${AAPL_USD},auction`);
    await send('/trading-state', `${AAPL_USD},continuous`);
    assert.deepEqual(await levels(AAPL_USD, 'bids'), []);
    assert.deepEqual(await levels(AAPL_USD, 'asks'), [[100, 3, 1]]);
    await order(`${MAKER},${AAPL_USD},120,1,2,limit,DAY`);
    await send('/trading-state', `${AAPL_USD},halted`);
    assert.equal(
      await rejection('/order', `${TAKER},${AAPL_USD},100,1,1`),
      'NotInThisTradingState',
    );
    await send('/trading-state', `${AAPL_USD},continuous`);
    await send('/trading-state', `${AAPL_USD},closed`);
    assert.deepEqual(await levels(AAPL_USD, 'asks'), [[100, 3, 1]], 'DAY ended, GTC stays');
    assert.equal((await server.get(`/orderbook?symbolId=${AAPL_USD}`)).body['state'], 'Closed');
    const states = await until('all states', () => {
      const updates = client.messages.filter((message) => message['state'] !== undefined);
      return updates.length === 8 ? updates.slice(1) : undefined;
    });
    assert.deepEqual(
      states.map((update) => update['state']),
      ['Closed', 'PreOpen', 'Auction', 'Continuous', 'Halted', 'Continuous', 'Closed'],
    );
    assert.deepEqual([states[2]!['auctionPrice'], states[2]!['auctionQty']], [100, 7]);
    client.close();
    assert.equal(await rejection('/trading-state', '99,closed'), 'UnknownSymbol');
    assert.equal(await rejection('/price-band', '99,5,1'), 'UnknownSymbol');
  });
});

describe('afterwards', () => {
  it('PostgreSQL tells types, stop prices, display quantities and why orders ended', async () => {
    await server.waitForProjection();
    const db = new pg.Client({ connectionString: embeddedDatabaseUrl(folder.path) });
    await db.connect();
    try {
      const { rows } = await db.query(
        `SELECT DISTINCT order_type, time_in_force, status, cancel_reason FROM orders
         WHERE stop_price > 0 OR display_qty > 0 OR cancel_reason <> 'None'
         ORDER BY 1, 2, 3, 4`,
      );
      const told = rows.map((row) => Object.values(row).join(' '));
      for (const expected of [
        'Limit FOK Canceled FillOrKill',
        'Limit GTC Canceled MassCancel',
        'Limit GTC Canceled SelfTrade',
        'Stop GTC Canceled PriceBand',
        'StopLimit GTC Canceled MassCancel',
      ]) {
        assert.ok(told.includes(expected), `${expected} is not in ${told.join(', ')}`);
      }
      const auction = await db.query("SELECT price, qty FROM trades WHERE taker_side = 'None'");
      assert.deepEqual(
        auction.rows.map(({ price, qty }) => [Number(price), Number(qty)]),
        [
          [100, 5],
          [100, 2],
        ],
      );
    } finally {
      await db.end();
    }
  });

  it('reconciliation and a verified replay find no difference', async () => {
    const reconciled = await runCli(['reconcile', '--data', folder.path, '--json']);
    assert.equal(reconciled.code, 0, reconciled.stdout + reconciled.stderr);
    await server.end('SIGKILL');
    const replayed = await runCli(['verify', '--data', folder.path, '--json']);
    assert.equal(replayed.code, 0, replayed.stdout + replayed.stderr);
    server = await ServerProcess.start(folder.path);
    assert.deepEqual(await levels(AAPL_USD, 'asks'), [[100, 3, 1]]);
    const { body } = await server.get(`/orderbook?symbolId=${AAPL_USD}`);
    assert.equal(body['state'], 'Closed', 'a new gateway learns the state from the image');
  });
});
