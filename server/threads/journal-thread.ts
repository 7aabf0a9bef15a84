/**
 * The journal thread: appends what the exchange published and, once it is on disk, releases it to
 * gateways and follower. A failed append ends the thread, and with it the process.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { JournalStore } from '../../journal/journal-store.ts';
import { JournalWriter } from '../../journal/journal-writer.ts';
import { Counter, Counters } from '../../ring/counters.ts';
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
  readonly wait: WaitSettings;
}

const data = workerData as JournalThreadData;
const links = data.links;
const store = new JournalStore(data.dataFolder, {
  mapBytes: data.journalMapBytes,
  readOnly: false,
});
const writer = new JournalWriter(
  store,
  new RingReader(links.eventRing, JOURNAL_READER),
  data.batchBytes,
);
const counters = new Counters(links.counters);
const signal = new Signal(links.signals.journal);
const waiter = new Waiter(signal, data.wait.strategy, data.wait.spins);
const stop = new StopRequest(links, StopFlag.Journal);
const listeners = [links.signals.exchange, links.signals.follower, ...links.signals.gateways].map(
  (buffer) => new Signal(buffer),
);

counters.set(Counter.ReleasedSequence, writer.releasedSequence);
parentPort!.postMessage({ kind: 'ready' } satisfies ThreadMessage);
for (;;) {
  const wasStopRaised = stop.isRaised;
  const frames = writer.poll();
  if (frames > 0) {
    counters.set(Counter.ReleasedSequence, writer.releasedSequence);
    for (const listener of listeners) listener.ring();
  } else if (wasStopRaised) break;
  waiter.idle(frames);
}
await store.close();
