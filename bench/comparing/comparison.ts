/**
 * Two reports of one benchmark side by side. A figure has become worse, or better, only where the
 * runs of the one and the other do not overlap and the medians differ by more than 5 %: anything
 * less is noise.
 */
import type { JsonReport, Result } from '../../server/json-report.ts';
import { HEAP_NOISE_BYTES, type Spread } from '../measuring/figures.ts';

/** `untold`: it has no good direction, or its spread is not known. */
export type Verdict = 'worse' | 'better' | 'noise' | 'untold';

export interface Change {
  readonly case: string;
  readonly metric: string;
  readonly unit: string;
  readonly before: Spread;
  readonly after: Spread;
  /** After by before; undefined where before is 0 or the signs differ. */
  readonly ratio: number | undefined;
  /** How far the runs lie apart, of the medians: the larger of both, in parts of one. */
  readonly noise: number;
  readonly verdict: Verdict;
}

export interface Comparison {
  readonly changes: readonly Change[];
  /** Whole sentences: what makes the comparison doubtful. */
  readonly warnings: readonly string[];
}

/** What is told of reports that cannot be compared. */
export class NotComparable extends Error {}

/** Medians that differ by less are the same. */
const SMALLEST_CHANGE = 0.05;
const HEAP_GROWTH = 'heap_growth_bytes';
const CONDITIONS = ['machine', 'node', 'durability', 'wait'] as const;
/** What the load generator wants, not what came of it. */
const PLANNED = ['offered_per_s', 'rate_per_s'];
const MORE_IS_BETTER = /_per_s$|^ratio_to_/;
const LESS_IS_BETTER = /(^|_)(ns|us|ms|seconds|bytes)(_|$)|_to_fdatasync$/;

type Direction = 'more' | 'less' | undefined;

/** @throws NotComparable for reports of different benchmarks, and where no figure is in both */
export function compareReports(before: JsonReport, after: JsonReport): Comparison {
  if (before.name !== after.name) {
    const names = `'${before.name}' and '${after.name}'`;
    throw new NotComparable(`reports of different benchmarks, ${names}, cannot be compared`);
  }
  const [old, current] = [spreadsOf(before.results), spreadsOf(after.results)];
  const changes = [...current].flatMap(([key, figure]) => {
    const counterpart = old.get(key);
    return counterpart === undefined ? [] : [changeOf(counterpart, figure)];
  });
  if (changes.length === 0) throw new NotComparable('the reports have no figure in common');
  return { changes, warnings: warningsOf(before, after, old, current) };
}

interface Figure extends Spread {
  readonly case: string;
  readonly metric: string;
  readonly unit: string;
  readonly hasSpread: boolean;
}

/**
 * By case and metric; `…_min` and `…_max` go with their metric. What has none where others have
 * was made of them, and how much it varies is not known. A report without any is of one run.
 */
function spreadsOf(results: readonly Result[]): ReadonlyMap<string, Figure> {
  const keyOf = (name: string, metric: string) => `${name} ${metric}`;
  const values = new Map<string, number>();
  for (const { case: name, metric, value } of results) {
    if (typeof value === 'number') values.set(keyOf(name, metric), value);
  }
  const isOneRun = ![...values.keys()].some((key) => values.has(`${key}_min`));
  const figures = new Map<string, Figure>();
  for (const { case: name, metric, unit } of results) {
    const key = keyOf(name, metric);
    const median = values.get(key);
    const isBound = /_(min|max)$/.test(metric) && values.has(key.replace(/_(min|max)$/, ''));
    if (median === undefined || isBound) continue;
    const [min = median, max = median] = [values.get(`${key}_min`), values.get(`${key}_max`)];
    const hasSpread = isOneRun || values.has(`${key}_min`);
    figures.set(key, { case: name, metric, unit, hasSpread, median, min, max });
  }
  return figures;
}

function changeOf(before: Figure, after: Figure): Change {
  const { case: name, metric, unit } = after;
  const isRatio = before.median !== 0 && before.median * after.median >= 0;
  const ratio = isRatio ? after.median / before.median : undefined;
  const noise = Math.max(noiseOf(before), noiseOf(after));
  const verdict = verdictOf(before, after, ratio);
  return { case: name, metric, unit, before, after, ratio, noise, verdict };
}

function noiseOf({ median, min, max }: Spread): number {
  return median === 0 ? 0 : Math.abs((max - min) / median);
}

function verdictOf(before: Figure, after: Figure, ratio: number | undefined): Verdict {
  const direction = directionOf(after.metric);
  if (direction === undefined || !before.hasSpread || !after.hasSpread) return 'untold';
  // A heap grows by something, and by nothing, whatever the code.
  const isHeapNoise = (figure: Spread) => figure.median <= HEAP_NOISE_BYTES;
  if (after.metric === HEAP_GROWTH && isHeapNoise(before) && isHeapNoise(after)) return 'noise';
  const overlaps = before.min <= after.max && after.min <= before.max;
  const isSmall = ratio !== undefined && Math.abs(ratio - 1) <= SMALLEST_CHANGE;
  if (overlaps || isSmall) return 'noise';
  const isMore = after.median > before.median;
  return isMore === (direction === 'more') ? 'better' : 'worse';
}

function directionOf(metric: string): Direction {
  if (PLANNED.includes(metric)) return undefined;
  if (MORE_IS_BETTER.test(metric)) return 'more';
  return LESS_IS_BETTER.test(metric) ? 'less' : undefined;
}

function warningsOf(
  before: JsonReport,
  after: JsonReport,
  old: ReadonlyMap<string, Figure>,
  current: ReadonlyMap<string, Figure>,
): string[] {
  const warnings: string[] = [];
  for (const condition of CONDITIONS) {
    const [was, is] = [before[condition] ?? 'not told', after[condition] ?? 'not told'];
    if (was !== is) warnings.push(`The ${condition} differs: ${was}, then ${is}.`);
  }
  for (const [which, figures] of [
    ['first', old],
    ['second', current],
  ] as const) {
    const measured = [...figures.values()].filter(({ hasSpread }) => hasSpread);
    if (measured.every(({ min, max }) => min === max)) {
      warnings.push(`The ${which} report is of one run: how much its figures vary is not known.`);
    }
  }
  const missing = casesWithout(old, current);
  const added = casesWithout(current, old);
  if (missing.length > 0) warnings.push(`Only the first report has: ${missing.join(', ')}.`);
  if (added.length > 0) warnings.push(`Only the second report has: ${added.join(', ')}.`);
  return warnings;
}

function casesWithout(
  figures: ReadonlyMap<string, Figure>,
  others: ReadonlyMap<string, Figure>,
): string[] {
  const known = new Set([...others.values()].map((figure) => figure.case));
  const names = new Set([...figures.values()].map((figure) => figure.case));
  return [...names].filter((name) => !known.has(name));
}
