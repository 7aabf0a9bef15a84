/**
 * What each open order adds to its account's exposure: a handle's exposure and its open quantity.
 * Hot path.
 */
import { growFloat64, growInt32 } from '../collections/grow.ts';
import { Side } from '../protocol/enums.ts';
import type { Exposures } from './exposures.ts';

const { Buy } = Side;

export class OpenOrders {
  private readonly exposures: Exposures;
  private exposure: Int32Array;
  /** Lots; 0 where the order has ended. */
  private openQty: Float64Array;

  constructor(exposures: Exposures, orders: number) {
    this.exposures = exposures;
    this.exposure = new Int32Array(orders);
    this.openQty = new Float64Array(orders);
  }

  qty(order: number): number {
    return this.openQty[order]!;
  }

  add(order: number, account: number, market: number, side: number, qty: number): void {
    if (order >= this.openQty.length) this.grow(order);
    const slot = this.exposures.findOrOpen(account, market);
    this.exposure[order] = slot;
    this.openQty[order] = 0;
    this.exposures.addOrder(slot);
    this.change(order, side, qty);
  }

  /** Changes an order's open quantity; with none left it has ended. */
  change(order: number, side: number, more: number): void {
    const slot = this.exposure[order]!;
    this.openQty[order]! += more;
    if (side === Buy) this.exposures.openBuyQty[slot]! += more;
    else this.exposures.openSellQty[slot]! += more;
    if (this.openQty[order] === 0) this.exposures.removeOrder(slot);
  }

  /** An order ends with what it has left. */
  end(order: number, side: number): void {
    if (this.openQty[order] !== 0) this.change(order, side, -this.openQty[order]!);
  }

  private grow(order: number): void {
    const capacity = Math.max(this.openQty.length * 2, order + 1);
    this.exposure = growInt32(this.exposure, capacity);
    this.openQty = growFloat64(this.openQty, capacity);
  }
}
