/** How time and memory are read in the process of a measurement, which runs with `--expose-gc`. */
import { getHeapStatistics } from 'node:v8';
import type { Histogram } from 'hdr-histogram-js';
import type { Measured, Metrics } from './campaign.ts';
import { encode, histogramOf } from './histograms.ts';

/** Percentiles, and the histogram they are of: what each operation of one stage took, in ms. */
export function latenciesOf(
  stage: string,
  tookMs: Float64Array,
  percentiles: (histogram: Histogram) => Metrics,
): Required<Measured> {
  const histogram = histogramOf(tookMs);
  return { metrics: percentiles(histogram), histograms: { [stage]: encode(histogram) } };
}

/** Of a histogram in ns. */
export function percentilesOf(histogram: Histogram): Metrics {
  const { maxValue } = histogram;
  // The end of a percentile’s bucket may lie beyond the highest value.
  const at = (percentile: number) => Math.min(histogram.getValueAtPercentile(percentile), maxValue);
  return {
    p50_ns: at(50),
    p99_ns: at(99),
    p999_ns: at(99.9),
    p9999_ns: at(99.99),
    max_ns: maxValue,
  };
}

/** The same in µs, of what takes that long. */
export function microsecondsOf(histogram: Histogram): Metrics {
  const nanoseconds = Object.entries(percentilesOf(histogram));
  return Object.fromEntries(
    nanoseconds.map(([metric, value]) => [metric.replace('_ns', '_us'), value / 1e3]),
  );
}

export function throughputOf(operations: number, tookMs: number): Metrics {
  return { ops_per_s: operations / (tookMs / 1e3), ns_per_op: (tookMs * 1e6) / operations };
}

/** What a reading of the clock costs, in ns: each latency holds one. */
export function timerOverheadNs(): number {
  const readings = 1_000_000;
  const doneAt = new Float64Array(readings);
  for (let round = 0; round < 2; round++) {
    for (let at = 0; at < readings; at++) doneAt[at] = performance.now();
  }
  return ((doneAt[readings - 1]! - doneAt[0]!) * 1e6) / (readings - 1);
}

/** Fewer orders or accounts say little of what one of them takes. */
const FEWEST_TO_SHARE = 100_000;

/**
 * What the process holds more for each of what was added. What it needs without them, too, is in
 * it: told only where that is little.
 */
export function bytesPer(metric: string, bytes: number, count: number): Metrics {
  return count < FEWEST_TO_SHARE ? {} : { [metric]: bytes / count };
}

/** What the process holds: tables that are reserved whole take memory where they are written. */
export function residentBytes(): number {
  collectGarbage();
  return process.memoryUsage.rss();
}

/** What lives on the heap and in typed arrays. */
export function usedBytes(): number {
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** Twice, since the first may leave what only its finalizers free. */
function collectGarbage(): void {
  globalThis.gc!();
  globalThis.gc!();
}

/** What blocks of operations allocate on the heap, whether or not it lives on. */
export class AllocationMeter {
  private bytes = 0;
  private operations = 0;
  private before = 0;

  begin(): void {
    this.before = getHeapStatistics().used_heap_size;
  }

  /** Leaves out a block in which the garbage collector ran, so that less is used than before. */
  end(operations: number): void {
    const bytes = getHeapStatistics().used_heap_size - this.before;
    if (bytes < 0) return;
    this.bytes += bytes;
    this.operations += operations;
  }

  /** The readings' own allocations, some 300 bytes a block, are in it. */
  bytesPerOperation(): number {
    return this.bytes / this.operations;
  }
}
