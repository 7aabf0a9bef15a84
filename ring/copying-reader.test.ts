/**
 * A reader that is cut off: the producer goes on without it, it hands out nothing that is torn, and
 * it joins again while the producer writes.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import { testSeed } from '../test/support/seed.ts';
import { CopyingReader } from './copying-reader.ts';
import { ReaderWatch } from './reader-watch.ts';
import { createRing, RingProducer, RingReader } from './ring.ts';
import { FRAME_HEADER_BYTES } from './ring-layout.ts';
import { SHAKY_READER, Shown, STEADY_READER } from './testing/cut-off-slots.ts';
import type { CutOffWorkerData } from './testing/cut-off-worker.ts';
import { interleave } from './testing/interleave.ts';
import { numberedLength, readNumbered, writeNumbered } from './testing/numbered-frames.ts';
import { createRingAt } from './testing/ring-at.ts';

const CAPACITY = 1024;
const HANG_MS = 120_000;
const STALE_START = 2 ** 31 - 5_000;

/** A ring with a reader that stays and one that may be cut off, bounded by the first or not. */
class Rig {
  readonly producer: RingProducer;
  readonly steady: RingReader;
  readonly reader: CopyingReader;
  readonly watch: ReaderWatch;
  published = 0;

  constructor(ring: SharedArrayBuffer, boundedBy: number | undefined) {
    this.producer = new RingProducer(ring);
    this.steady = new RingReader(ring, STEADY_READER);
    this.steady.join();
    this.reader = new CopyingReader(ring, SHAKY_READER, boundedBy);
    this.reader.join();
    this.watch = new ReaderWatch(ring, SHAKY_READER, boundedBy);
  }

  /** The next numbered frame; false where the ring is full. */
  publish(): boolean {
    const { maxPayload, record } = this.producer;
    const at = this.producer.tryClaim(numberedLength(this.published, maxPayload));
    if (at < 0) return false;
    writeNumbered(record, at, this.published++, maxPayload);
    this.producer.commit();
    return true;
  }

  publishAll(): number {
    let count = 0;
    while (this.publish()) count++;
    return count;
  }

  /** Passes over all there is. */
  readSteadily(): void {
    while (this.steady.read() >= 0);
    this.steady.release();
  }

  /** The number of the next frame, checked; undefined where there is none. */
  read(): number | undefined {
    const at = this.reader.read();
    if (at < 0) return undefined;
    return readNumbered(this.reader.record, at, this.reader.length, this.producer.maxPayload);
  }
}

describe('a reader that copies', () => {
  test('reads frames in order, and holds the producer back until it releases them', () => {
    const rig = new Rig(createRing(CAPACITY), undefined);
    const count = rig.publishAll();
    rig.readSteadily();
    for (let number = 0; number < count; number++) assert.equal(rig.read(), number);
    assert.equal(rig.read(), undefined);
    assert.ok(!rig.publish(), 'read is not released');
    rig.reader.release();
    assert.ok(rig.publish());
    assert.equal(rig.read(), count);
  });

  test('takes a frame of the largest size, longer than what it copies at once', () => {
    const capacity = 2 ** 20;
    const rig = new Rig(createRing(capacity), undefined);
    const { maxPayload, record } = rig.producer;
    assert.equal(maxPayload, capacity / 8 - FRAME_HEADER_BYTES);
    for (let round = 0; round < 20; round++) {
      const at = rig.producer.tryClaim(maxPayload);
      record.bytes.fill(round, at, at + maxPayload);
      rig.producer.commit();
      const from = rig.reader.read();
      assert.equal(rig.reader.length, maxPayload);
      const payload = rig.reader.record.bytes.subarray(from, from + maxPayload);
      assert.ok(payload.every((byte) => byte === round));
      rig.reader.release();
      rig.readSteadily();
    }
  });

  test('reads on in the middle of a frame that it had copied a part of', () => {
    const rig = new Rig(createRing(2 ** 20), undefined);
    for (let expected = 0; expected < 200; expected++) {
      rig.publishAll();
      rig.readSteadily();
      assert.equal(rig.read(), expected);
      rig.reader.release();
    }
  });

  test('cut off, holds nobody back, says so, and reads no more than what it had copied', () => {
    const rig = new Rig(createRing(CAPACITY), undefined);
    const copied = rig.publishAll();
    rig.readSteadily();
    assert.equal(rig.read(), 0);
    assert.ok(!rig.publish());
    assert.ok(rig.watch.lagBytes > CAPACITY / 2);
    assert.ok(rig.watch.cutOff());
    assert.ok(!rig.watch.cutOff(), 'it is already');
    assert.ok(!rig.watch.isJoined && rig.reader.isCutOff);
    for (let round = 0; round < 5; round++) {
      rig.publishAll();
      rig.readSteadily();
    }
    for (let number = 1; number < copied; number++) assert.equal(rig.read(), number);
    assert.equal(rig.read(), undefined);
    rig.reader.release();
    assert.ok(rig.publish(), 'a release of one that is cut off means nothing');
  });

  test('cut off before it copied, reads nothing', () => {
    const rig = new Rig(createRing(CAPACITY), undefined);
    rig.publishAll();
    rig.watch.cutOff();
    assert.equal(rig.read(), undefined);
  });

  test('joins again at the newest frame that it may see, and holds the producer back', () => {
    const rig = new Rig(createRing(CAPACITY), STEADY_READER);
    rig.publishAll();
    rig.watch.cutOff();
    rig.readSteadily();
    rig.publishAll();
    rig.readSteadily();
    const first = rig.published;
    rig.reader.join();
    assert.ok(!rig.reader.isCutOff);
    assert.equal(rig.watch.lagBytes, 0);
    rig.publishAll();
    assert.equal(rig.read(), undefined, 'the bound has not read it');
    rig.readSteadily();
    assert.ok(!rig.publish());
    assert.equal(rig.read(), first);
  });

  test('whatever others do amid its operations, each frame comes whole, and in order', (t) => {
    const anyReads = fc.array(fc.constantFrom('read', 'read', 'read', 'release'), {
      minLength: 20,
      maxLength: 60,
    });
    const others = fc.array(fc.constantFrom('publish', 'fill', 'steady', 'steady', 'cut off', ''), {
      minLength: 100,
      maxLength: 400,
    });
    const start = fc.integer({ min: 2 ** 31 - 300, max: 2 ** 31 - 1 });
    const bound = fc.constantFrom(undefined, STEADY_READER);
    let [seen, cutOffs] = [0, 0];
    const property = fc.property(anyReads, others, start, bound, (own, steps, at, boundedBy) => {
      const rig = new Rig(createRingAt(CAPACITY, at), boundedBy);
      const turns = steps.values();
      const takeTurn = () => {
        const step = turns.next().value;
        if (step === 'publish') rig.publish();
        else if (step === 'fill') rig.publishAll();
        else if (step === 'steady') rig.readSteadily();
        else if (step === 'cut off') cutOffs += Number(rig.watch.cutOff());
      };
      let last = -1;
      let isAfterGap = false;
      for (const operation of own) {
        if (operation === 'release') interleave(takeTurn, () => rig.reader.release());
        else if (rig.reader.isCutOff) {
          interleave(takeTurn, () => rig.reader.join());
          isAfterGap = true;
        }
        const from = interleave(takeTurn, () => rig.reader.read());
        if (from < 0) continue;
        const { record, length } = rig.reader;
        const number = readNumbered(record, from, length, rig.producer.maxPayload);
        assert.ok(isAfterGap ? number > last : number === last + 1, `${number} after ${last}`);
        isAfterGap = false;
        last = number;
        seen++;
      }
    });
    fc.assert(property, { seed: testSeed(t), numRuns: 2_000 });
    t.diagnostic(`${seen} frames seen, ${cutOffs} times cut off`);
    assert.ok(seen > 2_000 && cutOffs > 1_000);
  });
});

describe('between threads', () => {
  for (const { capacity, frameCount, boundedBy } of [
    { capacity: 1_024, frameCount: 50_000, boundedBy: STEADY_READER },
    { capacity: 65_536, frameCount: 20_000, boundedBy: undefined },
  ]) {
    const bound = boundedBy === undefined ? 'the tail' : 'another reader';
    test(`cut off at any moment, ${capacity} bytes up to ${bound}: nothing torn`, async (t) => {
      const seed = testSeed(t);
      const ring = createRingAt(capacity, STALE_START);
      new Rig(ring, boundedBy);
      const shown = new SharedArrayBuffer(Object.keys(Shown).length * 4);
      const file = new URL('./testing/cut-off-worker.ts', import.meta.url);
      const workers = (['producer', 'steady', 'shaky'] as const).map((role, index) => {
        const own = { role, ring, boundedBy, shown, frameCount, seed: seed + index };
        return new Worker(file, { workerData: own satisfies CutOffWorkerData });
      });
      const signal = AbortSignal.timeout(HANG_MS);
      try {
        // `once` rejects where the thread ends with an error.
        await Promise.all(workers.map((worker) => once(worker, 'exit', { signal })));
      } finally {
        await Promise.all(workers.map((worker) => worker.terminate()));
      }
      const counts = new Int32Array(shown);
      const [cutOffs, seen] = [counts[Shown.CutOffs]!, counts[Shown.Seen]!];
      t.diagnostic(`${cutOffs} times cut off; ${seen} of ${frameCount} frames seen`);
      assert.ok(cutOffs > 0 && seen > 0);
    });
  }
});
