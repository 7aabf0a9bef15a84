/**
 * Finds the price levels of one side of a book: a flat ladder over the ticks around the market with
 * a three-level bitmap on top (the next level is a few count-leading-zeros away), and a B+ tree for
 * prices far behind it. The window moves when the market does. Hot path; the tree and the moves
 * allocate, and are off it.
 *
 * Inside, a price is a key that is lower the better it is: the price itself on the sell side, the
 * negated price on the buy side. Two facts hold between calls: the tree only has keys behind the
 * window, and it is empty while the window is.
 */
import BTreeModule from 'sorted-btree';
import { Side } from '../protocol/enums.ts';
import { NONE } from './orders.ts';

/** CommonJS under Node's ESM: the class is the default of the default. */
const BTree = BTreeModule.default;

/** Ticks in the window: three levels of 32-bit words. */
export const WINDOW_TICKS = 32 * 32 * 32;
const TOP_BIT = 0x80000000;

export class PriceLadder {
  /** Levels on this side. */
  levelCount = 0;
  private readonly sign: number;
  /** Level + 1 at each tick of the window; 0 where there is none. */
  private readonly levelAt = new Int32Array(WINDOW_TICKS);
  private readonly bits0 = new Int32Array(WINDOW_TICKS >> 5);
  private readonly bits1 = new Int32Array(WINDOW_TICKS >> 10);
  private bits2 = 0;
  /** The key of the window's first tick. */
  private base = 0;
  private readonly far = new BTree<number, number>();

  constructor(side: number) {
    this.sign = side === Side.Buy ? -1 : 1;
  }

  /** The level at a price, or NONE. */
  get(price: number): number {
    const key = price * this.sign;
    const index = key - this.base;
    if (index >= 0 && index < WINDOW_TICKS) return this.levelAt[index]! - 1;
    return index < 0 ? NONE : (this.far.get(key) ?? NONE);
  }

  /** Adds a level at a price that has none. */
  add(price: number, level: number): void {
    const key = price * this.sign;
    if (this.levelCount === 0 || key < this.base) this.moveWindow(key);
    this.levelCount++;
    this.put(key, level);
  }

  remove(price: number): void {
    const key = price * this.sign;
    const index = key - this.base;
    this.levelCount--;
    if (index >= WINDOW_TICKS) {
      this.far.delete(key);
      return;
    }
    this.levelAt[index] = 0;
    this.clearBit(index);
    if (this.bits2 === 0 && this.levelCount > 0) this.moveWindow(this.far.minKey()!);
  }

  /** The best level, or NONE. */
  best(): number {
    const bits2 = this.bits2;
    if (bits2 === 0) return NONE;
    const word1 = Math.clz32(bits2);
    const word0 = (word1 << 5) + Math.clz32(this.bits1[word1]!);
    return this.levelAt[(word0 << 5) + Math.clz32(this.bits0[word0]!)]! - 1;
  }

  /** The next level behind the one at a price, or NONE. */
  nextBehind(price: number): number {
    const key = price * this.sign;
    const index = key - this.base;
    if (index < WINDOW_TICKS) {
      const next = this.firstFrom(index + 1);
      if (next !== NONE) return this.levelAt[next]! - 1;
      const first = this.far.minKey();
      return first === undefined ? NONE : this.far.get(first)!;
    }
    const next = this.far.nextHigherPair(key);
    return next === undefined ? NONE : next[1];
  }

  private put(key: number, level: number): void {
    const index = key - this.base;
    if (index < WINDOW_TICKS) {
      this.levelAt[index] = level + 1;
      this.setBit(index);
    } else this.far.set(key, level);
  }

  /** Puts a key, which is better than any in the window, into the window's middle. */
  private moveWindow(key: number): void {
    const base = key - WINDOW_TICKS / 2;
    const shift = this.base - base;
    for (let index = this.firstFrom(0); index !== NONE; index = this.firstFrom(index + 1)) {
      if (index + shift < WINDOW_TICKS) continue;
      this.far.set(this.base + index, this.levelAt[index]! - 1);
      this.levelAt[index] = 0;
      this.clearBit(index);
    }
    if (this.bits2 === 0) {
      this.base = base;
      this.pullIntoWindow();
    } else this.shiftWindow(base, shift);
  }

  /** Moves what stays in the window `shift` ticks towards its end, last first. */
  private shiftWindow(base: number, shift: number): void {
    const kept = WINDOW_TICKS - shift;
    for (let index = kept - 1; index >= 0; index--) {
      const entry = this.levelAt[index]!;
      if (entry === 0) continue;
      this.levelAt[index] = 0;
      this.clearBit(index);
      this.levelAt[index + shift] = entry;
      this.setBit(index + shift);
    }
    this.base = base;
  }

  /** After the market left the window: what stood in the tree and is now near comes in. */
  private pullIntoWindow(): void {
    const end = this.base + WINDOW_TICKS;
    for (let key = this.far.minKey(); key !== undefined && key < end; key = this.far.minKey()) {
      this.put(key, this.far.get(key)!);
      this.far.delete(key);
    }
  }

  private setBit(index: number): void {
    const word0 = index >> 5;
    const word1 = index >> 10;
    this.bits0[word0]! |= TOP_BIT >>> (index & 31);
    this.bits1[word1]! |= TOP_BIT >>> (word0 & 31);
    this.bits2 |= TOP_BIT >>> word1;
  }

  private clearBit(index: number): void {
    const word0 = index >> 5;
    const word1 = index >> 10;
    this.bits0[word0]! &= ~(TOP_BIT >>> (index & 31));
    if (this.bits0[word0] !== 0) return;
    this.bits1[word1]! &= ~(TOP_BIT >>> (word0 & 31));
    if (this.bits1[word1] !== 0) return;
    this.bits2 &= ~(TOP_BIT >>> word1);
  }

  /** The first occupied index of the window at or after `from`, or NONE. */
  private firstFrom(from: number): number {
    if (from >= WINDOW_TICKS) return NONE;
    let word0 = from >> 5;
    const here = this.bits0[word0]! & (-1 >>> (from & 31));
    if (here !== 0) return (word0 << 5) + Math.clz32(here);
    word0++;
    let word1 = word0 >> 5;
    if (word1 >= 32) return NONE;
    let found = this.bits1[word1]! & (-1 >>> (word0 & 31));
    if (found === 0) {
      word1++;
      if (word1 >= 32) return NONE;
      const above = this.bits2 & (-1 >>> word1);
      if (above === 0) return NONE;
      word1 = Math.clz32(above);
      found = this.bits1[word1]!;
    }
    word0 = (word1 << 5) + Math.clz32(found);
    return (word0 << 5) + Math.clz32(this.bits0[word0]!);
  }
}
