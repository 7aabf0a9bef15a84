/** Planned times: as many a second as they should be, spread as their name says. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../../test/support/seed.ts';
import { type Arrivals, planArrivals } from './arrivals.ts';

const COUNT = 100_001;
const RATE = 100_000;

function gapsOf(arrivals: Arrivals): Float64Array {
  const dueNs = planArrivals(arrivals, RATE, COUNT, seededRandom(1));
  return dueNs.slice(1).map((due, at) => due - dueNs[at]!);
}

const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value) / values.length;

test('arrivals are as many a second as they should be', () => {
  assert.ok(gapsOf('constant').every((gap) => Math.abs(gap - 10_000) < 1e-3));
  assert.ok(Math.abs(mean(gapsOf('poisson')) - 10_000) < 200);
  const bursts = gapsOf('bursts');
  assert.equal(bursts.filter((gap) => gap > 0).length, 100);
  assert.ok(Math.abs(mean(bursts) - 10_000) < 1);
});

test('Poisson arrivals have gaps of which 37 % are longer than the mean', () => {
  const gaps = gapsOf('poisson');
  const share = gaps.filter((gap) => gap > 10_000).length / gaps.length;
  assert.ok(Math.abs(share - Math.exp(-1)) < 0.01, String(share));
});
