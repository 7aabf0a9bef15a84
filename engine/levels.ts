/**
 * All price levels of the engine, and all queues of waiting stops: a level is a slot, a record of 64
 * bytes, with a FIFO queue of orders that are linked through the orders themselves. Remembers which
 * levels a command changed and what they were before, so that each is told once. Hot path.
 *
 * ```
 *  words  0      1      2       3            4          5               6            7
 *         price  shown  hidden  count market head tail  nextFree state  shownBefore  countBefore
 * ```
 */
import { growInt32 } from '../collections/grow.ts';
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

export class Levels {
  /** The levels that the command changed, in the order of their first change. */
  changed: Int32Array;
  changedCount = 0;
  words: Float64Array;
  private links: Int32Array;
  private readonly orders: Orders;
  private capacity: number;
  private used = 0;
  private free = NONE;

  constructor(orders: Orders, capacity: number) {
    this.orders = orders;
    this.capacity = capacity;
    this.words = new Float64Array(capacity << WORDS);
    this.links = new Int32Array(this.words.buffer);
    this.changed = new Int32Array(64);
  }

  /** Where a level's price is in `words`. */
  priceAt(level: number): number {
    return (level << WORDS) + PRICE;
  }
  price(level: number): number {
    return this.words[(level << WORDS) + PRICE]!;
  }
  /** What can be seen. */
  shownQty(level: number): number {
    return this.words[(level << WORDS) + SHOWN]!;
  }
  /** What can be traded, hidden parts of icebergs included. */
  totalQty(level: number): number {
    const word = level << WORDS;
    return this.words[word + SHOWN]! + this.words[word + HIDDEN]!;
  }
  orderCount(level: number): number {
    return this.links[(level << LINKS) + COUNT]!;
  }
  symbolIndex(level: number): number {
    return this.links[(level << LINKS) + MARKET_SIDE]! >> 2;
  }
  side(level: number): number {
    return this.links[(level << LINKS) + MARKET_SIDE]! & 3;
  }
  head(level: number): number {
    return this.links[(level << LINKS) + HEAD]!;
  }
  tail(level: number): number {
    return this.links[(level << LINKS) + TAIL]!;
  }

  allocate(symbolIndex: number, side: number, price: number): number {
    let level = this.free;
    if (level !== NONE) this.free = this.links[(level << LINKS) + NEXT_FREE]!;
    else {
      if (this.used === this.capacity) this.grow();
      level = this.used++;
    }
    const word = level << WORDS;
    const link = level << LINKS;
    this.words[word + PRICE] = price;
    this.words[word + SHOWN] = 0;
    this.words[word + HIDDEN] = 0;
    this.links[link + COUNT] = 0;
    this.links[link + MARKET_SIDE] = (symbolIndex << 2) | side;
    this.links[link + HEAD] = NONE;
    this.links[link + TAIL] = NONE;
    this.links[link + STATE] = UNCHANGED;
    return level;
  }

  release(level: number): void {
    this.links[(level << LINKS) + NEXT_FREE] = this.free;
    this.free = level;
  }

  /** Puts a resting order at the back of a level, with its quantities. */
  join(level: number, order: number): void {
    this.touch(level);
    this.append(level, order);
    const orderWords = this.orders.words;
    const orderWord = order << ORDER_WORDS;
    const words = this.words;
    const word = level << WORDS;
    words[word + SHOWN]! += orderWords[orderWord + ORDER_SHOWN]!;
    words[word + HIDDEN]! += orderWords[orderWord + ORDER_HIDDEN]!;
  }

  /** Takes a resting order out of its level, with its quantities; returns the level. */
  leave(order: number): number {
    const level = this.orders.links[(order << ORDER_LINKS) + LEVEL]!;
    this.touch(level);
    this.unlink(order);
    const orderWords = this.orders.words;
    const orderWord = order << ORDER_WORDS;
    const words = this.words;
    const word = level << WORDS;
    words[word + SHOWN]! -= orderWords[orderWord + ORDER_SHOWN]!;
    words[word + HIDDEN]! -= orderWords[orderWord + ORDER_HIDDEN]!;
    return level;
  }

  /** Changes what a level shows and hides. */
  addQty(level: number, shown: number, hidden: number): void {
    const word = level << WORDS;
    this.words[word + SHOWN]! += shown;
    this.words[word + HIDDEN]! += hidden;
  }

  /** Puts an order at the back of a level's queue; the quantities are the caller's. */
  append(level: number, order: number): void {
    const links = this.orders.links;
    const own = this.links;
    const at = level << LINKS;
    const link = order << ORDER_LINKS;
    const last = own[at + TAIL]!;
    links[link + NEXT] = NONE;
    links[link + PREVIOUS] = last;
    links[link + LEVEL] = level;
    if (last === NONE) own[at + HEAD] = order;
    else links[(last << ORDER_LINKS) + NEXT] = order;
    own[at + TAIL] = order;
    own[at + COUNT]!++;
  }

  /** Takes an order out of its level's queue, wherever it stands; the quantities are the caller's. */
  unlink(order: number): void {
    const links = this.orders.links;
    const own = this.links;
    const link = order << ORDER_LINKS;
    const at = links[link + LEVEL]! << LINKS;
    const before = links[link + PREVIOUS]!;
    const after = links[link + NEXT]!;
    if (before === NONE) own[at + HEAD] = after;
    else links[(before << ORDER_LINKS) + NEXT] = after;
    if (after === NONE) own[at + TAIL] = before;
    else links[(after << ORDER_LINKS) + PREVIOUS] = before;
    own[at + COUNT]!--;
  }

  /** Takes the first order out of a level's queue. */
  unlinkHead(level: number, order: number): void {
    const links = this.orders.links;
    const own = this.links;
    const at = level << LINKS;
    const after = links[(order << ORDER_LINKS) + NEXT]!;
    own[at + HEAD] = after;
    if (after === NONE) own[at + TAIL] = NONE;
    else links[(after << ORDER_LINKS) + PREVIOUS] = NONE;
    own[at + COUNT]!--;
  }

  /** A level's orders, first in the queue first; the one at hand may be taken out. */
  *queue(level: number): Generator<number> {
    let order = this.head(level);
    while (order !== NONE) {
      const next = this.orders.links[(order << ORDER_LINKS) + NEXT]!;
      yield order;
      order = next;
    }
  }

  /** Must be called before a level changes. */
  touch(level: number): void {
    const { words, links } = this;
    const link = level << LINKS;
    if (links[link + STATE] !== UNCHANGED) return;
    const word = level << WORDS;
    links[link + STATE] = CHANGED;
    links[link + COUNT_BEFORE] = links[link + COUNT]!;
    words[word + SHOWN_BEFORE] = words[word + SHOWN]!;
    if (this.changedCount === this.changed.length) {
      this.changed = growInt32(this.changed, this.changedCount * 2);
    }
    this.changed[this.changedCount++] = level;
  }

  /**
   * Whether a changed level that has orders is not what it was when the command began, and was not
   * told in another's place; forgets that it changed.
   */
  settle(level: number): boolean {
    const { words, links } = this;
    const link = level << LINKS;
    const word = level << WORDS;
    const state = links[link + STATE];
    links[link + STATE] = UNCHANGED;
    return (
      state === CHANGED &&
      (links[link + COUNT] !== links[link + COUNT_BEFORE] ||
        words[word + SHOWN] !== words[word + SHOWN_BEFORE])
    );
  }

  /** The same of a level that stands now where another one stood, which was emptied before. */
  settleInPlaceOf(emptied: number, level: number): boolean {
    const link = level << LINKS;
    if (this.links[link + STATE] === TOLD) return false;
    this.links[link + STATE] = TOLD;
    return (
      this.links[link + COUNT] !== this.links[(emptied << LINKS) + COUNT_BEFORE] ||
      this.words[(level << WORDS) + SHOWN] !== this.words[(emptied << WORDS) + SHOWN_BEFORE]
    );
  }

  private grow(): void {
    this.capacity *= 2;
    const words = new Float64Array(this.capacity << WORDS);
    words.set(this.words);
    this.words = words;
    this.links = new Int32Array(words.buffer);
  }
}
