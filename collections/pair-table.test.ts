/**
 * The table of pairs against a Map, with pairs chosen to collide, so that probes run long and wrap.
 *
 * A failure prints its seed and pairs; `HOGA_TEST_SEED=<seed>` runs the same again.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { testSeed } from '../test/support/seed.ts';
import { NO_SLOT } from './id-table.ts';
import { PairTable } from './pair-table.ts';

const MOST = 2 ** 31 - 1;

const index = fc.oneof(
  fc.integer({ min: 0, max: 5 }),
  fc.integer({ min: MOST - 3, max: MOST }),
  fc.integer({ min: 0, max: MOST }),
);
const entry = fc.record({
  first: index,
  second: index,
  slot: fc.integer({ min: 0, max: MOST - 1 }),
});

function assertSame(table: PairTable, model: ReadonlyMap<string, number>): void {
  assert.equal(table.size, model.size);
  for (const [pair, slot] of model) {
    const [first, second] = pair.split(' ').map(Number) as [number, number];
    assert.equal(table.get(first, second), slot, pair);
    const turned = model.get(`${second} ${first}`) ?? NO_SLOT;
    assert.equal(table.get(second, first), turned, `${pair} turned`);
  }
}

test('any pairs are found by both indexes, and none that was not added', (t) => {
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 100, size: 'max' }), (entries) => {
      const table = new PairTable(1);
      const model = new Map<string, number>();
      for (const { first, second, slot } of entries) {
        const pair = `${first} ${second}`;
        assert.equal(table.get(first, second), model.get(pair) ?? NO_SLOT, pair);
        if (model.has(pair)) continue;
        table.add(first, second, slot);
        model.set(pair, slot);
        assertSame(table, model);
      }
      table.clear();
      assert.equal(table.size, 0);
      for (const { first, second } of entries) assert.equal(table.get(first, second), NO_SLOT);
    }),
    { seed: testSeed(t), numRuns: 200 },
  );
});

test('a thousand accounts in a hundred markets each have an entry of their own', () => {
  const table = new PairTable(1);
  for (let n = 0; n < 100_000; n++) table.add(n % 1_000, Math.floor(n / 1_000), n);
  for (let n = 0; n < 100_000; n++) {
    assert.equal(table.get(n % 1_000, Math.floor(n / 1_000)), n);
  }
  assert.equal(table.get(1_000, 0), NO_SLOT);
  assert.equal(table.get(0, 100), NO_SLOT);
});
