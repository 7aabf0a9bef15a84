/**
 * Decimal text at the edge: exact both ways, and nothing that is no decimal number passes.
 *
 * A failure prints its seed; `HOGA_TEST_SEED=<seed>` runs the same again.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { testSeed } from '../test/support/seed.ts';
import { formatDecimal, parseDecimal } from './decimal.ts';

const MAX = Number.MAX_SAFE_INTEGER;

test('minor units are written with all their places', () => {
  assert.equal(formatDecimal(123_450, 2), '1234.50');
  assert.equal(formatDecimal(0, 2), '0.00');
  assert.equal(formatDecimal(5, 8), '0.00000005');
  assert.equal(formatDecimal(-5, 2), '-0.05');
  assert.equal(formatDecimal(-0, 2), '0.00');
  assert.equal(formatDecimal(1_234, 0), '1234');
  assert.equal(formatDecimal(-1_234, 0), '-1234');
  assert.equal(formatDecimal(MAX, 15), '9.007199254740991');
  assert.equal(formatDecimal(-MAX, 0), '-9007199254740991');
});

test('what is no whole number of minor units is refused, with the value', () => {
  for (const value of [0.5, MAX + 1, -MAX - 1, Number.NaN, Number.POSITIVE_INFINITY]) {
    assert.throws(() => formatDecimal(value, 2), {
      name: 'RangeError',
      message: `${value} is no whole number of minor units`,
    });
  }
});

test('a decimal number is read as minor units, with fewer places too', () => {
  assert.equal(parseDecimal('1234.5', 2), 123_450);
  assert.equal(parseDecimal('1234', 2), 123_400);
  assert.equal(parseDecimal('0.05', 2), 5);
  assert.equal(parseDecimal('-0.05', 2), -5);
  assert.equal(parseDecimal('007', 0), 7);
  assert.equal(parseDecimal('9.007199254740991', 15), MAX);
  assert.equal(parseDecimal('-90071992547409.91', 2), -MAX);
  assert.ok(Object.is(parseDecimal('-0', 2), 0), 'there is no negative zero');
});

test('more places than the currency has are refused, never rounded', () => {
  assert.equal(parseDecimal('1.005', 2), undefined);
  assert.equal(parseDecimal('1.000', 2), undefined);
  assert.equal(parseDecimal('1.0', 0), undefined);
});

test('what does not fit into 2^53−1 minor units is refused', () => {
  assert.equal(parseDecimal('9007199254740992', 0), undefined);
  assert.equal(parseDecimal('90071992547409.92', 2), undefined);
  assert.equal(parseDecimal('9007199254740991', 1), undefined);
  assert.equal(parseDecimal(`1${'0'.repeat(400)}`, 0), undefined);
});

test('what is no decimal number is refused', () => {
  const texts = ['', ' ', '1 ', ' 1', '+1', '--1', '1.', '.5', '.', '-', '1,5', '1_000', '1e3'];
  texts.push('0x10', 'NaN', 'Infinity', '1.2.3', '1\n', '\n1', '١٢', '１', '½', '1\u0000', '−1');
  for (const text of texts) assert.equal(parseDecimal(text, 2), undefined, JSON.stringify(text));
});

test('any amount written in any currency is read back', (t) => {
  const amount = fc.oneof(fc.maxSafeInteger(), fc.integer({ min: -1_000, max: 1_000 }));
  fc.assert(
    fc.property(amount, fc.integer({ min: 0, max: 15 }), (value, decimals) => {
      assert.equal(parseDecimal(formatDecimal(value, decimals), decimals), value + 0);
    }),
    { seed: testSeed(t), numRuns: 2_000 },
  );
});
