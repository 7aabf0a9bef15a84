/**
 * The product's journal thread, on a stream 20 that this thread writes in the exchange's place: for
 * each command its record, the events of an order that rests, and CommandDone. A command's latency
 * is from when it was due, or written, until its release is seen here.
 */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { BATCH } from '../../journal/batch-layout.ts';
import type { Durability } from '../../journal/durability.ts';
import { MAX_COMMAND_LENGTH, NEW_ORDER } from '../../protocol/command-layout.ts';
import {
  BALANCE,
  BOOK_LEVEL,
  COMMAND_DONE,
  EXECUTION_REPORT,
} from '../../protocol/event-layout.ts';
import { headerWord, SCHEMA_WORD, setInt64 } from '../../protocol/record.ts';
import { Counter, Counters } from '../../ring/counters.ts';
import { RingProducer } from '../../ring/ring.ts';
import { Signal } from '../../ring/waiter.ts';
import type { JournalThreadData } from '../../server/threads/journal-thread.ts';
import { createThreadLinks, StopFlag, StopRequest } from '../../server/threads/thread-links.ts';
import type { Measured } from '../measuring/campaign.ts';
import { latenciesOf, microsecondsOf, throughputOf } from '../measuring/probes.ts';

const EVENT_RING_BYTES = 2 ** 25;
const JOURNAL_BATCH_BYTES = 2 ** 20;
const MAP_BYTES = 2 ** 35;
const UNFLUSHED_BYTES = 2 ** 26;
/** The product's default, as the sizes above. */
const NAP_MS = 20;
/** How the journal thread waits; the load thread spins. */
export const WAIT = { strategy: 'spin-then-park', spins: 2_000 } as const;
/** What stands on stream 20 for one command. */
const GROUP = [NEW_ORDER, EXECUTION_REPORT, BOOK_LEVEL, BALANCE, COMMAND_DONE] as const;

/** A journal record of so many commands. */
export function batchBytesOf(commands: number): number {
  return BATCH.commands + commands * MAX_COMMAND_LENGTH;
}

interface Load {
  /** Commands that may be on their way. */
  readonly inFlight: number;
  /** Commands due in a second; 0: whenever there is room. */
  readonly rate: number;
}

export function measureClosedLoop(
  folder: string,
  operations: number,
  durability: Durability,
  batch: number,
): Promise<Measured> {
  // One batch waits while one is flushed. Where nobody waits, the ring alone sets a bound.
  const load = { inFlight: durability === 'none' ? Infinity : 2 * batch, rate: 0 };
  return measureUnder(load, folder, operations, durability, batch * MAX_COMMAND_LENGTH);
}

export function measureOpenLoop(
  folder: string,
  operations: number,
  durability: Durability,
  rate: number,
): Promise<Measured> {
  const load = { inFlight: Infinity, rate };
  return measureUnder(load, folder, operations, durability, JOURNAL_BATCH_BYTES);
}

async function measureUnder(
  load: Load,
  folder: string,
  operations: number,
  durability: Durability,
  batchBytes: number,
): Promise<Measured> {
  const links = createThreadLinks({
    gateways: 0,
    commandRingBytes: 65_536,
    eventRingBytes: EVENT_RING_BYTES,
    durability,
  });
  const data: JournalThreadData = {
    links,
    dataFolder: folder,
    journalMapBytes: MAP_BYTES,
    batchBytes,
    unflushedBytes: UNFLUSHED_BYTES,
    napMs: NAP_MS,
    isStaged: false,
    wait: WAIT,
  };
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const file = new URL(`../../server/threads/journal-thread.${extension}`, import.meta.url);
  const journal = new Worker(file, { workerData: data });
  await once(journal, 'message');
  const signal = new Signal(links.signals.journal);
  // Nothing is waited for where it is told at execution: what is measured then is the journal.
  const counter = durability === 'none' ? Counter.StoredSequence : Counter.ReleasedSequence;
  const released = () => counters.get(counter);
  const counters = new Counters(links.counters);
  const warmUp = Math.min(operations, 20_000);
  run(load, new GroupWriter(links.eventRing, 0), signal, released, warmUp);
  const writer = new GroupWriter(links.eventRing, warmUp);
  const { tookMs, totalMs } = run(load, writer, signal, released, operations);
  new StopRequest(links, StopFlag.Journal).raise();
  signal.ring();
  await once(journal, 'exit');
  const stage = durability === 'none' ? 'journaled' : 'released';
  const { metrics, histograms } = latenciesOf(stage, tookMs, microsecondsOf);
  const offered = load.rate === 0 ? {} : { offered_per_s: load.rate };
  return {
    metrics: { ...offered, ...throughputOf(operations, totalMs), ...metrics },
    histograms,
  };
}

interface Run {
  readonly tookMs: Float64Array;
  readonly totalMs: number;
}

function run(
  load: Load,
  writer: GroupWriter,
  signal: Signal,
  released: () => number,
  operations: number,
): Run {
  const { first } = writer;
  const sinceMs = new Float64Array(operations);
  const tookMs = new Float64Array(operations);
  const startedAt = performance.now();
  let done = 0;
  while (done < operations) {
    const now = performance.now() - startedAt;
    let count = writer.count;
    const room = Math.min(operations, done + load.inFlight);
    while (count < room) {
      const dueMs = load.rate === 0 ? now : (count * 1_000) / load.rate;
      if (dueMs > now || !writer.write()) break;
      sinceMs[count++] = dueMs;
    }
    if (writer.publish()) signal.ring();
    const end = released() - first;
    if (end <= done) continue;
    const seen = performance.now() - startedAt;
    for (; done < end; done++) tookMs[done] = seen - sinceMs[done]!;
  }
  const totalMs = performance.now() - startedAt;
  return { tookMs, totalMs };
}

/** Writes groups onto stream 20, numbered on from a command. */
class GroupWriter {
  count = 0;
  readonly first: number;
  private readonly producer: RingProducer;
  private published = 0;

  constructor(ring: SharedArrayBuffer, first: number) {
    this.producer = new RingProducer(ring);
    this.first = first;
  }

  /** False while the ring has no room for a whole group. */
  write(): boolean {
    const sequence = this.first + this.count + 1;
    if (this.producer.freeBytes() < GROUP_ROOM) return false;
    for (const layout of GROUP) {
      const at = this.producer.tryClaim(layout.length) >> 2;
      const { words } = this.producer.record;
      words[at] = headerWord(layout);
      words[at + 1] = SCHEMA_WORD;
      setInt64(words, at + 2, sequence);
      words.fill(sequence & 0xff, at + 4, at + (layout.length >> 2));
    }
    this.count++;
    return true;
  }

  /** Whether there was anything to publish. */
  publish(): boolean {
    if (this.published === this.count) return false;
    this.producer.commit();
    this.published = this.count;
    return true;
  }
}

/** With the frames' headers and the padding at the ring's end. */
const GROUP_ROOM = 2 * GROUP.reduce((sum, { length }) => sum + length + 16, 0);
