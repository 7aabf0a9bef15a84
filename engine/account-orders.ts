/** The open orders of each account in the order of their entry, linked through them. Hot path. */
import { growInt32 } from '../collections/grow.ts';
import { IdTable } from '../collections/id-table.ts';
import { ORDER, type Orders } from './orders.ts';

const { ACCOUNT_INDEX, ACCOUNT_NEXT, ACCOUNT_PREVIOUS, NONE, ORDER_LINKS } = ORDER;

export class AccountOrders {
  private readonly orders: Orders;
  private readonly indexes = new IdTable();
  /** Two entries an account: its first and its last order. */
  private ends: Int32Array = new Int32Array(1024);
  private count = 0;

  constructor(orders: Orders) {
    this.orders = orders;
  }

  /** The account's oldest open order, or NONE. */
  first(accountId: number): number {
    const index = this.indexes.get(accountId);
    return index === NONE ? NONE : this.ends[index * 2]!;
  }

  /** The account's next younger open order, or NONE. */
  next(order: number): number {
    return this.orders.links[(order << ORDER_LINKS) + ACCOUNT_NEXT]!;
  }

  /** Of an account that is not 0. */
  add(order: number): void {
    const accountId = this.orders.accountId(order);
    let index = this.indexes.get(accountId);
    if (index === NONE) index = this.open(accountId);
    const links = this.orders.links;
    const link = order << ORDER_LINKS;
    const last = this.ends[index * 2 + 1]!;
    links[link + ACCOUNT_INDEX] = index;
    links[link + ACCOUNT_NEXT] = NONE;
    links[link + ACCOUNT_PREVIOUS] = last;
    if (last === NONE) this.ends[index * 2] = order;
    else links[(last << ORDER_LINKS) + ACCOUNT_NEXT] = order;
    this.ends[index * 2 + 1] = order;
  }

  remove(order: number): void {
    const links = this.orders.links;
    const link = order << ORDER_LINKS;
    const index = links[link + ACCOUNT_INDEX]!;
    const before = links[link + ACCOUNT_PREVIOUS]!;
    const after = links[link + ACCOUNT_NEXT]!;
    if (before === NONE) this.ends[index * 2] = after;
    else links[(before << ORDER_LINKS) + ACCOUNT_NEXT] = after;
    if (after === NONE) this.ends[index * 2 + 1] = before;
    else links[(after << ORDER_LINKS) + ACCOUNT_PREVIOUS] = before;
  }

  private open(accountId: number): number {
    const index = this.count++;
    if (index * 2 === this.ends.length) this.ends = growInt32(this.ends, this.ends.length * 2);
    this.ends[index * 2] = NONE;
    this.ends[index * 2 + 1] = NONE;
    this.indexes.add(accountId, index);
    return index;
  }
}
