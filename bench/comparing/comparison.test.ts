/** Two reports of a benchmark: what is worse, what is better, and what is noise. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { JsonReport, Result } from '../../server/json-report.ts';
import { compareFiles } from '../commands/compare.ts';
import { mediansOf } from '../measuring/figures.ts';
import { compareReports, type Verdict } from './comparison.ts';
import { comparisonTable } from './comparison-table.ts';

function reportOf(results: readonly Result[], over: Partial<JsonReport> = {}): JsonReport {
  const where = { commit: 'abc', node: 'v22', machine: '2 x cpu', durability: 'none' };
  return { name: 'made-up', ...where, results, ...over };
}

/** The report of a benchmark of one case and one metric, with the values of its runs. */
function runsOf(metric: string, ...values: number[]): JsonReport {
  return reportOf(mediansOf(new Map([['a', new Map([[metric, values]])]])));
}

function verdictOf(first: JsonReport, second: JsonReport): Verdict {
  return compareReports(first, second).changes[0]!.verdict;
}

describe('a comparison of two reports', () => {
  it('tells the ratio and the noise of each figure once', () => {
    const { changes } = compareReports(
      runsOf('ops_per_s', 90, 100, 110),
      runsOf('ops_per_s', 195, 200, 205),
    );
    assert.equal(changes.length, 1);
    const [{ ratio, noise, metric }] = changes as [(typeof changes)[0]];
    assert.deepEqual({ ratio, noise, metric }, { ratio: 2, noise: 0.2, metric: 'ops_per_s' });
  });

  it('takes more throughput for better, and more time or bytes for worse', () => {
    const expected: Readonly<Record<string, Verdict>> = {
      ops_per_s: 'better',
      requests_per_s: 'better',
      ratio_to_calm: 'better',
      p99_us: 'worse',
      max_us: 'worse',
      ns_per_op: 'worse',
      seconds: 'worse',
      bytes_per_order: 'worse',
      allocated_bytes_per_op: 'worse',
      p50_to_fdatasync: 'worse',
      offered_per_s: 'untold',
      replayed: 'untold',
    };
    for (const [metric, verdict] of Object.entries(expected)) {
      const [low, high] = [runsOf(metric, 9, 10, 11), runsOf(metric, 19, 20, 21)];
      assert.equal(verdictOf(low, high), verdict, metric);
    }
    assert.equal(verdictOf(runsOf('p99_us', 19, 20, 21), runsOf('p99_us', 9, 10, 11)), 'better');
  });

  it('takes for noise what overlaps, however far the medians are apart', () => {
    assert.equal(verdictOf(runsOf('p99_us', 5, 10, 30), runsOf('p99_us', 29, 40, 50)), 'noise');
    assert.equal(verdictOf(runsOf('p99_us', 5, 10, 28), runsOf('p99_us', 29, 40, 50)), 'worse');
  });

  it('takes for noise what differs by 5 %, however steady the runs are', () => {
    assert.equal(verdictOf(runsOf('p99_us', 100), runsOf('p99_us', 104)), 'noise');
    assert.equal(verdictOf(runsOf('p99_us', 100), runsOf('p99_us', 106)), 'worse');
    assert.equal(verdictOf(runsOf('ops_per_s', 100), runsOf('ops_per_s', 94)), 'worse');
  });

  it('takes a heap that grows by what processes vary by for noise', () => {
    const grown = (...bytes: number[]) => runsOf('heap_growth_bytes', ...bytes);
    assert.equal(verdictOf(grown(-5_000), grown(100_000)), 'noise');
    assert.equal(verdictOf(grown(100_000), grown(1_000_000)), 'worse');
  });

  it('judges no figure that was made of others, whose spread is not known', () => {
    const withRatio = (value: number) => {
      const made = { case: 'made', metric: 'ratio_to_calm', value, unit: '' };
      return reportOf([made, ...runsOf('p99_us', 1, 2).results]);
    };
    assert.equal(verdictOf(withRatio(2), withRatio(1)), 'untold');
  });

  it('judges a report without spreads as one of a single run, and warns', () => {
    const one = (value: number) => reportOf([{ case: 'a', metric: 'p50_ns', value, unit: 'ns' }]);
    assert.equal(verdictOf(one(10), one(20)), 'worse');
    assert.equal(compareReports(one(10), one(20)).warnings.length, 2);
  });

  it('warns where the conditions differ, or cases are missing', () => {
    const first = runsOf('p99_us', 1, 2, 3);
    const other = { machine: '8 x cpu', node: 'v24', durability: 'fsync', wait: 'spin' };
    const results = first.results.concat({ case: 'b', metric: 'p99_us', value: 1, unit: 'µs' });
    assert.deepEqual(compareReports(first, first).warnings, []);
    const { warnings } = compareReports(first, reportOf(results, other));
    assert.deepEqual(warnings, [
      'The machine differs: 2 x cpu, then 8 x cpu.',
      'The node differs: v22, then v24.',
      'The durability differs: none, then fsync.',
      'The wait differs: not told, then spin.',
      'Only the second report has: b.',
    ]);
  });

  it('warns of a single run', () => {
    const { warnings } = compareReports(runsOf('p99_us', 1, 2), runsOf('p99_us', 2));
    assert.equal(warnings.length, 1);
    assert.match(warnings[0]!, /^The second report is of one run/);
  });

  it('is a table with the verdict beside each figure', () => {
    const table = comparisonTable(compareReports(runsOf('p99_us', 100), runsOf('p99_us', 150)));
    assert.match(table, /^a +p99_us +100 +150 +1\.500 +0\.0 % {2}WORSE$/m);
    assert.match(table, /^1 worse, 0 better, of 1\./m);
  });
});

describe('npm run bench -- compare', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'hoga-compare-'));
    const files: Readonly<Record<string, string>> = {
      slow: JSON.stringify(runsOf('p99_us', 19, 20, 21)),
      fast: JSON.stringify(runsOf('p99_us', 9, 10, 11)),
      other: JSON.stringify({ ...runsOf('p99_us', 1), name: 'other' }),
      text: 'p99: 10 µs',
      list: '[]',
    };
    for (const [name, text] of Object.entries(files)) {
      writeFileSync(join(folder, `${name}.json`), text);
    }
  });
  after(() => rmSync(folder, { recursive: true }));

  const compare = (first: string, second: string, isJson = false) =>
    compareFiles(join(folder, first), join(folder, second), isJson);

  it('ends with 1 where there is a regression, with 0 where there is none', () => {
    const { exitCode, text } = compare('fast.json', 'slow.json', true);
    assert.equal(exitCode, 1);
    const { name, regressions, results } = JSON.parse(text);
    assert.deepEqual([name, regressions], ['compare', 1]);
    assert.deepEqual(results, [
      {
        case: 'a',
        metric: 'p99_us',
        value: 2,
        unit: 'ratio',
        before: 10,
        after: 20,
        noise: 0.2,
        verdict: 'worse',
      },
    ]);
    assert.equal(compare('slow.json', 'fast.json').exitCode, 0);
  });

  it('ends with 2 and says why for anything that it cannot compare', () => {
    const refused: readonly (readonly [string, RegExp])[] = [
      ['other.json', /reports of different benchmarks, 'made-up' and 'other'/],
      ['missing.json', /there is no file .*missing\.json/],
      ['text.json', /text\.json is no JSON/],
      ['list.json', /list\.json is no benchmark's report/],
    ];
    for (const [file, message] of refused) {
      const { exitCode, text } = compare('fast.json', file);
      assert.equal(exitCode, 2, file);
      assert.match(text, message);
    }
  });
});
