/**
 * The index against a Map: few accounts that use the same client order ids, in a table small enough
 * for long probes, and slots that get another owner after each delete.
 *
 * A failure prints its seed and operations; `HOGA_TEST_SEED=<seed>` runs the same again.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { hashId } from '../collections/id-table.ts';
import { Side } from '../protocol/enums.ts';
import { testSeed } from '../test/support/seed.ts';
import { type ClientOrderIndex, createClientOrderIndex } from './client-order-index.ts';
import { OrderTicket } from './order-ticket.ts';
import { createOrders, ORDER, type Orders } from './orders.ts';

const { NONE } = ORDER;

const MAX_ID = Number.MAX_SAFE_INTEGER;

/** Client order ids whose hashes end in the same six bits: one account's all collide. */
function collidingIds(first: number, step: number, count: number): number[] {
  const ids: number[] = [];
  for (let id = first; ids.length < count; id += step) {
    if ((hashId(id) & 63) === (hashId(first) & 63)) ids.push(id);
  }
  return ids;
}

const CLIENT_ORDER_IDS = [...collidingIds(1, 1, 8), ...collidingIds(MAX_ID, -1, 6)];
const PAIRS = [1, 2, 2 ** 32 + 1, MAX_ID].flatMap((accountId) =>
  CLIENT_ORDER_IDS.map((clientOrderId) => ({ accountId, clientOrderId })),
);

class IndexedOrders {
  private readonly orders: Orders;
  private readonly index: ClientOrderIndex;

  constructor(capacity = 64) {
    this.orders = createOrders(capacity);
    this.index = createClientOrderIndex(this.orders);
  }

  find(accountId: number, clientOrderId: number): number {
    return this.index.find(Float64Array.of(accountId, clientOrderId), 0);
  }

  open(accountId: number, clientOrderId: number): number {
    const ticket = new OrderTicket().limit(1, accountId, 1, Side.Buy, 1, 1);
    ticket.clientOrderId = clientOrderId;
    const slot = this.orders.admit(ticket, 0);
    this.index.add(slot);
    return slot;
  }

  close(slot: number): void {
    this.index.delete(slot);
    this.orders.release(slot);
  }
}

test('any orders opened and closed are found as in a Map', (t) => {
  const pairs = fc.array(fc.constantFrom(...PAIRS), { maxLength: 150, size: 'max' });
  fc.assert(
    fc.property(pairs, (operations) => {
      const indexed = new IndexedOrders();
      const model = new Map<(typeof PAIRS)[number], number>();
      for (const pair of operations) {
        const open = model.get(pair);
        if (open === undefined) {
          model.set(pair, indexed.open(pair.accountId, pair.clientOrderId));
        } else {
          indexed.close(open);
          model.delete(pair);
        }
        for (const asked of PAIRS) {
          const found = indexed.find(asked.accountId, asked.clientOrderId);
          assert.equal(found, model.get(asked) ?? NONE, JSON.stringify(asked));
        }
      }
    }),
    { seed: testSeed(t), numRuns: 300 },
  );
});

test('account and client order id do not change places', () => {
  const indexed = new IndexedOrders();
  const slot = indexed.open(3, 4);
  assert.equal(indexed.find(3, 4), slot);
  assert.equal(indexed.find(4, 3), NONE);
});

test('as many orders as there is room for are found while they come and while they go', () => {
  const most = 5_000;
  const indexed = new IndexedOrders(most);
  const slots = Array.from({ length: most }, (_, id) => indexed.open(1 + (id % 7), 1 + id));
  const assertFrom = (first: number) => {
    for (const [id, slot] of slots.entries()) {
      assert.equal(indexed.find(1 + (id % 7), 1 + id), id < first ? NONE : slot);
    }
  };
  assertFrom(0);
  for (const slot of slots.slice(0, most / 2)) indexed.close(slot);
  assertFrom(most / 2);
  for (const slot of slots.slice(most / 2)) indexed.close(slot);
  assertFrom(most);
});
