/**
 * The simplest exact model of one market: knows who is open while a flow is made up, so that
 * cancels name open orders only. A price is the index of its queue; resting orders never cross.
 */
import { Side } from '../../protocol/enums.ts';
import type { Random } from '../../test/support/seed.ts';

/** No order. Ids count from 1. */
const NONE = 0;

export class ModelBook {
  trades = 0;
  tradedQty = 0;
  openQty = 0;
  /** Price of the best bid; 0 without any. */
  bestBid = 0;
  /** Price of the best ask; above every allowed price without any. */
  bestAsk: number;
  private readonly priceLimit: number;
  private readonly head: Int32Array;
  private readonly tail: Int32Array;
  private readonly next: Int32Array;
  private readonly previous: Int32Array;
  private readonly price: Int32Array;
  private readonly leaves: Int32Array;
  private readonly side: Uint8Array;
  /** The ids of the open orders of either side, in no order, and where each of them stands. */
  private readonly open: readonly [Int32Array, Int32Array];
  private readonly place: Int32Array;
  private readonly count: [number, number] = [0, 0];

  /** Prices go from 1 to `priceLimit` − 1, order ids from 1 to `orderLimit` − 1. */
  constructor(priceLimit: number, orderLimit: number) {
    this.priceLimit = priceLimit;
    this.bestAsk = priceLimit;
    this.head = new Int32Array(priceLimit);
    this.tail = new Int32Array(priceLimit);
    this.next = new Int32Array(orderLimit);
    this.previous = new Int32Array(orderLimit);
    this.price = new Int32Array(orderLimit);
    this.leaves = new Int32Array(orderLimit);
    this.side = new Uint8Array(orderLimit);
    this.open = [new Int32Array(orderLimit), new Int32Array(orderLimit)];
    this.place = new Int32Array(orderLimit);
  }

  openOrders(side: number): number {
    return this.count[side - 1]!;
  }

  get openOrderCount(): number {
    return this.count[0] + this.count[1];
  }

  sideOf(orderId: number): number {
    return this.side[orderId]!;
  }

  priceOf(orderId: number): number {
    return this.price[orderId]!;
  }

  leavesOf(orderId: number): number {
    return this.leaves[orderId]!;
  }

  isOpen(orderId: number): boolean {
    return this.leaves[orderId]! > 0;
  }

  hasLevel(price: number): boolean {
    return this.head[price] !== NONE;
  }

  /** What the first order in a price's queue has left. */
  firstLeaves(price: number): number {
    return this.leaves[this.head[price]!]!;
  }

  /** Any open order, all alike. There must be one. */
  pick(random: Random): number {
    const at = random(this.openOrderCount);
    const buys = this.count[0];
    return at < buys ? this.open[0][at]! : this.open[1][at - buys]!;
  }

  /** @throws RangeError for an order that would trade or whose id or price is out of range */
  add(orderId: number, side: number, price: number, qty: number): void {
    const doesCross = side === Side.Buy ? price >= this.bestAsk : price <= this.bestBid;
    if (doesCross || !(price >= 1 && price < this.priceLimit) || this.isOpen(orderId)) {
      throw new RangeError(`order ${orderId} at ${price} cannot rest in the model`);
    }
    this.side[orderId] = side;
    this.price[orderId] = price;
    this.leaves[orderId] = qty;
    this.openQty += qty;
    const last = this.tail[price]!;
    this.previous[orderId] = last;
    this.next[orderId] = NONE;
    if (last === NONE) this.head[price] = orderId;
    else this.next[last] = orderId;
    this.tail[price] = orderId;
    this.place[orderId] = this.count[side - 1]!;
    this.open[side - 1]![this.count[side - 1]!++] = orderId;
    if (side === Side.Buy) this.bestBid = Math.max(this.bestBid, price);
    else this.bestAsk = Math.min(this.bestAsk, price);
  }

  cancel(orderId: number): void {
    this.openQty -= this.leaves[orderId]!;
    this.remove(orderId);
  }

  /** Leaves an open order less than it has, in its place. */
  reduce(orderId: number, leaves: number): void {
    this.openQty -= this.leaves[orderId]! - leaves;
    this.leaves[orderId] = leaves;
  }

  /** An immediate-or-cancel order; returns what it could not trade. */
  cross(side: number, limit: number, qty: number): number {
    let left = qty;
    const isBuy = side === Side.Buy;
    while (left > 0) {
      const price = isBuy ? this.bestAsk : this.bestBid;
      if (price === 0 || price === this.priceLimit) break;
      if (isBuy ? price > limit : price < limit) break;
      const maker = this.head[price]!;
      const traded = Math.min(left, this.leaves[maker]!);
      this.trades++;
      this.tradedQty += traded;
      this.openQty -= traded;
      left -= traded;
      this.leaves[maker]! -= traded;
      if (this.leaves[maker] === 0) this.remove(maker);
    }
    return left;
  }

  /** What an order of that side and limit could trade, at most `bound`. */
  tradable(side: number, limit: number, bound: number): number {
    const isBuy = side === Side.Buy;
    const last = isBuy ? Math.min(limit, this.priceLimit - 1) : Math.max(limit, 1);
    let total = 0;
    let price = isBuy ? this.bestAsk : this.bestBid;
    while ((isBuy ? price <= last : price >= last) && total < bound) {
      for (let id = this.head[price]!; id !== NONE && total < bound; id = this.next[id]!) {
        total += this.leaves[id]!;
      }
      price += isBuy ? 1 : -1;
    }
    return Math.min(total, bound);
  }

  private remove(orderId: number): void {
    const price = this.price[orderId]!;
    const before = this.previous[orderId]!;
    const after = this.next[orderId]!;
    if (before === NONE) this.head[price] = after;
    else this.next[before] = after;
    if (after === NONE) this.tail[price] = before;
    else this.previous[after] = before;
    this.leaves[orderId] = 0;
    const side = this.side[orderId]! - 1;
    const open = this.open[side]!;
    const last = open[--this.count[side]!]!;
    open[this.place[orderId]!] = last;
    this.place[last] = this.place[orderId]!;
    const { head, priceLimit } = this;
    while (this.bestBid > 0 && head[this.bestBid] === NONE) this.bestBid--;
    while (this.bestAsk < priceLimit && head[this.bestAsk] === NONE) this.bestAsk++;
  }
}
