/** The open orders of each account in the order of their entry, linked through them. Hot path. */
import { growInt32 } from '../collections/grow.ts';
import { IdTable } from '../collections/id-table.ts';
import { ORDER, type Orders } from './orders.ts';

const {
  ACCOUNT_ID,
  ACCOUNT_INDEX,
  ACCOUNT_NEXT,
  ACCOUNT_PREVIOUS,
  NONE,
  ORDER_LINKS,
  ORDER_WORDS,
} = ORDER;

export type AccountOrders = ReturnType<typeof createAccountOrders>;

export function createAccountOrders(orders: Orders) {
  const { words, links } = orders;
  const indexes = new IdTable();
  /** Two entries an account: its first and its last order. */
  let ends: Int32Array = new Int32Array(1024);
  let count = 0;

  function open(accountId: number): number {
    const index = count++;
    if (index * 2 === ends.length) ends = growInt32(ends, ends.length * 2);
    ends[index * 2] = NONE;
    ends[index * 2 + 1] = NONE;
    indexes.add(accountId, index);
    return index;
  }

  return {
    /** The account's oldest open order, or NONE. */
    first(accountId: number): number {
      const index = indexes.get(accountId);
      return index === NONE ? NONE : ends[index * 2]!;
    },

    /** The account's next younger open order, or NONE. */
    next(order: number): number {
      return links[(order << ORDER_LINKS) + ACCOUNT_NEXT]!;
    },

    /** Forgets all. */
    clear(): void {
      indexes.clear();
      count = 0;
    },

    /** Of an account that is not 0. */
    add(order: number): void {
      const place = (order << ORDER_WORDS) + ACCOUNT_ID;
      let index = indexes.find(words, place);
      if (index === NONE) index = open(words[place]!);
      const link = order << ORDER_LINKS;
      const last = ends[index * 2 + 1]!;
      links[link + ACCOUNT_INDEX] = index;
      links[link + ACCOUNT_NEXT] = NONE;
      links[link + ACCOUNT_PREVIOUS] = last;
      if (last === NONE) ends[index * 2] = order;
      else links[(last << ORDER_LINKS) + ACCOUNT_NEXT] = order;
      ends[index * 2 + 1] = order;
    },

    remove(order: number): void {
      const link = order << ORDER_LINKS;
      const index = links[link + ACCOUNT_INDEX]!;
      const before = links[link + ACCOUNT_PREVIOUS]!;
      const after = links[link + ACCOUNT_NEXT]!;
      if (before === NONE) ends[index * 2] = after;
      else links[(before << ORDER_LINKS) + ACCOUNT_NEXT] = after;
      if (after === NONE) ends[index * 2 + 1] = before;
      else links[(after << ORDER_LINKS) + ACCOUNT_PREVIOUS] = before;
    },
  };
}
