/**
 * All price levels of the engine, and all queues of waiting stops: a level is a slot, a record of
 * 64 bytes, with a FIFO queue of orders that are linked through the orders themselves. Remembers
 * which levels a command changed and what they were before, so that each is told once. The slab has
 * its full size from the start, as that of the orders. Hot path.
 *
 * ```
 *  words  0      1      2       3            4          5               6            7
 *         price  shown  hidden  count market head tail  nextFree state  shownBefore  countBefore
 * ```
 */
import { createLanes, linksOf } from '../collections/cache-lines.ts';
import { ORDER, type Orders } from './orders.ts';

const {
  LEVEL,
  NEXT,
  NONE,
  ORDER_LINKS,
  ORDER_WORDS,
  HIDDEN: ORDER_HIDDEN,
  SHOWN: ORDER_SHOWN,
  PREVIOUS,
} = ORDER;

/** log2 of the words in a record, and of its links. */
const WORDS = 3;
const LINKS = 4;

const PRICE = 0;
const SHOWN = 1;
const HIDDEN = 2;
const SHOWN_BEFORE = 6;

const COUNT = 6;
const MARKET_SIDE = 7;
const HEAD = 8;
const TAIL = 9;
const NEXT_FREE = 10;
const STATE = 11;
const COUNT_BEFORE = 14;

/** States of a level within a command. */
const UNCHANGED = 0;
const CHANGED = 1;
const TOLD = 2;

/** Places of `slots`. */
const USED = 0;
const FREE = 1;
const CHANGED_COUNT = 2;
const OPENED_COUNT = 3;

export type Levels = ReturnType<typeof createLevels>;

/**
 * @param orders whose queues the levels hold
 *
 * There is room for twice as many levels as orders, and one: a level that is not empty has an
 * order, and in one command the incoming order and each stop that fires may open one more while
 * those that were emptied wait to be told.
 */
export function createLevels(orders: Orders) {
  const capacity = orders.capacity * 2 + 1;
  const words = createLanes(capacity << WORDS);
  const links = linksOf(words);
  const orderWords = orders.words;
  const orderLinks = orders.links;
  /** Slots that were ever used, the first that is free, how many the command changed and opened. */
  const slots = new Int32Array([0, NONE, 0, 0]);
  const changed = new Int32Array(capacity);

  /** Must be called before a level changes. */
  function touch(level: number): void {
    const link = level << LINKS;
    if (links[link + STATE] !== UNCHANGED) return;
    const word = level << WORDS;
    links[link + STATE] = CHANGED;
    links[link + COUNT_BEFORE] = links[link + COUNT]!;
    words[word + SHOWN_BEFORE] = words[word + SHOWN]!;
    const count = slots[CHANGED_COUNT]!;
    changed[count] = level;
    slots[CHANGED_COUNT] = count + 1;
  }

  /** Puts an order at the back of a level's queue; the quantities are the caller's. */
  function append(level: number, order: number): void {
    const at = level << LINKS;
    const link = order << ORDER_LINKS;
    const last = links[at + TAIL]!;
    orderLinks[link + NEXT] = NONE;
    orderLinks[link + PREVIOUS] = last;
    orderLinks[link + LEVEL] = level;
    if (last === NONE) links[at + HEAD] = order;
    else orderLinks[(last << ORDER_LINKS) + NEXT] = order;
    links[at + TAIL] = order;
    links[at + COUNT]!++;
  }

  /**
   * Takes an order out of its level's queue, wherever it stands; the quantities are the caller's.
   */
  function unlink(order: number): void {
    const link = order << ORDER_LINKS;
    const at = orderLinks[link + LEVEL]! << LINKS;
    const before = orderLinks[link + PREVIOUS]!;
    const after = orderLinks[link + NEXT]!;
    if (before === NONE) links[at + HEAD] = after;
    else orderLinks[(before << ORDER_LINKS) + NEXT] = after;
    if (after === NONE) links[at + TAIL] = before;
    else orderLinks[(after << ORDER_LINKS) + PREVIOUS] = before;
    links[at + COUNT]!--;
  }

  return {
    words,
    touch,
    append,
    unlink,

    /** Where a level's price is in `words`. */
    priceAt(level: number): number {
      return (level << WORDS) + PRICE;
    },
    price(level: number): number {
      return words[(level << WORDS) + PRICE]!;
    },
    /** What can be seen. */
    shownQty(level: number): number {
      return words[(level << WORDS) + SHOWN]!;
    },
    /** What can be traded, hidden parts of icebergs included. */
    totalQty(level: number): number {
      const word = level << WORDS;
      return words[word + SHOWN]! + words[word + HIDDEN]!;
    },
    orderCount(level: number): number {
      return links[(level << LINKS) + COUNT]!;
    },
    symbolIndex(level: number): number {
      return links[(level << LINKS) + MARKET_SIDE]! >> 2;
    },
    side(level: number): number {
      return links[(level << LINKS) + MARKET_SIDE]! & 3;
    },
    head(level: number): number {
      return links[(level << LINKS) + HEAD]!;
    },

    allocate(symbolIndex: number, side: number, price: number): number {
      slots[OPENED_COUNT]!++;
      let level = slots[FREE]!;
      if (level !== NONE) slots[FREE] = links[(level << LINKS) + NEXT_FREE]!;
      else level = slots[USED]!++;
      const word = level << WORDS;
      const link = level << LINKS;
      words[word + PRICE] = price;
      words[word + SHOWN] = 0;
      words[word + HIDDEN] = 0;
      links[link + COUNT] = 0;
      links[link + MARKET_SIDE] = (symbolIndex << 2) | side;
      links[link + HEAD] = NONE;
      links[link + TAIL] = NONE;
      links[link + STATE] = UNCHANGED;
      return level;
    },

    /** Forgets all: a slot's words are written whenever it is given out. */
    clear(): void {
      slots[USED] = 0;
      slots[FREE] = NONE;
      slots[CHANGED_COUNT] = 0;
      slots[OPENED_COUNT] = 0;
    },

    release(level: number): void {
      links[(level << LINKS) + NEXT_FREE] = slots[FREE]!;
      slots[FREE] = level;
    },

    /** Puts a resting order at the back of a level, with its quantities. */
    join(level: number, order: number): void {
      touch(level);
      append(level, order);
      const orderWord = order << ORDER_WORDS;
      const word = level << WORDS;
      words[word + SHOWN]! += orderWords[orderWord + ORDER_SHOWN]!;
      words[word + HIDDEN]! += orderWords[orderWord + ORDER_HIDDEN]!;
    },

    /** Takes a resting order out of its level, with its quantities; returns the level. */
    leave(order: number): number {
      const level = orderLinks[(order << ORDER_LINKS) + LEVEL]!;
      touch(level);
      unlink(order);
      const orderWord = order << ORDER_WORDS;
      const word = level << WORDS;
      words[word + SHOWN]! -= orderWords[orderWord + ORDER_SHOWN]!;
      words[word + HIDDEN]! -= orderWords[orderWord + ORDER_HIDDEN]!;
      return level;
    },

    /** Changes what a level shows and hides. */
    addQty(level: number, shown: number, hidden: number): void {
      const word = level << WORDS;
      words[word + SHOWN]! += shown;
      words[word + HIDDEN]! += hidden;
    },

    /** Takes the first order out of a level's queue. */
    unlinkHead(level: number, order: number): void {
      const at = level << LINKS;
      const after = orderLinks[(order << ORDER_LINKS) + NEXT]!;
      links[at + HEAD] = after;
      if (after === NONE) links[at + TAIL] = NONE;
      else orderLinks[(after << ORDER_LINKS) + PREVIOUS] = NONE;
      links[at + COUNT]!--;
    },

    /** A level's orders, first in the queue first; the one at hand may be taken out. */
    *queue(level: number): Generator<number> {
      let order = links[(level << LINKS) + HEAD]!;
      while (order !== NONE) {
        const next = orderLinks[(order << ORDER_LINKS) + NEXT]!;
        yield order;
        order = next;
      }
    },

    /** How many levels the command changed so far. */
    changedCount(): number {
      return slots[CHANGED_COUNT]!;
    },
    /** The levels that the command changed, in the order of their first change. */
    changedLevel(at: number): number {
      return changed[at]!;
    },
    /** Whether the command opened a level: one that it emptied before may stand again. */
    hasOpened(): boolean {
      return slots[OPENED_COUNT] !== 0;
    },
    forgetChanges(): void {
      slots[CHANGED_COUNT] = 0;
      slots[OPENED_COUNT] = 0;
    },

    /**
     * Whether a changed level that has orders is not what it was when the command began, and was
     * not told in another's place; forgets that it changed.
     */
    settle(level: number): boolean {
      const link = level << LINKS;
      const word = level << WORDS;
      const state = links[link + STATE];
      links[link + STATE] = UNCHANGED;
      return (
        state === CHANGED &&
        (links[link + COUNT] !== links[link + COUNT_BEFORE] ||
          words[word + SHOWN] !== words[word + SHOWN_BEFORE])
      );
    },

    /** The same of a level that stands now where another one stood, which was emptied before. */
    settleInPlaceOf(emptied: number, level: number): boolean {
      const link = level << LINKS;
      if (links[link + STATE] === TOLD) return false;
      links[link + STATE] = TOLD;
      return (
        links[link + COUNT] !== links[(emptied << LINKS) + COUNT_BEFORE] ||
        words[(level << WORDS) + SHOWN] !== words[(emptied << WORDS) + SHOWN_BEFORE]
      );
    },
  };
}
