/**
 * One side's waiting stops: a B+ tree from trigger price to a queue of orders. Off the hot path but
 * for `first`, which a trade asks only in a market that has stops.
 *
 * Inside, a stop price is a key that is lower the sooner it fires: the price itself for buys, the
 * negated price for sells.
 */
import BTreeModule from 'sorted-btree';
import { Side } from '../protocol/enums.ts';
import type { Levels } from './levels.ts';
import { ORDER, type Orders } from './orders.ts';

const { LEVEL, NONE, ORDER_LINKS } = ORDER;

const BTree = BTreeModule.default;

export class StopBook {
  count = 0;
  private readonly side: number;
  private readonly sign: number;
  private readonly symbolIndex: number;
  private readonly orders: Orders;
  private readonly levels: Levels;
  /** Queues are slots of `levels`. */
  private readonly queues = new BTree<number, number>();

  constructor(symbolIndex: number, side: number, orders: Orders, levels: Levels) {
    this.symbolIndex = symbolIndex;
    this.side = side;
    this.sign = side === Side.Buy ? 1 : -1;
    this.orders = orders;
    this.levels = levels;
  }

  /** Puts an order at the back of those with its stop price. */
  add(order: number): void {
    const stopPrice = this.orders.stopPrice(order);
    const key = stopPrice * this.sign;
    let queue = this.queues.get(key);
    if (queue === undefined) {
      queue = this.levels.allocate(this.symbolIndex, this.side, stopPrice);
      this.queues.set(key, queue);
    }
    this.levels.append(queue, order);
    this.count++;
  }

  remove(order: number): void {
    const queue = this.orders.links[(order << ORDER_LINKS) + LEVEL]!;
    this.levels.unlink(order);
    this.count--;
    if (this.levels.orderCount(queue) > 0) return;
    this.queues.delete(this.levels.price(queue) * this.sign);
    this.levels.release(queue);
  }

  /** The stop that fires first, or NONE. */
  first(): number {
    if (this.count === 0) return NONE;
    return this.levels.head(this.queues.get(this.queues.minKey()!)!);
  }

  /** All of them in the order in which they would fire. */
  *all(): Generator<number> {
    for (const queue of this.queues.values()) yield* this.levels.queue(queue);
  }
}
