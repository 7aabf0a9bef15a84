/** What benchmarks left in a folder, as the report shows it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonReport } from '../../server/json-report.ts';
import type { Target } from '../measuring/figures.ts';
import { readReport, UnreadableReport } from '../measuring/read-report.ts';
import { HISTOGRAM_EXTENSION, histogramName, reportFile } from '../measuring/results-folder.ts';
import type { Curve, CurvePoint } from './percentile-chart.ts';

/** A benchmark with the targets that its figures are held against. */
export interface Aims {
  readonly name: string;
  readonly targets: readonly Target[];
}

export interface BenchmarkFigures {
  readonly report: JsonReport;
  readonly targets: readonly Target[];
  readonly curves: readonly Curve[];
}

/** value, percentile, count, and but for the last 1/(1−percentile). */
const HISTOGRAM_LINE = /^ *(\d+\.\d+) +(\d+\.\d+) +\d+/gm;

/**
 * In the order of the benchmarks, of which those are left out that have left nothing.
 *
 * @throws UnreadableReport where a file is no report, and where there is none at all
 */
export function readResults(folder: string, benchmarks: readonly Aims[]): BenchmarkFigures[] {
  const found = benchmarks.flatMap(({ name, targets }) => {
    const file = reportFile(folder, name);
    if (!existsSync(file)) return [];
    const report = readReport(file);
    return [{ report, targets, curves: readCurves(join(folder, name), report) }];
  });
  if (found.length === 0)
    throw new UnreadableReport(`no benchmark has left its report in ${folder}`);
  return found;
}

function readCurves(folder: string, { results }: JsonReport): Curve[] {
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder).filter((file) => file.endsWith(HISTOGRAM_EXTENSION));
  const names = new Set(results.map((result) => result.case));
  return [...names].flatMap((name) => {
    const start = histogramName(name, '');
    const own = files.filter((file) => file.startsWith(start));
    return own.map((file) => {
      const stage = file.slice(start.length, -HISTOGRAM_EXTENSION.length);
      return { case: name, stage, points: pointsIn(readFileSync(join(folder, file), 'utf8')) };
    });
  });
}

/** The points of a histogram's file. */
export function pointsIn(histogram: string): CurvePoint[] {
  return [...histogram.matchAll(HISTOGRAM_LINE)].map(([, value, percentile]) => {
    return { us: Number(value), percentile: Number(percentile) };
  });
}
