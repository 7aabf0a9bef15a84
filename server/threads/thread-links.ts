/**
 * What the threads share, made by the supervisor and handed to each: rings, doorbells, counters and
 * the stop flags. Only shared memory: nothing here is a message.
 */
import type { Durability } from '../../journal/durability.ts';
import { JournalMetrics, type JournalMetricsBuffers } from '../../journal/journal-metrics.ts';
import { createCounters } from '../../ring/counters.ts';
import { GatewayCounters } from '../../ring/gateway-counters.ts';
import { latencyOrigin } from '../../ring/latency-clock.ts';
import { createRing, RingReader } from '../../ring/ring.ts';
import { MAX_READERS } from '../../ring/ring-layout.ts';
import { createSignal, type WaitStrategy } from '../../ring/waiter.ts';

/** Reader 0 of stream 20 is the journal; gateways follow. */
export const JOURNAL_READER = 0;
export function gatewayReader(gateway: number): number {
  return gateway + 1;
}
export const MAX_GATEWAYS = MAX_READERS - 1;

/** Producer 0 of stream 10 is the supervisor; gateways follow. A producer's number is its id. */
export const SUPERVISOR_PRODUCER = 0;
export function gatewayProducer(gateway: number): number {
  return gateway + 1;
}

export const StopFlag = { Exchange: 0, Journal: 1, Follower: 2 } as const;

export interface ThreadLinks {
  /** Stream 10: one ring a producer. */
  readonly commandRings: readonly SharedArrayBuffer[];
  /** Stream 20. */
  readonly eventRing: SharedArrayBuffer;
  readonly signals: {
    readonly exchange: SharedArrayBuffer;
    readonly journal: SharedArrayBuffer;
    readonly follower: SharedArrayBuffer;
    readonly gateways: readonly SharedArrayBuffer[];
  };
  readonly counters: SharedArrayBuffer;
  readonly gatewayCounters: SharedArrayBuffer;
  readonly stopFlags: SharedArrayBuffer;
  readonly durability: Durability;
  readonly journalMetrics: JournalMetricsBuffers;
  /** Of the threads' LatencyClocks. */
  readonly latencyOrigin: bigint;
}

export interface WaitSettings {
  readonly strategy: WaitStrategy;
  readonly spins: number;
}

export interface LinkSettings {
  readonly gateways: number;
  readonly commandRingBytes: number;
  readonly eventRingBytes: number;
  readonly durability: Durability;
}

/** The reader of stream 20 that gateways must not overtake; undefined: nobody. */
export function gatewayBound(durability: Durability): number | undefined {
  return durability === 'none' ? undefined : JOURNAL_READER;
}

export function createThreadLinks(settings: LinkSettings): ThreadLinks {
  const gateways = Array.from({ length: settings.gateways }, (_, gateway) => gateway);
  const commandRings = [SUPERVISOR_PRODUCER, ...gateways.map(gatewayProducer)].map(() =>
    createRing(settings.commandRingBytes),
  );
  for (const ring of commandRings) new RingReader(ring, 0).join();
  const eventRing = createRing(settings.eventRingBytes);
  new RingReader(eventRing, JOURNAL_READER).join();
  for (const gateway of gateways) {
    new RingReader(eventRing, gatewayReader(gateway), gatewayBound(settings.durability)).join();
  }
  return {
    commandRings,
    eventRing,
    signals: {
      exchange: createSignal(),
      journal: createSignal(),
      follower: createSignal(),
      gateways: gateways.map(createSignal),
    },
    counters: createCounters(),
    gatewayCounters: GatewayCounters.create(settings.gateways),
    stopFlags: new SharedArrayBuffer(Object.keys(StopFlag).length * 4),
    durability: settings.durability,
    journalMetrics: JournalMetrics.create(),
    latencyOrigin: latencyOrigin(),
  };
}

/** A flag that asks one thread to finish its work and end. */
export class StopRequest {
  private readonly flags: Int32Array;
  private readonly flag: number;

  constructor(links: ThreadLinks, flag: number) {
    this.flags = new Int32Array(links.stopFlags);
    this.flag = flag;
  }

  /** The thread must be rung afterwards: it may be asleep. */
  raise(): void {
    Atomics.store(this.flags, this.flag, 1);
  }

  get isRaised(): boolean {
    return Atomics.load(this.flags, this.flag) === 1;
  }
}
