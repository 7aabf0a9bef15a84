/**
 * The queue of what is due against a sorted list.
 *
 * A failure prints its seed; `HOGA_TEST_SEED=<seed>` runs the same again.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { testSeed } from '../test/support/seed.ts';
import { TimeQueue } from './time-queue.ts';

test('an empty queue is never due', () => {
  const queue = new TimeQueue();
  assert.equal(queue.nextTime, Number.POSITIVE_INFINITY);
  assert.equal(queue.first(), undefined);
});

test('any adds and removes leave the earliest first, and of one time the one added first', (t) => {
  const step = fc.record({
    isAdd: fc.boolean(),
    time: fc.integer({ min: 1, max: 6 }),
    pick: fc.nat(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const queue = new TimeQueue();
      let waiting: { time: number; slot: number }[] = [];
      for (const [slot, { isAdd, time, pick }] of steps.entries()) {
        if (isAdd) {
          queue.add(time, slot);
          waiting.push({ time, slot });
        } else if (waiting.length > 0) {
          const removed = waiting[pick % waiting.length]!;
          queue.remove(removed.time, removed.slot);
          waiting = waiting.filter((other) => other !== removed);
        }
        const [first] = waiting.toSorted((a, b) => a.time - b.time);
        assert.equal(queue.nextTime, first?.time ?? Number.POSITIVE_INFINITY);
        assert.equal(queue.first(), first?.slot);
      }
    }),
    { seed: testSeed(t), numRuns: 300 },
  );
});
