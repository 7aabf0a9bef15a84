/** A connection that orders are poured into, over WebSocket or HTTP. */

import { HttpConnection } from '../../../bench/http/http-connection.ts';
import {
  FRAME_HEAD_BYTES,
  WebSocketConnection,
  writeFrameHead,
} from '../../../bench/http/websocket-connection.ts';
import { NEW_ORDER } from '../../../protocol/command-layout.ts';
import { COMMAND_RESULT } from '../../../protocol/result-layout.ts';
import { FloodMessages } from './flood-messages.ts';

export type Transport = 'websocket' | 'http';

const STRUCK_OUT = -1;
/** A client that the system takes no more from holds its messages back. */
const MOST_WAITING_BYTES = 2 ** 18;
const BUSY = 503;
const OK = 200;
/** Messages in a row that were refused since there was too much. */
const REFUSED = /^\{"firstMessage":(\d+),"lastMessage":(\d+),"status":503,/;

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
  const encoder = new FloodMessages(head, batch);
  const sent = new SentMessages();
  connection.onMessage = (isBinary, body) => {
    if (isBinary) sent.strikeOutOldest(acknowledge(body, batch, listener));
    else refuse(body, sent, listener);
  };
  return {
    get isReady() {
      return connection.waitingBytes < MOST_WAITING_BYTES;
    },
    send: (messages) => {
      sent.add(messages);
      connection.sendFrames(encoder.encode(messages));
      if (connection.waitingBytes > 0) encoder.leave();
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
  const encoder = new FloodMessages(head, batch);
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
      connection.send(encoder.encode(messages));
    },
    close: () => connection.close(),
  };
}

/** The answer to a message says by its correlation id which one that was. */
function acknowledge(body: Buffer, batch: number, listener: FloodListener): number {
  if (body.length !== batch * COMMAND_RESULT.length) {
    throw new Error(`${body.length} bytes came for ${batch} commands`);
  }
  const first = uint53(body, COMMAND_RESULT.sequence);
  const last = body.length - COMMAND_RESULT.length;
  if (uint53(body, last + COMMAND_RESULT.sequence) !== first + batch - 1) {
    throw new Error(`commands of one message did not get sequence numbers in a row from ${first}`);
  }
  const message = uint53(body, COMMAND_RESULT.correlationId);
  listener.onAcknowledged(message, first);
  return message;
}

function uint53(body: Buffer, at: number): number {
  return body.readUInt32LE(at) + 2 ** 32 * body.readUInt32LE(at + 4);
}

function refuse(body: Buffer, sent: SentMessages, listener: FloodListener): void {
  const [, first, last] = REFUSED.exec(body.toString('latin1')) ?? [];
  if (last === undefined) throw new Error(`the exchange answered ${body.toString('latin1')}`);
  for (let number = Number(first); number <= Number(last); number++) {
    listener.onRefused(sent.strikeOut(number));
  }
}

/**
 * Of one WebSocket: who counts answers must come to the same messages as the correlation ids say.
 */
class SentMessages {
  private readonly messages: number[] = [];
  /** Index of the oldest that is not answered. */
  private oldest = 0;

  add(messages: readonly number[]): void {
    for (const message of messages) this.messages.push(message);
  }

  /** @param message that was answered, with results */
  strikeOutOldest(message: number): void {
    const { messages } = this;
    while (messages[this.oldest] === STRUCK_OUT) this.oldest++;
    if (messages[this.oldest] !== message) {
      throw new Error(`message ${message} was answered, not ${messages[this.oldest]}`);
    }
    this.oldest++;
  }

  /** @param number of the message on this connection, from 1; returns that in the ledger */
  strikeOut(number: number): number {
    const message = this.messages[number - 1];
    if (message === undefined || message === STRUCK_OUT || number - 1 < this.oldest) {
      throw new Error(`message ${number} was refused, which does not wait for an answer`);
    }
    this.messages[number - 1] = STRUCK_OUT;
    return message;
  }
}
