/**
 * How long commands take, stage by stage: of one in `latencyEvery` requests, from the stamps of its
 * first command. One histogram a stage since the gateway started: for /metrics and /latency.
 */
import { build, encodeIntoCompressedBase64, type Histogram } from 'hdr-histogram-js';
import type { LatencyStamps } from '../protocol/latency-stamps.ts';
import type { LatencyClock } from '../ring/latency-clock.ts';

/** Each begins where the one before it ends; `total` is all of them. */
export const LATENCY_STAGES = [
  'parse',
  'ring',
  'execute',
  'journal',
  'deliver',
  'answer',
  'total',
] as const;
export type LatencyStage = (typeof LATENCY_STAGES)[number];

export const QUANTILES = [0.5, 0.99, 0.999, 0.9999] as const;

const HIGHEST_NS = 60_000_000_000;
const NS_PER_US = 1_000;

export class Latencies {
  private readonly clock: LatencyClock;
  private readonly every: number;
  private readonly histograms: Readonly<Record<LatencyStage, Histogram>>;
  private requests = 0;
  private seenNs = 0;

  /** @param every 0: none is measured */
  constructor(clock: LatencyClock, every: number) {
    this.clock = clock;
    this.every = every;
    const entries = LATENCY_STAGES.map((stage) => [stage, newHistogram()] as const);
    this.histograms = Object.fromEntries(entries) as Record<LatencyStage, Histogram>;
  }

  /** A request begins to be read: its stamp, or 0 where it is not measured. */
  begin(): number {
    if (this.every === 0 || ++this.requests < this.every) return 0;
    this.requests = 0;
    return this.clock.now();
  }

  /** Released frames are about to be handled. */
  see(): void {
    if (this.every > 0) this.seenNs = this.clock.now();
  }

  /** The answer to a command with these stamps is on its socket. */
  record(stamps: LatencyStamps): void {
    const { received, written, sequenced, executed, journaled } = stamps;
    const told = this.clock.now();
    const released = journaled === 0 ? executed : journaled;
    // Where nobody waits for the journal, a turn may begin before a command in it is executed.
    const seen = Math.max(this.seenNs, released);
    this.add('parse', written - received);
    this.add('ring', sequenced - written);
    this.add('execute', executed - sequenced);
    this.add('journal', released - executed);
    this.add('deliver', seen - released);
    this.add('answer', told - seen);
    this.add('total', told - received);
  }

  count(stage: LatencyStage): number {
    return this.histograms[stage].totalCount;
  }

  quantileSeconds(stage: LatencyStage, quantile: number): number {
    return this.histograms[stage].getValueAtPercentile(quantile * 100) / 1e9;
  }

  /** Each stage in µs, and its histogram of ns as HdrHistogram's compressed base64. */
  report(): Record<string, unknown> {
    const stages = LATENCY_STAGES.map((stage) => {
      const histogram = this.histograms[stage];
      const at = (percentile: number) => histogram.getValueAtPercentile(percentile) / NS_PER_US;
      const figures = {
        count: histogram.totalCount,
        p50: at(50),
        p99: at(99),
        p999: at(99.9),
        p9999: at(99.99),
        max: histogram.maxValue / NS_PER_US,
      };
      return [stage, { ...figures, histogram: encodeIntoCompressedBase64(histogram) }] as const;
    });
    return { unit: 'µs', every: this.every, stages: Object.fromEntries(stages) };
  }

  private add(stage: LatencyStage, ns: number): void {
    // The clocks of two threads agree to some 100 ns only.
    this.histograms[stage].recordValue(Math.min(Math.max(ns, 0), HIGHEST_NS));
  }
}

function newHistogram(): Histogram {
  return build({ lowestDiscernibleValue: 1, highestTrackableValue: HIGHEST_NS });
}
