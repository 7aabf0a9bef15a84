/** A short slice of `npm run chaos -- power-cut`, and its control. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cutPower } from './chaos/power-cut/power-cut.ts';
import { isStraceThere } from './chaos/strace.ts';
import { testSeed } from './support/seed.ts';

const CUTS = 50;
const skip = isStraceThere() ? false : 'strace is not there (apt install strace)';

test('after a power cut everything that was told is in the journal', { skip }, async (t) => {
  const outcome = await cutPower(
    { cuts: CUTS, seed: testSeed(t), ignoresFlushes: false },
    () => {},
  );
  assert.deepEqual(outcome.failures, []);
  assert.equal(outcome.lost + outcome.refused + outcome.wrong, 0);
  assert.equal(outcome.cuts, CUTS);
  assert.ok(outcome.told > 0);
});

test('without flushes it is not, and the same check finds that', { skip }, async (t) => {
  const outcome = await cutPower({ cuts: CUTS, seed: testSeed(t), ignoresFlushes: true }, () => {});
  assert.ok(outcome.lost + outcome.refused > 0);
  assert.equal(outcome.wrong, 0, 'nothing damaged is served');
});
