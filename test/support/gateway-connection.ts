/** A kept connection to a chosen gateway: the kernel spreads them, so it tries until it has one. */
import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import type { Socket } from 'node:net';

export interface GatewayAnswer {
  readonly status: number;
  readonly text: string;
  /** Marked as the answer to an earlier request. */
  readonly isReplayed: boolean;
}

/** Far more than chance needs. */
const TRIES = 200;

export class GatewayConnection {
  private readonly address: string;
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 1, noDelay: true });
  private readonly sockets = new Set<Socket>();

  constructor(address: string) {
    this.address = address;
  }

  /** @param gateway its number, from 1 */
  static async open(address: string, gateway: number): Promise<GatewayConnection> {
    for (let i = 0; i < TRIES; i++) {
      const connection = new GatewayConnection(address);
      if ((await connection.health()).gateway === gateway) return connection;
      connection.close();
    }
    throw new Error(`none of ${TRIES} connections reached gateway ${gateway}`);
  }

  /** Sends a CSV line, or asks where there is none; rejects where the connection is closed. */
  async ask(path: string, line?: string): Promise<GatewayAnswer> {
    // Another connection could reach another gateway.
    if (this.sockets.size > 0 && !this.isOpen) throw new Error('the connection was closed');
    const options =
      line === undefined ? {} : { method: 'POST', headers: { 'Content-Type': 'text/csv' } };
    const asking = request(`${this.address}${path}`, { ...options, agent: this.agent });
    asking.on('socket', (socket) => this.sockets.add(socket));
    asking.end(line);
    const [response] = (await once(asking, 'response')) as [IncomingMessage];
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk as Buffer);
    return {
      status: response.statusCode!,
      text: Buffer.concat(chunks).toString(),
      isReplayed: response.headers['idempotent-replayed'] === 'true',
    };
  }

  async health(): Promise<GatewayHealth> {
    return JSON.parse((await this.ask('/health')).text) as GatewayHealth;
  }

  /** All requests went over one connection, and it is open. An idle one is closed after 10 s. */
  get isOpen(): boolean {
    return this.sockets.size === 1 && [...this.sockets].every((socket) => !socket.destroyed);
  }

  close(): void {
    this.agent.destroy();
  }
}

export interface GatewayHealth {
  readonly gateway: number;
  readonly connections: number;
  readonly gateways: readonly {
    readonly gateway: number;
    readonly connections: number;
    readonly cutOffs: number;
  }[];
}
