/** The report of all benchmarks: one page of HTML that needs nothing else, not even a server. */
import type { JsonReport } from '../../server/json-report.ts';
import { figureOf, isMet } from '../measuring/figures.ts';
import { figuresTable, TIMER, table, targetsTable } from './figures-tables.ts';
import { element, text } from './markup.ts';
import { PAGE_STYLE } from './page-style.ts';
import { percentileCharts } from './percentile-chart.ts';
import type { BenchmarkFigures } from './read-results.ts';
import { throughputCharts } from './throughput-chart.ts';

const TITLE = 'Hoga: benchmarks';
const READING = `Figures are medians of all runs, with the lowest and the highest run below them.
Percentile curves are of all runs together; each nine on their axis takes as much room as the one
before.`;

export function renderPage(benchmarks: readonly BenchmarkFigures[]): string {
  const head = [
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    element('title', {}, text(TITLE)),
    element('style', {}, PAGE_STYLE),
  ];
  const body = [
    element('h1', {}, text(TITLE)),
    conditionsTable(benchmarks.map(({ report }) => report)),
    element('p', {}, text(READING)),
    ...benchmarks.map(section),
  ];
  const page = element(
    'html',
    { lang: 'en' },
    element('head', {}, ...head),
    element('body', {}, ...body),
  );
  return `<!doctype html>\n${page}\n`;
}

/** In what each benchmark's figures were taken. */
function conditionsTable(reports: readonly JsonReport[]): string {
  const head = ['benchmark', 'commit', 'machine', 'Node', 'durability', 'wait strategies'];
  const rows = reports.map(({ name, commit, machine, node, durability, wait = '–' }) => {
    return [name, commit, machine, node, durability, wait];
  });
  return table('conditions', head, rows);
}

function section({ report, targets, curves }: BenchmarkFigures): string {
  const { name, results } = report;
  const charts = [...throughputCharts(name, results), ...percentileCharts(name, curves)];
  const overheadNs = figureOf(results, TIMER, 'overhead_ns');
  const aims = targetsTable(report, targets);
  const parts = [
    element('h2', {}, text(name)),
    aims === '' ? '' : element('h3', {}, text(summaryOf({ report, targets, curves }))) + aims,
    element('h3', {}, 'Figures'),
    figuresTable(report),
    overheadNs === undefined
      ? ''
      : element('p', {}, `A reading of the clock took ${overheadNs} ns.`),
    charts.length === 0 ? '' : element('div', { class: 'charts' }, ...charts),
  ];
  return element('section', { id: name }, ...parts);
}

/** `'Targets: 3 of 5 met'`. */
function summaryOf({ report, targets }: BenchmarkFigures): string {
  const verdicts = targets.map((target) => isMet(target, report.results));
  const measured = verdicts.filter((verdict) => verdict !== undefined);
  return `Targets: ${measured.filter(Boolean).length} of ${measured.length} met`;
}
