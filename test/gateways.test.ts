/**
 * Two gateways on one port: whichever a connection reached, it trades in the same venue, and is
 * told the same. One of them is stalled, is cut off, and comes back.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import type { ThreadLayout } from '../server/layout.ts';
import { GatewayConnection } from './support/gateway-connection.ts';
import {
  NO_DATABASE,
  ServerProcess,
  temporaryDataFolder,
  until,
} from './support/server-process.ts';
import { stallThread, WITH_INSPECTOR } from './support/stall.ts';
import { WebSocketClient } from './support/websocket-client.ts';

const STALL_MS = 200;
/** Far longer than it takes to notice a stall. */
const STANDSTILL_MS = 8_000;
const SMALL_RING_BYTES = 65_536;
const FLAGS = [
  ...['--gateways', '2', '--gateway-stall-ms', `${STALL_MS}`],
  ...['--event-ring-bytes', `${SMALL_RING_BYTES}`],
];
/** Enough for a gateway to see that a connection is closed. */
const SETTLING_MS = 50;
/** More events than the small ring holds, several times. */
const MANY = 250;
const GATEWAYS = [1, 2];

describe('two gateways on one port', { timeout: 120_000 }, () => {
  let folder: Awaited<ReturnType<typeof temporaryDataFolder>>;
  let server: ServerProcess;
  let connections: GatewayConnection[];

  async function start(): Promise<void> {
    server = await ServerProcess.start(folder.path, FLAGS, { ...NO_DATABASE, ...WITH_INSPECTOR });
    connections = [];
    for (const gateway of GATEWAYS) {
      connections.push(await GatewayConnection.open(server.address, gateway));
    }
  }

  before(async () => {
    folder = await temporaryDataFolder();
    await start();
    for (const account of GATEWAYS) {
      for (const currency of [1, 10]) {
        await connections[0]!.ask('/deposit', `${account},${currency},1000000000000`);
      }
    }
  });

  after(async () => {
    for (const connection of connections) connection.close();
    await server.end('SIGKILL');
    await folder.remove();
  });

  /** Connections that were closed are counted out when their gateway has seen it. */
  function settledCounts(asking: GatewayConnection) {
    return until('the counts are settled', async () => {
      const [before, after] = [(await asking.health()).gateways, await later(asking)];
      const isSame = after.every((now, at) => now.connections === before[at]!.connections);
      return isSame ? after : undefined;
    });
  }

  async function later(asking: GatewayConnection) {
    await setTimeout(SETTLING_MS);
    return (await asking.health()).gateways;
  }

  /** WebSockets until there is one at each gateway; who got it is told by the counts. */
  async function openWebSockets(asking: GatewayConnection): Promise<WebSocketClient[]> {
    const found: (WebSocketClient | undefined)[] = [undefined, undefined];
    while (found.includes(undefined)) {
      const counts = await settledCounts(asking);
      const client = await WebSocketClient.open(server);
      const gateway = await until('the connection is counted', async () => {
        const { gateways } = await asking.health();
        const index = gateways.findIndex((now, at) => now.connections > counts[at]!.connections);
        return index >= 0 ? index : undefined;
      });
      found[gateway] ??= client;
      if (found[gateway] !== client) {
        client.close();
        await until('it is counted out', async () => {
          const { gateways } = await asking.health();
          return gateways[gateway]!.connections === counts[gateway]!.connections || undefined;
        });
      }
    }
    return found as WebSocketClient[];
  }

  const json = (text: string) => JSON.parse(text) as Readonly<Record<string, unknown>>;

  it('share the venue: an order through one trades with an order through the other', async () => {
    const [first, second] = connections as [GatewayConnection, GatewayConnection];
    const sockets = await openWebSockets(first);
    for (const socket of sockets) await socket.subscribe('executions', 1);
    const sell = json((await first.ask('/order', '1,1,100,5,2')).text);
    assert.equal(sell['status'], 'New');
    const buy = json((await second.ask('/order', '2,1,100,3,1')).text);
    assert.equal(buy['status'], 'Filled');
    for (const socket of sockets) {
      const [, entered, filled] = await socket.receive(3);
      assert.deepEqual(
        [entered!['orderId'], entered!['execType'], filled!['execType'], filled!['lastQty']],
        [sell['orderId'], 'New', 'Trade', 3],
      );
      assert.equal(filled!['number'], 2, 'each gateway numbers for itself, without a gap');
      socket.close();
    }
    for (const connection of connections) {
      await until('the book has what is left', async () => {
        const book = json((await connection.ask('/orderbook?symbolId=1')).text);
        const asks = book['asks'] as { qty: number }[];
        return asks.length === 1 && asks[0]!.qty === 2 ? true : undefined;
      });
    }
  });

  it('count for themselves, and each tells of all', async () => {
    for (const connection of connections) {
      const text = (await connection.ask('/metrics')).text;
      for (const gateway of GATEWAYS) {
        const count = new RegExp(`^hoga_connections{gateway="${gateway}"} ([1-9]\\d*)$`, 'm');
        assert.match(text, count);
        assert.match(text, new RegExp(`^hoga_gateway_cutoffs_total{gateway="${gateway}"} 0$`, 'm'));
      }
    }
  });

  it('tell the layout that is in force; the follower stands back', async () => {
    const { layout } = json((await connections[0]!.ask('/health')).text);
    const logged = await server.waitForLog((line) => line.msg === 'thread layout');
    for (const [name, value] of Object.entries(layout as object)) {
      assert.deepEqual(value, logged[name], name);
    }
    assert.deepEqual((layout as ThreadLayout).follower, { nice: 10 });
    if (process.platform !== 'linux') return;
    const tasks = `/proc/${server.pid}/task`;
    // proc_pid_stat(5): the niceness is the 17th field behind the name in brackets.
    const niceOf = (task: string) =>
      Number(readFileSync(`${tasks}/${task}/stat`, 'utf8').split(') ')[1]!.split(' ')[16]);
    const own = niceOf(String(server.pid));
    const nices = readdirSync(tasks).map((task) => niceOf(task) - own);
    assert.ok(nices.includes(10) && nices.every((nice) => nice === 0 || nice === 10), `${nices}`);
  });

  it('answer a retry the same, whichever it is sent to, and after a kill -9', async () => {
    const [first, second] = connections as [GatewayConnection, GatewayConnection];
    const line = '1,1,200,1,2,limit,GTC,4711';
    const answer = await first.ask('/order', line);
    assert.ok(!answer.isReplayed);
    const again = await second.ask('/order', line);
    assert.deepEqual([again.text, again.isReplayed], [answer.text, true]);
    for (const connection of connections) connection.close();
    await server.end('SIGKILL');
    await start();
    for (const connection of connections) {
      const later = await connection.ask('/order', line);
      assert.deepEqual([later.text, later.isReplayed], [answer.text, true]);
    }
  });

  it('do not wait for one that is stalled: it is cut off, and begins again', async () => {
    const first = await GatewayConnection.open(server.address, 1);
    const sockets = await openWebSockets(first);
    for (const socket of sockets) await socket.subscribe('book', 1);
    const second = await GatewayConnection.open(server.address, 2);
    const over = stallThread(server, 'gateway-2', STANDSTILL_MS);
    const isStalled = (line: { msg: string }) => line.msg.startsWith('a gateway is stalled');
    let sent = 0;
    const send = async () => {
      sent++;
      const { text } = await first.ask('/order', `1,1,${1_000 + sent},1,2`);
      assert.equal(json(text)['status'], 'New');
    };
    let isOver = false;
    const end = () => {
      isOver = true;
    };
    over.then(end, end);
    while (!server.log.some(isStalled)) {
      assert.ok(!isOver, 'it stood still and was not cut off');
      await send();
    }
    // What it has not read and what is written over it: it goes on with neither.
    for (let i = 0; i < MANY; i++) await send();
    const unanswered = second.ask('/order', '1,1,999,1,2,limit,GTC,4712').then(
      ({ status }) => status,
      () => 'closed',
    );
    const stall = server.log.find(isStalled)!;
    assert.equal(stall['gateway'], 2);
    assert.ok((stall['heldBytes'] as number) >= SMALL_RING_BYTES / 4);
    await over;
    const back = await server.waitForLog((line) => line.msg.includes('listens again'));
    assert.equal(back['gateway'], 2);
    assert.ok((back['connections'] as number) >= 2);
    await sockets[1]!.closed();
    const outcome = await unanswered;
    assert.ok(outcome === 'closed' || outcome === 503, `${outcome}`);
    assert.ok(!sockets[0]!.isClosed && first.isOpen, 'the other gateway kept its clients');
    const after = await GatewayConnection.open(server.address, 2);
    const retry = await after.ask('/order', '1,1,999,1,2,limit,GTC,4712');
    assert.equal(json(retry.text)['status'], 'New');
    const depth = '/orderbook?symbolId=1&depth=10000';
    const asks = async (connection: GatewayConnection) =>
      json((await connection.ask(depth)).text)['asks'] as readonly unknown[];
    // Those at 100, 200 and 999 besides.
    await until('the other has the last order too', async () =>
      (await asks(first)).length === sent + 3 ? true : undefined,
    );
    assert.deepEqual(await asks(after), await asks(first));
    assert.equal((await first.health()).gateways[1]!.cutOffs, 1);
    for (const connection of [...connections, first, after]) connection.close();
    sockets[0]!.close();
    assert.equal(await server.end('SIGTERM'), 0);
  });
});
