/** Bounds are rounded towards the price that they are behind, and stay within what prices are. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Side } from '../protocol/enums.ts';
import { testSeed } from '../test/support/seed.ts';
import { slippageBound } from './slippage.ts';

const { Buy, Sell } = Side;
const MAX = Number.MAX_SAFE_INTEGER;

test('a fraction of a tick does not count', () => {
  // 1 % of 1,060 is 10.6.
  assert.deepEqual(
    [slippageBound(Buy, 1_060, 100), slippageBound(Sell, 1_060, 100)],
    [1_070, 1_050],
  );
  assert.deepEqual([slippageBound(Buy, 9, 1_000), slippageBound(Sell, 9, 1_000)], [9, 9]);
});

test('for any price and slippage it is what whole numbers come to', (t) => {
  const price = fc.integer({ min: 1, max: MAX });
  const bps = fc.integer({ min: 1, max: 10_000 });
  fc.assert(
    fc.property(price, bps, (at, slip) => {
      const slippage = (BigInt(at) * BigInt(slip)) / 10_000n;
      const highest = BigInt(at) + slippage;
      const expected = highest > BigInt(MAX) ? BigInt(MAX) : highest;
      assert.equal(BigInt(slippageBound(Buy, at, slip)), expected);
      const lowest = BigInt(at) - slippage;
      assert.equal(BigInt(slippageBound(Sell, at, slip)), lowest < 1n ? 1n : lowest);
    }),
    { seed: testSeed(t), numRuns: 2_000 },
  );
});
