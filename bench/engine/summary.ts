/** What the samples of the engine benchmark come to: medians with spread, ratios, and targets. */
import type { Result } from '../../server/json-report.ts';
import type { Samples } from './campaign.ts';

const UNITS: Readonly<Record<string, string>> = {
  ops_per_s: '1/s',
  ns_per_op: 'ns',
  heap_growth_bytes: 'bytes',
  bytes_per_order: 'bytes',
  p50_ns: 'ns',
  p99_ns: 'ns',
  p999_ns: 'ns',
  p9999_ns: 'ns',
  max_ns: 'ns',
};

/** Shapes that are held against calm. */
const STRESSES = ['one-level', '100k-levels', 'flash-crash', 'cancel-heavy'];

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
const HEAP_NOISE_BYTES = 256 * 1024;

export const TARGETS: readonly Target[] = [
  { case: 'hoga/resting-10000', metric: 'ops_per_s', atLeast: 10_000_000 },
  { case: 'hoga/resting-10000', metric: 'ratio_to_nodejs_order_book', atLeast: 40 },
  { case: 'hoga/resting-10000', metric: 'p999_ns', atMost: 2_000 },
  { case: 'hoga/resting-10000', metric: 'heap_growth_bytes', atMost: HEAP_NOISE_BYTES },
  ...['calm', ...STRESSES].map((shape) => ({
    case: `hoga/${shape}`,
    metric: 'ops_per_s',
    atLeast: 5_000_000,
  })),
  ...STRESSES.map((shape) => ({
    case: `hoga/${shape}`,
    metric: 'ratio_to_calm',
    atLeast: 0.4,
  })),
];

export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle];
  if (upper === undefined) throw new RangeError('no values: a median needs one at least');
  const median = sorted.length % 2 === 1 ? upper : (sorted[middle - 1]! + upper) / 2;
  return { median, min: sorted[0]!, max: sorted.at(-1)! };
}

/** Medians under the metrics' own names, the spread under `…_min` and `…_max`; then the ratios. */
export function resultsOf(samples: ReadonlyMap<string, Samples>): Result[] {
  const results: Result[] = [];
  for (const [name, metrics] of samples) {
    for (const [metric, values] of metrics) {
      const { median, min, max } = spreadOf(values);
      const unit = UNITS[metric]!;
      results.push({ case: name, metric, value: rounded(median), unit });
      results.push({ case: name, metric: `${metric}_min`, value: rounded(min), unit });
      results.push({ case: name, metric: `${metric}_max`, value: rounded(max), unit });
    }
  }
  return [...results, ...ratiosOf(results)];
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

function ratiosOf(results: readonly Result[]): Result[] {
  const ratios: Result[] = [];
  const compare = (name: string, other: string, metric: string) => {
    const [own, reference] = [name, other].map((each) => figureOf(results, each, 'ops_per_s'));
    if (own === undefined || reference === undefined) return;
    ratios.push({ case: name, metric, value: rounded(own / reference), unit: '' });
  };
  for (const { case: name, metric } of results) {
    if (metric !== 'ops_per_s') continue;
    const [engine, shape] = name.split('/');
    if (engine !== 'hoga') continue;
    compare(name, `nodejs-order-book/${shape}`, 'ratio_to_nodejs_order_book');
    if (STRESSES.includes(shape!)) compare(name, 'hoga/calm', 'ratio_to_calm');
  }
  return ratios;
}

/** Whether a target is met; undefined where it was not measured. */
export function isMet(target: Target, results: readonly Result[]): boolean | undefined {
  const value = figureOf(results, target.case, target.metric);
  if (value === undefined) return undefined;
  return value >= (target.atLeast ?? -Infinity) && value <= (target.atMost ?? Infinity);
}

/** Four digits are more than a benchmark knows. */
function rounded(value: number): number {
  return Number.isInteger(value) ? value : Number(value.toPrecision(4));
}
