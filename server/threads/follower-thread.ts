/**
 * The follower thread: replays the journal behind everybody, at a lower priority, and fills
 * PostgreSQL. Asked to stop, it catches up first, as far as the time allows; the rest waits for the
 * next start.
 */
import { setTimeout } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { JournalStore } from '../../journal/journal-store.ts';
import { openDatabase } from '../../persistence/database.ts';
import { Follower } from '../../persistence/follower.ts';
import { restMs } from '../../persistence/follower-rest.ts';
import { Counter, Counters, ProjectionState } from '../../ring/counters.ts';
import { Signal } from '../../ring/waiter.ts';
import { StopFlag, StopRequest, type ThreadLinks } from './thread-links.ts';
import type { FollowerRequest, ThreadMessage } from './thread-messages.ts';
import { standBack } from './thread-priority.ts';

export interface FollowerThreadData {
  readonly links: ThreadLinks;
  readonly dataFolder: string;
  readonly journalMapBytes: number;
  readonly batchCommands: number;
  readonly rebuild: boolean;
  readonly databaseTimeoutMs: number;
  /** Shortest rest between transactions that are not full; 0: none. */
  readonly intervalMs: number;
  readonly projectionTimeoutMs: number;
  readonly stopTimeoutMs: number;
  /** Steps of niceness below the other threads. */
  readonly nice: number;
}

/** How long a follower that has it all waits before it looks what is to be flushed. */
const FLUSH_LOOK_MS = 1_000;

const data = workerData as FollowerThreadData;
const counters = new Counters(data.links.counters);
const signal = new Signal(data.links.signals.follower);
const stop = new StopRequest(data.links, StopFlag.Follower);

const whyNot = standBack(data.nice);
if (whyNot !== undefined) log('debug', 'the follower does not stand back', { why: whyNot });

let stopDeadlineMs: number | undefined;
/** Ends a pause: the last attempt is due at once. */
const stopping = new AbortController();

// Waiting at a signal does not keep an event loop alive; listening to the port does.
const url = await new Promise<string | undefined>((resolve) => {
  parentPort!.on('message', (request: FollowerRequest) => {
    if (request.kind === 'database') resolve(request.url);
    // At a turn of the event loop, so never amid a call of LMDB.
    else if (request.kind === 'abandon') process.exit();
    else {
      stopping.abort();
      resolve(undefined);
    }
  });
});
if (url !== undefined) await follow(url);
parentPort!.close();

function log(
  level: 'debug' | 'info' | 'warn' | 'error',
  text: string,
  details: Readonly<Record<string, unknown>> = {},
): void {
  parentPort!.postMessage({ kind: 'log', level, text, details } satisfies ThreadMessage);
}

async function follow(databaseUrl: string): Promise<void> {
  const db = openDatabase({
    url: databaseUrl,
    maxConnections: 1,
    connectTimeoutMs: data.databaseTimeoutMs,
    queryTimeoutMs: data.projectionTimeoutMs,
  });
  const store = new JournalStore(data.dataFolder, {
    mapBytes: data.journalMapBytes,
    readOnly: false,
    durability: data.links.durability,
  });
  const { batchCommands, dataFolder, rebuild } = data;
  const storedSequence = () => counters.get(Counter.StoredSequence);
  const settings = { dataFolder, batchCommands, rebuild, storedSequence, isOutOfTime };
  const follower = new Follower(db, store, report(), settings);
  for (;;) {
    const wasStopRaised = stop.isRaised;
    signal.prepare();
    const startMs = performance.now();
    const pauseMs = await follower.catchUp();
    if (wasStopRaised) break;
    if (pauseMs > 0) await pause(pauseMs);
    else {
      const rest = restMs(performance.now() - startMs, follower.latestCommands, data.intervalMs);
      if (rest > 0) await pause(rest);
      await signal.sleepAsync(follower.hasUnflushed ? FLUSH_LOOK_MS : Number.POSITIVE_INFINITY);
    }
  }
  const lag = storedSequence() - counters.get(Counter.ProjectedSequence);
  if (lag > 0) log('warn', 'PostgreSQL is behind: the next start catches up', { lag });
  await store.close();
  await db.destroy();
}

/** Once asked to stop, the follower takes half of the time a thread has for it. */
function isOutOfTime(): boolean {
  if (!stop.isRaised) return false;
  stopDeadlineMs ??= performance.now() + data.stopTimeoutMs / 2;
  return performance.now() > stopDeadlineMs;
}

async function pause(durationMs: number): Promise<void> {
  await setTimeout(durationMs, undefined, { signal: stopping.signal }).catch(() => {});
}

function report() {
  return {
    onFollowed: (sequence: number) => counters.set(Counter.FollowedSequence, sequence),
    onProjected: (sequence: number) => {
      counters.set(Counter.ProjectedSequence, sequence);
      counters.set(Counter.ProjectionState, ProjectionState.Running);
    },
    onFlushed: (sequence: number) => counters.set(Counter.ProjectionFlushedSequence, sequence),
    onEmptied: () => {
      log('info', 'projection emptied: it is filled again from the start of the journal');
    },
    onRetry: (error: unknown, pauseMs: number) => {
      counters.set(Counter.ProjectionState, ProjectionState.Retrying);
      log('warn', 'PostgreSQL failed, trying again; trading goes on', {
        error: String(error),
        pauseMs,
      });
    },
    onBadSnapshot: (why: string) => log('error', `snapshot refused: ${why}`),
    onDiverged: (message: string) => {
      counters.set(Counter.ProjectionState, ProjectionState.Diverged);
      log('error', message);
    },
  };
}
