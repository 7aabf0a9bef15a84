/**
 * What accounts traded in the last 30 days, by UTC day of the commands' time, in minor units of the
 * quote currency. A window belongs to a balance, and is made at its first fill. Hot path.
 */
import { growFloat64, growInt32 } from '../collections/grow.ts';

/** Today and the 29 days before. */
const DAYS = 30;
const US_A_DAY = 86_400_000_000;
/** A day's volume stops here, so that 30 of them stay below 2^53: 2.8 × 10^14 minor units. */
const MAX_DAY = 2 ** 48 - 1;
const NONE = -1;

export class Volumes {
  /** The window of each balance, or NONE. */
  private windows: Int32Array;
  private days: Float64Array = new Float64Array(64 * DAYS);
  private totals: Float64Array = new Float64Array(64);
  /** Day of a window's latest fill, counted from 1970. */
  private latest: Int32Array = new Int32Array(64);
  private count = 0;

  /** @param balances how many there are at first */
  constructor(balances: number) {
    this.windows = new Int32Array(balances).fill(NONE);
  }

  static dayOf(time: number): number {
    return Math.floor(time / US_A_DAY);
  }

  /** Volume of a balance in the 30 days that end with `day`. */
  total(balance: number, day: number): number {
    const window = balance < this.windows.length ? this.windows[balance]! : NONE;
    if (window === NONE) return 0;
    this.moveTo(window, day);
    return this.totals[window]!;
  }

  add(balance: number, day: number, notional: number): void {
    if (balance >= this.windows.length) this.growWindows(balance);
    let window = this.windows[balance]!;
    if (window === NONE) window = this.open(balance, day);
    this.moveTo(window, day);
    const at = window * DAYS + (day % DAYS);
    const before = this.days[at]!;
    const after = Math.min(MAX_DAY, before + notional);
    this.days[at] = after;
    this.totals[window]! += after - before;
  }

  /** The days of a balance's window that hold any volume, latest first; for the state's hash. */
  *daysOf(balance: number): Generator<readonly [day: number, volume: number]> {
    const window = balance < this.windows.length ? this.windows[balance]! : NONE;
    if (window === NONE) return;
    const latest = this.latest[window]!;
    for (let day = latest; day > latest - DAYS && day >= 0; day--) {
      const volume = this.days[window * DAYS + (day % DAYS)]!;
      if (volume !== 0) yield [day, volume];
    }
  }

  /** Forgets the days that lie behind the 30 that end with `day`. */
  private moveTo(window: number, day: number): void {
    const latest = this.latest[window]!;
    if (day <= latest) return;
    const passed = Math.min(DAYS, day - latest);
    for (let each = day - passed + 1; each <= day; each++) {
      const at = window * DAYS + (each % DAYS);
      this.totals[window]! -= this.days[at]!;
      this.days[at] = 0;
    }
    this.latest[window] = day;
  }

  private open(balance: number, day: number): number {
    if (this.count === this.totals.length) {
      this.days = growFloat64(this.days, this.count * 2 * DAYS);
      this.totals = growFloat64(this.totals, this.count * 2);
      this.latest = growInt32(this.latest, this.count * 2);
    }
    const window = this.count++;
    this.windows[balance] = window;
    this.latest[window] = day;
    return window;
  }

  private growWindows(balance: number): void {
    const before = this.windows.length;
    this.windows = growInt32(this.windows, Math.max(before * 2, balance + 1));
    this.windows.fill(NONE, before);
  }
}
