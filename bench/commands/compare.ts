/** `npm run bench -- compare A.json B.json`: what has changed, beyond noise. */
import type { Command } from 'commander';
import type { JsonReport } from '../../server/json-report.ts';
import {
  type Change,
  type Comparison,
  compareReports,
  NotComparable,
} from '../comparing/comparison.ts';
import { comparisonTable } from '../comparing/comparison-table.ts';
import { rounded } from '../measuring/figures.ts';
import { readReport, UnreadableReport } from '../measuring/read-report.ts';

const EXIT_REGRESSION = 1;
const EXIT_USAGE = 2;

export function addCompare(program: Command): void {
  program
    .command('compare')
    .description('Compares two reports of a benchmark; ends with 1 where a figure is worse.')
    .argument('<A.json>', 'the report before')
    .argument('<B.json>', 'the report after')
    .option('--json', 'print one JSON object and nothing else')
    .action((first: string, second: string, { json }: { readonly json?: true }) => {
      const { exitCode, text } = compareFiles(first, second, json === true);
      const stream = exitCode === EXIT_USAGE ? process.stderr : process.stdout;
      stream.write(text);
      process.exitCode = exitCode;
    });
}

interface Outcome {
  readonly exitCode: number;
  readonly text: string;
}

/** What the command prints, and ends with: 0, 1 for a regression, 2 for what it cannot compare. */
export function compareFiles(first: string, second: string, isJson: boolean): Outcome {
  try {
    const [before, after] = [readReport(first), readReport(second)];
    const comparison = compareReports(before, after);
    const text = isJson ? asJson(before, after, comparison) : comparisonTable(comparison);
    return { exitCode: regressionsIn(comparison) > 0 ? EXIT_REGRESSION : 0, text };
  } catch (error) {
    if (!(error instanceof UnreadableReport || error instanceof NotComparable)) throw error;
    return { exitCode: EXIT_USAGE, text: `bench compare: ${error.message}\n` };
  }
}

function regressionsIn({ changes }: Comparison): number {
  return changes.filter(({ verdict }) => verdict === 'worse').length;
}

/** The second report's form; a result is the ratio, with what it is of. */
function asJson(before: JsonReport, after: JsonReport, comparison: Comparison): string {
  const { results: _, ...first } = before;
  const report = {
    ...after,
    name: 'compare',
    benchmark: after.name,
    before: first,
    warnings: comparison.warnings,
    regressions: regressionsIn(comparison),
    results: comparison.changes.map(resultOf),
  };
  return `${JSON.stringify(report)}\n`;
}

function resultOf({ case: name, metric, before, after, ratio, noise, verdict }: Change) {
  return {
    case: name,
    metric,
    value: ratio === undefined ? 'none' : rounded(ratio),
    unit: 'ratio',
    before: before.median,
    after: after.median,
    noise: rounded(noise),
    verdict,
  };
}
