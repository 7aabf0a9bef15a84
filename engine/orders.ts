/**
 * All orders of the engine: an order is a slot, a record of 128 bytes in one buffer, seen as 16
 * float64 words and as 32 int32 links. One record an order, so that whoever touches an order
 * touches two cache lines and not one for each field (ADR 0008 has the figures). Freed slots form a
 * list. The slab has its full size from the start, and the system gives it memory where it is
 * touched, so that compiled code may hold its address (ADR 0009). Hot path: no allocation.
 *
 * ```
 *  words  0           1           2     3     4      5      6        7
 *         next prev   level flags price shown hidden cum    orderId  owner
 *         8           9           10      11        12         13              14          15
 *         accountId   clientId    display stopPrice expireTime account's links timer links symbol
 * ```
 * Leaves quantity is shown + hidden; the total is that and the cumulative quantity. While an order
 * is the incoming one, all that it has left counts as shown.
 */
import { createLanes, linksOf } from '../collections/cache-lines.ts';
import { NO_SLOT } from '../collections/id-table.ts';
import type { OrderTicket } from './order-ticket.ts';

/** No order, no level. */
const NONE: number = NO_SLOT;

/** log2 of the words in a record, and of its links. */
const ORDER_WORDS = 4;
const ORDER_LINKS = 5;

/** Words of a record. Prices in ticks, quantities in lots, times in µs since 1970. */
const PRICE = 2;
const SHOWN = 3;
const HIDDEN = 4;
const CUM = 5;
const ORDER_ID = 6;
/** Who counts as one for self-trade prevention: an account, minus a group, or 0 for nobody. */
const OWNER = 7;
/** The client order id behind it: the index of these reads both together. */
const ACCOUNT_ID = 8;
const CLIENT_ORDER_ID = 9;
const DISPLAY = 10;
const STOP_PRICE = 11;
const EXPIRE_TIME = 12;

/** Links of a record: neighbours in the queue of its level; `NEXT` also links free slots. */
const NEXT = 0;
const PREVIOUS = 1;
const LEVEL = 2;
const FLAGS = 3;
/** Neighbours among the open orders of the account, and its place in the table of accounts. */
const ACCOUNT_NEXT = 26;
const ACCOUNT_PREVIOUS = 27;
const ACCOUNT_INDEX = 31;
/** Neighbours among the GTD orders of the same expire time, and their queue. */
const TIMER_NEXT = 28;
const TIMER_PREVIOUS = 29;
const SYMBOL_INDEX = 30;

/** Flags: side 2 bits, type 3, time in force 3, self-trade prevention 3, then single bits. */
const TYPE_SHIFT = 2;
const TIME_IN_FORCE_SHIFT = 5;
const PREVENTION_SHIFT = 8;
const POST_ONLY = 1 << 11;
const WAITING = 1 << 12;
const OPEN = 1 << 13;

function sideOf(flags: number): number {
  return flags & 3;
}
function orderTypeOf(flags: number): number {
  return (flags >> TYPE_SHIFT) & 7;
}
function timeInForceOf(flags: number): number {
  return (flags >> TIME_IN_FORCE_SHIFT) & 7;
}
function selfTradePreventionOf(flags: number): number {
  return (flags >> PREVENTION_SHIFT) & 7;
}

/**
 * All of the above. Whoever is hot takes what it needs into constants of its own module: V8 folds
 * those, but loads an imported one at each use (docs/performance.md).
 */
export const ORDER = {
  NONE,
  ORDER_WORDS,
  ORDER_LINKS,
  PRICE,
  SHOWN,
  HIDDEN,
  CUM,
  ORDER_ID,
  OWNER,
  ACCOUNT_ID,
  CLIENT_ORDER_ID,
  DISPLAY,
  STOP_PRICE,
  EXPIRE_TIME,
  NEXT,
  PREVIOUS,
  LEVEL,
  FLAGS,
  SYMBOL_INDEX,
  ACCOUNT_NEXT,
  ACCOUNT_PREVIOUS,
  ACCOUNT_INDEX,
  TIMER_NEXT,
  TIMER_PREVIOUS,
  OPEN,
  WAITING,
  POST_ONLY,
} as const;

/** What an order's flags say. */
export const FLAGS_OF = { sideOf, orderTypeOf, timeInForceOf, selfTradePreventionOf } as const;

/** Places of `slots`. */
const USED = 0;
const FREE = 1;

export type Orders = ReturnType<typeof createOrders>;

/** @param capacity the most orders at a time */
export function createOrders(capacity: number) {
  const words = createLanes(capacity << ORDER_WORDS);
  const links = linksOf(words);
  /** Slots that were ever used, and the first of the free list. */
  const slots = new Int32Array([0, NONE]);

  function allocate(): number {
    const order = slots[FREE]!;
    if (order !== NONE) {
      slots[FREE] = links[(order << ORDER_LINKS) + NEXT]!;
      return order;
    }
    if (slots[USED] === capacity) throw new RangeError(`no more than ${capacity} orders fit`);
    return slots[USED]!++;
  }

  return {
    words,
    links,
    capacity,

    /**
     * Slots in use: all that were ever used but those that are free. For tests: it walks the list.
     */
    countInUse(): number {
      let count = slots[USED]!;
      for (let order = slots[FREE]!; order !== NONE; count--) {
        order = links[(order << ORDER_LINKS) + NEXT]!;
      }
      return count;
    },
    /** Slots that were ever used since the beginning, or since `clear`. */
    usedSlots(): number {
      return slots[USED]!;
    },
    /** Forgets all: a slot's words are written whenever it is given out. */
    clear(): void {
      slots[USED] = 0;
      slots[FREE] = NONE;
    },
    /** A slot with a ticket's terms; the order is not open yet. */
    admit(ticket: OrderTicket, symbolIndex: number): number {
      const order = allocate();
      const word = order << ORDER_WORDS;
      const link = order << ORDER_LINKS;
      const { groupId, accountId } = ticket;
      links[link + LEVEL] = NONE;
      links[link + FLAGS] =
        ticket.side |
        (ticket.orderType << TYPE_SHIFT) |
        (ticket.timeInForce << TIME_IN_FORCE_SHIFT) |
        (ticket.selfTradePrevention << PREVENTION_SHIFT) |
        (ticket.postOnly ? POST_ONLY : 0);
      links[link + SYMBOL_INDEX] = symbolIndex;
      words[word + PRICE] = ticket.price;
      words[word + SHOWN] = ticket.qty;
      words[word + HIDDEN] = 0;
      words[word + CUM] = 0;
      words[word + ORDER_ID] = ticket.orderId;
      words[word + OWNER] = groupId !== 0 ? -groupId : accountId;
      words[word + ACCOUNT_ID] = accountId;
      words[word + CLIENT_ORDER_ID] = ticket.clientOrderId;
      words[word + DISPLAY] = ticket.displayQty;
      words[word + STOP_PRICE] = ticket.stopPrice;
      words[word + EXPIRE_TIME] = ticket.expireTime;
      return order;
    },

    release(order: number): void {
      links[(order << ORDER_LINKS) + NEXT] = slots[FREE]!;
      slots[FREE] = order;
    },

    orderId(order: number): number {
      return words[(order << ORDER_WORDS) + ORDER_ID]!;
    },
    accountId(order: number): number {
      return words[(order << ORDER_WORDS) + ACCOUNT_ID]!;
    },
    owner(order: number): number {
      return words[(order << ORDER_WORDS) + OWNER]!;
    },
    clientOrderId(order: number): number {
      return words[(order << ORDER_WORDS) + CLIENT_ORDER_ID]!;
    },
    /** Limit; of a market order and a stop that fired, the worst price that it may trade at. */
    price(order: number): number {
      return words[(order << ORDER_WORDS) + PRICE]!;
    },
    /** Of an order that was not filled yet and hides nothing. */
    setQty(order: number, qty: number): void {
      words[(order << ORDER_WORDS) + SHOWN] = qty;
    },
    setPrice(order: number, price: number): void {
      words[(order << ORDER_WORDS) + PRICE] = price;
    },
    stopPrice(order: number): number {
      return words[(order << ORDER_WORDS) + STOP_PRICE]!;
    },
    setStopPrice(order: number, price: number): void {
      words[(order << ORDER_WORDS) + STOP_PRICE] = price;
    },
    displayQty(order: number): number {
      return words[(order << ORDER_WORDS) + DISPLAY]!;
    },
    expireTime(order: number): number {
      return words[(order << ORDER_WORDS) + EXPIRE_TIME]!;
    },
    shownQty(order: number): number {
      return words[(order << ORDER_WORDS) + SHOWN]!;
    },
    cumQty(order: number): number {
      return words[(order << ORDER_WORDS) + CUM]!;
    },
    leavesQty(order: number): number {
      const word = order << ORDER_WORDS;
      return words[word + SHOWN]! + words[word + HIDDEN]!;
    },
    /** The total. */
    qty(order: number): number {
      const word = order << ORDER_WORDS;
      return words[word + SHOWN]! + words[word + HIDDEN]! + words[word + CUM]!;
    },
    level(order: number): number {
      return links[(order << ORDER_LINKS) + LEVEL]!;
    },
    symbolIndex(order: number): number {
      return links[(order << ORDER_LINKS) + SYMBOL_INDEX]!;
    },
    side(order: number): number {
      return sideOf(links[(order << ORDER_LINKS) + FLAGS]!);
    },
    orderType(order: number): number {
      return orderTypeOf(links[(order << ORDER_LINKS) + FLAGS]!);
    },
    timeInForce(order: number): number {
      return timeInForceOf(links[(order << ORDER_LINKS) + FLAGS]!);
    },
    selfTradePrevention(order: number): number {
      return selfTradePreventionOf(links[(order << ORDER_LINKS) + FLAGS]!);
    },
    isPostOnly(order: number): boolean {
      return (links[(order << ORDER_LINKS) + FLAGS]! & POST_ONLY) !== 0;
    },
    /** A stop that has not fired. */
    isWaiting(order: number): boolean {
      return (links[(order << ORDER_LINKS) + FLAGS]! & WAITING) !== 0;
    },
    setWaiting(order: number, isWaiting: boolean): void {
      const link = (order << ORDER_LINKS) + FLAGS;
      links[link] = isWaiting ? links[link]! | WAITING : links[link]! & ~WAITING;
    },
    /** It can be found by its id: it rests or waits, or did before it became the incoming one. */
    isOpen(order: number): boolean {
      return (links[(order << ORDER_LINKS) + FLAGS]! & OPEN) !== 0;
    },
  };
}
