/**
 * Latency by percentile. The percentiles' axis is logarithmic in 1/(1−p), so that each nine takes
 * as much room as the one before: what happens to one in ten thousand is what one wants to see.
 */
import { decadesAround, formatMicroseconds, formatPercentile, logarithmicAxis } from './axis.ts';
import { drawChart, line, MOST_SERIES, PLOT } from './chart.ts';

export interface CurvePoint {
  /** From 0 to 1. */
  readonly percentile: number;
  readonly us: number;
}

/** The latencies of one stage of a case. */
export interface Curve {
  readonly case: string;
  readonly stage: string;
  readonly points: readonly CurvePoint[];
}

/** A histogram of no latency at all counts it as this: there is no logarithm of 0. */
const LEAST_US = 0.001;
/** The axis ends with this at least: 99 %. */
const LEAST_INVERSE = 100;

/**
 * Charts of all curves: of each stage those of all cases side by side, no more than one can tell
 * apart; and where a case has several stages, those of the case.
 */
export function percentileCharts(benchmark: string, curves: readonly Curve[]): string[] {
  const charts: string[] = [];
  for (const [stage, ofStage] of Map.groupBy(curves, (curve) => curve.stage)) {
    for (const group of groupsOf(ofStage)) {
      const title = `${benchmark}: ${commonPrefix(group)}${stage}`;
      charts.push(draw(title, group, (curve) => curve.case));
    }
  }
  for (const [name, ofCase] of Map.groupBy(curves, (curve) => curve.case)) {
    if (ofCase.length < 2) continue;
    charts.push(draw(`${benchmark}: ${name} by stage`, ofCase, (curve) => curve.stage));
  }
  return charts;
}

function draw(title: string, curves: readonly Curve[], labelOf: (curve: Curve) => string): string {
  const points = curves.flatMap((curve) => curve.points);
  const highest = Math.max(LEAST_INVERSE, ...points.map(inverseOf).filter(Number.isFinite));
  const x = logarithmicAxis(
    'percentile, logarithmic in 1/(1−p)',
    { min: 1, max: highest },
    PLOT.left,
    PLOT.right,
    formatPercentile,
  );
  const latencies = decadesAround(points.map(latencyOf));
  const y = logarithmicAxis(
    'latency, logarithmic',
    latencies,
    PLOT.bottom,
    PLOT.top,
    formatMicroseconds,
  );
  const series = curves.map((curve) => {
    // The last point is the highest latency once more, at 100 %, for which there is no place.
    const places = curve.points
      .filter((point) => Number.isFinite(inverseOf(point)))
      .map((point) => [x.at(inverseOf(point)), y.at(latencyOf(point))] as const);
    return { label: labelOf(curve), marks: line(places) };
  });
  return drawChart({ title, x, y, series });
}

function inverseOf({ percentile }: CurvePoint): number {
  return 1 / (1 - percentile);
}

function latencyOf({ us }: CurvePoint): number {
  return Math.max(LEAST_US, us);
}

/** By the parts of the cases' names, as few as needed; then by number. */
function groupsOf(curves: readonly Curve[], parts = 1): Curve[][] {
  if (curves.length <= MOST_SERIES) return [[...curves]];
  const longest = Math.max(...curves.map((curve) => curve.case.split('/').length));
  if (parts > longest)
    return [curves.slice(0, MOST_SERIES), ...groupsOf(curves.slice(MOST_SERIES))];
  const prefixOf = (curve: Curve) => curve.case.split('/').slice(0, parts).join('/');
  return [...Map.groupBy(curves, prefixOf).values()].flatMap((group) => groupsOf(group, parts + 1));
}

/** `'hoga/fsync, '`: what the names of all cases begin with, if anything. */
function commonPrefix(curves: readonly Curve[]): string {
  const [first = [], ...others] = curves.map((curve) => curve.case.split('/'));
  const differs = first.findIndex((part, at) => others.some((other) => other[at] !== part));
  const common = differs === -1 ? first : first.slice(0, differs);
  return common.length === 0 ? '' : `${common.join('/')}, `;
}
