/** Columns as PostgreSQL reads them: the bytes by hand, and every array decoded again. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { testSeed } from '../test/support/seed.ts';
import { type ColumnType, type ColumnValue, columnArray } from './column-array.ts';

const EPOCH_2000_US = 946_684_800_000_000n;

/** An array's elements, bytes each; null for null. */
function elementsOf(array: Buffer): (Buffer | null)[] {
  const elements: (Buffer | null)[] = [];
  let at = 20;
  while (at < array.length) {
    const length = array.readInt32BE(at);
    at += 4;
    elements.push(length < 0 ? null : array.subarray(at, at + length));
    at += Math.max(length, 0);
  }
  assert.equal(at, array.length);
  return elements;
}

const DECODE: Readonly<Record<ColumnType, (bytes: Buffer) => ColumnValue>> = {
  bigint: (bytes) => Number(bytes.readBigInt64BE()),
  timestamptz: (bytes) => Number(bytes.readBigInt64BE() + EPOCH_2000_US),
  integer: (bytes) => bytes.readInt32BE(),
  smallint: (bytes) => bytes.readInt16BE(),
  boolean: (bytes) => bytes.readUInt8() === 1,
  text: (bytes) => bytes.toString(),
};
const SAFE = fc.maxSafeInteger();
const VALUES: Readonly<Record<ColumnType, fc.Arbitrary<ColumnValue>>> = {
  bigint: SAFE,
  timestamptz: fc.maxSafeNat(),
  integer: fc.integer(),
  smallint: fc.integer({ min: -(2 ** 15), max: 2 ** 15 - 1 }),
  boolean: fc.boolean(),
  text: fc.string({ unit: 'grapheme' }),
};

test('two numbers, one of them null', () => {
  const expected = [
    ...[0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 20, 0, 0, 0, 2, 0, 0, 0, 1],
    ...[0, 0, 0, 8, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe],
    ...[0xff, 0xff, 0xff, 0xff],
  ];
  assert.deepEqual([...columnArray('bigint', [-2, null])], expected);
});

for (const type of Object.keys(VALUES) as ColumnType[]) {
  test(`every array of ${type} has its values`, (t) => {
    const column = fc.array(fc.option(VALUES[type]), { minLength: 1 });
    fc.assert(
      fc.property(column, (values) => {
        const array = columnArray(type, values);
        assert.equal(array.readInt32BE(4), Number(values.includes(null)));
        assert.equal(array.readInt32BE(12), values.length);
        const decode = DECODE[type];
        const decoded = elementsOf(array).map((bytes) => (bytes === null ? null : decode(bytes)));
        assert.deepEqual(decoded, values);
      }),
      { seed: testSeed(t) },
    );
  });
}

test('what does not fit its column is an error', () => {
  const missing = undefined as unknown as number;
  for (const type of ['bigint', 'timestamptz', 'integer', 'smallint', 'boolean'] as const) {
    for (const value of [missing, Number.NaN, 1.5, 2 ** 53]) {
      assert.throws(() => columnArray(type, [value]), RangeError, `${value} as ${type}`);
    }
  }
  assert.throws(() => columnArray('text', [missing]), TypeError);
  assert.throws(() => columnArray('smallint', [32_768]), RangeError);
  assert.throws(() => columnArray('integer', [2 ** 31]), RangeError);
});
