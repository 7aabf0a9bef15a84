/** What a benchmark leaves: its report as it is printed, and histograms that plotters read. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { makeJsonReport } from '../../server/json-report.ts';
import { histogramOf } from './histograms.ts';
import { writeResults } from './results-folder.ts';

describe('the results of a benchmark', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hoga-results-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const result = { case: 'a/b', metric: 'p50_us', value: 1, unit: 'µs' };
  const report = makeJsonReport('made-up', { durability: 'none', wait: 'spin' }, [result]);
  const histogram = histogramOf(Float64Array.of(0.001, 0.002, 0.003, 0.1));

  it('are one object with machine, Node, commit, durability and wait strategy', () => {
    writeResults(folder, report, new Map());
    const read = JSON.parse(readFileSync(join(folder, 'made-up.json'), 'utf8'));
    const { commit, machine, node, ...others } = read;
    assert.deepEqual(others, {
      name: 'made-up',
      durability: 'none',
      wait: 'spin',
      results: [result],
    });
    for (const known of [commit, machine, node]) assert.match(known, /./);
  });

  it('are a histogram in µs for each case and stage', () => {
    writeResults(folder, report, new Map([['a/b', new Map([['released', histogram]])]]));
    const lines = readFileSync(join(folder, 'made-up', 'a-b.released.hgrm'), 'utf8').split('\n');
    assert.match(lines[0]!, /^ +Value +Percentile +TotalCount +1\/\(1-Percentile\)$/);
    assert.deepEqual(lines[2]!.trim().split(/ +/), ['1.000', '0.000000000000', '1', '1.00']);
    assert.match(lines.join('\n'), /^#\[Max .*= +100\.\d+, Total count += {2,}4\]$/m);
  });

  it('hold nothing of an earlier run', () => {
    const stages = new Map([['released', histogram]]);
    writeResults(folder, report, new Map([['gone', stages]]));
    writeResults(folder, report, new Map([['a/b', stages]]));
    assert.deepEqual(readdirSync(join(folder, 'made-up')), ['a-b.released.hgrm']);
  });
});
