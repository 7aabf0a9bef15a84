/** The engine benchmark's figures for people. */
import type { Result } from '../../server/json-report.ts';
import { figureOf, isMet, TARGETS } from './summary.ts';

/** Heading → metric. */
const COLUMNS: readonly (readonly [string, string])[] = [
  ['Mops/s', 'ops_per_s'],
  ['min', 'ops_per_s_min'],
  ['max', 'ops_per_s_max'],
  ['ns/op', 'ns_per_op'],
  ['p50', 'p50_ns'],
  ['p99', 'p99_ns'],
  ['p99.9', 'p999_ns'],
  ['p99.99', 'p9999_ns'],
  ['max ns', 'max_ns'],
  ['heap +KiB', 'heap_growth_bytes'],
  ['B/order', 'bytes_per_order'],
];
const FIRST_WIDTH = 34;
const WIDTH = 10;

export function figuresTable(results: readonly Result[], cases: readonly string[]): string {
  const heading = COLUMNS.map(([title]) => title.padStart(WIDTH)).join('');
  const lines = [`${'case'.padEnd(FIRST_WIDTH)}${heading}`];
  for (const name of cases) {
    const cells = COLUMNS.map(([, metric]) => {
      const value = figureOf(results, name, metric);
      return (value === undefined ? '' : format(metric, value)).padStart(WIDTH);
    });
    lines.push(`${name.padEnd(FIRST_WIDTH)}${cells.join('')}`);
  }
  return `${lines.join('\n')}\n`;
}

/** Each target that was measured, and whether it is met. */
export function targetsTable(results: readonly Result[]): string {
  const lines = TARGETS.flatMap((target) => {
    const met = isMet(target, results);
    if (met === undefined) return [];
    const { case: name, metric, atLeast, atMost } = target;
    const value = figureOf(results, name, metric)!;
    const bound = atLeast === undefined ? `<= ${atMost}` : `>= ${atLeast}`;
    const what = `${name} ${metric}`.padEnd(54);
    return [`${met ? 'met   ' : 'MISSED'}  ${what} ${String(value).padStart(12)}  ${bound}`];
  });
  return `${lines.join('\n')}\n`;
}

function format(metric: string, value: number): string {
  if (metric.startsWith('ops_per_s')) return (value / 1e6).toFixed(3);
  if (metric === 'heap_growth_bytes') return (value / 1024).toFixed(0);
  return value.toFixed(0);
}
