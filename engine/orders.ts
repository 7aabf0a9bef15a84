/**
 * All orders of the engine as a struct of arrays: an order is a slot, freed slots form a list. Hot
 * path: no allocation but when the slab doubles.
 */
import { growFloat64, growInt32, growUint8 } from '../collections/grow.ts';
import { NO_SLOT } from '../collections/id-table.ts';

/** No order, no level. */
export const NONE = NO_SLOT;

export class Orders {
  /** Slots in use. */
  count = 0;
  orderId: Float64Array;
  accountId: Float64Array;
  clientOrderId: Float64Array;
  /** Limit in ticks; a market order's is its protection price. */
  price: Float64Array;
  /** Total in lots; leaves quantity is qty − cumQty. */
  qty: Float64Array;
  cumQty: Float64Array;
  /** Neighbours in the level's queue; `next` also links free slots. */
  next: Int32Array;
  previous: Int32Array;
  level: Int32Array;
  symbolIndex: Int32Array;
  side: Uint8Array;
  orderType: Uint8Array;
  timeInForce: Uint8Array;
  private capacity: number;
  private used = 0;
  private free = NONE;

  constructor(capacity: number) {
    this.capacity = capacity;
    this.orderId = new Float64Array(capacity);
    this.accountId = new Float64Array(capacity);
    this.clientOrderId = new Float64Array(capacity);
    this.price = new Float64Array(capacity);
    this.qty = new Float64Array(capacity);
    this.cumQty = new Float64Array(capacity);
    this.next = new Int32Array(capacity);
    this.previous = new Int32Array(capacity);
    this.level = new Int32Array(capacity);
    this.symbolIndex = new Int32Array(capacity);
    this.side = new Uint8Array(capacity);
    this.orderType = new Uint8Array(capacity);
    this.timeInForce = new Uint8Array(capacity);
  }

  allocate(): number {
    this.count++;
    const slot = this.free;
    if (slot !== NONE) {
      this.free = this.next[slot]!;
      return slot;
    }
    if (this.used === this.capacity) this.grow();
    return this.used++;
  }

  release(slot: number): void {
    this.count--;
    this.next[slot] = this.free;
    this.free = slot;
  }

  leavesQty(slot: number): number {
    return this.qty[slot]! - this.cumQty[slot]!;
  }

  private grow(): void {
    const capacity = this.capacity * 2;
    this.orderId = growFloat64(this.orderId, capacity);
    this.accountId = growFloat64(this.accountId, capacity);
    this.clientOrderId = growFloat64(this.clientOrderId, capacity);
    this.price = growFloat64(this.price, capacity);
    this.qty = growFloat64(this.qty, capacity);
    this.cumQty = growFloat64(this.cumQty, capacity);
    this.next = growInt32(this.next, capacity);
    this.previous = growInt32(this.previous, capacity);
    this.level = growInt32(this.level, capacity);
    this.symbolIndex = growInt32(this.symbolIndex, capacity);
    this.side = growUint8(this.side, capacity);
    this.orderType = growUint8(this.orderType, capacity);
    this.timeInForce = growUint8(this.timeInForce, capacity);
    this.capacity = capacity;
  }
}
