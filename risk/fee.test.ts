/**
 * Fees against exact integers of any size.
 *
 * A failure prints its seed; `HOGA_TEST_SEED=<seed>` runs the same again.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { testSeed } from '../test/support/seed.ts';
import { addFee, feeOf } from './fee.ts';

const MAX_NOTIONAL = Number.MAX_SAFE_INTEGER;
const MAX_PPM = 1_000_000;

function exactFee(notional: number, ppm: number): bigint {
  return (BigInt(notional) * BigInt(ppm)) / 1_000_000n;
}

const notional = fc.oneof(
  fc.nat({ max: 2_000_000 }),
  fc.integer({ min: 0, max: MAX_NOTIONAL }),
  fc.integer({ min: MAX_NOTIONAL - 2_000_000, max: MAX_NOTIONAL }),
);
const ppm = fc.integer({ min: 0, max: MAX_PPM });

test('a fee is the exact share of the notional, rounded down', () => {
  assert.equal(feeOf(10_000, 250), 2);
  assert.equal(feeOf(3_999, 250), 0);
  assert.equal(feeOf(4_000, 250), 1);
});

test('a fee is added to a notional in its lane, and to no other', (t) => {
  fc.assert(
    fc.property(notional, ppm, (amount, rate) => {
      const lanes = new Float64Array([7, amount, 7]);
      addFee(lanes, 1, rate);
      assert.deepEqual([...lanes], [7, amount + feeOf(amount, rate), 7]);
    }),
    { seed: testSeed(t) },
  );
});

test('no notional and no rate cost nothing; the whole rate costs the whole notional', () => {
  for (const amount of [0, 1, 999_999, 1_000_000, 1_000_001, MAX_NOTIONAL - 1, MAX_NOTIONAL]) {
    assert.equal(feeOf(amount, 0), 0);
    assert.equal(feeOf(amount, MAX_PPM), amount);
  }
  assert.equal(feeOf(0, 500_000), 0);
});

test('a fee is exact at every edge of notional and rate', () => {
  const notionals = [1, 999_999, 1_000_000, 1_000_001, 2 ** 32, 2 ** 52 + 1];
  for (const amount of [...notionals, MAX_NOTIONAL - 1, MAX_NOTIONAL]) {
    for (const rate of [1, 2, 3, 499_999, 500_000, 999_998, 999_999]) {
      assert.equal(BigInt(feeOf(amount, rate)), exactFee(amount, rate), `${amount} at ${rate}`);
    }
  }
});

test('any fee is exact and never exceeds its notional', (t) => {
  fc.assert(
    fc.property(notional, ppm, (amount, rate) => {
      assert.equal(BigInt(feeOf(amount, rate)), exactFee(amount, rate));
      assert.ok(feeOf(amount, rate) <= amount);
    }),
    { seed: testSeed(t), numRuns: 5_000 },
  );
});

test('the fees of an order’s fills never exceed the fee of the order', (t) => {
  const parts = fc.array(fc.nat({ max: 2 ** 40 }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(parts, ppm, (fills, rate) => {
      const whole = fills.reduce((sum, part) => sum + part, 0);
      const paid = fills.reduce((sum, part) => sum + feeOf(part, rate), 0);
      assert.ok(paid <= feeOf(whole, rate));
    }),
    { seed: testSeed(t), numRuns: 1_000 },
  );
});
