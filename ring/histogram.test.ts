/** What one side records the other reads, by bounds that include their own value. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SharedHistogram } from './histogram.ts';

test('counts are cumulative, a bound includes itself, and the last counts all', () => {
  const bounds = [1, 10, 100];
  const buffer = SharedHistogram.create(bounds);
  const writer = new SharedHistogram(buffer, bounds);
  const reader = new SharedHistogram(buffer, bounds);
  assert.deepEqual(reader.cumulative(), [0, 0, 0, 0]);
  for (const value of [0, 1, 2, 10, 11, 100, 101, 5_000]) writer.record(value);
  assert.deepEqual(reader.cumulative(), [2, 4, 6, 8]);
  assert.equal(reader.sum, 5_225);
});
