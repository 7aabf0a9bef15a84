/** Connections are counted in and out, of both kinds, and the limit is told. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, get } from 'node:http';
import { connect, type Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { encodeCommands, newOrder } from './support/commands.ts';
import {
  NO_DATABASE,
  ServerProcess,
  temporaryDataFolder,
  until,
} from './support/server-process.ts';
import { WebSocketClient } from './support/websocket-client.ts';

const MAX_CONNECTIONS = 5;
const LEVELS = 10_000;
const LONG_BOOK = `GET /orderbook?symbolId=1&depth=${LEVELS} HTTP/1.1\r\nHost: hoga\r\n\r\n`;

describe(`at most ${MAX_CONNECTIONS} connections`, () => {
  let folder: Awaited<ReturnType<typeof temporaryDataFolder>>;
  let server: ServerProcess;

  before(async () => {
    folder = await temporaryDataFolder();
    const limit = ['--max-connections', `${MAX_CONNECTIONS}`];
    server = await ServerProcess.start(folder.path, limit, NO_DATABASE);
  });

  after(async () => {
    await server.end('SIGTERM');
    await folder.remove();
  });

  /** Asks for /health on a connection of its own that then stays open, or is closed. */
  async function ask(agent: Agent): Promise<number> {
    const request = get(`${server.address}/health`, { agent });
    const [response] = await once(request, 'response');
    response.resume();
    await once(response, 'end');
    return response.statusCode;
  }

  it('does not count WebSockets that have closed', async () => {
    for (let i = 0; i < 3 * MAX_CONNECTIONS; i++) {
      const client = await WebSocketClient.open(server);
      client.close();
      await client.closed();
    }
    assert.equal(await ask(new Agent()), 200);
  });

  it('counts each connection once, whatever it becomes', async () => {
    const clients = [];
    for (let i = 0; i < MAX_CONNECTIONS - 2; i++) clients.push(await WebSocketClient.open(server));
    const counts = async () => {
      const response = await fetch(`${server.address}/health`, {
        headers: { Connection: 'close' },
      });
      return ((await response.json()) as { connections: number }).connections;
    };
    await until('only these and the one that asks are counted', async () =>
      (await counts()) === clients.length + 1 ? true : undefined,
    );
    for (const client of clients) client.close();
    await until('only the one that asks is counted', async () =>
      (await counts()) === 1 ? true : undefined,
    );
  });

  it('answers 503 beyond, and 200 again when some have closed', async () => {
    // Connections of the tests before close in their own time.
    await until('the others have closed', async () => {
      const agent = new Agent();
      const { connections } = (await (await fetch(`${server.address}/health`)).json()) as {
        connections: number;
      };
      agent.destroy();
      return connections <= 1 ? true : undefined;
    });
    const agents = Array.from(
      { length: MAX_CONNECTIONS + 2 },
      () => new Agent({ keepAlive: true, maxSockets: 1 }),
    );
    const statuses: number[] = [];
    for (const agent of agents) statuses.push(await ask(agent));
    assert.ok(statuses.includes(200));
    assert.equal(statuses.at(-1), 503);
    for (const agent of agents) agent.destroy();
    await until('there is room again', async () =>
      (await ask(new Agent())) === 200 ? true : undefined,
    );
  });

  it('gives a client that reads late all of a long answer', async () => {
    await openLongBook();
    const socket = await longBookAsked();
    await once(socket, 'readable');
    // Had it not been written by now, it never would be: this is answered after it.
    await server.health();
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    await until('the answer is whole', () =>
      chunks.at(-1)?.toString().endsWith('}') ? true : undefined,
    );
    socket.destroy();
    const [, body] = Buffer.concat(chunks).toString().split('\r\n\r\n');
    const { bids } = JSON.parse(body!) as { bids: unknown[] };
    assert.equal(bids.length, LEVELS);
  });

  it('disconnects a client that asks again and again, and does not read', async () => {
    const socket = await longBookAsked();
    let isDisconnected = false;
    for (const event of ['error', 'close']) socket.on(event, () => (isDisconnected = true));
    await until('it is disconnected', () => {
      if (isDisconnected) return true;
      socket.write(LONG_BOOK);
      return undefined;
    });
  });

  async function openLongBook(): Promise<void> {
    await server.send('/deposit', '1,1,1000000000000');
    for (let price = 1; price <= LEVELS; price += LEVELS / 10) {
      const orders = Array.from({ length: LEVELS / 10 }, (_, tick) =>
        newOrder({ accountId: 1, price: price + tick }),
      );
      assert.equal((await server.sendCommands(encodeCommands(orders))).status, 200);
    }
  }

  /** A connection that has asked for the book, and does not read. */
  async function longBookAsked(): Promise<Socket> {
    const { hostname, port } = new URL(server.address);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    socket.write(LONG_BOOK);
    return socket;
  }

  it('answers HEAD like GET, without the body', async () => {
    const response = await fetch(`${server.address}/health`, { method: 'HEAD' });
    assert.equal(response.status, 200);
    assert.ok(Number(response.headers.get('content-length')) > 100);
    assert.equal(await response.text(), '');
  });
});
