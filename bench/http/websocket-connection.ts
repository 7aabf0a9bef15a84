/**
 * A WebSocket to /ws/commands, with as little as the benchmark needs (RFC 6455): whole binary
 * messages, masked with zeros, which leaves them as they are.
 */
import { randomBytes } from 'node:crypto';
import { ByteSocket } from './byte-socket.ts';

/** Told of a message; its bytes are good during the call only. */
export type OnMessage = (isBinary: boolean, body: Buffer) => void;

const HEAD_END = '\r\n\r\n';
const TEXT = 0x81;
const BINARY = 0x82;
const PING = 0x89;
const MASKED = 0x80;
/** Lengths from here on have two bytes of their own, and from 2^16 on eight. */
const LENGTH_16 = 126;
const LENGTH_64 = 127;

/** Bytes before the records of a message that is sent. */
export const FRAME_HEAD_BYTES = 8;
/** Where the length needs no bytes of its own. */
const SHORT_HEAD_BYTES = 6;

export class WebSocketConnection {
  onMessage: OnMessage = () => {};
  private socket!: ByteSocket;

  static async open(url: URL): Promise<WebSocketConnection> {
    const connection = new WebSocketConnection();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const socket = await ByteSocket.open(url, (received, length) => {
      const head = received.toString('latin1', 0, length);
      if (!head.endsWith(HEAD_END)) return 0;
      if (head.startsWith('HTTP/1.1 101 ')) resolve();
      else reject(new Error(`no WebSocket: ${head}`));
      return length;
    });
    socket.write(
      `GET /ws/commands HTTP/1.1\r\nHost: ${url.host}\r\nConnection: Upgrade\r\n` +
        'Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n' +
        `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}${HEAD_END}`,
    );
    await promise;
    socket.handOver((received, length) => connection.read(received, length));
    connection.socket = socket;
    return connection;
  }

  /** Sends what stands in a buffer behind `FRAME_HEAD_BYTES`, which are the frame's: < 64 KiB. */
  send(message: Uint8Array): void {
    const length = message.length - FRAME_HEAD_BYTES;
    if (length < LENGTH_16) {
      message.set([BINARY, MASKED | length, 0, 0, 0, 0], FRAME_HEAD_BYTES - SHORT_HEAD_BYTES);
      this.socket.write(message.subarray(FRAME_HEAD_BYTES - SHORT_HEAD_BYTES));
    } else {
      writeFrameHead(message, length);
      this.socket.write(message);
    }
  }

  /** Sends frames as they are, each begun by `writeFrameHead`. */
  sendFrames(frames: Uint8Array): void {
    this.socket.write(frames);
  }

  /** Bytes that were sent and that the system has not taken yet. */
  get waitingBytes(): number {
    return this.socket.waitingBytes;
  }

  close(): void {
    this.socket.close();
  }

  private read(received: Buffer, length: number): number {
    let at = 0;
    for (;;) {
      const body = bodyOf(received, at, length);
      if (body === undefined) return at;
      const kind = received[at]!;
      at = body.byteOffset - received.byteOffset + body.length;
      if (kind === TEXT || kind === BINARY) this.onMessage(kind === BINARY, body);
      else if (kind !== PING) throw new Error(`a frame of kind ${kind} came`);
    }
  }
}

/** The head, in `FRAME_HEAD_BYTES`, of a message of 126 bytes to 64 KiB that stands behind it. */
export function writeFrameHead(frame: Uint8Array, length: number): void {
  frame.set([BINARY, MASKED | LENGTH_16, length >> 8, length, 0, 0, 0, 0]);
}

/** Of the frame at `at`; undefined where it is not here as a whole. */
function bodyOf(received: Buffer, at: number, end: number): Buffer | undefined {
  if (end - at < 2) return undefined;
  let length = received[at + 1]!;
  let from = at + 2;
  if (length === LENGTH_16) {
    if (end - at < 4) return undefined;
    length = received.readUInt16BE(from);
    from += 2;
  } else if (length === LENGTH_64) {
    if (end - at < 10) return undefined;
    length = Number(received.readBigUInt64BE(from));
    from += 8;
  }
  return from + length <= end ? received.subarray(from, from + length) : undefined;
}
