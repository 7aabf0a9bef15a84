/**
 * A connection with its trader: sends requests of so many commands each, checks every answer, and
 * tells when one is complete.
 */
import { MAX_COMMAND_LENGTH } from '../../protocol/command-layout.ts';
import { RecordBuffer } from '../../protocol/record.ts';
import { CommandResult } from '../../protocol/result.ts';
import { COMMAND_RESULT } from '../../protocol/result-layout.ts';
import type { HttpCase } from './cases.ts';
import { HttpConnection } from './http-connection.ts';
import type { Trader } from './trader.ts';
import { FRAME_HEAD_BYTES, WebSocketConnection } from './websocket-connection.ts';

export interface Client {
  /** Called when the oldest request is answered, and its answer is right. */
  onAnswered: () => void;
  /** Sends the trader's next commands. No more than the case's may be on their way. */
  send(): void;
  close(): void;
}

/** @throws Error from the event loop where an answer is not what it must be */
export function openClient(url: URL, task: HttpCase, trader: Trader): Promise<Client> {
  if (task.encoding === 'websocket') return openWebSocketClient(url, task, trader);
  return task.encoding === 'csv' ? openCsvClient(url, trader) : openBinaryClient(url, task, trader);
}

const OK = 200;

async function openCsvClient(url: URL, trader: Trader): Promise<Client> {
  const connection = await HttpConnection.open(url);
  const headOf = (path: string) =>
    `POST ${path} HTTP/1.1\r\nHost: ${url.host}\r\nContent-Type: text/csv\r\nContent-Length: `;
  const heads = { '/order': headOf('/order'), '/cancel': headOf('/cancel') } as const;
  const client: Client = {
    onAnswered: () => {},
    send: () => {
      const { path, line } = trader.nextLine();
      connection.send(`${heads[path]}${line.length}\r\n\r\n${line}`);
    },
    close: () => connection.close(),
  };
  connection.onAnswer = (status, body) => {
    const text = body.toString('latin1');
    if (status !== OK) throw new Error(`the exchange answered ${status}: ${text}`);
    trader.onJson(text);
    client.onAnswered();
  };
  return client;
}

async function openBinaryClient(url: URL, { batch }: HttpCase, trader: Trader): Promise<Client> {
  const connection = await HttpConnection.open(url);
  const records = RecordBuffer.allocate(batch * MAX_COMMAND_LENGTH);
  const request = Buffer.alloc(1_024 + records.bytes.length);
  const results = new ResultReader(batch, trader);
  const head =
    `POST /commands HTTP/1.1\r\nHost: ${url.host}\r\n` +
    'Content-Type: application/octet-stream\r\nContent-Length: ';
  const client: Client = {
    onAnswered: () => {},
    send: () => {
      const bytes = encode(trader, batch, records);
      const headBytes = request.write(`${head}${bytes}\r\n\r\n`, 'latin1');
      request.set(records.bytes.subarray(0, bytes), headBytes);
      connection.send(request.subarray(0, headBytes + bytes));
    },
    close: () => connection.close(),
  };
  connection.onAnswer = (status, body) => {
    if (status !== OK)
      throw new Error(`the exchange answered ${status}: ${body.toString('latin1')}`);
    results.read(body);
    client.onAnswered();
  };
  return client;
}

async function openWebSocketClient(
  url: URL,
  { batch, inFlight }: HttpCase,
  trader: Trader,
): Promise<Client> {
  const connection = await WebSocketConnection.open(url);
  const results = new ResultReader(batch, trader);
  // Each is free again when its answer has come, and answers come in order.
  const messages = Array.from({ length: inFlight }, () => {
    const bytes = new ArrayBuffer(FRAME_HEAD_BYTES + batch * MAX_COMMAND_LENGTH);
    return { bytes: new Uint8Array(bytes), records: new RecordBuffer(bytes, FRAME_HEAD_BYTES) };
  });
  let sent = 0;
  const client: Client = {
    onAnswered: () => {},
    send: () => {
      const { bytes, records } = messages[sent++ % inFlight]!;
      const length = encode(trader, batch, records);
      connection.send(bytes.subarray(0, FRAME_HEAD_BYTES + length));
    },
    close: () => connection.close(),
  };
  connection.onMessage = (isBinary, body) => {
    if (!isBinary) throw new Error(`the exchange answered ${body.toString('latin1')}`);
    results.read(body);
    client.onAnswered();
  };
  return client;
}

/** Writes a request's commands; returns their bytes. */
function encode(trader: Trader, batch: number, records: RecordBuffer): number {
  let bytes = 0;
  for (let i = 0; i < batch; i++) bytes += trader.encodeNext(records, bytes);
  return bytes;
}

class ResultReader {
  private readonly trader: Trader;
  private readonly record: RecordBuffer;
  private readonly result = new CommandResult();

  constructor(batch: number, trader: Trader) {
    this.trader = trader;
    this.record = RecordBuffer.allocate(batch * COMMAND_RESULT.length);
  }

  read(body: Uint8Array): void {
    const { record, trader, result } = this;
    const { length } = record.bytes;
    if (body.length !== length) throw new Error(`${body.length} bytes came, and not ${length}`);
    record.bytes.set(body);
    for (let at = 0; at < length; at += COMMAND_RESULT.length) {
      trader.onResult(result.wrap(record, at));
    }
  }
}
