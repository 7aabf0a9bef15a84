/** A comparison for people. */
import type { Change, Comparison, Verdict } from './comparison.ts';

const WORDS: Readonly<Record<Verdict, string>> = {
  worse: 'WORSE',
  better: 'better',
  noise: '',
  untold: '-',
};
const CASE_WIDTH = 36;
const METRIC_WIDTH = 26;
const WIDTH = 12;

export function comparisonTable({ changes, warnings }: Comparison): string {
  const lines = warnings.map((warning) => `Warning: ${warning}`);
  if (lines.length > 0) lines.push('');
  lines.push(lineOf('case', 'metric', ['A', 'B', 'B/A', 'noise'], ''));
  for (const change of changes) {
    const { case: name, metric, before, after, verdict } = change;
    const cells = [
      figure(before.median),
      figure(after.median),
      ratio(change),
      percent(change.noise),
    ];
    lines.push(lineOf(name, metric, cells, WORDS[verdict]));
  }
  const worse = changes.filter(({ verdict }) => verdict === 'worse').length;
  const better = changes.filter(({ verdict }) => verdict === 'better').length;
  lines.push('', `${worse} worse, ${better} better, of ${changes.length}. Noise is the larger of`);
  lines.push(
    'both spreads, of the median. A figure is worse or better where the runs of A and B do',
  );
  lines.push('not overlap and B/A is more than 5 % from 1; "-" is not judged.');
  return `${lines.join('\n')}\n`;
}

function lineOf(name: string, metric: string, cells: readonly string[], word: string): string {
  const figures = cells.map((cell) => cell.padStart(WIDTH)).join('');
  return `${name.padEnd(CASE_WIDTH)} ${metric.padEnd(METRIC_WIDTH)}${figures}  ${word}`.trimEnd();
}

function figure(value: number): string {
  return value.toLocaleString('en-US', { maximumSignificantDigits: 4 });
}

function ratio(change: Change): string {
  return change.ratio === undefined ? '-' : change.ratio.toFixed(3);
}

function percent(part: number): string {
  return `${(part * 100).toFixed(1)} %`;
}
