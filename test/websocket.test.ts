/**
 * The WebSocket channels as clients see them: a snapshot, then every update once and in order, in
 * JSON and in MessagePack; bad requests are told what is wrong; who breaks a limit is disconnected.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, describe, it } from 'node:test';
import { encode } from '@msgpack/msgpack';
import { Side, TimeInForce } from '../protocol/enums.ts';
import { cancelOrder, deposit, encodeCommands, newOrder } from './support/commands.ts';
import { seededRandom } from './support/seed.ts';
import {
  NO_DATABASE,
  ServerProcess,
  temporaryDataFolder,
  until,
} from './support/server-process.ts';
import {
  type Message,
  openRawWebSocket,
  subscription,
  WebSocketClient,
} from './support/websocket-client.ts';

const SEED = Number(process.env['HOGA_TEST_SEED'] ?? 20_240_601);
const BTC_KRW = 1;
const ETH_KRW = 2;
const AAPL_USD = 3;

interface Level {
  readonly price: number;
  readonly qty: number;
  readonly orders: number;
}

async function openAccount(server: ServerProcess, accountId: number): Promise<void> {
  const amount = 10 ** 14;
  const money = [1, 2, 10, 11, 12].map((currencyId) => deposit({ accountId, currencyId, amount }));
  await server.sendCommands(encodeCommands(money));
}

/** Random orders and cancels of one account around a price; returns how many trades they made. */
async function trade(server: ServerProcess, symbolId: number, batches: number): Promise<number> {
  const accountId = 100 + symbolId;
  await openAccount(server, accountId);
  const random = seededRandom(SEED);
  let orderIds = [1];
  let trades = 0;
  for (let batch = 0; batch < batches; batch++) {
    const writers = Array.from({ length: 50 }, () => {
      const orderId = orderIds[random(orderIds.length)]!;
      if (random(4) === 0) return cancelOrder({ accountId, symbolId, orderId });
      const terms = { side: 1 + random(2), price: 95 + random(11), qty: 1 + random(5) };
      const timeInForce = random(5) === 0 ? TimeInForce.IOC : TimeInForce.GTC;
      return newOrder({ accountId, symbolId, timeInForce, ...terms });
    });
    const { results } = await server.sendCommands(encodeCommands(writers));
    assert.equal(results.length, writers.length);
    orderIds = results.map(({ sequence }) => sequence);
    trades += results.reduce((sum, { fillCount }) => sum + fillCount, 0);
  }
  return trades;
}

/** Updates must count on from the snapshots before them, without a gap. */
function assertNoGap(messages: readonly Message[], counter: 'version' | 'number'): void {
  let last = messages[0]![counter] as number;
  for (const message of messages.slice(1)) {
    const step = message['type'] === 'update' ? 1 : 0;
    assert.equal(message[counter], last + step, JSON.stringify(message));
    last += step;
  }
}

/** Applies book updates to the snapshot that comes first: both sides, best first. */
function bookAfter(messages: readonly Message[]): { bids: Level[]; asks: Level[] } {
  const sides = { Buy: new Map<number, Level>(), Sell: new Map<number, Level>() };
  for (const level of messages[0]!['bids'] as Level[]) sides.Buy.set(level.price, level);
  for (const level of messages[0]!['asks'] as Level[]) sides.Sell.set(level.price, level);
  for (const { levels } of messages.slice(1)) {
    for (const { side, ...level } of levels as (Level & { side: 'Buy' | 'Sell' })[]) {
      if (level.qty === 0) sides[side].delete(level.price);
      else sides[side].set(level.price, level);
    }
  }
  return {
    bids: [...sides.Buy.values()].sort((a, b) => b.price - a.price),
    asks: [...sides.Sell.values()].sort((a, b) => a.price - b.price),
  };
}

describe(`WebSocket channels (HOGA_TEST_SEED=${SEED})`, () => {
  let folder: Awaited<ReturnType<typeof temporaryDataFolder>>;
  let server: ServerProcess;

  before(async () => {
    folder = await temporaryDataFolder();
    server = await ServerProcess.start(folder.path, [], NO_DATABASE);
  });

  after(async () => {
    await server.end('SIGTERM');
    await folder.remove();
  });

  it('book: snapshot and updates make exactly what GET /orderbook shows', async () => {
    await trade(server, BTC_KRW, 5);
    const flow = trade(server, BTC_KRW, 60);
    const clients = [
      await WebSocketClient.open(server),
      await WebSocketClient.open(server, '?format=msgpack'),
    ];
    for (const client of clients) await client.subscribe('book', BTC_KRW);
    await flow;
    const { body } = await server.get(`/orderbook?symbolId=${BTC_KRW}&depth=10000`);
    for (const client of clients) {
      const { messages } = client;
      await until('the last update', () =>
        messages.at(-1)!['version'] === body['version'] ? true : undefined,
      );
      assert.equal(messages[0]!['type'], 'snapshot');
      assertNoGap(messages, 'version');
      const { bids, asks } = bookAfter(messages);
      assert.deepEqual({ bids, asks }, { bids: body['bids'], asks: body['asks'] });
      assert.equal(client.isClosed, false);
    }
    for (const client of clients) client.close();
  });

  it('MessagePack says what JSON says', async () => {
    const [json, msgpack] = [
      await WebSocketClient.open(server),
      await WebSocketClient.open(server, '?format=msgpack'),
    ];
    const channels = [
      ['book', ETH_KRW],
      ['trades', ETH_KRW],
      ['executions', 102],
    ] as const;
    for (const [channel, id] of channels) {
      await json.subscribe(channel, id);
      await msgpack.ask(encode(subscription(channel, id)));
    }
    await trade(server, ETH_KRW, 2);
    const { sequence } = await server.health();
    const last = await server.send('/order', `102,${ETH_KRW},94,1,1`);
    assert.equal(last.body['sequence'], sequence.executed + 1);
    for (const client of [json, msgpack]) {
      await until('both messages of the last order', () => {
        const found = client.messages.filter(
          (message) => message['sequence'] === sequence.executed + 1,
        );
        return found.length === 2 ? true : undefined;
      });
    }
    assert.ok(json.messages.length > 100);
    assert.deepEqual(msgpack.messages, json.messages);
    for (const client of [json, msgpack]) client.close();
  });

  it('trades: each once, numbered without a gap, the latest in the snapshot', async () => {
    const client = await WebSocketClient.open(server);
    const snapshot = await client.subscribe('trades', BTC_KRW);
    const recent = snapshot['trades'] as Message[];
    assert.equal(recent.length, 100);
    assert.equal(recent.at(-1)!['number'], snapshot['number']);
    const trades = await trade(server, BTC_KRW, 20);
    const messages = await client.receive(1 + trades);
    assert.equal(messages.length, 1 + trades);
    assertNoGap(messages, 'number');
    const ids = messages.slice(1).map((message) => message['tradeId'] as number);
    assert.deepEqual(
      ids,
      [...new Set(ids)].sort((a, b) => a - b),
    );
    const keys = 'channel type symbolId sequence number tradeId price qty takerSide time';
    assert.deepEqual(Object.keys(messages.at(-1)!).sort(), keys.split(' ').sort());
    client.close();
  });

  it('executions: the reports of one account, in order, and of no other', async () => {
    for (const accountId of [201, 202]) await openAccount(server, accountId);
    const [mine, other] = [await WebSocketClient.open(server), await WebSocketClient.open(server)];
    assert.equal((await mine.subscribe('executions', 201))['userId'], 201);
    await other.subscribe('executions', 202);
    const lines = [
      `201,${AAPL_USD},10,5,1,limit,GTC,77`,
      `202,${AAPL_USD},10,2,2`,
      '201,99,10,5,1',
      `201,${AAPL_USD},20,1,1,limit,IOC`,
    ];
    const orders = [];
    for (const line of lines) orders.push((await server.send('/order', line)).body);
    await server.send('/cancel', `201,${orders[0]!['orderId']},${AAPL_USD}`);
    const reports = (await mine.receive(7)).slice(1);
    const terms = ['execType', 'status', 'orderId', 'liquidity', 'cumQty', 'leavesQty'];
    const [first, , rejected, ioc] = orders.map((order) => order['orderId']);
    assert.deepEqual(
      reports.map((report) => terms.map((term) => report[term])),
      [
        ['New', 'New', first, undefined, 0, 5],
        ['Trade', 'PartiallyFilled', first, 'Maker', 2, 3],
        ['Rejected', 'Rejected', rejected, undefined, 0, 0],
        ['New', 'New', ioc, undefined, 0, 1],
        ['Canceled', 'Canceled', ioc, undefined, 0, 0],
        ['Canceled', 'Canceled', first, undefined, 2, 0],
      ],
    );
    assertNoGap(mine.messages, 'number');
    assert.equal((reports[2]!['rejectReason'] as Message)['name'], 'UnknownSymbol');
    const { tradeId, lastPrice, lastQty, fee, clientOrderId, side, time } = reports[1]!;
    assert.deepEqual([lastPrice, lastQty, fee, clientOrderId, side], [10, 2, 0, 77, 'Buy']);
    const fills = orders[1]!['fills'] as Message[];
    assert.deepEqual([tradeId, time], [fills[0]!['tradeId'], orders[1]!['time']]);
    const [, entered, taken] = await other.receive(3);
    assert.deepEqual([entered!['execType'], taken!['liquidity']], ['New', 'Taker']);
    assert.equal(other.messages.length, 3);
    for (const client of [mine, other]) client.close();
  });

  it('a subscription in the middle of the flow has no gap, nor has a second one', async () => {
    const client = await WebSocketClient.open(server);
    await client.subscribe('book', BTC_KRW);
    let isFlowing = true;
    const flow = trade(server, BTC_KRW, 60).finally(() => {
      isFlowing = false;
    });
    for (let i = 0; i < 50 && isFlowing; i++) {
      client.send(subscription('book', BTC_KRW));
      const late = await WebSocketClient.open(server);
      await late.subscribe('book', BTC_KRW);
      await late.receive(isFlowing ? 3 : 1);
      assertNoGap(late.messages, 'version');
      late.close();
    }
    await flow;
    assertNoGap(client.messages, 'version');
    const snapshots = client.messages.filter((message) => message['type'] === 'snapshot');
    assert.ok(snapshots.length > 2);
    client.close();
  });

  it('after unsubscribing nothing more comes', async () => {
    const client = await WebSocketClient.open(server);
    await client.subscribe('book', BTC_KRW);
    await client.subscribe('trades', ETH_KRW);
    const flow = trade(server, BTC_KRW, 20);
    await client.receive(10);
    client.send({ ...subscription('book', BTC_KRW), op: 'unsubscribe' });
    await flow;
    await trade(server, ETH_KRW, 2);
    await until('a trade in the other market', () =>
      client.messages.find((message) => message['tradeId'] !== undefined),
    );
    const end = client.messages.findIndex((message) => message['type'] === 'unsubscribed');
    assert.ok(end > 0);
    const later = client.messages.slice(end + 1);
    assert.ok(later.every((message) => message['channel'] === 'trades'));
    client.close();
  });

  it('a bad request is told field, value and what is allowed; the connection goes on', async () => {
    const client = await WebSocketClient.open(server);
    const book = { op: 'subscribe', channel: 'book', symbolId: 1 };
    const bad: [string, unknown][] = [
      ['message', 'subscribe'],
      ['message', ''],
      ['message', 'null'],
      ['message', '17'],
      ['message', Uint8Array.of(0xc1)],
      ['op', {}],
      ['op', []],
      ['op', { ...book, op: 'Subscribe' }],
      ['channel', { op: 'subscribe' }],
      ['channel', { ...book, channel: 'books' }],
      ['channel', { ...book, channel: ['book'] }],
      ['symbolId', { ...book, symbolId: undefined }],
      ['symbolId', { ...book, symbolId: '1' }],
      ['symbolId', { ...book, symbolId: 1.5 }],
      ['symbolId', { ...book, symbolId: -1 }],
      ['symbolId', { ...book, symbolId: 99 }],
      ['symbolId', { op: 'subscribe', channel: 'trades', userId: 1 }],
      ['userId', { op: 'subscribe', channel: 'executions', symbolId: 1 }],
      ['userId', { op: 'subscribe', channel: 'executions', userId: 2 ** 53 }],
      ['op', encode({ op: 1 })],
    ];
    for (const [field, request] of bad) {
      const answer = await client.ask(request as object);
      const about = `${JSON.stringify(request)}: ${JSON.stringify(answer)}`;
      assert.deepEqual(
        Object.keys(answer),
        ['type', 'message', 'field', 'value', 'allowed'],
        about,
      );
      assert.deepEqual([answer['type'], answer['field']], ['error', field], about);
    }
    assert.equal((await client.ask(book))['type'], 'snapshot');
    client.close();
  });
});

describe('WebSocket limits', () => {
  let folder: Awaited<ReturnType<typeof temporaryDataFolder>>;
  let server: ServerProcess;

  before(async () => {
    folder = await temporaryDataFolder();
    const limits = ['--ws-max-subscriptions', '2', '--ws-max-message-bytes', '256'];
    const backpressure = ['--ws-max-backpressure-bytes', '1048576'];
    server = await ServerProcess.start(folder.path, [...limits, ...backpressure], NO_DATABASE);
  });

  after(async () => {
    await server.end('SIGTERM');
    await folder.remove();
  });

  it('a subscription too many is refused, the others go on', async () => {
    const client = await WebSocketClient.open(server);
    await client.subscribe('book', 1);
    await client.subscribe('book', 2);
    const refused = await client.subscribe('book', 3);
    assert.deepEqual(
      [refused['type'], refused['field'], refused['value']],
      ['error', 'subscriptions', 3],
    );
    assert.match(refused['allowed'] as string, /^2 /);
    assert.equal((await client.subscribe('book', 2))['type'], 'snapshot');
    await client.ask({ op: 'unsubscribe', channel: 'book', symbolId: 2 });
    assert.equal((await client.subscribe('book', 3))['type'], 'snapshot');
    client.close();
  });

  it('a message too long ends the connection', async () => {
    const client = await WebSocketClient.open(server);
    client.send({ op: 'subscribe', channel: 'book', symbolId: 1, comment: 'x'.repeat(256) });
    await client.closed();
    assert.deepEqual(client.messages, []);
  });

  it('a client that stops reading is disconnected, the others miss nothing', async () => {
    await openAccount(server, 1);
    const fast = await WebSocketClient.open(server);
    await fast.subscribe('book', BTC_KRW);
    const slow = await openRawWebSocket(server, '/ws');
    let text = '';
    slow.on('data', (chunk) => {
      text += chunk.toString('latin1');
    });
    for (const channel of ['book', 'executions']) slow.write(textFrame(subscription(channel, 1)));
    await until('both snapshots', () =>
      text.split('"type":"snapshot"').length > 2 ? true : undefined,
    );
    slow.pause();
    // More than the kernel's buffers on both ends and the limit together: about 500 bytes an order.
    const orders = Array.from({ length: 500 }, (_, i) =>
      newOrder({ accountId: 1, side: Side.Buy, price: 1 + (i % 250) }),
    );
    for (let batch = 1; batch <= 50; batch++) {
      assert.equal((await server.sendCommands(encodeCommands(orders))).status, 200);
      await fast.receive(1 + batch * orders.length);
    }
    const ended = Promise.race([once(slow, 'close'), once(slow, 'error')]);
    slow.resume();
    await ended;
    const versions = [...text.matchAll(/"type":"update","symbolId":1,"version":(\d+)/g)];
    assert.ok(versions.length < 50 * orders.length, 'the slow client was told everything');
    for (const [index, [, version]] of versions.entries()) assert.equal(Number(version), index + 1);
    assertNoGap(fast.messages, 'version');
    assert.equal(fast.isClosed, false);
    fast.close();
  });
});

/** A text frame of a client: FIN, opcode 1, masked with zeros (RFC 6455, section 5.2). */
function textFrame(message: object): Buffer {
  const text = Buffer.from(JSON.stringify(message));
  assert.ok(text.length < 126);
  return Buffer.concat([Buffer.of(0x81, 0x80 | text.length, 0, 0, 0, 0), text]);
}
