/** Connections are counted in and out, of both kinds, and the limit is told. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, get } from 'node:http';
import { connect } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { CONNECTIONS_REFUSED } from '../gateway/gateway-settings.ts';
import {
  NO_DATABASE,
  ServerProcess,
  temporaryDataFolder,
  until,
} from './support/server-process.ts';
import { WebSocketClient } from './support/websocket-client.ts';

const MAX_CONNECTIONS = 5;

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

  it('closes those far beyond at once, also where they ask nothing', async () => {
    const beyond = 20;
    let closed = 0;
    const { hostname, port } = new URL(server.address);
    const count = MAX_CONNECTIONS + CONNECTIONS_REFUSED + beyond;
    const sockets = Array.from({ length: count }, () => {
      const socket = connect(Number(port), hostname);
      return socket.on('error', () => {}).on('close', () => closed++);
    });
    await until('those beyond are closed', () => (closed >= beyond ? true : undefined));
    for (const socket of sockets) socket.destroy();
    await until('there is room again', async () => {
      const status = await ask(new Agent()).catch(() => 0);
      return status === 200 ? true : undefined;
    });
  });

  it('answers HEAD like GET, without the body', async () => {
    const response = await fetch(`${server.address}/health`, { method: 'HEAD' });
    assert.equal(response.status, 200);
    assert.ok(Number(response.headers.get('content-length')) > 100);
    assert.equal(await response.text(), '');
  });
});
