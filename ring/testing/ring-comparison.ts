/** A ring and its model side by side: any operations, in any order, with the same outcome. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { RingProducer, RingReader } from '../ring.ts';
import { cursorOf, FRAME_HEADER_BYTES, TAIL } from '../ring-layout.ts';
import { createRingAt, headerOf } from './ring-at.ts';
import { type ModelFrame, RingModel } from './ring-model.ts';

const CAPACITY = 1024;
const MAX_PAYLOAD = CAPACITY / 8 - FRAME_HEADER_BYTES;
/** Reader 0 always holds the producer back, as the journal does; 2 is bounded by it. */
const BOUNDS = [undefined, undefined, 0];

export type Operation =
  | { readonly kind: 'claim'; readonly length: number }
  | { readonly kind: 'commit' | 'abort' | 'look at free bytes' }
  | { readonly kind: 'read' | 'release' | 'leave or join'; readonly reader: number };

const anyReader = fc.nat({ max: BOUNDS.length - 1 });
const claimOf = (length: fc.Arbitrary<number>): fc.Arbitrary<Operation> =>
  fc.record({ kind: fc.constant('claim'), length });
export const anyOperation = fc.oneof<fc.MaybeWeightedArbitrary<Operation>[]>(
  { weight: 6, arbitrary: claimOf(fc.nat({ max: MAX_PAYLOAD })) },
  { weight: 2, arbitrary: claimOf(fc.integer({ min: MAX_PAYLOAD - 24, max: MAX_PAYLOAD })) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('commit') }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('abort', 'look at free bytes') }) },
  { weight: 15, arbitrary: fc.record({ kind: fc.constant('read'), reader: anyReader }) },
  { weight: 9, arbitrary: fc.record({ kind: fc.constant('release'), reader: anyReader }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('leave or join'), reader: anyReader }) },
);
/** Far from every wrap, or so near one that it comes within a few frames. */
export const anyStart = fc.oneof(
  fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  fc.integer({ min: 2 ** 31 - 300, max: 2 ** 31 - 1 }),
  fc.integer({ min: -300, max: -1 }),
);

/** A ring and its model, which must agree about each operation's outcome. */
export class Comparison {
  readonly model: RingModel;
  private readonly header: Int32Array;
  private readonly producer: RingProducer;
  private readonly readers: readonly RingReader[];

  constructor(start: number) {
    const ring = createRingAt(CAPACITY, start);
    this.model = new RingModel(CAPACITY, start, BOUNDS);
    this.header = headerOf(ring);
    this.producer = new RingProducer(ring);
    this.readers = BOUNDS.map((bound, index) => new RingReader(ring, index, bound));
    for (const reader of this.readers) reader.join();
  }

  apply(operation: Operation): void {
    const { model, producer } = this;
    if ('reader' in operation) this.applyToReader(operation.kind, operation.reader);
    else if ('length' in operation) this.claim(operation.length);
    else if (operation.kind === 'look at free bytes') {
      assert.equal(producer.freeBytes(), model.freeBytes);
    } else {
      producer[operation.kind]();
      model[operation.kind]();
    }
    assert.equal(this.header[TAIL], model.tail | 0);
    for (const [index, { cursor }] of model.readers.entries()) {
      assert.equal(this.header[cursorOf(index)], cursor | 0);
    }
  }

  private claim(length: number): void {
    const frame = this.model.claim(length);
    const { producer } = this;
    const at = producer.tryClaim(length);
    assert.equal(at, frame?.at ?? -1);
    if (frame !== undefined) producer.record.bytes.fill(frame.fill, at, at + length);
  }

  private applyToReader(kind: 'read' | 'release' | 'leave or join', index: number): void {
    const { model } = this;
    const reader = this.readers[index]!;
    const { isJoined } = model.readers[index]!;
    if (kind === 'leave or join') {
      if (index === 0) return;
      const change = isJoined ? 'leave' : 'join';
      reader[change]();
      model[change](index);
    } else if (isJoined && kind === 'read') {
      const frame = model.read(index);
      assert.equal(reader.read(), frame?.at ?? -1);
      if (frame === undefined) return;
      assert.equal(reader.length, frame.length);
      this.assertIntact(frame);
    } else if (isJoined) {
      for (const frame of model.held(index)) this.assertIntact(frame);
      reader.release();
      model.release(index);
    }
  }

  private assertIntact({ at, length, fill }: ModelFrame): void {
    const payload = this.producer.record.bytes.subarray(at, at + length);
    assert.ok(payload.every((byte) => byte === fill));
  }
}
