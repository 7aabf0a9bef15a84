/** The ring on one thread: examples, and any order of operations against a model without tricks. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { testSeed } from '../test/support/seed.ts';
import { createRing, RingProducer, RingReader } from './ring.ts';
import { cursorOf, FRAME_HEADER_BYTES, MAX_CAPACITY, MAX_READERS, TAIL } from './ring-layout.ts';
import { anyOperation, anyStart, Comparison } from './testing/ring-comparison.ts';

const CAPACITY = 1024;
const CAPACITY_UNITS = CAPACITY / 8;
/** An eighth of the ring, less the frame's header. */
const MAX_PAYLOAD = CAPACITY / 8 - FRAME_HEADER_BYTES;

/** A ring with its producer and readers 0, 1, … that have joined. */
function setUp(readerCount = 1) {
  const ring = createRing(CAPACITY);
  const producer = new RingProducer(ring);
  const readers = Array.from({ length: readerCount }, (_, index) => new RingReader(ring, index));
  for (const reader of readers) reader.join();
  return { ring, producer, readers, reader: readers[0]! };
}

/** Claims a frame whose payload's bytes are all `fill`; its offset, or -1. */
function claim(producer: RingProducer, length: number, fill: number): number {
  const at = producer.tryClaim(length);
  if (at >= 0) producer.record.bytes.fill(fill, at, at + length);
  return at;
}

function publish(producer: RingProducer, length: number, fill: number): number {
  const at = claim(producer, length, fill);
  producer.commit();
  return at;
}

/** The next frame as `length × fill`; undefined where there is none. */
function readFrame(reader: RingReader): string | undefined {
  const at = reader.read();
  if (at < 0) return undefined;
  const payload = reader.record.bytes.subarray(at, at + reader.length);
  assert.ok(payload.every((byte) => byte === payload[0]));
  return `${payload.length} × ${payload[0]}`;
}

/** Fills the ring with frames of the largest size; how many there was room for. */
function fillUp(producer: RingProducer): number {
  let count = 0;
  while (publish(producer, MAX_PAYLOAD, count) >= 0) count++;
  return count;
}

describe('a ring', () => {
  test('has a capacity that is a power of two from 1 KiB to 1 GiB', () => {
    assert.doesNotThrow(() => createRing(1024));
    for (const capacity of [0, -1024, 512, 1025, 1536, 2 ** 31, 2 ** 32, Number.NaN, 2 ** 10.5]) {
      assert.throws(() => createRing(capacity), {
        name: 'RangeError',
        message: new RegExp(`^ring capacity ${capacity} is not allowed; allowed: .* 1024 to `),
      });
    }
    assert.equal(MAX_CAPACITY, 2 ** 30);
  });

  test('has readers 0 to 7', () => {
    const ring = createRing(CAPACITY);
    assert.doesNotThrow(() => new RingReader(ring, MAX_READERS - 1));
    for (const reader of [-1, MAX_READERS, Number.NaN]) {
      assert.throws(() => new RingReader(ring, reader), {
        name: 'RangeError',
        message: `reader ${reader} is not allowed; allowed: 0 to 7`,
      });
    }
  });

  test('keeps tail and cursors on cache lines of their own', () => {
    const words = [TAIL, ...Array.from({ length: MAX_READERS }, (_, reader) => cursorOf(reader))];
    for (const [index, word] of words.entries()) assert.equal(word * 4, index * 128);
  });
});

describe('the producer', () => {
  test('shows nothing before commit, and everything claimed so far at commit', () => {
    const { producer, reader } = setUp();
    claim(producer, 8, 1);
    claim(producer, 5, 2);
    claim(producer, 0, 3);
    assert.equal(reader.read(), -1);
    producer.commit();
    assert.equal(readFrame(reader), '8 × 1');
    assert.equal(readFrame(reader), '5 × 2');
    assert.equal(readFrame(reader), '0 × undefined');
    assert.equal(reader.read(), -1);
  });

  test('aborts all it claimed since the last commit, and claims the same room again', () => {
    const { producer, reader } = setUp();
    publish(producer, 8, 1);
    const at = claim(producer, 64, 2);
    claim(producer, 64, 3);
    producer.abort();
    producer.commit();
    assert.equal(publish(producer, 16, 4), at);
    assert.equal(readFrame(reader), '8 × 1');
    assert.equal(readFrame(reader), '16 × 4');
    assert.equal(reader.read(), -1);
  });

  test('answers -1 while the ring is full, to the byte, until a reader has released', () => {
    const { producer, reader } = setUp();
    assert.equal(producer.maxPayload, MAX_PAYLOAD);
    assert.equal(fillUp(producer), 8);
    assert.equal(producer.tryClaim(0), -1);
    reader.read();
    assert.equal(producer.tryClaim(0), -1);
    reader.release();
    assert.equal(producer.tryClaim(MAX_PAYLOAD), FRAME_HEADER_BYTES);
    assert.equal(producer.tryClaim(0), -1);
  });

  test('counts what it claimed but did not commit as used', () => {
    const { producer } = setUp();
    for (let i = 0; i < 8; i++) assert.ok(producer.tryClaim(MAX_PAYLOAD) >= 0);
    assert.equal(producer.tryClaim(MAX_PAYLOAD), -1);
    producer.abort();
    assert.equal(producer.freeBytes(), CAPACITY);
  });

  test('pads the end of the buffer where a frame does not fit, which readers skip', () => {
    const { producer, reader } = setUp();
    for (let i = 0; i < 9; i++) {
      assert.equal(publish(producer, 96, i), i * 104 + FRAME_HEADER_BYTES);
      assert.equal(readFrame(reader), `96 × ${i}`);
      reader.release();
    }
    // 88 bytes are left at the end.
    assert.equal(publish(producer, 96, 100), FRAME_HEADER_BYTES);
    assert.equal(producer.freeBytes(), CAPACITY - 88 - 104);
    assert.equal(readFrame(reader), '96 × 100');
    assert.equal(reader.read(), -1);
    reader.release();
    assert.equal(producer.freeBytes(), CAPACITY);
  });

  test('writes no padding where a frame fits exactly to the end', () => {
    const { producer, reader } = setUp();
    for (let i = 0; i < 8; i++) {
      assert.equal(publish(producer, MAX_PAYLOAD, i), i * 128 + FRAME_HEADER_BYTES);
      readFrame(reader);
      reader.release();
    }
    assert.equal(publish(producer, 8, 8), FRAME_HEADER_BYTES);
    assert.equal(readFrame(reader), '8 × 8');
  });

  test('needs room for the padding too', () => {
    const { producer, reader } = setUp();
    for (let i = 0; i < 9; i++) publish(producer, 96, i);
    reader.read();
    reader.release();
    // Free are 88 bytes at the end and 104 at the start.
    assert.equal(producer.freeBytes(), 192);
    assert.equal(producer.tryClaim(104), -1);
    assert.equal(producer.tryClaim(96), FRAME_HEADER_BYTES);
  });

  test('refuses a frame longer than an eighth of the ring', () => {
    const { producer } = setUp();
    for (const length of [MAX_PAYLOAD + 1, CAPACITY, CAPACITY * 2]) {
      assert.throws(() => producer.tryClaim(length), {
        name: 'RangeError',
        message: `frame of ${length} bytes is too long`,
      });
    }
    assert.ok(producer.tryClaim(MAX_PAYLOAD) >= 0);
  });

  test('refuses a frame that is too long whether or not it knows of room for it', () => {
    const { producer } = setUp();
    // The producer has looked up its limit and knows of 1,008 free bytes.
    publish(producer, 8, 1);
    assert.throws(() => producer.tryClaim(MAX_PAYLOAD + 1), RangeError);
  });

  test('knows its free bytes exactly', () => {
    const { producer, reader } = setUp();
    assert.equal(producer.freeBytes(), CAPACITY);
    claim(producer, 1, 1);
    assert.equal(producer.freeBytes(), CAPACITY - 16);
    publish(producer, 8, 2);
    assert.equal(producer.freeBytes(), CAPACITY - 32);
    reader.read();
    assert.equal(producer.freeBytes(), CAPACITY - 32);
    reader.release();
    assert.equal(producer.freeBytes(), CAPACITY - 16);
  });

  test('takes up its ring where the one before it stopped', () => {
    const { ring, producer, reader } = setUp();
    publish(producer, 8, 1);
    claim(producer, 8, 2);
    publish(new RingProducer(ring), 8, 3);
    assert.equal(readFrame(reader), '8 × 1');
    assert.equal(readFrame(reader), '8 × 3');
    assert.equal(reader.read(), -1);
  });
});

describe('a reader', () => {
  test('sees every frame, whatever the other readers have seen', () => {
    const { producer, readers } = setUp(3);
    publish(producer, 8, 1);
    publish(producer, 8, 2);
    for (const reader of readers) {
      assert.equal(readFrame(reader), '8 × 1');
      assert.equal(readFrame(reader), '8 × 2');
      assert.equal(reader.read(), -1);
    }
  });

  test('goes on at its cursor in a new object: what was not released is read again', () => {
    const { ring, producer, reader } = setUp();
    publish(producer, 8, 1);
    publish(producer, 8, 2);
    readFrame(reader);
    reader.release();
    readFrame(reader);
    assert.equal(readFrame(new RingReader(ring, 0)), '8 × 2');
  });

  test('that is slowest holds the producer back', () => {
    const { producer, readers } = setUp(3);
    fillUp(producer);
    for (const reader of readers) {
      assert.equal(producer.tryClaim(MAX_PAYLOAD), -1);
      reader.read();
      reader.release();
    }
    assert.ok(producer.tryClaim(MAX_PAYLOAD) >= 0);
  });

  test('that never joined, or left, does not hold the producer back', () => {
    const { ring, producer, readers, reader } = setUp(2);
    new RingReader(ring, 2);
    fillUp(producer);
    while (reader.read() >= 0) reader.release();
    assert.equal(producer.tryClaim(8), -1);
    readers[1]!.leave();
    assert.equal(producer.freeBytes(), CAPACITY);
    assert.ok(producer.tryClaim(8) >= 0);
  });

  test('that joins starts behind what was published before', () => {
    const { ring, producer } = setUp();
    publish(producer, 8, 1);
    const late = new RingReader(ring, 1);
    late.join();
    assert.equal(late.read(), -1);
    publish(producer, 8, 2);
    assert.equal(readFrame(late), '8 × 2');
  });

  test('that is bounded by another sees what the other released, and not a frame more', () => {
    const { ring, producer, reader } = setUp();
    const bounded = new RingReader(ring, 1, 0);
    bounded.join();
    for (const fill of [1, 2, 3]) publish(producer, 8, fill);
    assert.equal(bounded.read(), -1);
    reader.read();
    reader.read();
    assert.equal(bounded.read(), -1);
    reader.release();
    reader.read();
    assert.equal(readFrame(bounded), '8 × 1');
    assert.equal(readFrame(bounded), '8 × 2');
    assert.equal(bounded.read(), -1);
    reader.release();
    assert.equal(readFrame(bounded), '8 × 3');
  });

  test('that is bounded joins at the cursor of the reader that bounds it', () => {
    const { ring, producer, reader } = setUp();
    publish(producer, 8, 1);
    publish(producer, 8, 2);
    reader.read();
    reader.release();
    const bounded = new RingReader(ring, 1, 0);
    bounded.join();
    assert.equal(bounded.read(), -1);
    reader.read();
    reader.release();
    assert.equal(readFrame(bounded), '8 × 2');
  });
});

test('any order of operations, from any position, has the outcome that the model says', (t) => {
  const operations = fc.array(anyOperation, { maxLength: 400, size: 'max' });
  const property = fc.property(anyStart, operations, (start, list) => {
    const comparison = new Comparison(start);
    for (const operation of list) comparison.apply(operation);
  });
  fc.assert(property, { seed: testSeed(t), numRuns: 600 });
});

for (const [name, wrap] of [
  ['2^31', 2 ** 31],
  ['2^32', 0],
] as const) {
  test(`positions pass ${name} units while the ring fills and empties`, (t) => {
    const start = fc.integer({ min: wrap - 2 * CAPACITY_UNITS, max: wrap - 1 });
    const operations = fc.array(anyOperation, { minLength: 20 });
    const property = fc.property(start, operations, (position, list) => {
      const comparison = new Comparison(position);
      for (let turn = 0; turn < 8; turn++) {
        for (let i = 0; i < 10; i++) comparison.apply({ kind: 'claim', length: MAX_PAYLOAD });
        comparison.apply({ kind: 'commit' });
        for (const operation of list) comparison.apply(operation);
        for (let i = 0; i < 40; i++) {
          for (const reader of [0, 1, 2]) comparison.apply({ kind: 'read', reader });
          if (i % 4 === turn % 4) comparison.apply({ kind: 'release', reader: 0 });
        }
        for (const reader of [0, 1, 2]) comparison.apply({ kind: 'release', reader });
      }
      assert.ok(comparison.model.tail > wrap + CAPACITY_UNITS, 'the wrap lies behind the tail');
    });
    fc.assert(property, { seed: testSeed(t), numRuns: 100 });
  });
}
