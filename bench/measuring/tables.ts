/** A benchmark's figures for people. */
import type { Result } from '../../server/json-report.ts';
import { figureOf, isMet, type Target } from './figures.ts';

/** Heading → metric. */
const COLUMNS: readonly (readonly [string, string])[] = [
  ['offered M/s', 'offered_per_s'],
  ['Mops/s', 'ops_per_s'],
  ['min', 'ops_per_s_min'],
  ['max', 'ops_per_s_max'],
  ['requests/s', 'requests_per_s'],
  ['ns/op', 'ns_per_op'],
  ['p50', 'p50_ns'],
  ['p99', 'p99_ns'],
  ['p99.9', 'p999_ns'],
  ['p99.99', 'p9999_ns'],
  ['max ns', 'max_ns'],
  ['p50 µs', 'p50_us'],
  ['p99 µs', 'p99_us'],
  ['p99.9 µs', 'p999_us'],
  ['p99.99 µs', 'p9999_us'],
  ['max µs', 'max_us'],
  ['follower µs', 'follower_cpu_us'],
  ['postgres µs', 'postgres_cpu_us'],
  ['s', 'seconds'],
  ['snapshot s', 'snapshot_seconds'],
  ['heap +KiB', 'heap_growth_bytes'],
  ['garbage/op', 'allocated_bytes_per_op'],
  ['events B/op', 'event_bytes_per_op'],
  ['B/account', 'bytes_per_account'],
  ['B/order', 'bytes_per_order'],
];
const FIRST_WIDTH = 34;
const GAP = 2;
const WIDTH = 8;

/** Columns that no case has a figure for are left out. */
export function figuresTable(results: readonly Result[], cases: readonly string[]): string {
  const columns = COLUMNS.filter(([, metric]) => results.some((each) => each.metric === metric));
  const lineOf = (first: string, cells: readonly string[]) =>
    first.padEnd(FIRST_WIDTH) +
    cells.map((cell, at) => cell.padStart(GAP + Math.max(WIDTH, columns[at]![0].length))).join('');
  const titles = columns.map(([title]) => title);
  const lines = [lineOf('case', titles)];
  for (const name of cases) {
    const cells = columns.map(([, metric]) => {
      const value = figureOf(results, name, metric);
      return value === undefined ? '' : format(metric, value);
    });
    lines.push(lineOf(name, cells));
  }
  return `${lines.join('\n')}\n`;
}

/** Each target that was measured, and whether it is met. */
export function targetsTable(results: readonly Result[], targets: readonly Target[]): string {
  const lines = targets.flatMap((target) => {
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
  if (metric === 'requests_per_s') return value.toFixed(0);
  if (metric.includes('_per_s')) return (value / 1e6).toFixed(3);
  if (metric === 'heap_growth_bytes') return (value / 1024).toFixed(0);
  if (metric === 'allocated_bytes_per_op') return value.toFixed(1);
  if (metric.endsWith('seconds')) return value.toFixed(2);
  // An order takes some µs, a flush hundreds.
  if (metric.endsWith('_us') && value < 100) return value.toFixed(2);
  return value.toFixed(0);
}
