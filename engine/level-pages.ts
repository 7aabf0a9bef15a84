/**
 * Pages of 64 ticks for all price ladders of an engine: the level at each tick, and a bitmap of the
 * ticks that have one. Freed pages form a list. Hot path.
 */
import { growInt32 } from '../collections/grow.ts';
import { ORDER } from './orders.ts';

const { NONE } = ORDER;

/** log2 of the ticks in a page. */
const PAGE_BITS = 6;
const PAGE_TICKS = 1 << PAGE_BITS;
export const PAGE = { BITS: PAGE_BITS, TICKS: PAGE_TICKS } as const;
const TOP_BIT = 0x80000000;

export class LevelPages {
  /** Level + 1 at each tick; 0 where there is none. */
  private levelAt: Int32Array;
  /** Two words a page. */
  private bits: Int32Array;
  private capacity: number;
  private used = 0;
  /** Linked through `levelAt`. */
  private free = NONE;

  constructor(capacity = 64) {
    this.capacity = capacity;
    this.levelAt = new Int32Array(capacity << PAGE_BITS);
    this.bits = new Int32Array(capacity * 2);
  }

  allocate(): number {
    const page = this.free;
    if (page !== NONE) {
      this.free = this.levelAt[page << PAGE_BITS]!;
      this.levelAt[page << PAGE_BITS] = 0;
      return page;
    }
    if (this.used === this.capacity) this.grow();
    return this.used++;
  }

  /** Of an empty page. */
  release(page: number): void {
    this.levelAt[page << PAGE_BITS] = this.free;
    this.free = page;
  }

  /** The level at a tick of a page, or NONE. */
  get(page: number, tick: number): number {
    return this.levelAt[(page << PAGE_BITS) + tick]! - 1;
  }

  set(page: number, tick: number, level: number): void {
    this.levelAt[(page << PAGE_BITS) + tick] = level + 1;
    this.bits[page * 2 + (tick >> 5)]! |= TOP_BIT >>> (tick & 31);
  }

  /** Clears a tick; true if the page is empty now. */
  clear(page: number, tick: number): boolean {
    this.levelAt[(page << PAGE_BITS) + tick] = 0;
    const first = page * 2;
    this.bits[first + (tick >> 5)]! &= ~(TOP_BIT >>> (tick & 31));
    return (this.bits[first]! | this.bits[first + 1]!) === 0;
  }

  /** The first occupied tick at or after `from` (0 to 64), or NONE. */
  firstFrom(page: number, from: number): number {
    const first = page * 2;
    if (from < 32) {
      const near = this.bits[first]! & (-1 >>> from);
      if (near !== 0) return Math.clz32(near);
    }
    if (from === PAGE_TICKS) return NONE;
    const far = this.bits[first + 1]! & (-1 >>> Math.max(0, from - 32));
    return far === 0 ? NONE : 32 + Math.clz32(far);
  }

  private grow(): void {
    this.capacity *= 2;
    this.levelAt = growInt32(this.levelAt, this.capacity << PAGE_BITS);
    this.bits = growInt32(this.bits, this.capacity * 2);
  }
}
