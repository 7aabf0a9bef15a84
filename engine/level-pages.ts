/**
 * Pages of 64 ticks for all price ladders of an engine: the level at each tick, and a bitmap of the
 * ticks that have one. Freed pages form a list. There is room for a page for each order that may
 * rest. Hot path.
 */
import { ORDER } from './orders.ts';

const { NONE } = ORDER;

/** log2 of the ticks in a page. */
const PAGE_BITS = 6;
const PAGE_TICKS = 1 << PAGE_BITS;
export const PAGE = { BITS: PAGE_BITS, TICKS: PAGE_TICKS } as const;
const TOP_BIT = 0x80000000;

/** Places of `slots`. */
const USED = 0;
const FREE = 1;

export type LevelPages = ReturnType<typeof createLevelPages>;

/** @param capacity the most pages at a time: a page has a level, and a level an order */
export function createLevelPages(capacity: number) {
  /** Level + 1 at each tick; 0 where there is none. */
  const levelAt = new Int32Array(capacity << PAGE_BITS);
  /** Two words a page. */
  const bits = new Int32Array(capacity * 2);
  /**
   * Pages that were ever used, and the first of the free list, which is linked through `levelAt`.
   */
  const slots = new Int32Array([0, NONE]);

  return {
    allocate(): number {
      const page = slots[FREE]!;
      if (page === NONE) return slots[USED]!++;
      slots[FREE] = levelAt[page << PAGE_BITS]!;
      levelAt[page << PAGE_BITS] = 0;
      return page;
    },

    /** Of an empty page. */
    release(page: number): void {
      levelAt[page << PAGE_BITS] = slots[FREE]!;
      slots[FREE] = page;
    },

    /** Forgets all: the pages that were ever used are zeros again. */
    clear(): void {
      const used = slots[USED]!;
      levelAt.fill(0, 0, used << PAGE_BITS);
      bits.fill(0, 0, used * 2);
      slots[USED] = 0;
      slots[FREE] = NONE;
    },

    /** The level at a tick of a page, or NONE. */
    get(page: number, tick: number): number {
      return levelAt[(page << PAGE_BITS) + tick]! - 1;
    },

    set(page: number, tick: number, level: number): void {
      levelAt[(page << PAGE_BITS) + tick] = level + 1;
      bits[page * 2 + (tick >> 5)]! |= TOP_BIT >>> (tick & 31);
    },

    /** Clears a tick; true if the page is empty now. */
    clearTick(page: number, tick: number): boolean {
      levelAt[(page << PAGE_BITS) + tick] = 0;
      const first = page * 2;
      bits[first + (tick >> 5)]! &= ~(TOP_BIT >>> (tick & 31));
      return (bits[first]! | bits[first + 1]!) === 0;
    },

    /** The first occupied tick at or after `from` (0 to 64), or NONE. */
    firstFrom(page: number, from: number): number {
      const first = page * 2;
      if (from < 32) {
        const near = bits[first]! & (-1 >>> from);
        if (near !== 0) return Math.clz32(near);
      }
      if (from === PAGE_TICKS) return NONE;
      const far = bits[first + 1]! & (-1 >>> Math.max(0, from - 32));
      return far === 0 ? NONE : 32 + Math.clz32(far);
    },
  };
}
