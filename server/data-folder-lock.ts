/**
 * One process per data folder. The lock belongs to an open file of ours and lives in the kernel, so
 * it ends with the process however that dies. A pid file would mislead: after a restart of a
 * container the pid written there often belongs to somebody else. What `hoga.lock` holds (pid,
 * since when, address) only names the holder to people and never decides anything.
 *
 * Start-up takes this lock before it opens the journal or starts the embedded PostgreSQL; commands
 * that need a folder at rest ask `isDataFolderLocked`.
 *
 * @example
 * const lock = acquireDataFolderLock('data', { address: 'http://127.0.0.1:8080' });
 * // ... run ...
 * lock.release();
 */

import { spawnSync } from 'node:child_process';
import {
  closeSync,
  constants,
  existsSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

const LOCK_FILE = 'hoga.lock';

/**
 * `isDataFolderLocked` holds the lock for a moment; an acquirer that meets it there tries again.
 */
const ACQUIRE_ATTEMPTS_MAX = 4;
const ACQUIRE_PAUSE_MS = 40;

/** `open` flag of macOS and the BSDs, absent from Node's constants: lock in the act of opening. */
const O_EXLOCK = 0x20;

/** flock(1)'s exit status when somebody else holds the lock. */
const FLOCK_STATUS_HELD = 1;

/** Who holds a data folder. A field the holder has not written yet reads 0 or 'unknown'. */
export type DataFolderHolder = {
  readonly pid: number;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly address: string;
};

export type DataFolderLock = {
  readonly folder: string;
  /** Frees the folder; a second call does nothing. */
  release(): void;
};

export class DataFolderInUseError extends Error {
  override readonly name = 'DataFolderInUseError';
  readonly folder: string;
  readonly holder: DataFolderHolder;

  constructor(folder: string, holder: DataFolderHolder) {
    super(
      `data folder ${folder} is in use by pid ${holder.pid || 'unknown'}` +
        ` (address ${holder.address}, since ${holder.startedAt}):` +
        ' stop that process, or use another folder with --data',
    );
    this.folder = folder;
    this.holder = holder;
  }
}

/**
 * Locks `folder` (created if missing) for this process and writes down who holds it.
 * Throws DataFolderInUseError if another process, or an earlier lock of this one, has it.
 */
export function acquireDataFolderLock(folder: string, about: { address: string }): DataFolderLock {
  makeFolder(folder);
  let file = tryLock(folder);
  for (let attempt = 1; file === undefined && attempt < ACQUIRE_ATTEMPTS_MAX; attempt += 1) {
    sleep(ACQUIRE_PAUSE_MS);
    file = tryLock(folder);
  }
  if (file === undefined) throw new DataFolderInUseError(folder, readHolder(folder));

  const held = file;
  const holder: DataFolderHolder = {
    pid: process.pid,
    startedAt: new Date().toISOString(),
    address: about.address,
  };
  ftruncateSync(held);
  writeSync(held, `${JSON.stringify(holder)}\n`, 0);

  let isReleased = false;
  return {
    folder,
    release() {
      if (isReleased) return;
      isReleased = true;
      // The file stays: to unlink it would let two processes lock two files of one name.
      ftruncateSync(held);
      closeSync(held);
    },
  };
}

/** Like mkdir -p, which Node's own never finishes where a file system refuses (/proc). */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder));
  try {
    mkdirSync(folder);
  } catch (error) {
    // Another process may have made it at the same moment.
    if (errorCode(error) !== 'EEXIST') throw error;
  }
}

/** The process that has `folder` locked, or undefined if nobody has. Creates nothing. */
export function isDataFolderLocked(folder: string): DataFolderHolder | undefined {
  try {
    const file = tryLock(folder, 0);
    if (file === undefined) return readHolder(folder);
    closeSync(file);
    return undefined;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** An open file that carries the lock, or undefined while somebody else has it. */
function tryLock(folder: string, create: number = constants.O_CREAT): number | undefined {
  const path = join(folder, LOCK_FILE);
  if (process.platform === 'linux') return tryLockWithFlock(path, create);
  if (process.platform === 'darwin' || process.platform.endsWith('bsd')) {
    return tryLockAtOpen(path, create);
  }
  throw new Error(
    `cannot lock data folder ${folder}: no kernel file lock is known for ${process.platform};` +
      ' Linux, macOS and the BSDs are supported',
  );
}

function tryLockWithFlock(path: string, create: number): number | undefined {
  const file = openSync(path, constants.O_RDWR | create, 0o644);
  // A flock belongs to the open file, which flock(1) shares with us as its descriptor 3: the lock
  // outlives that helper and ends with us. Node opens with O_CLOEXEC, so no child keeps it alive.
  const { error, status, stderr } = spawnSync('flock', ['-xn', '3'], {
    stdio: ['ignore', 'ignore', 'pipe', file],
    encoding: 'utf8',
  });
  if (error === undefined && status === 0) return file;
  closeSync(file);
  if (error === undefined && status === FLOCK_STATUS_HELD) return undefined;
  if (error !== undefined && errorCode(error) === 'ENOENT') {
    throw new Error(
      `cannot lock ${path}: the program 'flock' is missing; install it (package util-linux)`,
    );
  }
  throw new Error(`cannot lock ${path}: ${error?.message ?? `flock: ${status} ${stderr.trim()}`}`);
}

function tryLockAtOpen(path: string, create: number): number | undefined {
  const flags = constants.O_RDWR | create | constants.O_NONBLOCK | O_EXLOCK;
  try {
    return openSync(path, flags, 0o644);
  } catch (error) {
    if (errorCode(error) === 'EAGAIN' || errorCode(error) === 'EWOULDBLOCK') return undefined;
    throw error;
  }
}

function readHolder(folder: string): DataFolderHolder {
  let written: Partial<Record<keyof DataFolderHolder, unknown>> = {};
  try {
    written = JSON.parse(readFileSync(join(folder, LOCK_FILE), 'utf8'));
  } catch {
    // Locked a moment ago and not written yet: the holder is as good as unknown.
  }
  const { pid, startedAt, address } = written;
  return {
    pid: typeof pid === 'number' ? pid : 0,
    startedAt: typeof startedAt === 'string' ? startedAt : 'unknown',
    address: typeof address === 'string' ? address : 'unknown',
  };
}

function sleep(duration_ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, duration_ms);
}

function errorCode(error: unknown): string | undefined {
  return error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
}
