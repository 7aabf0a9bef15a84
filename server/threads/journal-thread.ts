/**
 * The journal thread: appends what the exchange published and, once it is as safe as the durability
 * says, releases it to gateways and follower. A failed append ends the thread, and with it the
 * process.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { JournalFullError, JournalWriteError } from '../../journal/journal-error.ts';
import { JournalMetrics } from '../../journal/journal-metrics.ts';
import { causeOf, JournalStore, journalFileOf } from '../../journal/journal-store.ts';
import { JournalWriter } from '../../journal/journal-writer.ts';
import { emptyStagingFiles, openStagingFiles, Staging } from '../../journal/staging.ts';
import { restoreStaged } from '../../journal/staging-restore.ts';
import { Counter, Counters } from '../../ring/counters.ts';
import { LatencyClock } from '../../ring/latency-clock.ts';
import { RingReader } from '../../ring/ring.ts';
import { Signal, Waiter } from '../../ring/waiter.ts';
import {
  JOURNAL_READER,
  StopFlag,
  StopRequest,
  type ThreadLinks,
  type WaitSettings,
} from './thread-links.ts';
import type { ThreadMessage } from './thread-messages.ts';

export interface JournalThreadData {
  readonly links: ThreadLinks;
  readonly dataFolder: string;
  readonly journalMapBytes: number;
  readonly batchBytes: number;
  readonly unflushedBytes: number;
  /**
   * Where nobody waits for it, in durability `none`, it leaves the cores to those who work and
   * looks so often: many small commits take several times as long as few large ones.
   */
  readonly napMs: number;
  /** Whether staging files must be there. */
  readonly isStaged: boolean;
  readonly wait: WaitSettings;
}

const TRIM_BATCHES = 256;
/** So many at once, and it looks again before it sleeps. */
const MANY_FRAMES = 16_384;

const data = workerData as JournalThreadData;
const { links, dataFolder, batchBytes, unflushedBytes } = data;
const { durability } = links;
const store = new JournalStore(dataFolder, {
  mapBytes: data.journalMapBytes,
  readOnly: false,
  durability,
});
const restored = restoreStaged(dataFolder, store, data.isStaged);
const staging =
  durability === 'commit' ? new Staging(openStagingFiles(dataFolder), unflushedBytes) : undefined;
if (staging === undefined) emptyStagingFiles(dataFolder);
const writer = new JournalWriter(store, new RingReader(links.eventRing, JOURNAL_READER), {
  durability,
  batchBytes,
  unflushedBytes,
  metrics: new JournalMetrics(links.journalMetrics),
  ...(staging && { staging }),
  ...(durability !== 'none' && { clock: new LatencyClock(links.latencyOrigin) }),
});
const counters = new Counters(links.counters);
const signal = new Signal(links.signals.journal);
const waiter = new Waiter(signal, data.wait.strategy, data.wait.spins);
const stop = new StopRequest(links, StopFlag.Journal);
const follower = new Signal(links.signals.follower);
const listeners = [links.signals.exchange, ...links.signals.gateways].map(
  (buffer) => new Signal(buffer),
);

let trimmedSequence = 0;
let hasBegun = false;
// A commit that fails rejects promises of LMDB's own beside ours, and not always behind them.
process.on('unhandledRejection', (error) => {
  if (error instanceof JournalWriteError || error instanceof JournalFullError) throw error;
  const file = journalFileOf(dataFolder);
  causeOf(error).then((cause) => Promise.reject(new JournalWriteError('a batch', file, cause)));
});

counters.set(Counter.ReleasedSequence, writer.releasedSequence);
counters.set(Counter.JournalUsedBytes, store.filledBytes);
tellStored();
writer.onStored = tellStored;
if (restored.batches > 0) {
  const text = 'batches that were told before the last end were taken into the journal';
  post({ kind: 'log', level: 'info', text, details: { batches: restored.batches } });
}
if (restored.isCut) {
  const text = 'the system ended since, and commands that were told in durability commit are lost';
  post({ kind: 'log', level: 'warn', text });
}
post({ kind: 'ready' });
for (;;) {
  const wasStopRaised = stop.isRaised;
  if (durability === 'none') signal.prepare();
  const frames = writer.poll();
  const isFlushing = store.unflushedBytes > 0;
  if (frames > 0) {
    counters.set(Counter.ReleasedSequence, writer.releasedSequence);
    counters.set(Counter.JournalUsedBytes, store.filledBytes);
    if (!isFlushing) tellStored();
    for (const listener of listeners) listener.ring();
  } else if (wasStopRaised && !isFlushing) break;
  // LMDB's own thread needs turns of this event loop to write and to say that it did.
  if (durability === 'none') await doze(frames, isFlushing);
  else if (isFlushing) await nextTurn();
  else waiter.idle(frames + trim());
}
staging?.close();
post({ kind: 'closed', link: store.lastLink() });
await store.close();

/** Sleeps for a while, or until stream 20 is full, if there was not much to do. */
async function doze(frames: number, isFlushing: boolean): Promise<void> {
  if (trim() > 0 || frames >= MANY_FRAMES) return nextTurn();
  if (!isFlushing) {
    signal.sleep(data.napMs);
    return;
  }
  // Waiting at a signal does not keep an event loop alive; a timer does.
  const timer = setTimeout(() => signal.ring(), data.napMs);
  await signal.sleepAsync(Number.POSITIVE_INFINITY);
  clearTimeout(timer);
}

/** A few batches at a time, so that nobody waits long for it; 0 when there are no more. */
function trim(): number {
  const sequence = counters.get(Counter.TrimmableSequence);
  if (sequence <= trimmedSequence) return 0;
  const isMore = store.trim(sequence, TRIM_BATCHES);
  if (!isMore) trimmedSequence = sequence;
  return Number(isMore);
}

function tellStored(): void {
  counters.set(Counter.StoredSequence, writer.storedSequence);
  follower.ring();
  if (hasBegun || writer.storedSequence === 0) return;
  hasBegun = true;
  post({ kind: 'begun', link: store.lastLink() });
}

function post(message: ThreadMessage): void {
  parentPort!.postMessage(message);
}
