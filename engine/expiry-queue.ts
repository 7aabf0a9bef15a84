/**
 * The open GTD orders by expire time: a B+ tree from time to a queue of orders, linked through them
 * apart from the queues of the book. Off the hot path: other orders never come here.
 */
import BTreeModule from 'sorted-btree';
import { ORDER, type Orders } from './orders.ts';

const { NONE, ORDER_LINKS, TIMER_NEXT, TIMER_PREVIOUS } = ORDER;

const BTree = BTreeModule.default;

interface TimeQueue {
  first: number;
  last: number;
}

export class ExpiryQueue {
  private readonly orders: Orders;
  private readonly queues = new BTree<number, TimeQueue>();
  /** The first key; every command looks at it. */
  private readonly next = new Float64Array([Number.POSITIVE_INFINITY]);

  constructor(orders: Orders) {
    this.orders = orders;
  }

  /** The earliest expire time; Infinity without any. */
  get nextTime(): number {
    return this.next[0]!;
  }

  /** The order that expires first, or NONE. */
  first(): number {
    const time = this.queues.minKey();
    return time === undefined ? NONE : this.queues.get(time)!.first;
  }

  /** Forgets all. */
  clear(): void {
    this.queues.clear();
    this.next[0] = Number.POSITIVE_INFINITY;
  }

  add(order: number): void {
    const links = this.orders.links;
    const link = order << ORDER_LINKS;
    const time = this.orders.expireTime(order);
    const queue = this.queues.get(time);
    links[link + TIMER_NEXT] = NONE;
    links[link + TIMER_PREVIOUS] = queue === undefined ? NONE : queue.last;
    if (queue === undefined) {
      this.queues.set(time, { first: order, last: order });
      if (time < this.next[0]!) this.next[0] = time;
    } else {
      links[(queue.last << ORDER_LINKS) + TIMER_NEXT] = order;
      queue.last = order;
    }
  }

  remove(order: number): void {
    const links = this.orders.links;
    const link = order << ORDER_LINKS;
    const time = this.orders.expireTime(order);
    const queue = this.queues.get(time)!;
    const before = links[link + TIMER_PREVIOUS]!;
    const after = links[link + TIMER_NEXT]!;
    if (before === NONE) queue.first = after;
    else links[(before << ORDER_LINKS) + TIMER_NEXT] = after;
    if (after === NONE) queue.last = before;
    else links[(after << ORDER_LINKS) + TIMER_PREVIOUS] = before;
    if (queue.first !== NONE) return;
    this.queues.delete(time);
    this.next[0] = this.queues.minKey() ?? Number.POSITIVE_INFINITY;
  }
}
