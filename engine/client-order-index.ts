/**
 * Finds an account's open order by its client order id: open addressing over order slots, keys
 * compared in the orders themselves. Hot path.
 */
import { hashId } from '../collections/id-table.ts';
import { ORDER, type Orders } from './orders.ts';

const { NONE } = ORDER;

function hashPair(accountId: number, clientOrderId: number): number {
  const hash = Math.imul(hashId(accountId), 0xc2b2ae35) ^ hashId(clientOrderId);
  return hash ^ (hash >>> 15);
}

export class ClientOrderIndex {
  private readonly orders: Orders;
  /** Slot + 1, or 0 where free. */
  private entries: Int32Array;
  private mask: number;
  private size = 0;

  /** @param expected how many entries fit without growing */
  constructor(orders: Orders, expected: number) {
    this.orders = orders;
    const capacity = 2 ** Math.ceil(Math.log2(Math.max(8, expected * 2)));
    this.entries = new Int32Array(capacity);
    this.mask = capacity - 1;
  }

  get(accountId: number, clientOrderId: number): number {
    const { orders, entries, mask } = this;
    let at = hashPair(accountId, clientOrderId) & mask;
    for (;;) {
      const slot = entries[at]! - 1;
      if (slot === NONE) return NONE;
      if (orders.clientOrderId(slot) === clientOrderId && orders.accountId(slot) === accountId) {
        return slot;
      }
      at = (at + 1) & mask;
    }
  }

  add(slot: number): void {
    if (this.size * 2 > this.mask) this.grow();
    this.size++;
    this.place(slot);
  }

  delete(slot: number): void {
    const { entries, mask } = this;
    let hole = this.homeOf(slot);
    while (entries[hole] !== slot + 1) hole = (hole + 1) & mask;
    this.size--;
    let at = hole;
    for (;;) {
      at = (at + 1) & mask;
      const moved = entries[at]!;
      if (moved === 0) break;
      const home = this.homeOf(moved - 1);
      if (((at - home) & mask) < ((at - hole) & mask)) continue;
      entries[hole] = moved;
      hole = at;
    }
    entries[hole] = 0;
  }

  private homeOf(slot: number): number {
    return hashPair(this.orders.accountId(slot), this.orders.clientOrderId(slot)) & this.mask;
  }

  private place(slot: number): void {
    let at = this.homeOf(slot);
    while (this.entries[at] !== 0) at = (at + 1) & this.mask;
    this.entries[at] = slot + 1;
  }

  private grow(): void {
    const entries = this.entries;
    this.entries = new Int32Array(entries.length * 2);
    this.mask = entries.length * 2 - 1;
    for (const entry of entries) if (entry !== 0) this.place(entry - 1);
  }
}
