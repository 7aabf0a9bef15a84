/**
 * Commands over WebSocket: the same records as over HTTP, many messages on their way, an answer for
 * each; what is wrong is told by the message's number, and nothing of it is taken.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, describe, it } from 'node:test';
import { Side } from '../protocol/enums.ts';
import { RejectReason } from '../protocol/reject-reason.ts';
import type { CommandResult } from '../protocol/result.ts';
import {
  cancelOrder,
  deposit,
  encodeCommands,
  newOrder,
  setVenueMode,
} from './support/commands.ts';
import {
  NO_DATABASE,
  resultsIn,
  ServerProcess,
  temporaryDataFolder,
  until,
} from './support/server-process.ts';
import { stallJournal } from './support/stalled-journal.ts';
import { openRawWebSocket } from './support/websocket-client.ts';

const KRW = 1;
const BTC = 10;
const MAX_BODY_BYTES = 65_536;
const MAX_UNANSWERED = 200;
/** Commands of all connections. */
const MAX_COMMANDS = 300;
const LIMITS = [
  ...['--max-unanswered', `${MAX_COMMANDS}`],
  ...['--max-body-bytes', `${MAX_BODY_BYTES}`, '--ws-max-unanswered', `${MAX_UNANSWERED}`],
  ...['--ws-max-backpressure-bytes', '65536'],
];

interface Refused {
  readonly firstMessage: number;
  readonly lastMessage: number;
  readonly status: number;
  readonly retryAfterSeconds?: number;
  readonly error: Readonly<Record<string, unknown>>;
}

class CommandSocket {
  /** Of each message that was taken, in the order of their coming. */
  readonly answers: CommandResult[][] = [];
  /** One for each message, whichever were told together. */
  readonly refused: Refused[] = [];
  /** By counting: the message, from 1, that each answer is to. */
  readonly answeredMessages: number[] = [];
  private readonly refusedNumbers = new Set<number>();
  isClosed = false;
  readonly socket: WebSocket;

  private constructor(url: string) {
    this.socket = new WebSocket(url);
    this.socket.binaryType = 'arraybuffer';
    this.socket.addEventListener('close', () => {
      this.isClosed = true;
    });
    this.socket.addEventListener('message', ({ data }) => {
      if (typeof data === 'string') this.strikeOut(JSON.parse(data));
      else {
        this.answers.push(resultsIn(data));
        this.answeredMessages.push(this.nextNumber());
      }
    });
  }

  static async open(server: ServerProcess): Promise<CommandSocket> {
    const client = new CommandSocket(`${server.address.replace('http', 'ws')}/ws/commands`);
    await once(client.socket, 'open');
    return client;
  }

  async answered(messages: number): Promise<void> {
    await until(`${messages} answers`, () =>
      this.answers.length + this.refused.length >= messages ? true : undefined,
    );
    assert.equal(this.answers.length + this.refused.length, messages);
  }

  private strikeOut(told: Refused): void {
    for (let message = told.firstMessage; message <= told.lastMessage; message++) {
      assert.ok(message >= this.nextNumber(), `message ${message} is told of too late`);
      this.refusedNumbers.add(message);
      this.refused.push({ ...told, firstMessage: message });
    }
  }

  /** Of the oldest message that is neither answered nor refused. */
  private nextNumber(): number {
    let number = (this.answeredMessages.at(-1) ?? 0) + 1;
    while (this.refusedNumbers.has(number)) number++;
    return number;
  }

  async closed(): Promise<void> {
    await until('the connection is closed', () => (this.isClosed ? true : undefined));
  }
}

const order = encodeCommands([newOrder({ accountId: 1, price: 10 })]);
const cancel = encodeCommands([cancelOrder({ accountId: 1, orderId: 1 })]);

describe('commands over WebSocket', () => {
  let folder: Awaited<ReturnType<typeof temporaryDataFolder>>;
  let server: ServerProcess;
  let client: CommandSocket;

  before(async () => {
    folder = await temporaryDataFolder();
    server = await ServerProcess.start(folder.path, LIMITS, NO_DATABASE);
    const money = [
      deposit({ accountId: 1, currencyId: KRW, amount: 10 ** 12 }),
      deposit({ accountId: 2, currencyId: BTC, amount: 10 ** 12 }),
    ];
    assert.equal((await server.sendCommands(encodeCommands(money))).status, 200);
  });

  after(async () => {
    client.socket.close();
    await server.end('SIGTERM');
    await folder.remove();
  });

  async function executed(): Promise<number> {
    return (await server.health()).sequence.executed;
  }

  it('each message gets one answer, in order, with a result for each command', async () => {
    client = await CommandSocket.open(server);
    const earlier = await executed();
    const messages = 100;
    for (let message = 0; message < messages; message++) {
      const at = { price: 1_000, correlationId: 10 * message };
      const sell = newOrder({ accountId: 2, side: Side.Sell, qty: 3, ...at });
      const correlationId = 10 * message + 1;
      const buy = newOrder({ accountId: 1, side: Side.Buy, qty: 3, ...at, correlationId });
      const unknown = cancelOrder({ accountId: 1, orderId: 1 });
      client.socket.send(encodeCommands(message % 2 === 0 ? [sell, buy] : [sell, buy, unknown]));
    }
    await client.answered(messages);
    assert.deepEqual(client.refused, []);
    let sequence = earlier;
    for (const [message, results] of client.answers.entries()) {
      assert.equal(results.length, message % 2 === 0 ? 2 : 3);
      for (const result of results) assert.equal(result.sequence, ++sequence);
      assert.equal(results[0]!.correlationId, 10 * message);
      assert.equal(results[1]!.correlationId, 10 * message + 1);
      assert.equal(results[1]!.filledQty, 3);
    }
    assert.equal(await executed(), sequence);
  });

  it('what is wrong is told as over HTTP, by number; nothing of the message is taken', async () => {
    client = await CommandSocket.open(server);
    const earlier = await executed();
    const noQty = newOrder({ accountId: 1, price: 10, qty: 0 });
    const bad = encodeCommands([newOrder({ accountId: 1, price: 10 }), noQty]);
    const messages = [order, bad, '1,1,10,1,1', new Uint8Array(0), order.slice(0, 60), order];
    for (const message of messages) client.socket.send(message);
    await client.answered(messages.length);
    assert.deepEqual(
      client.refused.map((told) => [told.firstMessage, told.status, told.error['field']]),
      [
        [2, 400, 'qty'],
        [3, 400, 'message'],
        [4, 400, 'body'],
        [5, 400, 'body'],
      ],
    );
    assert.deepEqual(client.refused[0]!.error, (await server.sendCommands(bad)).body['error']);
    assert.equal(client.refused[0]!.error['record'], 1);
    const sequences = client.answers.map(([result]) => result!.sequence);
    assert.deepEqual(sequences, [earlier + 1, earlier + 2]);
    assert.equal(await executed(), earlier + 2);
  });

  it('takes cancels only while the venue does', async () => {
    client = await CommandSocket.open(server);
    const mode = (name: number) => encodeCommands([setVenueMode({ mode: name, reason: 1 })]);
    client.socket.send(mode(1));
    await client.answered(1);
    client.socket.send(order);
    client.socket.send(cancel);
    await client.answered(3);
    const [{ firstMessage, status, retryAfterSeconds, error }] = client.refused as [Refused];
    assert.deepEqual([firstMessage, status, retryAfterSeconds], [2, 503, 5]);
    assert.equal((error['rejectReason'] as { name: string }).name, 'CancelOnly');
    assert.equal(client.answers[1]![0]!.rejectReason, RejectReason.UnknownOrder);
    client.socket.send(mode(0));
    await client.answered(4);
  });

  it('whoever counts knows which messages were answered and which refused', async () => {
    const mode = (name: number) => encodeCommands([setVenueMode({ mode: name, reason: 1 })]);
    await server.sendCommands(mode(1));
    client = await CommandSocket.open(server);
    const together: number[] = [];
    client.socket.addEventListener('message', ({ data }) => {
      if (typeof data !== 'string') return;
      const { firstMessage, lastMessage } = JSON.parse(data) as Refused;
      together.push(lastMessage - firstMessage + 1);
    });
    const messages = 600;
    const isCancel = (message: number) => message % 7 === 0 || message % 100 === 0;
    const cancels: number[] = [];
    for (let message = 1; message <= messages; message++) {
      if (isCancel(message)) cancels.push(message);
      const canceling = cancelOrder({ accountId: 1, orderId: 1, correlationId: message });
      client.socket.send(isCancel(message) ? encodeCommands([canceling]) : order);
    }
    await client.answered(messages);
    assert.deepEqual(client.answeredMessages, cancels);
    assert.deepEqual(
      client.answers.map(([result]) => result!.correlationId),
      cancels,
    );
    const most = Math.max(...together);
    assert.ok(most > 1 && most <= 6, `at most ${most} were told together`);
    await server.sendCommands(mode(0));
  });

  it('refuses messages of a connection that has too many unanswered', async () => {
    client = await CommandSocket.open(server);
    const other = await CommandSocket.open(server);
    const earlier = await executed();
    const goOn = stallJournal(folder.path);
    for (let message = 0; message < MAX_UNANSWERED + 3; message++) client.socket.send(order);
    await until('three are refused', () => (client.refused.length === 3 ? true : undefined));
    assert.deepEqual(
      client.refused.map(({ firstMessage, status }) => [firstMessage, status]),
      [1, 2, 3].map((beyond) => [MAX_UNANSWERED + beyond, 503]),
    );
    assert.match(client.refused[0]!.error['message'] as string, /^200 messages .* wait/);
    other.socket.send(cancel);
    await goOn();
    await client.answered(MAX_UNANSWERED + 3);
    await other.answered(1);
    assert.deepEqual(other.refused, []);
    client.socket.send(order);
    await client.answered(MAX_UNANSWERED + 4);
    assert.equal(await executed(), earlier + MAX_UNANSWERED + 2);
    other.socket.close();
  });

  it('refuses whoever comes when too much is unanswered, but for cancels', async () => {
    client = await CommandSocket.open(server);
    const earlier = await executed();
    const goOn = stallJournal(folder.path);
    const orders = Array.from({ length: MAX_COMMANDS }, () =>
      newOrder({ accountId: 1, price: 10 }),
    );
    client.socket.send(encodeCommands(orders));
    for (const message of [order, cancel, order]) client.socket.send(message);
    await until('two are refused', () => (client.refused.length === 2 ? true : undefined));
    assert.deepEqual(
      client.refused.map(({ firstMessage, status, retryAfterSeconds }) => [
        firstMessage,
        status,
        retryAfterSeconds,
      ]),
      [
        [2, 503, 1],
        [4, 503, 1],
      ],
    );
    assert.match(client.refused[0]!.error['message'] as string, /^the exchange is busy/);
    assert.equal((await server.send('/order', '1,1,10,1,1')).status, 503);
    assert.equal((await server.sendCommands(order)).status, 503);
    const canceling = [server.send('/cancel', '1,1,1'), server.sendCommands(cancel, '/cancel')];
    await until('the cancels are executed', async () =>
      (await executed()) === earlier + MAX_COMMANDS + 3 ? true : undefined,
    );
    await goOn();
    for (const { status } of await Promise.all(canceling)) assert.equal(status, 200);
    await client.answered(4);
    assert.equal((await server.send('/order', '1,1,10,1,1')).status, 200);
  });

  it('what was sent is executed though the client has left', async () => {
    client = await CommandSocket.open(server);
    const earlier = await executed();
    const goOn = stallJournal(folder.path);
    client.socket.send(order);
    await until('it is executed', async () =>
      (await executed()) === earlier + 1 ? true : undefined,
    );
    client.socket.close();
    await client.closed();
    await goOn();
    const { results } = await server.sendCommands(order);
    assert.equal(results[0]!.sequence, earlier + 2);
  });

  const bounded = { timeout: 60_000 };

  it('a client that does not read is disconnected, the others go on', bounded, async () => {
    client = await CommandSocket.open(server);
    const slow = await openRawWebSocket(server, '/ws/commands');
    slow.pause();
    let isGone = false;
    const ended = new Promise<void>((resolve) => {
      slow.on('error', () => {});
      slow.on('close', () => {
        isGone = true;
        resolve();
      });
    });
    const cancels = encodeCommands(
      Array.from({ length: 500 }, () => cancelOrder({ accountId: 1, orderId: 1 })),
    );
    const head = [0x82, 0x80 | 126, cancels.length >> 8, cancels.length & 0xff, 0, 0, 0, 0];
    const frame = Buffer.concat([Buffer.from(head), cancels]);
    // Until its answers are more than the kernel's buffers on both ends and the limit together;
    // where the exchange is busy, many answers are short.
    while (!isGone) {
      if (!slow.write(frame))
        await Promise.race([new Promise((resolve) => slow.once('drain', resolve)), ended]);
    }
    client.socket.send(cancel);
    await client.answered(1);
    assert.equal(client.isClosed, false);
  });

  it('a message too long ends the connection', async () => {
    client = await CommandSocket.open(server);
    const earlier = await executed();
    client.socket.send(new Uint8Array(MAX_BODY_BYTES + 8));
    await client.closed();
    assert.equal(client.answers.length + client.refused.length, 0);
    assert.equal(await executed(), earlier);
  });
});
