/**
 * All price levels of the engine as a struct of arrays. A level is a FIFO queue of orders, linked
 * through the orders themselves, with its totals. Hot path.
 */
import { growFloat64, growInt32 } from '../collections/grow.ts';
import { NONE, type Orders } from './orders.ts';

export class Levels {
  price: Float64Array;
  /** Sum of the orders' leaves quantities, in lots. */
  qty: Float64Array;
  orderCount: Int32Array;
  head: Int32Array;
  tail: Int32Array;
  private readonly orders: Orders;
  private nextFree: Int32Array;
  private capacity: number;
  private used = 0;
  private free = NONE;

  constructor(orders: Orders, capacity: number) {
    this.orders = orders;
    this.capacity = capacity;
    this.price = new Float64Array(capacity);
    this.qty = new Float64Array(capacity);
    this.orderCount = new Int32Array(capacity);
    this.head = new Int32Array(capacity);
    this.tail = new Int32Array(capacity);
    this.nextFree = new Int32Array(capacity);
  }

  allocate(price: number): number {
    let level = this.free;
    if (level !== NONE) this.free = this.nextFree[level]!;
    else {
      if (this.used === this.capacity) this.grow();
      level = this.used++;
    }
    this.price[level] = price;
    this.qty[level] = 0;
    this.orderCount[level] = 0;
    this.head[level] = NONE;
    this.tail[level] = NONE;
    return level;
  }

  release(level: number): void {
    this.nextFree[level] = this.free;
    this.free = level;
  }

  /** Puts an order at the back of a level. */
  append(level: number, slot: number): void {
    const { next, previous } = this.orders;
    const last = this.tail[level]!;
    next[slot] = NONE;
    previous[slot] = last;
    if (last === NONE) this.head[level] = slot;
    else next[last] = slot;
    this.tail[level] = slot;
    this.orders.level[slot] = level;
    this.orderCount[level]!++;
    this.qty[level]! += this.orders.leavesQty(slot);
  }

  /** Takes an order out of its level, wherever it stands. */
  unlink(slot: number): void {
    const { next, previous } = this.orders;
    const level = this.orders.level[slot]!;
    const before = previous[slot]!;
    const after = next[slot]!;
    if (before === NONE) this.head[level] = after;
    else next[before] = after;
    if (after === NONE) this.tail[level] = before;
    else previous[after] = before;
    this.orderCount[level]!--;
    this.qty[level]! -= this.orders.leavesQty(slot);
  }

  private grow(): void {
    const capacity = this.capacity * 2;
    this.price = growFloat64(this.price, capacity);
    this.qty = growFloat64(this.qty, capacity);
    this.orderCount = growInt32(this.orderCount, capacity);
    this.head = growInt32(this.head, capacity);
    this.tail = growInt32(this.tail, capacity);
    this.nextFree = growInt32(this.nextFree, capacity);
    this.capacity = capacity;
  }
}
