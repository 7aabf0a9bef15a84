/** Medians, targets and percentiles: what a benchmark makes of what it measured. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Histogram } from 'hdr-histogram-js';
import { figureOf, isMet, mediansOf, spreadOf } from './figures.ts';
import { addHistograms, histogramOf } from './histograms.ts';
import { bytesPer, latenciesOf, microsecondsOf, percentilesOf, throughputOf } from './probes.ts';
import { assertTotals } from './totals.ts';

describe('the figures of a benchmark', () => {
  it('are medians with their spread', () => {
    assert.deepEqual(spreadOf([5, 1, 3]), { median: 3, min: 1, max: 5 });
    assert.deepEqual(spreadOf([4, 1]), { median: 2.5, min: 1, max: 4 });
    assert.throws(() => spreadOf([]), /one at least/);
  });

  it('have four digits, and a unit', () => {
    const results = mediansOf(new Map([['a', new Map([['p50_ns', [1.23456, 3, 0.5]]])]]));
    assert.deepEqual(results[0], { case: 'a', metric: 'p50_ns', value: 1.235, unit: 'ns' });
    assert.equal(figureOf(results, 'a', 'p50_ns_max'), 3);
    assert.equal(figureOf(results, 'b', 'p50_ns'), undefined);
  });

  it('meet a target at its bound', () => {
    const results = [{ case: 'a', metric: 'p50_ns', value: 5, unit: 'ns' }];
    assert.equal(isMet({ case: 'a', metric: 'p50_ns', atMost: 5 }, results), true);
    assert.equal(isMet({ case: 'a', metric: 'p50_ns', atLeast: 6 }, results), false);
    assert.equal(isMet({ case: 'a', metric: 'p99_ns', atMost: 5 }, results), undefined);
  });

  it('are percentiles in ns of what each operation took in ms', () => {
    const tookMs = Float64Array.from({ length: 1_000 }, (_, at) => (at + 1) / 1e6);
    const { p50_ns, p99_ns, max_ns } = percentilesOf(histogramOf(tookMs));
    assert.deepEqual([p50_ns, p99_ns, max_ns], [500, 990, 1_000]);
    assert.deepEqual(throughputOf(1_000, 2), { ops_per_s: 500_000, ns_per_op: 2_000 });
  });

  it('are percentiles in µs under the names of those in ns', () => {
    const histogram = histogramOf(Float64Array.of(0.0015, 0.0025));
    assert.deepEqual(microsecondsOf(histogram), {
      p50_us: 1.5,
      p99_us: 2.5,
      p999_us: 2.5,
      p9999_us: 2.5,
      max_us: 2.5,
    });
  });

  it('are of the histograms of all runs, as each process tells its own', () => {
    const histograms = new Map<string, Histogram>();
    for (const ms of [0.001, 0.002]) {
      addHistograms(
        histograms,
        latenciesOf('executed', Float64Array.of(ms), percentilesOf).histograms,
      );
    }
    const { totalCount, minNonZeroValue, maxValue } = histograms.get('executed')!;
    assert.deepEqual([totalCount, minNonZeroValue, maxValue], [2, 1_000, 2_000]);
  });

  it('tell what one of many takes, and nothing of few', () => {
    assert.deepEqual(bytesPer('bytes_per_order', 5e6, 100_000), { bytes_per_order: 50 });
    assert.deepEqual(bytesPer('bytes_per_order', 5e6, 10_000), {});
  });

  it('are none where the totals differ from the flow’s', () => {
    const totals = { trades: 1, tradedQty: 2, openOrders: 3, openQty: 4 };
    assertTotals('hoga', { ...totals }, totals);
    assert.throws(
      () => assertTotals('hoga', { ...totals, trades: 2 }, totals),
      /^Error: hoga came/,
    );
  });
});
