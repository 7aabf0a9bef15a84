/**
 * Starting, stopping and dying, of real processes: what a start refuses and how it says so, that no
 * end loses what was acknowledged, and that a failed write ends the process at once.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, statSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { journalFolderOf } from '../journal/journal-store.ts';
import { addSymbol, encodeCommands } from './support/commands.ts';
import {
  NO_DATABASE,
  ServerProcess,
  temporaryDataFolder,
  until,
} from './support/server-process.ts';

const EXIT_DIED = 1;
const EXIT_CANNOT_START = 2;
const LEVEL_FATAL = 60;

type Folder = Awaited<ReturnType<typeof temporaryDataFolder>>;

/** A start that must fail: everything it said, by its exit code. */
async function failedStart(
  dataFolder: string,
  flags: readonly string[],
  environment: Readonly<Record<string, string>> = NO_DATABASE,
): Promise<{ readonly code: number | null; readonly said: string }> {
  const server = ServerProcess.launch(dataFolder, flags, environment);
  const code = await server.ended();
  const fatal = server.log.filter(({ level }) => level === LEVEL_FATAL).map(({ msg }) => msg);
  return { code, said: [...fatal, ...server.output].join('\n') };
}

describe('a start that is not possible', () => {
  let folder: Folder;
  let other: Folder;
  let server: ServerProcess;

  before(async () => {
    [folder, other] = [await temporaryDataFolder(), await temporaryDataFolder()];
    server = await ServerProcess.start(folder.path, [], NO_DATABASE);
  });

  after(async () => {
    await server.end('SIGTERM');
    await folder.remove();
    await other.remove();
  });

  it('says who has the port', async () => {
    const { port } = new URL(server.address);
    const ofHoga = await failedStart(other.path, ['--port', port]);
    assert.equal(ofHoga.code, EXIT_CANNOT_START);
    assert.match(ofHoga.said, new RegExp(`port ${port} .* in use by pid ${server.pid} `));
    const stranger = createServer().listen(0, '127.0.0.1');
    await once(stranger, 'listening');
    const strangersPort = (stranger.address() as AddressInfo).port;
    const ofOther = await failedStart(other.path, ['--port', `${strangersPort}`]);
    stranger.close();
    assert.equal(ofOther.code, EXIT_CANNOT_START);
    assert.match(ofOther.said, new RegExp(`in use by pid ${process.pid} `));
  });

  it('says who has the data folder, and leaves that one alone', async () => {
    const { code, said } = await failedStart(folder.path, []);
    assert.equal(code, EXIT_CANNOT_START);
    assert.match(said, new RegExp(`${folder.path} is in use by pid ${server.pid} `));
    assert.equal((await server.send('/deposit', '1,1,1')).body['status'], 'Accepted');
  });

  it('names the setting, its value and what is allowed', async () => {
    const cases: [readonly string[], Record<string, string>, RegExp][] = [
      [['--port', 'abc'], {}, /--port: "abc" .* allowed: a whole number from 0 to 65535/],
      [['--port=-1'], {}, /--port: "-1" .* allowed: a whole number from 0 to 65535/],
      [['--markets', 'all'], {}, /--markets: "all" .* allowed: default, none/],
      [['--event-ring-bytes', '100000'], {}, /--event-ring-bytes: 100000 .* a power of two/],
      [['--command-ring-bytes', '65536'], {}, /--command-ring-bytes: 65536 .* at least \d+/],
      [['--depth-default', '200', '--depth-max', '100'], {}, /--depth-default: 200 .* allowed: /],
      [[], { HOGA_MAX_ACCOUNTS: '0' }, /HOGA_MAX_ACCOUNTS: "0" .* allowed: a whole number from 1/],
      [[], { HOGA_REBUILD_PROJECTION: 'yes' }, /HOGA_REBUILD_PROJECTION: "yes" .* true or false/],
      [['--prot', '80'], {}, /--prot/],
    ];
    const starting = cases.map(async ([flags, environment, expected]) => {
      const server = ServerProcess.launch(other.path, flags, { ...NO_DATABASE, ...environment });
      const opened = server
        .waitForLog(({ msg }) => msg.startsWith('Hoga is open'))
        .then(
          () => server.end('SIGKILL'),
          () => undefined,
        );
      const code = await server.ended();
      await opened;
      const said = [...server.log.map(({ msg }) => msg), ...server.output].join('\n');
      return { about: `${expected}`, code, isNamed: expected.test(said) };
    });
    const outcomes = await Promise.all(starting);
    assert.deepEqual(
      outcomes,
      outcomes.map(({ about }) => ({ about, code: EXIT_CANNOT_START, isNamed: true })),
    );
  });

  it('a signal in the middle of the start ends it, and leaves no PostgreSQL behind', async () => {
    const first = await ServerProcess.start(other.path);
    await first.waitForProjection();
    assert.equal(await first.end('SIGTERM'), 0);
    const interrupted = ServerProcess.launch(other.path);
    await interrupted.waitForLog(({ msg }) => msg === 'embedded PostgreSQL runs');
    assert.equal(await interrupted.end('SIGTERM'), 0);
    assert.equal(existsSync(join(other.path, 'postgres', 'cluster', 'postmaster.pid')), false);
  });
});

it('the printed configuration hides every password', async () => {
  const secret = 'geheim';
  const urls = [
    `postgresql://hoga:${secret}@127.0.0.1:1/hoga`,
    `postgresql://hoga:${secret}%40${secret}@127.0.0.1:1/hoga`,
    `postgresql://hoga:x@${secret}@127.0.0.1:1/hoga`,
    `postgresql://127.0.0.1:1/hoga?user=hoga&password=${secret}`,
  ];
  const folders = await Promise.all(urls.map(() => temporaryDataFolder()));
  const leaks = urls.map(async (url, index) => {
    const server = ServerProcess.launch(folders[index]!.path, [], { DATABASE_URL: url });
    const line = await server.waitForLog(({ msg }) => msg === 'configuration');
    assert.match(line['databaseUrl'] as string, /127\.0\.0\.1:1\/hoga/);
    await server.waitForLog(({ msg }) => msg.startsWith('PostgreSQL failed'));
    await server.end('SIGTERM');
    const said = [...server.log.map((entry) => JSON.stringify(entry)), ...server.output];
    return said.some((text) => text.includes(secret)) ? [url] : [];
  });
  const leaked = (await Promise.all(leaks)).flat();
  for (const folder of folders) await folder.remove();
  assert.deepEqual(leaked, []);
});

/**
 * Posts orders, each at a price of its own, until the exchange is gone; adds what is acknowledged.
 */
async function postUntilGone(
  server: ServerProcess,
  nextPrice: () => number,
  acknowledged: Map<number, number>,
): Promise<void> {
  for (;;) {
    const price = nextPrice();
    const answer = await server.send('/order', `1,1,${price},1,1`).catch(() => undefined);
    if (answer === undefined) return;
    if (answer.status === 503) continue;
    assert.equal(answer.body['status'], 'New');
    acknowledged.set(price, answer.body['sequence'] as number);
  }
}

describe('an exchange under load', () => {
  const acknowledged = new Map<number, number>();
  let price = 0;
  let folder: Folder;
  let server: ServerProcess;

  before(async () => {
    folder = await temporaryDataFolder();
    server = await ServerProcess.start(folder.path);
    await server.send('/deposit', '1,1,1000000000000');
  });

  after(async () => {
    await server.end('SIGTERM');
    await folder.remove();
  });

  /** Ends the exchange while eight clients post; resolves to the exit code. */
  async function endUnderLoad(signal: NodeJS.Signals): Promise<number | null> {
    const target = acknowledged.size + 400;
    const posting = Array.from({ length: 8 }, () =>
      postUntilGone(server, () => ++price, acknowledged),
    );
    await until('orders are acknowledged', () => (acknowledged.size > target ? true : undefined));
    const code = await server.end(signal);
    await Promise.all(posting);
    return code;
  }

  async function assertNothingLost(): Promise<void> {
    const { body } = await server.get('/orderbook?symbolId=1&depth=10000');
    const prices = new Set((body['bids'] as { price: number }[]).map((level) => level.price));
    const lost = [...acknowledged.keys()].filter((candidate) => !prices.has(candidate));
    assert.deepEqual(lost, []);
    assert.ok((body['sequence'] as number) >= Math.max(...acknowledged.values()));
  }

  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    it(`stops at ${signal} with exit code 0 and is the same after the next start`, async () => {
      assert.equal(await endUnderLoad(signal), 0);
      const stopped = server.log.find(({ msg }) => msg === 'exchange stopped');
      assert.equal(server.log.at(-1)?.msg, 'stopped, nothing is lost');
      server = await ServerProcess.start(folder.path);
      const recovered = await server.waitForLog(({ msg }) => msg === 'recovered from the journal');
      assert.equal(recovered['stateHash'], stopped?.['stateHash']);
      assert.equal(recovered['sequence'], stopped?.['sequence']);
      await assertNothingLost();
    });
  }

  it('is killed, and the next start adopts PostgreSQL and brings it up to date', async () => {
    const { postgresPid } = await server.waitForLog(
      ({ msg }) => msg === 'embedded PostgreSQL runs',
    );
    assert.equal(await endUnderLoad('SIGKILL'), null);
    server = await ServerProcess.start(folder.path);
    const adopted = await server.waitForLog(({ msg }) => msg === 'embedded PostgreSQL runs');
    assert.deepEqual([adopted['adopted'], adopted['postgresPid']], [true, postgresPid]);
    await assertNothingLost();
    const { sequence } = await server.waitForProjection();
    assert.ok(sequence.projected >= Math.max(...acknowledged.values()));
    const { body } = await server.get('/balances?userId=1');
    assert.ok((body['balances'] as { locked: number }[])[0]!.locked > 0);
  });

  it('does not mind a second exchange with a folder of its own', async () => {
    const otherFolder = await temporaryDataFolder();
    const other = await ServerProcess.start(otherFolder.path);
    try {
      await other.send('/deposit', '1,1,77');
      await other.waitForProjection();
      const { body } = await other.get('/balances?userId=1');
      assert.equal((body['balances'] as { available: number }[])[0]?.available, 77);
      assert.deepEqual((await other.get('/orderbook?symbolId=1')).body['bids'], []);
      await assertNothingLost();
    } finally {
      assert.equal(await other.end('SIGTERM'), 0);
      await otherFolder.remove();
    }
  });
});

describe('a journal that cannot be written', () => {
  // Refused, but sequenced and journaled like everything else; the longest command there is.
  const duplicate = addSymbol({ symbolId: 1, code: 'X', baseCurrencyId: 1, quoteCurrencyId: 2 });
  const body = encodeCommands(Array.from({ length: 5_000 }, () => duplicate));

  /** Sends until the exchange is gone; resolves to the last sequence that was acknowledged. */
  async function sendUntilGone(server: ServerProcess, bytes: number): Promise<number> {
    let acknowledged = 0;
    for (let sent = 0; sent < bytes; sent += body.length) {
      const answer = await server.sendCommands(body).catch(() => undefined);
      if (answer === undefined) break;
      acknowledged = answer.results.at(-1)?.sequence ?? acknowledged;
    }
    return acknowledged;
  }

  async function assertDiedWell(folder: Folder, server: ServerProcess, bytes: number) {
    const acknowledged = await sendUntilGone(server, bytes);
    const health = await server.health().catch(() => undefined);
    if (health !== undefined) await server.end('SIGKILL');
    assert.equal(health, undefined, `it took ${bytes} bytes and goes on`);
    assert.equal(await server.ended(), EXIT_DIED);
    const last = server.log.findLast(({ level }) => level === LEVEL_FATAL);
    assert.match(last!.msg, /the journal thread failed: .+/);
    assert.ok(acknowledged > 0);
    const next = await ServerProcess.start(folder.path, [], NO_DATABASE);
    const { executed } = (await next.health()).sequence;
    assert.equal(await next.end('SIGTERM'), 0);
    assert.ok(executed >= acknowledged, `${acknowledged} was acknowledged, ${executed} is there`);
  }

  const isLinux = process.platform === 'linux';

  it('because the disk refuses ends the process', { skip: !isLinux }, async () => {
    const folder = await temporaryDataFolder();
    const server = await ServerProcess.start(folder.path, [], NO_DATABASE);
    const { size } = statSync(join(journalFolderOf(folder.path), 'journal.mdb'));
    const limit = size + 4 * body.length;
    execFileSync('prlimit', ['--pid', `${server.pid}`, `--fsize=${limit}`]);
    try {
      await assertDiedWell(folder, server, 20 * body.length);
    } finally {
      await folder.remove();
    }
  });

  it('because its map is full ends the process', async () => {
    const folder = await temporaryDataFolder();
    const mapBytes = 64 * 2 ** 20;
    const server = await ServerProcess.start(
      folder.path,
      ['--journal-map-bytes', `${mapBytes}`, '--disk-low-bytes', '0'],
      NO_DATABASE,
    );
    try {
      await assertDiedWell(folder, server, 2 * mapBytes);
    } finally {
      await folder.remove();
    }
  });
});
