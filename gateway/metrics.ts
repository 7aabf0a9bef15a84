/**
 * What `/metrics` tells Prometheus. Numbers are read from shared memory when they are asked for;
 * nothing is counted twice.
 */
import { Gauge, Counter as PromCounter, Registry } from 'prom-client';
import { VenueModeReason } from '../protocol/enums.ts';
import { Counter, type Counters } from '../ring/counters.ts';
import { GatewayCounter, type GatewayCounters } from '../ring/gateway-counters.ts';
import type { SharedHistogram } from '../ring/histogram.ts';
import { LATENCY_STAGES, type Latencies, QUANTILES } from './latencies.ts';

/** The journal's histograms, as its writer keeps them. */
export interface JournalHistograms {
  readonly batchCommands: SharedHistogram;
  readonly commitSeconds: SharedHistogram;
  readonly flushSeconds: SharedHistogram;
}

export interface MetricsSources {
  readonly counters: Counters;
  readonly gatewayCounters: GatewayCounters;
  readonly journal: JournalHistograms;
  readonly durability: string;
  readonly version: string;
  cancelOnlyReasons(): number;
  /** Who tells: what it measures is its own. */
  readonly gatewayId: number;
  readonly latencies: Latencies;
}

export const METRICS_CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

const SEQUENCES = {
  executed: Counter.ExecutedSequence,
  released: Counter.ReleasedSequence,
  stored: Counter.StoredSequence,
  verified: Counter.FollowedSequence,
  projected: Counter.ProjectedSequence,
  snapshot: Counter.SnapshotSequence,
} as const;

export class Metrics {
  private readonly registry = new Registry();

  constructor(sources: MetricsSources) {
    const { counters, gatewayCounters, journal, durability, version } = sources;
    this.gauge(
      'hoga_info',
      'What runs, and with which durability',
      ['version', 'durability'],
      (gauge) => gauge.set({ version, durability }, 1),
    );
    this.gauge('hoga_sequence', 'The last command of each stage', ['stage'], (gauge) => {
      for (const [stage, counter] of Object.entries(SEQUENCES)) {
        gauge.set({ stage }, counters.get(counter));
      }
    });
    this.gauge('hoga_journal_lag_commands', 'Executed and not released yet', [], (gauge) =>
      gauge.set(
        Math.max(
          0,
          counters.get(Counter.ExecutedSequence) - counters.get(Counter.ReleasedSequence),
        ),
      ),
    );
    this.gauge('hoga_connections', 'Open connections', ['gateway'], (gauge) => {
      for (let index = 0; index < gatewayCounters.gateways; index++) {
        const gateway = String(index + 1);
        gauge.set({ gateway }, gatewayCounters.get(index, GatewayCounter.Connections));
      }
    });
    this.counter(
      'hoga_gateway_cutoffs_total',
      'How often a stalled gateway was cut off from the events',
      ['gateway'],
      (counter) => {
        for (let index = 0; index < gatewayCounters.gateways; index++) {
          const gateway = String(index + 1);
          counter.inc({ gateway }, gatewayCounters.get(index, GatewayCounter.CutOffs));
        }
      },
    );
    this.gauge(
      'hoga_cancel_only',
      'Whether a reason holds the venue in CancelOnly',
      ['reason'],
      (gauge) => {
        const reasons = sources.cancelOnlyReasons();
        for (const [reason, bit] of Object.entries(VenueModeReason)) {
          gauge.set({ reason }, Number((reasons & bit) !== 0));
        }
      },
    );
    this.gauge('hoga_disk_free_bytes', 'Free on the disk of the data folder', [], (gauge) =>
      gauge.set(counters.get(Counter.DiskFreeBytes)),
    );
    this.gauge('hoga_journal_used_bytes', 'Used of the journal’s map, at most', [], (gauge) =>
      gauge.set(counters.get(Counter.JournalUsedBytes)),
    );
    const { latencies } = sources;
    const gateway = String(sources.gatewayId);
    this.gauge(
      'hoga_latency_seconds',
      'From request to answer, by stage, of those that this gateway measured',
      ['gateway', 'stage', 'quantile'],
      (gauge) => {
        for (const stage of LATENCY_STAGES) {
          for (const quantile of QUANTILES) {
            gauge.set({ gateway, stage, quantile }, latencies.quantileSeconds(stage, quantile));
          }
        }
      },
    );
    this.gauge(
      'hoga_latency_samples',
      'Requests that this gateway measured',
      ['gateway'],
      (gauge) => gauge.set({ gateway }, latencies.count('total')),
    );
    const { batchCommands, commitSeconds, flushSeconds } = journal;
    this.histogram('hoga_journal_batch_commands', 'Commands in a batch', batchCommands);
    this.histogram('hoga_journal_commit_seconds', 'Until a batch is released', commitSeconds);
    this.histogram('hoga_journal_flush_seconds', 'Until a batch is on disk', flushSeconds);
  }

  text(): Promise<string> {
    return this.registry.metrics();
  }

  private gauge<Label extends string>(
    name: string,
    help: string,
    labelNames: readonly Label[],
    collect: (gauge: Gauge<Label>) => void,
  ): void {
    new Gauge({
      name,
      help,
      labelNames,
      registers: [this.registry],
      collect() {
        collect(this);
      },
    });
  }

  /** Counted elsewhere already. */
  private counter<Label extends string>(
    name: string,
    help: string,
    labelNames: readonly Label[],
    collect: (counter: PromCounter<Label>) => void,
  ): void {
    new PromCounter({
      name,
      help,
      labelNames,
      registers: [this.registry],
      collect() {
        this.reset();
        collect(this);
      },
    });
  }

  /** Counted by another thread already, so told as the counters that a histogram is made of. */
  private histogram(name: string, help: string, histogram: SharedHistogram): void {
    this.counter(`${name}_bucket`, help, ['le'], (bucket) => {
      const bounds = [...histogram.bounds.map(String), '+Inf'];
      const counts = histogram.cumulative();
      for (const [index, le] of bounds.entries()) bucket.inc({ le }, counts[index]!);
    });
    this.counter(`${name}_sum`, help, [], (sum) => sum.inc(histogram.sum));
    this.counter(`${name}_count`, help, [], (count) => count.inc(histogram.cumulative().at(-1)!));
  }
}
