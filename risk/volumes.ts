/**
 * What accounts traded in the last 30 days, by UTC day of the commands' time, in minor units of the
 * quote currency. A window, a record of 256 bytes, belongs to a balance, and is made at its first
 * fill. Made of closures over pages (ADR 0009). Hot path.
 *
 * ```
 *  words 0     1          2 + day % 30
 *        total latest day the day's volume
 * ```
 */
import { createRecordPages } from '../collections/record-pages.ts';
import { BALANCE_WORD, type Balances } from './balances.ts';

/** Today and the 29 days before. */
const DAYS = 30;
const US_A_DAY = 86_400_000_000;
/** A day's volume stops here, so that 30 of them stay below 2^53: 2.8 × 10^14 minor units. */
const MAX_DAY = 2 ** 48 - 1;

/** log2 of the words in a record. */
const RECORD_BITS = 5;
const TOTAL = 0;
/** Day of a window's latest fill, counted from 1970. */
const LATEST = 1;
const FIRST_DAY = 2;

const { WINDOW } = BALANCE_WORD;

export type Volumes = ReturnType<typeof createVolumes>;

/** @param pageRecords windows in a page: it decides no outcome */
export function createVolumes(balances: Balances, pageRecords: number) {
  const table = createRecordPages(RECORD_BITS, pageRecords);
  const { pages, pageBits, pageMask } = table;
  const counts = new Int32Array(1);

  /** The window of a balance, or NO_SLOT. */
  function windowOf(balance: number): number {
    return (balances.pageOf(balance)[balances.wordOf(balance) + WINDOW]! | 0) - 1;
  }

  function open(balance: number, day: number): number {
    const window = counts[0]!++;
    table.fit(window);
    pages[window >> pageBits]![((window & pageMask) << RECORD_BITS) + LATEST] = day;
    balances.pageOf(balance)[balances.wordOf(balance) + WINDOW] = window + 1;
    return window;
  }

  /** Forgets the days that lie behind the 30 that end with `day`. */
  function moveTo(page: Float64Array, first: number, day: number): void {
    const latest = page[first + LATEST]!;
    if (day <= latest) return;
    const passed = Math.min(DAYS, day - latest);
    for (let each = day - passed + 1; each <= day; each++) {
      const at = first + FIRST_DAY + (each % DAYS);
      page[first + TOTAL]! -= page[at]!;
      page[at] = 0;
    }
    page[first + LATEST] = day;
  }

  return {
    /** The UTC day of a time, which is told as a lane and its place. */
    dayOf(times: Float64Array, at: number): number {
      return Math.floor(times[at]! / US_A_DAY) | 0;
    },

    /** Forgets all; the balances forget which windows they had. */
    clear(): void {
      table.clear(counts[0]!);
      counts[0] = 0;
    },

    /** Volume of a balance in the 30 days that end with `day`. */
    total(balance: number, day: number): number {
      const window = windowOf(balance);
      if (window < 0) return 0;
      const page = pages[window >> pageBits]!;
      const first = (window & pageMask) << RECORD_BITS;
      moveTo(page, first, day);
      return page[first + TOTAL]!;
    },

    /** Adds a notional, told as a lane and its place. */
    add(balance: number, day: number, notionals: Float64Array, notionalAt: number): void {
      let window = windowOf(balance);
      if (window < 0) window = open(balance, day);
      const page = pages[window >> pageBits]!;
      const first = (window & pageMask) << RECORD_BITS;
      moveTo(page, first, day);
      const at = first + FIRST_DAY + (day % DAYS);
      const before = page[at]!;
      const after = Math.min(MAX_DAY, before + notionals[notionalAt]!);
      page[at] = after;
      page[first + TOTAL]! += after - before;
    },

    /** The days of a balance's window that hold any volume, latest first; for the state's hash. */
    *daysOf(balance: number): Generator<readonly [day: number, volume: number]> {
      const window = windowOf(balance);
      if (window < 0) return;
      const page = pages[window >> pageBits]!;
      const first = (window & pageMask) << RECORD_BITS;
      const latest = page[first + LATEST]!;
      for (let day = latest; day > latest - DAYS && day >= 0; day--) {
        const volume = page[first + FIRST_DAY + (day % DAYS)]!;
        if (volume !== 0) yield [day, volume];
      }
    },
  };
}
