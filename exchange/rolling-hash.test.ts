/**
 * The rolling hash tells any two sequences of records apart that may come from a fault: a bit, a
 * place, a word too many or too few. The words are those of real records: many are zero.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatHash, RollingHash } from './rolling-hash.ts';

function hashOf(...records: readonly (readonly number[])[]): string {
  const hash = new RollingHash();
  for (const record of records) hash.addWords(Int32Array.from(record), 0, record.length);
  return hash.toString();
}

function assertAllDiffer(hashes: readonly string[]): void {
  assert.equal(new Set(hashes).size, hashes.length);
}

/** Records of 40, 12 and 10 words, as ExecutionReport, BookLevel and TradingStateChanged have. */
const RECORDS: readonly number[][] = [40, 12, 10].map((length, record) =>
  Array.from({ length }, (_, i) => (i % 2 === 1 ? 0 : (record + 1) * (i + 7))),
);
const ZEROS: readonly number[][] = RECORDS.map((record) => record.map(() => 0));

test('nothing hashes as zero, which is what an empty journal records', () => {
  assert.equal(hashOf(), '0'.repeat(16));
});

test('a hash is its two words, the high one first', () => {
  const hash = new RollingHash();
  hash.addInteger(-(2 ** 53) + 1);
  assert.equal(hash.toString(), formatHash(hash.low, hash.high));
  assert.equal(formatHash(1, -1), 'ffffffff00000001');
});

test('any bit of any word changes both words of the hash, also after more records', () => {
  for (const records of [RECORDS, ZEROS]) {
    const all = [hashOf(...records)];
    for (const [index, record] of records.entries()) {
      for (let bit = 0; bit < record.length * 32; bit++) {
        const changed = records.map((words) => [...words]);
        changed[index]![bit >> 5]! ^= 1 << (bit & 31);
        all.push(hashOf(...changed));
      }
    }
    assertAllDiffer(all);
    const [base, ...changed] = all;
    for (const hash of changed) {
      assert.notEqual(hash.slice(0, 8), base!.slice(0, 8));
      assert.notEqual(hash.slice(8), base!.slice(8));
    }
  }
});

test('two words that change places change the hash', () => {
  const words = Array.from({ length: 40 }, (_, i) => i * i + 1);
  const all = [hashOf(words)];
  for (let first = 0; first < words.length; first++) {
    for (let second = first + 1; second < words.length; second++) {
      const swapped = [...words];
      [swapped[first], swapped[second]] = [words[second]!, words[first]!];
      all.push(hashOf(swapped));
    }
  }
  assertAllDiffer(all);
});

test('the same change of two words of a record changes the hash', () => {
  const all = new Set<string>();
  for (let first = 0; first < 40; first++) {
    for (let second = first + 1; second < 40; second++) {
      for (const by of [1, -1, 1 << 31]) {
        const changed = [...RECORDS[0]!];
        changed[first]! += by;
        changed[second]! -= by;
        all.add(hashOf(changed));
      }
    }
  }
  // Adding 2^31 and taking it away are one change of 32 bits.
  assert.equal(all.size, (3 * (40 * 39)) / 2);
});

test('records that are left out, doubled or in another order change the hash', () => {
  const [report, level, state] = RECORDS as [number[], number[], number[]];
  assertAllDiffer([
    hashOf(report, level, state),
    hashOf(report, level),
    hashOf(report, state),
    hashOf(level, state),
    hashOf(report, report, level, state),
    hashOf(report, level, state, state),
    hashOf(level, report, state),
    hashOf(state, level, report),
  ]);
});

test('words inserted or left out change the hash, also words of zero', () => {
  for (const words of [RECORDS[0]!, ZEROS[0]!]) {
    const all: string[] = [];
    for (let length = 0; length <= words.length; length += 2)
      all.push(hashOf(words.slice(0, length)));
    assertAllDiffer(all);
  }
  const record = RECORDS[0]!;
  const pairAt = (at: number) => [...record.slice(0, at), 3, 4, ...record.slice(at)];
  const pairsOut = Array.from({ length: 20 }, (_, i) => record.toSpliced(i * 2, 2));
  const pairsIn = Array.from({ length: 21 }, (_, i) => pairAt(i * 2));
  assertAllDiffer([record, ...pairsIn, ...pairsOut].map((words) => hashOf(words)));
});

test('random records that differ hash differently, and the same ones alike', () => {
  const word = fc.oneof(fc.constant(0), fc.integer({ min: -9, max: 9 }), fc.integer());
  const record = fc
    .array(fc.tuple(word, word), { minLength: 1, maxLength: 20 })
    .map((pairs) => pairs.flat());
  fc.assert(
    fc.property(fc.array(record), fc.array(record), (some, others) => {
      const isSame = `${some.flat()}` === `${others.flat()}`;
      assert.equal(hashOf(...some) === hashOf(...others), isSame);
      assert.equal(hashOf(...some), hashOf(...some));
    }),
    { numRuns: 500 },
  );
});

test('every bit of a word reaches about half the bits of the hash in two records', () => {
  let flipped = 0;
  const base = BigInt(`0x${hashOf(...ZEROS, ...RECORDS)}`);
  for (let bit = 0; bit < 40 * 32; bit++) {
    const first = [...ZEROS[0]!];
    first[bit >> 5]! ^= 1 << (bit & 31);
    const other = BigInt(`0x${hashOf(first, ...ZEROS.slice(1), ...RECORDS)}`);
    flipped += (base ^ other).toString(2).replaceAll('0', '').length;
  }
  const share = flipped / (40 * 32 * 64);
  assert.ok(share > 0.45 && share < 0.55, `${share} of the bits change`);
});

test('an odd number of words is refused: records come in multiples of 8 bytes', () => {
  assert.throws(() => new RollingHash().addWords(new Int32Array(3), 0, 3), RangeError);
});
