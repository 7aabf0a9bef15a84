/**
 * The follower and its PostgreSQL, with a journal that is already there: one transaction after the
 * other, of a size that is given, so what a command costs is told apart from what load does.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { JournalStore } from '../../journal/journal-store.ts';
import { type Database, openDatabase } from '../../persistence/database.ts';
import { Follower } from '../../persistence/follower.ts';
import { startEmbeddedPostgres } from '../../server/embedded-postgres.ts';
import { MAP_BYTES } from '../journal/journal-maker.ts';
import { makeJournal } from '../journal/replay.ts';
import type { Measured, Metrics, TaskOptions } from '../measuring/campaign.ts';
import { withFolder } from '../measuring/folder.ts';
import { throughputOf } from '../measuring/probes.ts';
import type { ProjectionCase } from './cases.ts';

export type Task = TaskOptions & ProjectionCase;

/** Of /proc/PID/stat: 100 a second on every Linux (`getconf CLK_TCK`). */
const US_PER_TICK = 10_000;
/** User and system time, behind the name in brackets. */
const [USER_TICKS, SYSTEM_TICKS] = [11, 12];
const TIMEOUT_MS = 60_000;

export function measure(task: Task): Promise<Measured> {
  return withFolder(async (folder) => {
    const count = await makeJournal({ folder, ...task, mix: 'cancel-heavy', tail: 0 });
    const postgres = await startEmbeddedPostgres({
      folder: join(folder, 'postgres'),
      log: () => {},
    });
    try {
      return { metrics: await measureAt(postgres.url, folder, task, count) };
    } finally {
      await postgres.stop();
    }
  });
}

/** All that comes before the operations is projected first, unmeasured. */
async function measureAt(url: string, folder: string, task: Task, count: number): Promise<Metrics> {
  const { batch, operations } = task;
  const store = new JournalStore(folder, { mapBytes: MAP_BYTES, readOnly: true });
  const db = openDatabase({
    url,
    maxConnections: 1,
    connectTimeoutMs: TIMEOUT_MS,
    queryTimeoutMs: TIMEOUT_MS,
  });
  let stored = 0;
  const follower = new Follower(db, store, REPORT, {
    dataFolder: folder,
    batchCommands: batch,
    rebuild: false,
    storedSequence: () => stored,
    isOutOfTime: () => false,
  });
  const projectTo = async (end: number) => {
    while (stored < end) {
      stored = Math.min(stored + batch, end);
      await follower.catchUp();
    }
  };
  await projectTo(count - operations);
  const backend = await backendOf(db);
  const [cpu, backendUs, startMs] = [process.cpuUsage(), cpuUsOf(backend), performance.now()];
  await projectTo(count);
  const tookMs = performance.now() - startMs;
  const { user, system } = process.cpuUsage(cpu);
  const metrics = {
    ...throughputOf(operations, tookMs),
    follower_cpu_us: (user + system) / operations,
    postgres_cpu_us: (cpuUsOf(backend) - backendUs) / operations,
  };
  await db.destroy();
  await store.close();
  return metrics;
}

const failing = (what: unknown) => {
  throw new Error(`the projection failed: ${what}`);
};
const REPORT = {
  onEmptied: () => {},
  onFollowed: () => {},
  onProjected: () => {},
  onFlushed: () => {},
  onRetry: failing,
  onBadSnapshot: failing,
  onDiverged: failing,
};

async function backendOf(db: Database): Promise<number> {
  const { rows } = await sql<{ pid: number }>`SELECT pg_backend_pid() AS pid`.execute(db);
  return rows[0]!.pid;
}

/** What a process has taken of the cores; Linux tells. */
function cpuUsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  return (fields[USER_TICKS]! + fields[SYSTEM_TICKS]!) * US_PER_TICK;
}
