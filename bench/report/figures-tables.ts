/** The tables of a benchmark: its figures with their spread, and its targets. */
import type { JsonReport, Result } from '../../server/json-report.ts';
import { figureOf, isMet, type Target } from '../measuring/figures.ts';
import { element, text } from './markup.ts';

const NO_BREAK = '\u00a0';
/** Not what is measured, but what measuring takes. */
export const TIMER = 'timer';
const SPREAD = /_(min|max)$/;

/** A row for each case, a column for each metric: medians, and below them the spread. */
export function figuresTable(report: JsonReport): string {
  const results = report.results.filter((result) => result.case !== TIMER);
  const columns = columnsOf(results);
  const cases = [...new Set(results.map((result) => result.case))];
  const head = ['case', ...columns.map(({ metric, unit }) => titleOf(metric, unit))];
  return table(
    'figures',
    head,
    cases.map((name) => [name, ...cellsOf(results, name, columns)]),
  );
}

/** The targets that were measured; without any there is no table. */
export function targetsTable({ results }: JsonReport, targets: readonly Target[]): string {
  const rows = targets.flatMap((target) => {
    const met = isMet(target, results);
    if (met === undefined) return [];
    const { case: name, metric, atLeast, atMost } = target;
    const bound = atLeast === undefined ? `≤ ${format(atMost!)}` : `≥ ${format(atLeast)}`;
    const { unit } = results.find((each) => each.case === name && each.metric === metric)!;
    const measured = format(figureOf(results, name, metric)!);
    const verdict = met ? '✓ met' : '✗ missed';
    return [[name, titleOf(metric, unit), bound, measured, verdict]];
  });
  if (rows.length === 0) return '';
  return table('targets', ['case', 'metric', 'target', 'measured', ''], rows);
}

/** Cells are text; a line break in one separates a figure from its spread. */
export function table(
  style: string,
  head: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const titles = head.map((title) => element('th', { scope: 'col' }, text(title)));
  const lines = rows.map(([first = '', ...others]) => {
    const cells = others.map((cell) => {
      const [figure = '', spread] = cell.split('\n');
      const small = spread === undefined ? '' : element('small', {}, text(spread));
      return element('td', classOf(figure), text(figure), small);
    });
    return element('tr', {}, element('th', { scope: 'row' }, text(first)), ...cells);
  });
  const parts = [
    element('thead', {}, element('tr', {}, ...titles)),
    element('tbody', {}, ...lines),
  ];
  return element('div', { class: 'scroll' }, element('table', { class: style }, ...parts));
}

function classOf(cell: string): Readonly<Record<string, string>> {
  if (cell.startsWith('✓')) return { class: 'met' };
  return cell.startsWith('✗') ? { class: 'missed' } : {};
}

interface Column {
  readonly metric: string;
  readonly unit: string;
}

/** In the order in which the cases tell them. */
function columnsOf(results: readonly Result[]): Column[] {
  const units = new Map(results.map(({ metric, unit }) => [metric, unit]));
  const isSpread = (metric: string) => SPREAD.test(metric) && units.has(metric.replace(SPREAD, ''));
  return [...units]
    .filter(([metric]) => !isSpread(metric))
    .map(([metric, unit]) => ({ metric, unit }));
}

function cellsOf(results: readonly Result[], name: string, columns: readonly Column[]): string[] {
  const own = results.filter((result) => result.case === name);
  const values = new Map(own.map(({ metric, value }) => [metric, value]));
  return columns.map(({ metric }) => {
    const [value, min, max] = [metric, `${metric}_min`, `${metric}_max`].map((each) =>
      values.get(each),
    );
    if (value === undefined) return '';
    const isSpread = min !== undefined && max !== undefined && min !== max;
    return isSpread ? `${format(value)}\n${format(min)}–${format(max)}` : format(value);
  });
}

/** `p999_us` in µs is `'p99.9, µs'`, with a space that does not break. */
function titleOf(metric: string, unit: string): string {
  const percentile = /^p(\d\d)(\d*)_(?:ns|us|ms)$/.exec(metric);
  const [, whole, places = ''] = percentile ?? [];
  const plain = metric.replace(/^ns_|_(ns|us|ms|per_s|bytes)$/g, '').replaceAll('_', ' ');
  const name = percentile === null ? plain : `p${whole}${places === '' ? '' : `.${places}`}`;
  return unit === '' || name === unit ? name : `${name},${NO_BREAK}${unit}`;
}

function format(value: number | string): string {
  return typeof value === 'string' ? value : value.toLocaleString('en-US');
}
