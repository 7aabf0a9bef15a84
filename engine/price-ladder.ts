/**
 * Finds the price levels of one side of a book: a window over the million ticks around the market,
 * made of pages of 64 ticks with a three-level bitmap on top (the next level is a few
 * count-leading-zeros away), and a B+ tree of the pages behind it. The window moves when the market
 * does. Hot path; the tree and the moves are off it.
 *
 * Inside, a price is a key that is lower the better it is: the price itself on the sell side, the
 * negated price on the buy side. Two facts hold between calls: the tree only has pages behind the
 * window, and it is empty while the window is.
 */
import BTreeModule from 'sorted-btree';
import { Side } from '../protocol/enums.ts';
import { type LevelPages, PAGE } from './level-pages.ts';
import type { Levels } from './levels.ts';
import { ORDER } from './orders.ts';

const { NONE } = ORDER;
const { BITS: PAGE_BITS, TICKS: PAGE_TICKS } = PAGE;

/** CommonJS under Node's ESM: the class is the default of the default. */
const BTree = BTreeModule.default;

/** 16 × 32 × 32 pages. */
const WINDOW_PAGES = 16_384;
const WINDOW = WINDOW_PAGES * PAGE_TICKS;
export const WINDOW_TICKS = WINDOW;
const TOP_BIT = 0x80000000;

/** Where the window's lane has the bitmap's lowest level, behind the next one, and the pages. */
const BITS_0 = WINDOW_PAGES >> 10;
const PAGE_AT = BITS_0 + (WINDOW_PAGES >> 5);

export class PriceLadder {
  /** Levels on this side. */
  levelCount = 0;
  private bestLevel = NONE;
  private readonly sign: number;
  private readonly pages: LevelPages;
  private readonly levels: Levels;
  /**
   * The bitmap's two lower levels, and page + 1 at each place of the window, 0 where there is none:
   * one lane, since of many ladders each lane is some cache lines more.
   */
  private readonly window = new Int32Array(PAGE_AT + WINDOW_PAGES);
  private bits2 = 0;
  /** Keys by lane, so that none is boxed: of the window's first tick, and of the best level. */
  private readonly keys = new Float64Array(2);
  /** Pages by their first key ÷ 64. */
  private readonly far = new BTree<number, number>();

  constructor(side: number, pages: LevelPages, levels: Levels) {
    this.sign = side === Side.Buy ? -1 : 1;
    this.pages = pages;
    this.levels = levels;
  }

  /** The best level, or NONE. */
  best(): number {
    return this.bestLevel;
  }

  /**
   * The level at a price, which is told as a lane and its place so that it is not boxed; or NONE.
   */
  find(prices: Float64Array, at: number): number {
    const key = prices[at]! * this.sign;
    const distance = key - this.keys[0]!;
    if (distance < 0) return NONE;
    if (distance < WINDOW) {
      const index = distance | 0;
      const page = this.window[PAGE_AT + (index >> PAGE_BITS)]! - 1;
      return page === NONE ? NONE : this.pages.get(page, index & (PAGE_TICKS - 1));
    }
    const pageKey = Math.floor(key / PAGE_TICKS);
    const page = this.far.get(pageKey);
    return page === undefined ? NONE : this.pages.get(page, key - pageKey * PAGE_TICKS);
  }

  /** Adds a level at a price that has none. */
  add(level: number): void {
    const key = this.levels.price(level) * this.sign;
    if (this.levelCount === 0) this.keys[0] = windowAround(key);
    else if (key < this.keys[0]!) this.moveWindow(key);
    if (this.levelCount === 0 || key < this.keys[1]!) {
      this.bestLevel = level;
      this.keys[1] = key;
    }
    this.levelCount++;
    const distance = key - this.keys[0]!;
    if (distance < WINDOW) {
      const index = distance | 0;
      this.pages.set(this.pageOf(index >> PAGE_BITS), index & (PAGE_TICKS - 1), level);
    } else this.addFar(key, level);
  }

  /** Removes a level. */
  remove(level: number): void {
    const key = this.levels.price(level) * this.sign;
    const distance = key - this.keys[0]!;
    this.levelCount--;
    if (distance >= WINDOW) {
      this.removeFar(key);
      return;
    }
    const index = distance | 0;
    const place = index >> PAGE_BITS;
    const page = this.window[PAGE_AT + place]! - 1;
    if (this.pages.clearTick(page, index & (PAGE_TICKS - 1))) {
      this.pages.release(page);
      this.window[PAGE_AT + place] = 0;
      this.clearBit(place);
      if (this.bits2 === 0 && this.levelCount > 0) this.followMarket();
    }
    if (key === this.keys[1]!) this.findBest();
  }

  /** The next level behind one that is here, or NONE. */
  nextBehind(level: number): number {
    const key = this.levels.price(level) * this.sign;
    const distance = key - this.keys[0]!;
    if (distance < WINDOW) {
      const index = distance | 0;
      const place = index >> PAGE_BITS;
      const page = this.window[PAGE_AT + place]! - 1;
      const tick = this.pages.firstFrom(page, (index & (PAGE_TICKS - 1)) + 1);
      if (tick !== NONE) return this.pages.get(page, tick);
      const next = this.firstPlaceFrom(place + 1);
      if (next !== NONE) return this.firstOf(this.window[PAGE_AT + next]! - 1);
      const behind = this.far.minKey();
      return behind === undefined ? NONE : this.firstOf(this.far.get(behind)!);
    }
    const pageKey = Math.floor(key / PAGE_TICKS);
    const page = this.far.get(pageKey)!;
    const tick = this.pages.firstFrom(page, key - pageKey * PAGE_TICKS + 1);
    if (tick !== NONE) return this.pages.get(page, tick);
    const next = this.far.nextHigherPair(pageKey);
    return next === undefined ? NONE : this.firstOf(next[1]);
  }

  private firstOf(page: number): number {
    return this.pages.get(page, this.pages.firstFrom(page, 0));
  }

  private findBest(): void {
    const place = this.firstPlaceFrom(0);
    if (place === NONE) {
      this.bestLevel = NONE;
      return;
    }
    const page = this.window[PAGE_AT + place]! - 1;
    const tick = this.pages.firstFrom(page, 0);
    this.bestLevel = this.pages.get(page, tick);
    this.keys[1] = this.keys[0]! + ((place << PAGE_BITS) | tick);
  }

  /** The page at a place of the window; a new one where there is none. */
  private pageOf(place: number): number {
    const found = this.window[PAGE_AT + place]! - 1;
    if (found !== NONE) return found;
    const page = this.pages.allocate();
    this.window[PAGE_AT + place] = page + 1;
    this.setBit(place);
    return page;
  }

  private addFar(key: number, level: number): void {
    const pageKey = Math.floor(key / PAGE_TICKS);
    let page = this.far.get(pageKey);
    if (page === undefined) {
      page = this.pages.allocate();
      this.far.set(pageKey, page);
    }
    this.pages.set(page, key - pageKey * PAGE_TICKS, level);
  }

  private removeFar(key: number): void {
    const pageKey = Math.floor(key / PAGE_TICKS);
    const page = this.far.get(pageKey)!;
    if (!this.pages.clearTick(page, key - pageKey * PAGE_TICKS)) return;
    this.far.delete(pageKey);
    this.pages.release(page);
  }

  /** Moves the window so that a key, better than any in it, comes to its middle. */
  private moveWindow(key: number): void {
    const base = windowAround(key);
    const oldFirst = this.keys[0]! / PAGE_TICKS;
    const shift = oldFirst - base / PAGE_TICKS;
    this.keys[0] = base;
    this.window.fill(0, 0, PAGE_AT);
    this.bits2 = 0;
    for (let place = WINDOW_PAGES - 1; place >= 0; place--) {
      const entry = this.window[PAGE_AT + place]!;
      if (entry === 0) continue;
      this.window[PAGE_AT + place] = 0;
      if (place + shift >= WINDOW_PAGES) this.far.set(oldFirst + place, entry - 1);
      else {
        this.window[PAGE_AT + place + shift] = entry;
        this.setBit(place + shift);
      }
    }
  }

  /** The market left the window: what stands in the tree and is now near comes in. */
  private followMarket(): void {
    const first = this.far.minKey()!;
    this.keys[0] = windowAround(first * PAGE_TICKS);
    const base = this.keys[0]! / PAGE_TICKS;
    for (let key: number | undefined = first; key !== undefined; key = this.far.minKey()) {
      if (key - base >= WINDOW_PAGES) return;
      this.window[PAGE_AT + key - base] = this.far.get(key)! + 1;
      this.setBit(key - base);
      this.far.delete(key);
    }
  }

  private setBit(place: number): void {
    const word0 = place >> 5;
    const word1 = place >> 10;
    this.window[BITS_0 + word0]! |= TOP_BIT >>> (place & 31);
    this.window[word1]! |= TOP_BIT >>> (word0 & 31);
    this.bits2 |= TOP_BIT >>> word1;
  }

  private clearBit(place: number): void {
    const word0 = place >> 5;
    const word1 = place >> 10;
    this.window[BITS_0 + word0]! &= ~(TOP_BIT >>> (place & 31));
    if (this.window[BITS_0 + word0] !== 0) return;
    this.window[word1]! &= ~(TOP_BIT >>> (word0 & 31));
    if (this.window[word1] !== 0) return;
    this.bits2 &= ~(TOP_BIT >>> word1);
  }

  /** The first occupied place of the window at or after `from`, or NONE. */
  private firstPlaceFrom(from: number): number {
    if (from >= WINDOW_PAGES) return NONE;
    let word0 = from >> 5;
    const here = this.window[BITS_0 + word0]! & (-1 >>> (from & 31));
    if (here !== 0) return (word0 << 5) + Math.clz32(here);
    word0++;
    let word1 = word0 >> 5;
    if (word1 >= WINDOW_PAGES >> 10) return NONE;
    let found = this.window[word1]! & (-1 >>> (word0 & 31));
    if (found === 0) {
      const above = this.bits2 & (-1 >>> (word1 + 1));
      if (above === 0) return NONE;
      word1 = Math.clz32(above);
      found = this.window[word1]!;
    }
    word0 = (word1 << 5) + Math.clz32(found);
    return (word0 << 5) + Math.clz32(this.window[BITS_0 + word0]!);
  }
}

/** Where a window begins that has a key in its middle. */
function windowAround(key: number): number {
  return Math.floor(key / PAGE_TICKS) * PAGE_TICKS - WINDOW / 2;
}
