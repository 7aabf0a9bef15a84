/**
 * A connection that orders are poured into: each message is a batch of orders, all at one price, so
 * that they trade; each is told apart by its client order ids.
 */

import { HttpConnection } from '../../../bench/http/http-connection.ts';
import {
  FRAME_HEAD_BYTES,
  WebSocketConnection,
  writeFrameHead,
} from '../../../bench/http/websocket-connection.ts';
import { NEW_ORDER } from '../../../protocol/command-layout.ts';
import { NewOrder } from '../../../protocol/commands.ts';
import { OrderType, Side, TimeInForce } from '../../../protocol/enums.ts';
import { RecordBuffer } from '../../../protocol/record.ts';
import { COMMAND_RESULT } from '../../../protocol/result-layout.ts';

export type Transport = 'websocket' | 'http';

/** Accounts that trade: those with odd numbers sell, the others buy. */
export const FLOOD_ACCOUNTS = 1_000;
const SYMBOL = 1;
const PRICE = 20_000;
const MOST_LOTS = 7;
/** A client that the system takes no more from holds its messages back. */
const MOST_WAITING_BYTES = 2 ** 18;
const BUSY = 503;
const OK = 200;
/** A refusal's text is this, the message's number, and that. */
const REFUSED = '{"message":';
const REFUSED_AS_BUSY = ',"status":503,';

/** Told what became of a message. */
export interface FloodListener {
  onAcknowledged(message: number, firstSequence: number): void;
  onRefused(message: number): void;
}

export interface FloodConnection {
  /** Whether it takes a message now; over HTTP, only when the one before is answered. */
  readonly isReady: boolean;
  /** Sends messages, told by the numbers they have in the ledger. */
  send(messages: readonly number[]): void;
  close(): void;
}

export function openFlood(
  transport: Transport,
  url: URL,
  batch: number,
  listener: FloodListener,
): Promise<FloodConnection> {
  return transport === 'http'
    ? openHttp(url, batch, listener)
    : openWebSocket(url, batch, listener);
}

async function openWebSocket(
  url: URL,
  batch: number,
  listener: FloodListener,
): Promise<FloodConnection> {
  const connection = await WebSocketConnection.open(url);
  const head = new Uint8Array(FRAME_HEAD_BYTES);
  writeFrameHead(head, batch * NEW_ORDER.length);
  // Refusals name a message by its number on this connection.
  const sent: number[] = [];
  connection.onMessage = (isBinary, body) => {
    if (isBinary) acknowledge(body, batch, listener);
    else listener.onRefused(sent[refusedNumber(body) - 1]!);
  };
  return {
    get isReady() {
      return connection.waitingBytes < MOST_WAITING_BYTES;
    },
    send: (messages) => {
      for (const message of messages) sent.push(message);
      connection.sendFrames(encode(head, batch, messages));
    },
    close: () => connection.close(),
  };
}

async function openHttp(
  url: URL,
  batch: number,
  listener: FloodListener,
): Promise<FloodConnection> {
  const connection = await HttpConnection.open(url);
  const length = batch * NEW_ORDER.length;
  const text =
    `POST /commands HTTP/1.1\r\nHost: ${url.host}\r\nContent-Length: ${length}\r\n` +
    'Content-Type: application/octet-stream\r\n';
  // Spaces before the length of a header's value mean nothing; records begin at a multiple of 8.
  const padding = ' '.repeat((8 - ((text.length + 'X: \r\n\r\n'.length) & 7)) & 7);
  const head = Buffer.from(`${text}X: ${padding}\r\n\r\n`, 'latin1');
  let waiting: number | undefined;
  connection.onAnswer = (status, body) => {
    const message = waiting!;
    waiting = undefined;
    if (status === OK) acknowledge(body, batch, listener);
    else if (status === BUSY) listener.onRefused(message);
    else throw new Error(`the exchange answered ${status}: ${body.toString('latin1')}`);
  };
  return {
    get isReady() {
      return waiting === undefined;
    },
    send: (messages) => {
      [waiting] = messages;
      connection.send(encode(head, batch, messages));
    },
    close: () => connection.close(),
  };
}

const order = new NewOrder();

/** Messages behind each other, each with its head. */
function encode(head: Uint8Array, batch: number, messages: readonly number[]): Uint8Array {
  const bytes = head.length + batch * NEW_ORDER.length;
  const record = RecordBuffer.allocate(messages.length * bytes);
  let at = 0;
  for (const message of messages) {
    record.bytes.set(head, at);
    at += head.length;
    for (let i = 0; i < batch; i++, at += NEW_ORDER.length) {
      const id = message * batch + i + 1;
      order.write(record, at);
      order.accountId = 1 + (id % FLOOD_ACCOUNTS);
      order.correlationId = message;
      order.clientOrderId = id;
      order.symbolId = SYMBOL;
      order.side = id % 2 === 0 ? Side.Sell : Side.Buy;
      order.orderType = OrderType.Limit;
      order.timeInForce = TimeInForce.GTC;
      order.price = PRICE;
      order.qty = 1 + (id % MOST_LOTS);
    }
  }
  return record.bytes;
}

/** The answer to a message says by its correlation id which one that was. */
function acknowledge(body: Buffer, batch: number, listener: FloodListener): void {
  if (body.length !== batch * COMMAND_RESULT.length) {
    throw new Error(`${body.length} bytes came for ${batch} commands`);
  }
  const first = uint53(body, COMMAND_RESULT.sequence);
  const last = body.length - COMMAND_RESULT.length;
  if (uint53(body, last + COMMAND_RESULT.sequence) !== first + batch - 1) {
    throw new Error(`commands of one message did not get sequence numbers in a row from ${first}`);
  }
  listener.onAcknowledged(uint53(body, COMMAND_RESULT.correlationId), first);
}

function uint53(body: Buffer, at: number): number {
  return body.readUInt32LE(at) + 2 ** 32 * body.readUInt32LE(at + 4);
}

function refusedNumber(body: Buffer): number {
  const end = body.indexOf(REFUSED_AS_BUSY);
  if (end < 0) throw new Error(`the exchange answered ${body.toString('latin1')}`);
  return Number(body.toString('latin1', REFUSED.length, end));
}
