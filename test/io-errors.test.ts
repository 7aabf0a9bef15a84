/** A short slice of `npm run chaos -- io-errors`. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failDisks } from './chaos/io-errors/io-errors.ts';
import { isStraceThere } from './chaos/strace.ts';
import { testSeed } from './support/seed.ts';

const skip = isStraceThere() ? false : 'strace is not there (apt install strace)';

test('a disk that answers EIO costs nothing that was answered', { skip }, async (t) => {
  const options = { rounds: 1, seed: testSeed(t), isControl: false };
  const outcome = await failDisks(options, () => {});
  assert.deepEqual(outcome.failures, []);
  assert.equal(outcome.lost + outcome.faults, 0);
  assert.ok(outcome.errors === 1 && outcome.answered > 0);
});
