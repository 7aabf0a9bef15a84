/**
 * Finds an account's open order by its client order id: open addressing over order slots, keys
 * compared in the orders themselves, at most half full. Hot path.
 */
import { hashId } from '../collections/id-table.ts';
import { ORDER, type Orders } from './orders.ts';

const { ACCOUNT_ID, CLIENT_ORDER_ID, NONE, ORDER_WORDS } = ORDER;

export type ClientOrderIndex = ReturnType<typeof createClientOrderIndex>;

export function createClientOrderIndex(orders: Orders) {
  const { words } = orders;
  const length = 2 ** Math.ceil(Math.log2(orders.capacity * 2));
  /** Slot + 1, or 0 where free. */
  const entries = new Int32Array(length);
  const mask = length - 1;

  function homeOf(order: number): number {
    const word = order << ORDER_WORDS;
    return hashPair(words[word + ACCOUNT_ID]!, words[word + CLIENT_ORDER_ID]!) & mask;
  }

  return {
    get(accountId: number, clientOrderId: number): number {
      let at = hashPair(accountId, clientOrderId) & mask;
      for (;;) {
        const order = entries[at]! - 1;
        if (order === NONE) return NONE;
        const word = order << ORDER_WORDS;
        if (
          words[word + CLIENT_ORDER_ID] === clientOrderId &&
          words[word + ACCOUNT_ID] === accountId
        )
          return order;
        at = (at + 1) & mask;
      }
    },

    add(order: number): void {
      let at = homeOf(order);
      while (entries[at] !== 0) at = (at + 1) & mask;
      entries[at] = order + 1;
    },

    delete(order: number): void {
      let hole = homeOf(order);
      while (entries[hole] !== order + 1) hole = (hole + 1) & mask;
      let at = hole;
      for (;;) {
        at = (at + 1) & mask;
        const moved = entries[at]!;
        if (moved === 0) break;
        const home = homeOf(moved - 1);
        if (((at - home) & mask) < ((at - hole) & mask)) continue;
        entries[hole] = moved;
        hole = at;
      }
      entries[hole] = 0;
    },
  };
}

function hashPair(accountId: number, clientOrderId: number): number {
  const hash = Math.imul(hashId(accountId), 0xc2b2ae35) ^ hashId(clientOrderId);
  return hash ^ (hash >>> 15);
}
