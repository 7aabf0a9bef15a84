/**
 * The HTTP interface as a client sees it: commands as CSV and what became of them, every business
 * reject that CSV can cause, the reads, and many clients at once.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { RejectReason } from '../protocol/reject-reason.ts';
import { type Answer, ServerProcess, temporaryDataFolder } from './support/server-process.ts';

const MAX = Number.MAX_SAFE_INTEGER;
const SECOND_US = 1_000_000;

/** Markets and currencies that every new exchange has. */
const [BTC_KRW, ETH_KRW, AAPL_USD] = [1, 2, 3];
const [KRW, USD, BTC, ETH, AAPL] = [1, 2, 10, 11, 12];

let folder: Awaited<ReturnType<typeof temporaryDataFolder>>;
let server: ServerProcess;

before(async () => {
  folder = await temporaryDataFolder();
  server = await ServerProcess.start(folder.path, ['--latency-every', '1']);
});

after(async () => {
  await server.end('SIGTERM');
  await folder.remove();
});

async function accepted(path: string, line: string): Promise<Answer['body']> {
  const { status, body } = await server.send(path, line);
  assert.equal(status, 200, JSON.stringify(body));
  assert.notEqual(body['status'], 'Rejected', JSON.stringify(body));
  return body;
}

/** An account with money for either side of a market. */
async function openAccount(userId: number): Promise<void> {
  for (const currencyId of [KRW, USD, BTC, ETH, AAPL]) {
    await accepted('/deposit', `${userId},${currencyId},1000000000`);
  }
}

async function balancesOf(userId: number): Promise<Map<string, readonly [number, number]>> {
  await server.waitForProjection();
  const { body } = await server.get(`/balances?userId=${userId}`);
  const balances = body['balances'] as { currency: string; available: number; locked: number }[];
  return new Map(balances.map((entry) => [entry.currency, [entry.available, entry.locked]]));
}

async function bookOf(symbolId: number): Promise<Answer['body']> {
  return (await server.get(`/orderbook?symbolId=${symbolId}`)).body;
}

describe('commands as CSV', () => {
  it('a deposit is accepted, with its sequence number and its time in µs', async () => {
    const fromUs = Date.now() * 1_000 - SECOND_US;
    const { sequence } = await server.health();
    const body = await accepted('/deposit', `1,${KRW},500\n`);
    assert.equal(body['status'], 'Accepted');
    assert.equal(body['sequence'], sequence.executed + 1);
    const time = body['time'] as number;
    assert.ok(time >= fromUs && time <= Date.now() * 1_000 + SECOND_US, `time is ${time}`);
    assert.deepEqual(Object.keys(body), ['status', 'sequence', 'time']);
    assert.deepEqual((await balancesOf(1)).get('KRW'), [500, 0]);
  });

  it('an order rests in the book; a cancel takes it out and gives its money back', async () => {
    await openAccount(2);
    const order = await accepted('/order', `2,${BTC_KRW},1000,30,1,limit,GTC,17`);
    const { orderId, sequence, time } = order;
    const terms = { orderId, clientOrderId: 17, status: 'New', sequence, time };
    assert.deepEqual(order, { ...terms, cumQty: 0, leavesQty: 30, fills: [] });
    const book = await bookOf(BTC_KRW);
    assert.deepEqual(book['bids'], [{ price: 1_000, qty: 30, orders: 1 }]);
    assert.ok((book['sequence'] as number) >= (sequence as number));
    // 30,000 won and 0.015 % of it, rounded down.
    assert.deepEqual((await balancesOf(2)).get('KRW'), [1_000_000_000 - 30_004, 30_004]);
    const cancel = await accepted('/cancel', `2,${orderId},${BTC_KRW}`);
    assert.equal(cancel['status'], 'Canceled');
    assert.equal(cancel['orderId'], orderId);
    assert.equal(cancel['leavesQty'], 0);
    assert.deepEqual((await bookOf(BTC_KRW))['bids'], []);
    assert.deepEqual((await balancesOf(2)).get('KRW'), [1_000_000_000, 0]);
  });

  it('a crossing order trades at the resting prices, best first, and tells each fill', async () => {
    await openAccount(3);
    await openAccount(4);
    await accepted('/order', `3,${BTC_KRW},20000,2,2`);
    await accepted('/order', `3,${BTC_KRW},10000,2,2`);
    const order = await accepted('/order', `4,${BTC_KRW},30000,5,1`);
    assert.equal(order['status'], 'PartiallyFilled');
    assert.deepEqual([order['cumQty'], order['leavesQty']], [4, 1]);
    const fills = order['fills'] as { tradeId: number; price: number; qty: number; fee: number }[];
    assert.deepEqual(
      fills.map(({ price, qty, fee }) => [price, qty, fee]),
      [
        [10_000, 2, 3],
        [20_000, 2, 6],
      ],
    );
    assert.equal(fills[1]!.tradeId, fills[0]!.tradeId + 1);
    await accepted('/cancel', `4,${order['orderId']},${BTC_KRW}`);
    // The seller's fees are the same amounts, out of what he gets; a lot is 100,000 satoshi.
    assert.deepEqual((await balancesOf(3)).get('KRW'), [1_000_000_000 + 60_000 - 9, 0]);
    assert.deepEqual((await balancesOf(4)).get('KRW'), [1_000_000_000 - 60_000 - 9, 0]);
    assert.deepEqual((await balancesOf(3)).get('BTC'), [1_000_000_000 - 400_000, 0]);
    assert.deepEqual((await balancesOf(4)).get('BTC'), [1_000_000_000 + 400_000, 0]);
  });

  it('a market order sweeps the book and what it cannot fill is cancelled', async () => {
    await openAccount(5);
    await openAccount(6);
    for (const price of [100, 101, 102]) await accepted('/order', `5,${AAPL_USD},${price},1,2`);
    const order = await accepted('/order', `6,${AAPL_USD},0,5,1,market`);
    assert.deepEqual([order['status'], order['cumQty'], order['leavesQty']], ['Canceled', 3, 0]);
    assert.deepEqual(
      (order['fills'] as { price: number }[]).map(({ price }) => price),
      [100, 101, 102],
    );
    assert.deepEqual((await balancesOf(6)).get('USD'), [1_000_000_000 - 303, 0]);
  });

  it('an IOC order takes what is there at its price and never rests', async () => {
    await openAccount(7);
    await accepted('/order', `7,${AAPL_USD},200,1,2`);
    const order = await accepted('/order', `7,${AAPL_USD},250,3,1,limit,IOC`);
    assert.deepEqual([order['status'], order['cumQty'], order['leavesQty']], ['Canceled', 1, 0]);
    assert.deepEqual((await bookOf(AAPL_USD))['bids'], []);
    const late = await accepted('/order', `7,${AAPL_USD},250,3,1,LIMIT,ioc`);
    assert.deepEqual([late['status'], late['cumQty'], late['fills']], ['Canceled', 0, []]);
  });

  it('a client order id names one order, which comes back in the answer', async () => {
    await openAccount(8);
    const first = await accepted('/order', `8,${ETH_KRW},10,1,1,,,99`);
    assert.deepEqual([first['status'], first['clientOrderId']], ['New', 99]);
    assert.deepEqual(await accepted('/order', `8,${ETH_KRW},10,1,1,,,99`), first);
    await accepted('/cancel', `8,${first['orderId']},${ETH_KRW}`);
  });

  it('every business reject is a 200 with a code, a name and a sentence', async () => {
    await openAccount(9);
    const open = await accepted('/order', `9,${ETH_KRW},7,1,1`);
    const rejects: [keyof typeof RejectReason, string, string][] = [
      ['UnknownSymbol', '/order', '9,999,10,1,1'],
      ['UnknownCurrency', '/deposit', '9,999,10'],
      ['UnknownAccount', '/order', `999999,${ETH_KRW},10,1,1`],
      ['UnknownOrder', '/cancel', `9,123456789,${ETH_KRW}`],
      ['UnknownOrder', '/cancel', `9,${open['orderId']},${BTC_KRW}`],
      ['UnknownOrder', '/cancel', `8,${open['orderId']},${ETH_KRW}`],
      ['InsufficientFunds', '/order', `9,${ETH_KRW},1000000000,1,1`],
      ['InsufficientFunds', '/order', `9,${AAPL_USD},10,1000000001,2`],
      ['NoLiquidity', '/order', `9,${AAPL_USD},0,1,1,market`],
      ['NotionalTooLarge', '/order', `9,${ETH_KRW},${MAX},1000,1`],
      ['NotionalTooLarge', '/order', `9,${ETH_KRW},1,${MAX},2`],
      ['BalanceTooLarge', '/deposit', `9,${ETH},${MAX}`],
    ];
    for (const [name, path, line] of rejects) {
      const { status, body } = await server.send(path, line);
      const about = `${name}: ${path} ${line} ${JSON.stringify(body)}`;
      assert.equal(status, 200, about);
      assert.equal(body['status'], 'Rejected', about);
      assert.ok(Number.isSafeInteger(body['sequence']), about);
      const reason = body['rejectReason'] as { code: number; name: string; text: string };
      assert.deepEqual([reason.name, reason.code], [name, RejectReason[name]], about);
      assert.match(reason.text, /^[A-Z].{10,}\.$/, about);
    }
    await accepted('/cancel', `9,${open['orderId']},${ETH_KRW}`);
  });
});

describe('reads', () => {
  it('the book shows both sides, best first, as deep as asked', async () => {
    await openAccount(11);
    for (const price of [10, 12, 11]) await accepted('/order', `11,${ETH_KRW},${price},1,1`);
    for (const price of [22, 20, 20]) await accepted('/order', `11,${ETH_KRW},${price},3,2`);
    const book = await bookOf(ETH_KRW);
    const bids = [12, 11, 10].map((price) => ({ price, qty: 1, orders: 1 }));
    assert.deepEqual(book['bids'], bids);
    const asks = [
      { price: 20, qty: 6, orders: 2 },
      { price: 22, qty: 3, orders: 1 },
    ];
    assert.deepEqual(book['asks'], asks);
    const top = (await server.get(`/orderbook?symbolId=${ETH_KRW}&depth=1`)).body;
    assert.deepEqual([top['bids'], top['asks']], [bids.slice(0, 1), asks.slice(0, 1)]);
  });

  it('balances say the sequence they are true at, in minor units and as decimals', async () => {
    const { sequence } = await accepted('/deposit', `12,${BTC},123456789`);
    await server.waitForProjection();
    const { status, body } = await server.get('/balances?userId=12');
    assert.equal(status, 200);
    assert.ok((body['sequence'] as number) >= (sequence as number));
    assert.deepEqual(body['balances'], [
      {
        currencyId: BTC,
        currency: 'BTC',
        decimals: 8,
        available: 123_456_789,
        locked: 0,
        availableText: '1.23456789',
        lockedText: '0.00000000',
      },
    ]);
    assert.deepEqual((await server.get('/balances?userId=123456')).body['balances'], []);
  });

  it('symbols are the markets with their terms; health tells how far everything is', async () => {
    const { currencies, symbols } = (await server.get('/symbols')).body;
    const codes = (symbols as { code: string }[]).map(({ code }) => code);
    assert.deepEqual(codes, ['BTC/KRW', 'ETH/KRW', 'AAPL/USD']);
    assert.equal((currencies as unknown[]).length, 5);
    await server.waitForProjection();
    const { status, body } = await server.get('/health');
    assert.equal(status, 200);
    const { executed, released, verified, projected } = body['sequence'] as Record<string, number>;
    assert.deepEqual([executed, released, verified], [projected, projected, projected]);
    assert.deepEqual(body['projection'], { state: 'running', lag: 0 });
    assert.deepEqual([body['status'], body['durability']], ['ok', 'fsync']);
  });

  it('latencies are told by stage, in the order in which a command passes them', async () => {
    const stagesOf = async () => {
      const { body } = await server.get('/latency');
      assert.equal(body['every'], 1);
      return body['stages'] as Record<string, { count: number; p50: number; max: number }>;
    };
    const before = (await stagesOf())['total']!.count;
    await accepted('/deposit', `12,${BTC},1`);
    const stages = await stagesOf();
    const names = ['parse', 'ring', 'execute', 'journal', 'deliver', 'answer', 'total'];
    assert.deepEqual(Object.keys(stages), names);
    for (const name of names) assert.equal(stages[name]!.count, before + 1, name);
    // A flush takes longer than any of the others.
    assert.ok(stages['journal']!.max > 0 && stages['journal']!.max <= stages['total']!.max);
    const metrics = await (await fetch(`${server.address}/metrics`)).text();
    assert.match(
      metrics,
      /^hoga_latency_seconds\{gateway="1",stage="journal",quantile="0\.99"\} 0\.\d+$/m,
    );
  });

  it('metrics tell Prometheus of stages, batches, commits and flushes', async () => {
    const metrics = async () => {
      const response = await fetch(`${server.address}/metrics`);
      assert.match(response.headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/);
      const lines = (await response.text()).split('\n').filter((line) => !line.startsWith('#'));
      return new Map(lines.map((line) => line.split(/ (?=[^ ]*$)/) as [string, string]));
    };
    const before = await metrics();
    const { sequence } = await accepted('/deposit', `12,${BTC},1`);
    await server.waitForProjection();
    const now = await metrics();
    for (const stage of ['executed', 'released', 'stored', 'verified', 'projected']) {
      assert.ok(Number(now.get(`hoga_sequence{stage="${stage}"}`)) >= (sequence as number), stage);
    }
    assert.equal(now.get('hoga_journal_lag_commands'), '0');
    for (const name of ['batch_commands', 'commit_seconds', 'flush_seconds']) {
      const figure = (of: typeof now, suffix: string) =>
        Number(of.get(`hoga_journal_${name}_${suffix}`));
      assert.ok(figure(now, 'count') > figure(before, 'count'), name);
      assert.ok(figure(now, 'sum') > figure(before, 'sum'), name);
      assert.equal(figure(now, 'bucket{le="+Inf"}'), figure(now, 'count'), name);
    }
    assert.ok([...now.keys()].some((key) => /^hoga_info.*durability="fsync"/.test(key)));
  });
});

describe('many clients', () => {
  it('200 of them post at once over kept connections; each gets its own answer', async () => {
    await openAccount(20);
    const agent = new Agent({ keepAlive: true, maxSockets: 200 });
    const post = async (clientOrderId: number): Promise<Answer['body']> => {
      const outgoing = request(`${server.address}/order`, { method: 'POST', agent });
      outgoing.end(`20,${ETH_KRW},1,1,1,limit,GTC,${clientOrderId}`);
      const [response] = await once(outgoing, 'response');
      const chunks: Buffer[] = await response.toArray();
      return JSON.parse(Buffer.concat(chunks).toString());
    };
    const seen = new Set<unknown>();
    for (let round = 0; round < 5; round++) {
      const ids = Array.from({ length: 200 }, (_, index) => 1 + round * 200 + index);
      for (const [index, body] of (await Promise.all(ids.map(post))).entries()) {
        assert.deepEqual([body['clientOrderId'], body['status']], [ids[index], 'New']);
        seen.add(body['orderId']);
      }
    }
    agent.destroy();
    assert.equal(seen.size, 1_000);
    const bids = (await bookOf(ETH_KRW))['bids'] as { price: number; orders: number }[];
    assert.equal(bids.find(({ price }) => price === 1)?.orders, 1_000);
  });
});
