/** The follower rests longer where it worked longer, within bounds. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { restMs } from './follower-rest.ts';

test('four times as long as it worked, at least the shortest, at most a second', () => {
  const rests = [0, 4, 5, 6, 100, 250, 251, 60_000].map((workedMs) => restMs(workedMs, 100, 20));
  assert.deepEqual(rests, [20, 20, 20, 24, 400, 1_000, 1_000, 1_000]);
});

test('the shortest rest may be longer than a second', () => {
  assert.equal(restMs(1, 100, 5_000), 5_000);
  assert.equal(restMs(60_000, 100, 5_000), 5_000);
});

test('the shortest where few commands came, however long it took', () => {
  assert.equal(restMs(500, 99, 20), 20);
  assert.equal(restMs(500, 0, 20), 20);
});

test('never, if the shortest is none', () => {
  assert.equal(restMs(100, 100, 0), 0);
});
