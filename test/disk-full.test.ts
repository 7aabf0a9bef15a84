/** A short slice of `npm run chaos -- disk-full`, and its control. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fillDisks } from './chaos/disk-full/disk-full.ts';
import { canMount } from './chaos/disk-full/small-disk.ts';
import { testSeed } from './support/seed.ts';

const skip = canMount() ? false : 'no small disk can be mounted here (neither root nor unshare -r)';

test('a disk that fills up costs nothing that was answered', { skip }, async (t) => {
  const options = { rounds: 1, seed: testSeed(t), isControl: false };
  const outcome = await fillDisks(options, () => {});
  assert.deepEqual(outcome.failures, []);
  assert.equal(outcome.lost + outcome.faults, 0);
  assert.ok(outcome.orders > 0 && outcome.cancels > 0);
  assert.ok(outcome.refusedBefore > 0);
});
