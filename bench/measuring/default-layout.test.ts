/** What results say of the threads of an exchange that was started as it comes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeDefaultLayout } from './default-layout.ts';

test('each thread is named with how it waits, and how long it spins', () => {
  const wait = String.raw`(park|busy-spin|spin-then-park \(\d+ spins\))`;
  const waits = `exchange ${wait}, journal ${wait}, gateway ${wait}`;
  const layout = new RegExp(`^(compact|spread) on \\d+ cores: ${waits}$`);
  assert.match(describeDefaultLayout(), layout);
});
