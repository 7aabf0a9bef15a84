/**
 * Latency against throughput, up to saturation: a point for each case that commands were offered to
 * at a rate, and a curve through those whose names differ in the rate only.
 */
import type { Result } from '../../server/json-report.ts';
import { figureOf } from '../measuring/figures.ts';
import {
  type Axis,
  decadesAround,
  formatMicroseconds,
  formatRate,
  logarithmicAxis,
} from './axis.ts';
import { drawChart, line, MOST_SERIES, PLOT } from './chart.ts';
import { element, text } from './markup.ts';

interface Point {
  readonly case: string;
  /** Name of the curve that it is on. */
  readonly curve: string;
  readonly offered: number;
  readonly done: number;
  readonly p50Us: number;
  readonly p99Us: number;
}

/** As in executed/spin/100k. */
const RATE = /\/\d+(\.\d+)?[km]?$/i;
/** Whoever does less of what is offered is saturated. */
const KEEPS_UP = 0.99;
const RADIUS = 4;
const LEAST_US = 0.001;
const NOTE = 'p99 solid, p50 dashed; hollow: less than 99 % of what was offered was done';

/** None where no case has a rate and latencies. */
export function throughputCharts(benchmark: string, results: readonly Result[]): string[] {
  const names = new Set(results.map((result) => result.case));
  const points = [...names].flatMap((name) => pointOf(results, name) ?? []);
  const curves = [...Map.groupBy(points, (point) => point.curve).values()];
  const charts: string[] = [];
  for (let at = 0; at < curves.length; at += MOST_SERIES) {
    charts.push(draw(`${benchmark}: latency by throughput`, curves.slice(at, at + MOST_SERIES)));
  }
  return charts;
}

function pointOf(results: readonly Result[], name: string): Point | undefined {
  const told = (metric: string) => figureOf(results, name, metric);
  const offered = told('offered_per_s') ?? told('rate_per_s');
  const [p50Us, p99Us] = ['p50', 'p99'].map((metric) => {
    const ns = told(`${metric}_ns`);
    return told(`${metric}_us`) ?? (ns === undefined ? undefined : ns / 1e3);
  });
  const done = told('ops_per_s') ?? offered;
  if (offered === undefined || done === undefined || done <= 0) return undefined;
  if (p50Us === undefined || p99Us === undefined) return undefined;
  return { case: name, curve: name.replace(RATE, ''), offered, done, p50Us, p99Us };
}

function draw(title: string, curves: readonly (readonly Point[])[]): string {
  const points = curves.flat();
  const rates = decadesAround(points.map(({ done }) => done));
  const x = logarithmicAxis(
    'throughput, commands a second, logarithmic',
    rates,
    PLOT.left,
    PLOT.right,
    formatRate,
  );
  const latencies = decadesAround(
    points.flatMap(({ p50Us, p99Us }) => [Math.max(LEAST_US, p50Us), Math.max(LEAST_US, p99Us)]),
  );
  const y = logarithmicAxis(
    'latency, logarithmic',
    latencies,
    PLOT.bottom,
    PLOT.top,
    formatMicroseconds,
  );
  const series = curves.map((curve) => ({ label: curve[0]!.curve, marks: marksOf(curve, x, y) }));
  return drawChart({ title, x, y, series, note: NOTE });
}

function marksOf(curve: readonly Point[], x: Axis, y: Axis): string {
  const sorted = curve.toSorted((a, b) => a.offered - b.offered);
  const lineOf = (latencyOf: (point: Point) => number, style: string) =>
    line(
      sorted.map((point) => [x.at(point.done), y.at(latencyOf(point))] as const),
      style,
    );
  return [
    lineOf(({ p99Us }) => p99Us, ''),
    lineOf(({ p50Us }) => p50Us, 'dashed'),
    ...sorted.flatMap((point) => [
      mark(point, 'p99', point.p99Us, x, y),
      mark(point, 'p50', point.p50Us, x, y),
    ]),
  ].join('');
}

function mark(point: Point, percentile: string, us: number, x: Axis, y: Axis): string {
  const { case: name, offered, done } = point;
  const rates = `${formatRate(done)}/s of ${formatRate(offered)}/s`;
  const told = `${name}: ${rates}, ${percentile} ${formatMicroseconds(us)}`;
  const style = done < offered * KEEPS_UP ? 'mark hollow' : 'mark';
  const place = { cx: x.at(done), cy: y.at(us), r: RADIUS };
  return element('circle', { class: style, ...place }, element('title', {}, text(told)));
}
