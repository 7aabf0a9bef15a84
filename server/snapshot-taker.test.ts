/** Snapshots that are taken one after the other in one exchange. */
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { listSnapshots } from '../journal/snapshots.ts';
import { openStore } from '../journal/testing/journal-rig.ts';
import { recordDay } from '../journal/testing/recorded-day.ts';
import { seededRandom } from '../test/support/seed.ts';
import { SnapshotTaker } from './snapshot-taker.ts';

async function takerOf(t: TestContext, options: { seesOldest: boolean; onRest: () => void }) {
  const { folder } = await recordDay(seededRandom(7), 0);
  const bad: string[] = [];
  const onBad = (why: string) => bad.push(why);
  const taker = new SnapshotTaker(openStore(t, folder), folder, {
    ...options,
    ...{ keep: 3, pace: 100, onBad },
  });
  return { folder, bad, take: (to: number) => taker.take(to, () => {}) };
}

test('the next goes on from where the one before was brought back to', async (t) => {
  let rests = 0;
  const onRest = () => {
    rests++;
  };
  const { folder, bad, take } = await takerOf(t, { seesOldest: false, onRest });
  const first = take(200);
  assert.equal(first.replayed, first.sequence);
  assert.ok(rests > 4, 'behind batches, and chunks that are written and read');
  rmSync(listSnapshots(folder)[0]!.path);
  const second = take(400);
  assert.equal(second.replayed, second.sequence - first.sequence);
  const same = take(second.sequence);
  assert.deepEqual([same.sequence, same.replayed], [second.sequence, 0]);
  assert.deepEqual(bad, []);
});

test('where the oldest is seen, it begins with the newest that there is', async (t) => {
  const { folder, take } = await takerOf(t, { seesOldest: true, onRest: () => {} });
  take(200);
  rmSync(listSnapshots(folder)[0]!.path);
  const second = take(400);
  assert.equal(second.replayed, second.sequence);
});

test('after a failure it begins with the newest that there is', async (t) => {
  let isFailing = false;
  const onRest = () => {
    if (isFailing) throw new Error('enough');
  };
  const { take } = await takerOf(t, { seesOldest: false, onRest });
  const first = take(200);
  isFailing = true;
  assert.throws(() => take(400), /enough/);
  isFailing = false;
  const second = take(400);
  assert.equal(second.replayed, second.sequence - first.sequence);
});
