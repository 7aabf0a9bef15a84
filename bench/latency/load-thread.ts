/**
 * The load: writes commands to stream 10 when they are due, as a gateway would, and reads stream 20
 * until all are told. One in `stampEvery` commands carries stamps; its due time stands in them as
 * the time at which it was received.
 */
import type { Histogram } from 'hdr-histogram-js';
import { CANCEL_ORDER, NEW_ORDER, REPLACE_ORDER } from '../../protocol/command-layout.ts';
import { COMMAND_DONE, LATENCY_STAMPS } from '../../protocol/event-layout.ts';
import { CommandDone } from '../../protocol/events.ts';
import { LatencyStamps } from '../../protocol/latency-stamps.ts';
import { copyRecord, RecordBuffer, templateIdAt } from '../../protocol/record.ts';
import { RejectReason } from '../../protocol/reject-reason.ts';
import { CopyingReader } from '../../ring/copying-reader.ts';
import { LatencyClock } from '../../ring/latency-clock.ts';
import { RingProducer } from '../../ring/ring.ts';
import { Signal } from '../../ring/waiter.ts';
import {
  gatewayBound,
  gatewayProducer,
  gatewayReader,
  type ThreadLinks,
} from '../../server/threads/thread-links.ts';
import type { Encode } from '../exchange/command-encoder.ts';
import { newHistogram } from '../measuring/histograms.ts';

const GATEWAY = 0;
const LONGEST = Math.max(NEW_ORDER.length, CANCEL_ORDER.length, REPLACE_ORDER.length);
const FRAMES_A_TURN = 4_096;
/** A sleep takes longer than what is due sooner than this. */
const SHORTEST_NAP_NS = 20_000;
const NS_PER_MS = 1e6;

/** Histograms in ns. `ring`, `execute`, … are the times between two stages; others are from due. */
export type Stages = Readonly<Record<(typeof STAGES)[number], Histogram>>;
export const STAGES = [
  'written',
  'ring',
  'execute',
  'journal',
  'deliver',
  'executed',
  'released',
] as const;

export interface LoadOptions {
  readonly links: ThreadLinks;
  readonly encode: Encode;
  readonly parks: boolean;
}

export class LoadThread {
  /** Of the commands so far. */
  done = 0;
  rejected = 0;
  stages: Stages = newStages();
  readonly clock: LatencyClock;
  private readonly commands: RingProducer;
  private readonly events: CopyingReader;
  private readonly exchange: Signal;
  private readonly own: Signal;
  private readonly encode: Encode;
  private readonly parks: boolean;
  private readonly scratch = RecordBuffer.allocate(2 * LONGEST);
  private readonly stamps = new LatencyStamps();
  private readonly commandDone = new CommandDone();
  private written = 0;
  private isPrepared = false;

  constructor({ links, encode, parks }: LoadOptions) {
    const bound = gatewayBound(links.durability);
    this.clock = new LatencyClock(links.latencyOrigin);
    this.commands = new RingProducer(links.commandRings[gatewayProducer(GATEWAY)]!);
    this.events = new CopyingReader(links.eventRing, gatewayReader(GATEWAY), bound);
    this.exchange = new Signal(links.signals.exchange);
    this.own = new Signal(links.signals.gateways[GATEWAY]!);
    this.encode = encode;
    this.parks = parks;
  }

  /** Sends commands whenever there is room, and waits until they are told. */
  send(encode: Encode, from: number, to: number): void {
    this.pass(encode, from, to, undefined, 0);
  }

  /**
   * Runs the commands from one place of the flow to before another, each when it is due or, without
   * a plan, when there is room. Returns the ms from the first to the last that was told.
   */
  run(from: number, to: number, dueNs: Float64Array | undefined, stampEvery: number): number {
    this.stages = newStages();
    return this.pass(this.encode, from, to, dueNs, stampEvery);
  }

  private pass(
    encode: Encode,
    from: number,
    to: number,
    dueNs: Float64Array | undefined,
    stampEvery: number,
  ): number {
    const startNs = this.clock.now();
    const end = this.written + (to - from);
    let next = from;
    while (this.done < end) {
      const now = this.clock.now();
      const first = next;
      while (next < to) {
        const due = dueNs === undefined ? now : startNs + dueNs[next - from]!;
        if (due > now) break;
        const isStamped = stampEvery > 0 && next % stampEvery === 0;
        if (!this.write(encode, next, isStamped ? due : 0)) break;
        next++;
      }
      this.written += next - first;
      if (next > first) this.exchange.ring();
      const frames = this.poll();
      if (next > first || frames > 0) this.isPrepared = false;
      else if (this.parks) this.nap(dueNs, startNs, next - from);
    }
    return (this.clock.now() - startNs) / NS_PER_MS;
  }

  /** False where stream 10 has no room. */
  private write(encode: Encode, at: number, dueNs: number): boolean {
    const { commands, scratch, stamps } = this;
    const length = encode(at, scratch, 0);
    if (dueNs > 0) {
      const stampsAt = commands.tryClaim(LATENCY_STAMPS.length);
      if (stampsAt < 0) return false;
      stamps.write(commands.record, stampsAt).gatewayId = gatewayProducer(GATEWAY);
      stamps.received = dueNs;
      stamps.written = this.clock.now();
    }
    const offset = commands.tryClaim(length);
    if (offset < 0) {
      // Stamps without their command must not be seen.
      commands.abort();
      return false;
    }
    copyRecord(scratch.words, 0, commands.record.words, offset, length);
    commands.commit();
    return true;
  }

  private poll(): number {
    const { events } = this;
    let frames = 0;
    let seenNs = 0;
    while (frames < FRAMES_A_TURN) {
      const at = events.read();
      if (at < 0) break;
      if (frames === 0) seenNs = this.clock.now();
      frames++;
      const templateId = templateIdAt(events.record, at);
      if (templateId === COMMAND_DONE.templateId) this.count(at);
      else if (templateId === LATENCY_STAMPS.templateId) this.record(at, seenNs);
    }
    if (frames > 0) {
      events.release();
      this.exchange.ring();
    }
    return frames;
  }

  private count(at: number): void {
    this.done++;
    const { rejectReason } = this.commandDone.wrap(this.events.record, at);
    if (rejectReason !== RejectReason.None) this.rejected++;
  }

  private record(at: number, seenNs: number): void {
    const stamps = this.stamps.wrap(this.events.record, at);
    const { received, written, sequenced, executed, journaled } = stamps;
    const released = journaled === 0 ? executed : journaled;
    const seen = Math.max(seenNs, released);
    const { stages } = this;
    recordAtLeast0(stages.written, written - received);
    recordAtLeast0(stages.ring, sequenced - written);
    recordAtLeast0(stages.execute, executed - sequenced);
    recordAtLeast0(stages.journal, released - executed);
    recordAtLeast0(stages.deliver, seen - released);
    recordAtLeast0(stages.executed, executed - received);
    recordAtLeast0(stages.released, seen - received);
  }

  /** Sleeps until news or the next command, if that is far enough. */
  private nap(dueNs: Float64Array | undefined, startNs: number, next: number): void {
    const isLast = dueNs === undefined || next >= dueNs.length;
    const leftNs = isLast ? NS_PER_MS : startNs + dueNs[next]! - this.clock.now();
    if (leftNs < SHORTEST_NAP_NS) return;
    if (!this.isPrepared) {
      this.own.prepare();
      this.isPrepared = true;
      return;
    }
    this.own.sleep(leftNs / NS_PER_MS);
    this.isPrepared = false;
  }
}

/** The clocks of two threads agree to some 100 ns only. */
function recordAtLeast0(histogram: Histogram, ns: number): void {
  histogram.recordValue(Math.max(ns, 0));
}

function newStages(): Stages {
  const entries = STAGES.map((stage) => [stage, newHistogram()] as const);
  return Object.fromEntries(entries) as Record<(typeof STAGES)[number], Histogram>;
}
