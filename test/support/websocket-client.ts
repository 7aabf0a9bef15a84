/** A WebSocket client for tests that keeps all it gets: Node's own, which is a browser's. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { decode } from '@msgpack/msgpack';
import { type ServerProcess, until } from './server-process.ts';

export type Message = Readonly<Record<string, unknown>>;

export class WebSocketClient {
  readonly messages: Message[] = [];
  isClosed = false;
  private readonly socket: WebSocket;

  private constructor(url: string) {
    this.socket = new WebSocket(url);
    this.socket.binaryType = 'arraybuffer';
    this.socket.addEventListener('close', () => {
      this.isClosed = true;
    });
    this.socket.addEventListener('message', ({ data }) => {
      const message = typeof data === 'string' ? JSON.parse(data) : decode(new Uint8Array(data));
      this.messages.push(message as Message);
    });
  }

  static async open(server: ServerProcess, query = ''): Promise<WebSocketClient> {
    const client = new WebSocketClient(`${server.address.replace('http', 'ws')}/ws${query}`);
    await once(client.socket, 'open');
    return client;
  }

  send(message: string | Uint8Array | object): void {
    const isRaw = typeof message === 'string' || message instanceof Uint8Array;
    this.socket.send(isRaw ? message : JSON.stringify(message));
  }

  /** Sends a request and waits for the message it causes. */
  async ask(message: string | Uint8Array | object): Promise<Message> {
    const index = this.messages.length;
    this.send(message);
    return until('an answer', () => this.messages[index]);
  }

  async subscribe(channel: string, id: number): Promise<Message> {
    return this.ask(subscription(channel, id));
  }

  async receive(count: number): Promise<readonly Message[]> {
    await until(`${count} messages`, () => (this.messages.length >= count ? true : undefined));
    return this.messages;
  }

  async closed(): Promise<void> {
    await until('the connection is closed', () => (this.isClosed ? true : undefined));
  }

  close(): void {
    this.socket.close();
  }
}

/** A socket that has become a WebSocket: for who writes frames itself, or does not read. */
export async function openRawWebSocket(server: ServerProcess, path: string): Promise<Socket> {
  const { hostname, port } = new URL(server.address);
  const socket = connect(Number(port), hostname);
  const key = 'Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\nSec-WebSocket-Version: 13';
  const upgrade = `Connection: Upgrade\r\nUpgrade: websocket\r\n${key}`;
  socket.write(`GET ${path} HTTP/1.1\r\nHost: ${hostname}\r\n${upgrade}\r\n\r\n`);
  let text = '';
  while (!text.endsWith('\r\n\r\n')) text += (await once(socket, 'data'))[0].toString('latin1');
  return socket;
}

/** A request to subscribe, to be sent later or changed before. */
export function subscription(channel: string, id: number): object {
  const isOfAccount = channel === 'executions' || channel === 'transfers';
  const name = isOfAccount ? 'userId' : 'symbolId';
  return { op: 'subscribe', channel, [name]: id };
}
