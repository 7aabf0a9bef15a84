/** A queue keeps its records in order, over pages and the end of its slots, and reuses pages. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RecordQueue } from './record-queue.ts';

/** 2^14 words a record, so that a page holds 16. */
const LARGE = 14;

function push(queue: RecordQueue, value: number): void {
  const slot = queue.push();
  queue.page(slot)[queue.wordOf(slot) + 1] = value;
}

function contents(queue: RecordQueue): number[] {
  const values: number[] = [];
  for (let slot = queue.first; slot !== queue.end; slot = queue.next(slot)) {
    values.push(queue.page(slot)[queue.wordOf(slot) + 1]!);
  }
  return values;
}

test('records leave in the order in which they came', () => {
  const queue = new RecordQueue(LARGE);
  const expected: number[] = [];
  for (let value = 1; value <= 100; value++) {
    push(queue, value);
    expected.push(value);
    if (value % 3 === 0) {
      queue.drop();
      expected.shift();
    }
    assert.equal(queue.count, expected.length);
    assert.deepEqual(contents(queue), expected);
  }
});

test('a queue that never holds much takes few pages, however many pass', () => {
  const queue = new RecordQueue(LARGE);
  const pages = new Set<Int32Array>();
  for (let value = 0; value < 2 ** 18; value++) {
    push(queue, value);
    pages.add(queue.page(queue.first));
    if (queue.count > 20) queue.drop();
  }
  assert.ok(pages.size <= 3, `${pages.size} pages`);
  assert.deepEqual(
    contents(queue),
    Array.from({ length: 20 }, (_, i) => 2 ** 18 - 20 + i),
  );
});
