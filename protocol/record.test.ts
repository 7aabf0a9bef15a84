/**
 * 64-bit integers in two 32-bit lanes, buffers and record headers.
 *
 * A failure prints its seed; `HOGA_TEST_SEED=<seed>` runs the same again.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { testSeed } from '../test/support/seed.ts';
import { NEW_ORDER } from './command-layout.ts';
import { NewOrder } from './commands.ts';
import { getInt64, RecordBuffer, recordLengthAt, setInt64, templateIdAt } from './record.ts';
import { AddCurrency } from './venue-commands.ts';

const MAX = Number.MAX_SAFE_INTEGER;

/** Written in two lanes, seen as one 64-bit integer, and read back. */
function assertRoundtrip(value: number): void {
  const words = new Int32Array(6).fill(-1);
  setInt64(words, 2, value);
  assert.equal(new DataView(words.buffer).getBigInt64(8, true), BigInt(value));
  assert.equal(getInt64(words, 2), value);
  assert.deepEqual([...words.slice(0, 2), ...words.slice(4)], [-1, -1, -1, -1]);
}

test('any safe integer, negative too, is written as a 64-bit integer and comes back', (t) => {
  const value = fc.oneof(
    fc.maxSafeInteger(),
    fc.integer(),
    fc.integer({ min: -MAX, max: -MAX + 100 }),
    fc.integer({ min: MAX - 100, max: MAX }),
  );
  // −0 is 0 as an integer.
  fc.assert(
    fc.property(value, (drawn) => assertRoundtrip(drawn + 0)),
    { seed: testSeed(t), numRuns: 5_000 },
  );
});

test('integers at the bounds of the lanes come back', () => {
  for (const bound of [0, 2 ** 31, 2 ** 32, 2 ** 33, 2 ** 52, 2 ** 53]) {
    for (const value of [bound - 2, bound - 1, bound, bound + 1]) {
      if (value > MAX) continue;
      assertRoundtrip(value);
      if (value !== 0) assertRoundtrip(-value);
    }
  }
});

test('what a client writes beyond 2^53−1 is read as beyond it, whatever it is rounded to', () => {
  const words = new Int32Array(2);
  const view = new DataView(words.buffer);
  for (const value of [2n ** 53n, 2n ** 53n + 1n, 2n ** 62n, 2n ** 63n - 1n]) {
    view.setBigInt64(0, value, true);
    assert.ok(getInt64(words, 0) > MAX, `${value}`);
    view.setBigInt64(0, -value, true);
    assert.ok(getInt64(words, 0) < -MAX, `${-value}`);
  }
});

test('a record buffer shows one part of a buffer as words and as bytes', () => {
  const buffer = new SharedArrayBuffer(64);
  const record = new RecordBuffer(buffer, 16, 32);
  record.words[1] = 0x01020304;
  assert.deepEqual([...record.bytes.slice(4, 8)], [4, 3, 2, 1]);
  assert.equal(new Uint8Array(buffer)[20], 4);
  assert.deepEqual([record.words.length, record.bytes.length], [8, 32]);
  assert.equal(new RecordBuffer(buffer, 16).bytes.length, 48);
});

test('a record tells its template and length, wherever it stands', () => {
  const record = RecordBuffer.allocate(256);
  for (const at of [0, 8, 104]) {
    new NewOrder().write(record, at);
    assert.equal(templateIdAt(record, at), NEW_ORDER.templateId);
    assert.equal(recordLengthAt(record, at), NEW_ORDER.length);
  }
});

test('a template or block length with its highest bit set stays unsigned', () => {
  const record = RecordBuffer.allocate(8);
  new DataView(record.bytes.buffer).setUint16(0, 0xfff8, true);
  new DataView(record.bytes.buffer).setUint16(2, 0xffff, true);
  assert.equal(templateIdAt(record, 0), 0xffff);
  assert.equal(recordLengthAt(record, 0), 0x10000);
});

test('a record written over an old one leaves nothing of it', () => {
  const record = RecordBuffer.allocate(64);
  record.bytes.fill(0xff);
  const currency = new AddCurrency().write(record, 0);
  assert.ok(record.bytes.slice(8, 64).every((byte) => byte === 0));
  currency.code = 'LONGNAME';
  currency.code = 'BTC';
  assert.equal(currency.code, 'BTC');
  assert.deepEqual([...record.bytes.slice(59, 64)], [0, 0, 0, 0, 0]);
});

test('text longer than its field is cut and touches nothing behind it', () => {
  const record = RecordBuffer.allocate(72);
  const currency = new AddCurrency().write(record, 0);
  currency.code = 'ABCDEFGHIJ';
  assert.equal(currency.code, 'ABCDEFGH');
  assert.deepEqual([...record.bytes.slice(64)], [0, 0, 0, 0, 0, 0, 0, 0]);
});
