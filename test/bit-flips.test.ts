/** A short slice of `npm run chaos -- bit-flips`. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { flipBits } from './chaos/bit-flips/bit-flips.ts';
import { testSeed } from './support/seed.ts';

test('a flipped bit is refused, passed over, or in nothing that anybody reads', async (t) => {
  const outcome = await flipBits({ flips: 100, seed: testSeed(t) }, () => {});
  assert.deepEqual(outcome.failures, []);
  assert.equal(outcome.refused + outcome.harmless, 50);
  assert.equal(outcome.passedOver, 50);
  assert.ok(outcome.refused > 0);
});
