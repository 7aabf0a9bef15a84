/**
 * PostgreSQL away, killed or hanging: trading goes on, /health and /balances say so, and the
 * projection catches up when it is back. Nothing that PostgreSQL does may end the exchange.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import pg from 'pg';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../server/embedded-postgres.ts';
import { deposit, encodeCommands } from './support/commands.ts';
import {
  embeddedDatabaseUrl,
  type LogLine,
  NO_DATABASE,
  runCli,
  ServerProcess,
  temporaryDataFolder,
  until,
} from './support/server-process.ts';

const IMPATIENT = ['--database-timeout-ms', '500'];
/** Long enough to connect on a busy machine, and to be seen waiting. */
const PATIENT = ['--database-timeout-ms', '3000'];

type Folder = Awaited<ReturnType<typeof temporaryDataFolder>>;

function startPostgres(folder: Folder): Promise<EmbeddedPostgres> {
  return startEmbeddedPostgres({ folder: join(folder.path, 'postgres'), log: () => {} });
}

async function assertTrades(server: ServerProcess): Promise<void> {
  const { body } = await server.send('/deposit', '1,1,1000000');
  assert.equal(body['status'], 'Accepted');
  const order = await server.send('/order', '1,1,5,1,1');
  assert.equal(order.body['status'], 'New');
}

async function assertBalancesUnavailable(server: ServerProcess): Promise<void> {
  const { status, body } = await server.get('/balances?userId=1');
  assert.equal(status, 503);
  const { message } = body['error'] as { message: string };
  assert.match(message, /read from PostgreSQL, which .+; trading goes on/);
}

async function projectionState(server: ServerProcess, state: string): Promise<void> {
  await until(`the projection is ${state}`, async () =>
    (await server.health()).projection.state === state ? true : undefined,
  );
}

/** Holds a lock on a table: who writes or reads it waits in the middle of a statement. */
async function lockTable(url: string, table: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  await client.query(`BEGIN; LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`);
  return client;
}

async function waitForWaiter(holder: pg.Client): Promise<void> {
  await until('somebody waits for the lock', async () => {
    const { rows } = await holder.query('SELECT FROM pg_locks WHERE NOT granted');
    return rows.length > 0 ? true : undefined;
  });
}

describe('without a PostgreSQL', () => {
  let folder: Folder;

  before(async () => {
    folder = await temporaryDataFolder();
  });

  after(() => folder.remove());

  for (const flags of [[], ['--rebuild-projection']]) {
    it(`the exchange trades, says what is missing, and stops well (${flags})`, async () => {
      const server = await ServerProcess.start(folder.path, [...IMPATIENT, ...flags], NO_DATABASE);
      try {
        await projectionState(server, 'retrying');
        await assertTrades(server);
        await assertBalancesUnavailable(server);
        const { sequence, projection } = await server.health();
        assert.equal(projection.lag, sequence.executed);
      } finally {
        assert.equal(await server.end('SIGTERM'), 0);
      }
    });
  }
});

describe('a PostgreSQL that goes away', () => {
  let folder: Folder;
  let server: ServerProcess;

  before(async () => {
    folder = await temporaryDataFolder();
    server = await ServerProcess.start(folder.path, PATIENT);
    await assertTrades(server);
    await server.waitForProjection();
  });

  after(async () => {
    await server.end('SIGTERM');
    await folder.remove();
  });

  function starts(): LogLine[] {
    return server.log.filter(({ msg }) => msg === 'embedded PostgreSQL runs');
  }

  /** Ends PostgreSQL, which the exchange must survive, start again and catch up with. */
  async function assertSurvives(signal: NodeJS.Signals): Promise<void> {
    const { postgresPid } = starts().at(-1)!;
    const earlier = starts().length;
    process.kill(postgresPid as number, signal);
    await assertTrades(server);
    await until('PostgreSQL is started again', () => starts()[earlier]);
    assert.equal(starts()[earlier]!['adopted'], false);
    await assertTrades(server);
    await server.waitForProjection();
    assert.equal((await server.get('/balances?userId=1')).status, 200);
    const { code, stdout, stderr } = await runCli(['reconcile', '--data', folder.path]);
    assert.equal(code, 0, stdout + stderr);
  }

  it('by an ordinary stop, is started again and caught up with', async () => {
    await assertSurvives('SIGINT');
  });

  it('by SIGKILL in the middle of a transaction, does not take the exchange with it', async () => {
    const holder = await lockTable(embeddedDatabaseUrl(folder.path), 'balances');
    await assertTrades(server);
    await waitForWaiter(holder);
    await assertSurvives('SIGKILL');
  });

  it('by SIGKILL in the middle of an answer, does not take the exchange with it', async () => {
    const holder = await lockTable(embeddedDatabaseUrl(folder.path), 'balances');
    const answering = server.get('/balances?userId=1').catch(() => undefined);
    await waitForWaiter(holder);
    await assertSurvives('SIGKILL');
    assert.equal((await answering)?.status, 503);
  });
});

describe('a PostgreSQL that hangs', () => {
  let folder: Folder;
  let server: ServerProcess;
  let postgres: EmbeddedPostgres;
  const sockets = new Set<Socket>();
  const proxy = createServer((client) => {
    const upstream = connect(Number(new URL(postgres.url).port), '127.0.0.1');
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => sockets.delete(socket));
    }
    client.pipe(upstream).pipe(client);
  });

  before(async () => {
    folder = await temporaryDataFolder();
    postgres = await startPostgres(folder);
    await once(proxy.listen(0, '127.0.0.1'), 'listening');
    const url = new URL(postgres.url);
    url.port = String((proxy.address() as AddressInfo).port);
    server = await ServerProcess.start(folder.path, PATIENT, { DATABASE_URL: url.href });
  });

  after(async () => {
    await server.end('SIGTERM');
    proxy.close();
    for (const socket of sockets) socket.destroy();
    await postgres.stop();
    await folder.remove();
  });

  it('is answered for in time, and caught up with when it goes on', async () => {
    await assertTrades(server);
    await server.waitForProjection();
    assert.equal((await server.get('/balances?userId=1')).status, 200);
    for (const socket of sockets) socket.pause();
    try {
      await assertTrades(server);
      await assertBalancesUnavailable(server);
      const { projection } = await server.health();
      assert.ok(projection.lag > 0);
    } finally {
      for (const socket of sockets) socket.resume();
    }
    await server.waitForProjection();
    assert.equal((await server.get('/balances?userId=1')).status, 200);
  });
});

it('a PostgreSQL that is far behind does not hold up a stop, and is caught up later', async () => {
  const folder = await temporaryDataFolder();
  const slow = ['--projection-batch', '1', '--stop-timeout-ms', '3000'];
  const server = await ServerProcess.start(folder.path, slow);
  await server.waitForProjection();
  const amounts = encodeCommands(
    Array.from({ length: 2_000 }, () => deposit({ accountId: 1, currencyId: 1, amount: 1 })),
  );
  const client = new pg.Client({ connectionString: embeddedDatabaseUrl(folder.path) });
  await client.connect();
  await client.query(`CREATE FUNCTION take_long() RETURNS trigger LANGUAGE plpgsql
      AS 'BEGIN PERFORM pg_sleep(0.2); RETURN NEW; END';
    CREATE TRIGGER take_long BEFORE UPDATE ON projection_checkpoint
      FOR EACH ROW EXECUTE FUNCTION take_long()`);
  await client.end();
  // One command a transaction and one batch a request: more than half of the time allows.
  for (let round = 0; round < 5; round++) await server.sendCommands(amounts);
  const single = encodeCommands([deposit({ accountId: 1, currencyId: 1, amount: 1 })]);
  for (let round = 0; round < 30; round++) {
    await Promise.all(Array.from({ length: 100 }, () => server.sendCommands(single)));
  }
  assert.equal(await server.end('SIGTERM'), 0);
  assert.equal(server.log.at(-1)?.msg, 'stopped, nothing is lost');
  assert.ok(server.log.some(({ msg }) => msg.startsWith('PostgreSQL is behind')));
  const next = await ServerProcess.start(folder.path);
  try {
    const { sequence } = await next.waitForProjection();
    assert.ok(sequence.executed > 13_000);
    assert.equal((await runCli(['reconcile', '--data', folder.path])).code, 0);
  } finally {
    await next.end('SIGTERM');
    await folder.remove();
  }
});
