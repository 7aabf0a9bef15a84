/**
 * The folder that benchmarks leave their figures in: for each its report, and a file of each
 * histogram in the form that HdrHistogram's plotters read, in µs.
 *
 * ```
 * latency.json                                      what --json prints
 * latency/executed-spin-100k.released.hgrm          case executed/spin/100k, stage released
 * report.html
 * ```
 */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Option } from 'commander';
import type { JsonReport } from '../../server/json-report.ts';
import type { StageHistograms } from './histograms.ts';

export const DEFAULT_FOLDER = 'bench/results';
export const HISTOGRAM_EXTENSION = '.hgrm';
const TICKS_PER_HALF_DISTANCE = 5;
const NS_PER_US = 1_000;

/** `--out`, of everything that writes results. */
export function outOption(): Option {
  const what = 'folder for <benchmark>.json and, by case and stage, histograms (.hgrm)';
  return new Option('--out <folder>', what).default(DEFAULT_FOLDER);
}

export function reportFile(folder: string, benchmark: string): string {
  return join(folder, `${benchmark}.json`);
}

/** A histogram's file without its extension: slashes of a case's name would be folders. */
export function histogramName(name: string, stage: string): string {
  return `${name.replaceAll('/', '-')}.${stage}`;
}

/** What an earlier run of the benchmark left goes: it would pass for this one's. */
export function clearResults(folder: string, benchmark: string): void {
  rmSync(reportFile(folder, benchmark), { force: true });
  const histograms = join(folder, benchmark);
  mkdirSync(histograms, { recursive: true });
  for (const file of readdirSync(histograms)) {
    if (file.endsWith(HISTOGRAM_EXTENSION)) rmSync(join(histograms, file));
  }
}

/** @param histograms by case */
export function writeResults(
  folder: string,
  report: JsonReport,
  histograms: ReadonlyMap<string, StageHistograms>,
): void {
  clearResults(folder, report.name);
  writeFileSync(reportFile(folder, report.name), `${JSON.stringify(report)}\n`);
  for (const [name, stages] of histograms) {
    for (const [stage, histogram] of stages) {
      const file = `${histogramName(name, stage)}${HISTOGRAM_EXTENSION}`;
      const text = histogram.outputPercentileDistribution(TICKS_PER_HALF_DISTANCE, NS_PER_US);
      writeFileSync(join(folder, report.name, file), text);
    }
  }
}
