/** What the samples of a benchmark come to: medians with their spread, and targets. */
import type { Result } from '../../server/json-report.ts';
import type { Samples } from './campaign.ts';

const UNITS: Readonly<Record<string, string>> = {
  ops_per_s: '1/s',
  rate_per_s: '1/s',
  offered_per_s: '1/s',
  requests_per_s: '1/s',
  ns_per_op: 'ns',
  heap_growth_bytes: 'bytes',
  allocated_bytes_per_op: 'bytes',
  bytes_per_account: 'bytes',
  bytes_per_order: 'bytes',
  event_bytes_per_op: 'bytes',
  p50_ns: 'ns',
  p99_ns: 'ns',
  p999_ns: 'ns',
  p9999_ns: 'ns',
  max_ns: 'ns',
  p50_us: 'µs',
  p99_us: 'µs',
  p999_us: 'µs',
  p9999_us: 'µs',
  max_us: 'µs',
  scavenges: '',
  mark_compacts: '',
  ring_to_executed_p50_us: 'µs',
  follower_cpu_us: 'µs',
  postgres_cpu_us: 'µs',
  fdatasync_p50_us: 'µs',
  p50_beyond_fdatasync_us: 'µs',
  warm_up_ms: 'ms',
  seconds: 's',
  snapshot_seconds: 's',
  replayed: 'commands',
};

export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export interface Target {
  readonly case: string;
  readonly metric: string;
  readonly atLeast?: number;
  readonly atMost?: number;
}

/** More than what the heap of a process varies by is growth. */
export const HEAP_NOISE_BYTES = 256 * 1024;

export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle];
  if (upper === undefined) throw new RangeError('no values: a median needs one at least');
  const median = sorted.length % 2 === 1 ? upper : (sorted[middle - 1]! + upper) / 2;
  return { median, min: sorted[0]!, max: sorted.at(-1)! };
}

/** Medians under the metrics' own names, the spread under `…_min` and `…_max`. */
export function mediansOf(samples: ReadonlyMap<string, Samples>): Result[] {
  const results: Result[] = [];
  for (const [name, metrics] of samples) {
    for (const [metric, values] of metrics) {
      const { median, min, max } = spreadOf(values);
      const unit = UNITS[metric] ?? '';
      results.push({ case: name, metric, value: rounded(median), unit });
      results.push({ case: name, metric: `${metric}_min`, value: rounded(min), unit });
      results.push({ case: name, metric: `${metric}_max`, value: rounded(max), unit });
    }
  }
  return results;
}

/** A figure by case and metric; undefined where it was not measured. */
export function figureOf(
  results: readonly Result[],
  name: string,
  metric: string,
): number | undefined {
  const found = results.find((each) => each.case === name && each.metric === metric);
  return found === undefined ? undefined : Number(found.value);
}

/** Whether a target is met; undefined where it was not measured. */
export function isMet(target: Target, results: readonly Result[]): boolean | undefined {
  const value = figureOf(results, target.case, target.metric);
  if (value === undefined) return undefined;
  return value >= (target.atLeast ?? -Infinity) && value <= (target.atMost ?? Infinity);
}

/** Four digits are more than a benchmark knows. */
export function rounded(value: number): number {
  return Number.isInteger(value) ? value : Number(value.toPrecision(4));
}
