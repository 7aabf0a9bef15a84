/** The embedded PostgreSQL, the real one: starts, crashes, adoptions, and being root. */

import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './embedded-postgres.ts';

const isRoot = process.getuid?.() === 0;

// mkdtemp makes it 0700, so as root everything here lies where only root may enter.
const root = mkdtempSync(join(tmpdir(), 'hoga-postgres-'));
const running = new Set<EmbeddedPostgres>();
after(async () => {
  for (const postgres of running) await postgres.stop();
  rmSync(root, { recursive: true });
});

async function start(folder: string, port?: number): Promise<EmbeddedPostgres> {
  const postgres = await startEmbeddedPostgres({
    folder,
    log: () => {},
    ...(port === undefined ? {} : { port }),
  });
  running.add(postgres);
  return postgres;
}

async function query(url: string, sql: string): Promise<unknown[][]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query({ text: sql, rowMode: 'array' })).rows;
  } finally {
    await client.end();
  }
}

const EMBEDDED_URL = import.meta.resolve('./embedded-postgres.ts');
const OWNER_SOURCE = `
  import { startEmbeddedPostgres } from ${JSON.stringify(EMBEDDED_URL)};
  try {
    const { pid, url } = await startEmbeddedPostgres({ folder: process.argv[1], log: () => {} });
    console.log(JSON.stringify({ pid, url }));
    setInterval(() => {}, 1000);
  } catch (error) {
    console.log(JSON.stringify({ error: error.message }));
  }
`;

type Owned = { pid: number; url: string; error?: string };

/** A process that starts the PostgreSQL of `folder`, and what it says once that runs or fails. */
function spawnOwner(
  folder: string,
  options: { PATH?: string } = {},
): { owner: ChildProcess; said: () => Promise<Owned> } {
  const owner = spawn(process.execPath, ['--input-type=module', '-e', OWNER_SOURCE, folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...options },
  });
  const { stdout } = owner;
  return { owner, said: async () => JSON.parse(String((await once(stdout, 'data'))[0])) };
}

async function kill(owner: ChildProcess): Promise<void> {
  owner.kill('SIGKILL');
  await once(owner, 'exit');
}

/** A zombie is dead: an init that is slow to reap, or none at all, must not fail a test. */
function isAlive(pid: number): boolean {
  const { stdout } = spawnSync('ps', ['-p', `${pid}`, '-o', 'stat='], { encoding: 'utf8' });
  return /^[^Z]/.test(stdout.trim());
}

test('what was written before a stop is there after the next start, on the same port', async () => {
  const folder = join(root, 'first', 'data', 'postgres');
  const first = await start(folder);
  assert.equal(first.adopted, false);
  assert.match(first.url, /^postgresql:\/\/hoga:\w{48}@127\.0\.0\.1:\d+\/hoga$/);
  await query(first.url, 'create table orders (id int); insert into orders values (7)');
  await Promise.all([first.stop(), first.stop()]);
  assert.equal(isAlive(first.pid), false);

  const second = await start(folder);
  assert.equal(second.adopted, false);
  assert.equal(second.url, first.url);
  assert.deepEqual(await query(second.url, 'select id from orders'), [[7]]);

  assert.deepEqual(readdirSync(folder).sort(), ['cluster', 'credentials.json', 'postgres.log']);
  assert.equal(statSync(join(folder, 'credentials.json')).mode & 0o777, 0o600);
  assert.deepEqual(
    await query(
      second.url,
      `select current_setting('listen_addresses'), current_setting('unix_socket_directories'),
       current_setting('fsync'), pg_encoding_to_char(encoding), datlocale
       from pg_database where datname = 'hoga'`,
    ),
    [['127.0.0.1', '', 'on', 'UTF8', 'C.UTF-8']],
  );
  await assert.rejects(query(second.url.replace(/:\w{48}@/, ':guess@'), 'select 1'), {
    code: '28P01',
  });
  await second.stop();
  await second.stop();
});

test('a stop ends a server that still has clients with open transactions', async () => {
  const postgres = await start(join(root, 'clients'));
  const client = new pg.Client({ connectionString: postgres.url });
  client.on('error', () => {});
  await client.connect();
  await client.query('begin; create table half (id int)');
  await postgres.stop();
  assert.equal(isAlive(postgres.pid), false);
});

test('after a SIGKILL of its owner the next start adopts the server that lives on', async () => {
  const folder = join(root, 'orphan');
  const { owner, said } = spawnOwner(folder);
  const first = await said();
  await query(first.url, 'create table orders (id int); insert into orders values (7)');
  await kill(owner);
  assert.equal(isAlive(first.pid), true);

  const next = await start(folder);
  assert.equal(next.adopted, true);
  assert.equal(next.pid, first.pid);
  assert.equal(next.url, first.url);
  assert.deepEqual(await query(next.url, 'select id from orders'), [[7]]);
  await next.stop();
  assert.equal(isAlive(first.pid), false);
  assert.equal(existsSync(join(folder, 'cluster', 'postmaster.pid')), false);
});

test('after a SIGKILL under load the next start recovers what was committed', async () => {
  const folder = join(root, 'crashed');
  const first = await start(folder);
  await query(first.url, 'create table orders (id int); insert into orders values (7)');
  const busy = query(first.url, 'insert into orders select generate_series(1, 50000000)');
  busy.catch(() => {});
  await sleep(100);
  process.kill(first.pid, 'SIGKILL');

  const next = await start(folder);
  assert.equal(next.adopted, false);
  assert.notEqual(next.pid, first.pid);
  assert.deepEqual(await query(next.url, 'select id from orders'), [[7]]);
  await next.stop();
});

test('a postmaster.pid that names a living stranger is stale, as in a new container', async () => {
  const folder = join(root, 'stale');
  const first = await start(folder);
  const file = join(folder, 'cluster', 'postmaster.pid');
  const written = readFileSync(file, 'utf8');
  await first.stop();
  writeFileSync(file, written.replace(/^\d+/, String(process.pid)), { mode: 0o600 });

  const next = await start(folder);
  assert.equal(next.adopted, false);
  assert.notEqual(next.pid, process.pid);
  await next.stop();
});

test('a container that restarts with the same pids within a second finds its cluster again', {
  skip: !isRoot || process.platform !== 'linux',
}, (t) => {
  // A pid namespace is the container: its processes count from 1 and die with the first of them.
  const container = ['--pid', '--fork', '--mount-proc', process.execPath, '--input-type=module'];
  const source = OWNER_SOURCE.replace('setInterval(() => {}, 1000)', 'process.exit()');
  if (spawnSync('unshare', ['--pid', '--fork', '--mount-proc', 'true']).status !== 0) {
    return t.skip('pid namespaces are not permitted here');
  }
  for (let restart = 0; restart < 4; restart += 1) {
    const args = [...container, '-e', source, join(root, 'container')];
    const { stdout, stderr } = spawnSync('unshare', args, { encoding: 'utf8' });
    assert.match(stdout, /"pid":/, `restart ${restart}: ${stdout}${stderr}`);
  }
});

test('a port another program took is replaced by one that is remembered', async () => {
  const folder = join(root, 'port');
  const first = await start(folder);
  await first.stop();
  const thief = createServer().listen(Number(new URL(first.url).port), '127.0.0.1');
  await once(thief, 'listening');
  await assert.rejects(start(folder, (thief.address() as AddressInfo).port), {
    name: 'PortInUseError',
  });
  const second = await start(folder);
  assert.notEqual(second.url, first.url);
  await second.stop();
  thief.close();
  const third = await start(folder);
  assert.equal(third.url, second.url);
  await third.stop();
});

test('a first start killed during initdb heals at the next one', async () => {
  const folder = join(root, 'interrupted');
  const { owner } = spawnOwner(folder);
  while (!(existsSync(folder) && readdirSync(folder).some((name) => /^cluster/.test(name)))) {
    await sleep(5);
  }
  await kill(owner);
  assert.equal(existsSync(join(folder, 'cluster')), false);

  const postgres = await start(folder);
  assert.deepEqual(await query(postgres.url, 'select 1'), [[1]]);
  await postgres.stop();
  assert.deepEqual(readdirSync(folder).sort(), ['cluster', 'credentials.json', 'postgres.log']);
});

test('a cluster that cannot start is refused with the last lines of its own log', async () => {
  const folder = join(root, 'broken');
  const first = await start(folder);
  await first.stop();
  rmSync(join(folder, 'cluster', 'global', 'pg_control'));
  await assert.rejects(start(folder), /did not start[\s\S]*postgres\.log[\s\S]*pg_control/);

  renameSync(join(folder, 'credentials.json'), join(folder, 'elsewhere.json'));
  await assert.rejects(start(folder), /credentials\.json is missing/);
});

test('root without user namespaces runs it as another user, or names the folder in the way', {
  skip: !isRoot || process.platform !== 'linux',
}, async (t) => {
  const folder = join(root, 'without-unshare', 'postgres');
  mkdirSync(join(root, 'without-unshare'));
  const refused = await spawnOwner(folder, { PATH: root }).said();
  if (!refused.error?.includes(`cannot enter ${root}:`)) {
    assert.match(refused.error ?? '', /cannot enter /);
    return t.skip('this checkout itself lies where only root may enter');
  }
  assert.match(refused.error, /chmod o\+x .* ordinary user.* DATABASE_URL/);

  chmodSync(root, 0o711);
  try {
    const { owner, said } = spawnOwner(folder, { PATH: root });
    const first = await said();
    assert.equal(first.error, undefined);
    assert.notEqual(statSync(join(folder, 'cluster')).uid, 0);
    await kill(owner);

    const adopted = await start(folder);
    assert.deepEqual([adopted.adopted, adopted.pid], [true, first.pid]);
    await adopted.stop();
    const next = await start(folder);
    assert.equal(next.adopted, false);
    assert.deepEqual(await query(next.url, 'select 1'), [[1]]);
    await next.stop();
  } finally {
    chmodSync(root, 0o700);
  }
});
