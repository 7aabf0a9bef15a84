/**
 * Writes the journal: takes sequenced commands off stream 20 and appends them in batches. A batch
 * is whatever waited, so load makes batches larger, not later. The reader's cursor moves only when
 * everything before it is as safe as the durability says: it is the release cursor, but where that
 * is `none`.
 */
import { MAX_COMMAND_LENGTH } from '../protocol/command-layout.ts';
import { CommandHeader } from '../protocol/commands.ts';
import { COMMAND_DONE, FIRST_EVENT_TEMPLATE, LATENCY_STAMPS } from '../protocol/event-layout.ts';
import { CommandDone } from '../protocol/events.ts';
import { LatencyStamps } from '../protocol/latency-stamps.ts';
import { templateIdAt } from '../protocol/record.ts';
import type { LatencyClock } from '../ring/latency-clock.ts';
import type { RingReader } from '../ring/ring.ts';
import { BatchBuilder } from './batch.ts';
import { BATCH } from './batch-layout.ts';
import type { BatchTarget } from './batch-storage.ts';
import type { Durability } from './durability.ts';
import type { JournalMetrics } from './journal-metrics.ts';
import type { Staging } from './staging.ts';

export interface JournalWriterOptions {
  readonly durability: Durability;
  /** The largest batch, in bytes of commands. */
  readonly batchBytes: number;
  /** What may be unflushed, in bytes, where nobody waits for that: beyond, nothing is taken. */
  readonly unflushedBytes: number;
  /** Where batches are written at once; of durability `commit`. */
  readonly staging?: Staging;
  readonly metrics?: JournalMetrics;
  /** Stamps commands that carry stamps; not in durability `none`, where they are told before. */
  readonly clock?: LatencyClock;
}

export class JournalWriter {
  /** The last command that is released. */
  releasedSequence: number;
  /** The last command that can be read from the journal, and is flushed. */
  storedSequence: number;
  /** Called when that changes, if that is later than the release. */
  onStored = (): void => {};
  private readonly store: BatchTarget;
  private readonly reader: RingReader;
  private readonly batch: BatchBuilder;
  private readonly options: JournalWriterOptions;
  private readonly header = new CommandHeader();
  private readonly done = new CommandDone();
  private readonly stamps = new LatencyStamps();
  /** Byte offsets of the stamps among the frames that were taken and are not released yet. */
  private readonly stampsAt: number[] = [];

  constructor(store: BatchTarget, reader: RingReader, options: JournalWriterOptions) {
    const link = store.lastLink();
    this.store = store;
    this.reader = reader;
    this.options = options;
    this.releasedSequence = link.lastSequence;
    this.storedSequence = link.lastSequence;
    this.batch = new BatchBuilder(link, options.batchBytes);
  }

  /** Journals what waits, up to one batch, and releases it. Returns how many frames it took. */
  poll(): number {
    if (!this.hasRoom()) return 0;
    const frames = this.collect();
    if (frames === 0) return 0;
    if (this.batch.commandCount > 0) this.append();
    if (this.stampsAt.length > 0) this.stamp();
    this.reader.release();
    return frames;
  }

  /** Whether what was handed over and is not flushed yet leaves room for another batch. */
  private hasRoom(): boolean {
    const { options, store } = this;
    if (options.durability === 'fsync') return true;
    const { staging, batchBytes, unflushedBytes } = options;
    if (store.unflushedBytes > unflushedBytes) return false;
    return staging === undefined || staging.hasRoomFor(batchBytes + BATCH.commands);
  }

  private append(): void {
    const { store, options } = this;
    const { metrics } = options;
    const startMs = performance.now();
    metrics?.batchCommands.record(this.batch.commandCount);
    const { firstSequence, bytes } = this.batch.finish();
    const { lastSequence } = this.batch;
    if (options.durability === 'fsync') {
      store.append(firstSequence, bytes);
      this.storedSequence = lastSequence;
      metrics?.flushSeconds.record((performance.now() - startMs) / 1_000);
    } else {
      options.staging?.append(lastSequence, bytes);
      store.appendLater(firstSequence, bytes, () => {
        this.storedSequence = lastSequence;
        options.staging?.flushed(lastSequence);
        metrics?.flushSeconds.record((performance.now() - startMs) / 1_000);
        this.onStored();
      });
    }
    metrics?.commitSeconds.record((performance.now() - startMs) / 1_000);
    this.releasedSequence = lastSequence;
  }

  private collect(): number {
    const { reader, batch } = this;
    let frames = 0;
    while (batch.hasRoomFor(MAX_COMMAND_LENGTH)) {
      const at = reader.read();
      if (at < 0) break;
      frames++;
      const templateId = templateIdAt(reader.record, at);
      if (templateId < FIRST_EVENT_TEMPLATE) this.appendCommand(at);
      else if (templateId === COMMAND_DONE.templateId) this.noteHash(at);
      else if (templateId === LATENCY_STAMPS.templateId) this.stampsAt.push(at);
    }
    return frames;
  }

  /** In the ring itself: gateways cannot see these frames before the release. */
  private stamp(): void {
    const { options, reader, stamps, stampsAt } = this;
    if (options.clock !== undefined) {
      const now = options.clock.now();
      for (const at of stampsAt) stamps.wrap(reader.record, at).journaled = now;
    }
    stampsAt.length = 0;
  }

  private appendCommand(at: number): void {
    const { reader, batch } = this;
    const sequence = this.header.wrap(reader.record, at).sequence;
    // Definitions inside an image of the books have no sequence number: they are no commands.
    if (sequence === 0) return;
    if (sequence !== batch.lastSequence + 1) {
      throw new Error(`journal expected command ${batch.lastSequence + 1}, got ${sequence}`);
    }
    batch.append(reader.record.words, at, reader.length);
  }

  private noteHash(at: number): void {
    const done = this.done.wrap(this.reader.record, at);
    this.batch.complete(done.sequence, done.eventHashLow, done.eventHashHigh);
  }
}
