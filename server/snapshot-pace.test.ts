/** How the writer of a snapshot stands back for an exchange beside it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { intervalOf, isWorthIt, restsAfter, SnapshotPace } from './snapshot-pace.ts';

/** Long enough for the writer to rest behind it. */
const WORK_MS = 2;

function work(): void {
  const endMs = performance.now() + WORK_MS;
  while (performance.now() < endMs);
}

test('it rests four times as long as it worked, and less the further behind', () => {
  const rests = [0, 0.5, 1, 1.25, 1.5, 1.75, 2, 3, 1_000].map(restsAfter);
  assert.deepEqual(rests, [4, 4, 4, 3, 2, 1, 0, 0, 0]);
});

test('it rests behind its work, as long as it may so far behind the end of the journal', () => {
  const pace = new SnapshotPace(1_000);
  let asked = 0;
  const behind = () => {
    asked++;
    return 1_500;
  };
  work();
  const beforeMs = performance.now();
  pace.rest(behind);
  assert.equal(asked, 1);
  assert.ok(performance.now() - beforeMs >= 2 * WORK_MS - 0.5);
});

test('the next is due as late as it takes to replay as long as the last took to write', () => {
  assert.equal(intervalOf(1_000_000, 0), 1_000_000);
  assert.equal(intervalOf(1_000_000, 400_000_000), 1_000_000);
  assert.equal(intervalOf(1_000_000, 800_000_001), 2_000_001);
  assert.equal(intervalOf(0, 800_000_000), 0, 'no interval');
});

test('a large one is followed late under load, and where little comes in a while', () => {
  assert.ok(isWorthIt(0, 0, 0));
  assert.ok(!isWorthIt(600_000_000, 1_499_999, 59_999));
  assert.ok(isWorthIt(600_000_000, 1_500_000, 0));
  assert.ok(isWorthIt(600_000_000, 0, 60_000));
});

test('without an interval it never rests', () => {
  const pace = new SnapshotPace(0);
  work();
  pace.rest(() => assert.fail('it asks how far it is behind'));
});
