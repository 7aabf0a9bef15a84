/** What the samples of the engine benchmark come to: medians, ratios, and targets. */
import type { Result } from '../../server/json-report.ts';
import type { Samples } from '../measuring/campaign.ts';
import {
  figureOf,
  HEAP_NOISE_BYTES,
  mediansOf,
  rounded,
  type Target,
} from '../measuring/figures.ts';

/** Shapes that are held against calm. */
const STRESSES = ['one-level', '100k-levels', 'flash-crash', 'cancel-heavy'];

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

/** Medians with their spread; then the ratios. */
export function resultsOf(samples: ReadonlyMap<string, Samples>): Result[] {
  const results = mediansOf(samples);
  return [...results, ...ratiosOf(results)];
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
