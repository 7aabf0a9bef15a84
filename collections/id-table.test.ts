/**
 * The table against a Map, with ids chosen to collide, so that probes run long and wrap, and every
 * delete has followers to shift back.
 *
 * A failure prints its seed and operations; `HOGA_TEST_SEED=<seed>` runs the same again.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { testSeed } from '../test/support/seed.ts';
import { hashId, IdTable, NO_SLOT } from './id-table.ts';

const MAX_ID = Number.MAX_SAFE_INTEGER;

/** Ids from `first` on whose home is `home` in every table of up to 64 places. */
function idsAt(home: number, first: number, step: number, count: number): number[] {
  const ids: number[] = [];
  for (let id = first; ids.length < count; id += step) {
    if (hashId(id) >>> 26 === home) ids.push(id);
  }
  return ids;
}

/** Homes at the table's end make probes wrap to its start. */
const POOL = [
  ...idsAt(62, 1, 1, 8),
  ...idsAt(63, 1, 1, 8),
  ...idsAt(0, MAX_ID, -1, 8),
  ...idsAt(5, 2 ** 32, 2 ** 32, 6),
  ...[1, 2, 3, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1, 2 ** 52, MAX_ID - 1, MAX_ID],
];

function assertSame(table: IdTable, model: ReadonlyMap<number, number>): void {
  assert.equal(table.size, model.size);
  for (const id of POOL) assert.equal(table.get(id), model.get(id) ?? NO_SLOT, `id ${id}`);
}

const operation = fc.record({
  id: fc.constantFrom(...POOL),
  slot: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
});

test('any adds and deletes leave what a Map would hold', (t) => {
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 150, size: 'max' }), (operations) => {
      const table = new IdTable(1);
      const model = new Map<number, number>();
      for (const { id, slot } of operations) {
        if (model.delete(id)) table.delete(id);
        else {
          table.add(id, slot);
          model.set(id, slot);
        }
        assertSame(table, model);
      }
    }),
    { seed: testSeed(t), numRuns: 300 },
  );
});

test('ids that share one home survive each other’s deletes, in any order', () => {
  const ids = idsAt(63, 1, 1, 6);
  for (const removed of ids) {
    const table = new IdTable(16);
    for (const [slot, id] of ids.entries()) table.add(id, slot);
    table.delete(removed);
    for (const [slot, id] of ids.entries()) {
      assert.equal(table.get(id), id === removed ? NO_SLOT : slot);
    }
  }
});

test('a delete of an id that is not there changes nothing', () => {
  const [there, missing] = idsAt(7, 1, 1, 2);
  const table = new IdTable(4);
  table.add(there!, 3);
  table.delete(missing!);
  assert.equal(table.get(there!), 3);
  assert.equal(table.size, 1);
});

test('ten thousand ids at the top of their range come and go', () => {
  const table = new IdTable(1);
  for (let n = 0; n < 10_000; n++) table.add(MAX_ID - n, n);
  assert.equal(table.size, 10_000);
  for (let n = 0; n < 10_000; n += 2) table.delete(MAX_ID - n);
  for (let n = 0; n < 10_000; n++) assert.equal(table.get(MAX_ID - n), n % 2 === 0 ? NO_SLOT : n);
  for (let n = 1; n < 10_000; n += 2) table.delete(MAX_ID - n);
  assert.equal(table.size, 0);
});
