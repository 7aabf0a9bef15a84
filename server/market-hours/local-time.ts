/**
 * Local clocks by IANA time zone, from the rules that Node brings with it (Intl).
 *
 * A local time means one moment, also on the days when clocks change: the first at which the local
 * clock shows it or something later. So a time that clocks skip is the moment of the skip, a time
 * that they show twice is its first occurrence, and times in order are moments in order.
 */

const SECOND_MS = 1_000;
export const DAY_MS = 86_400_000;

export class LocalTime {
  private readonly format: Intl.DateTimeFormat;

  /** @throws RangeError for a time zone that there is not */
  constructor(timeZone: string) {
    this.format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    });
  }

  /** What the local clock shows at a moment, as ms since 1970 of a clock without a time zone. */
  shownAt(atMs: number): number {
    const parts: Record<string, number> = {};
    for (const { type, value } of this.format.formatToParts(atMs)) parts[type] = Number(value);
    const { year, month, day, hour, minute, second } = parts;
    const wholeMs = Date.UTC(year!, month! - 1, day!, hour!, minute!, second!);
    return wholeMs + (((atMs % SECOND_MS) + SECOND_MS) % SECOND_MS);
  }

  /** The local day at a moment, counted from 1970-01-01. */
  dayAt(atMs: number): number {
    return Math.floor(this.shownAt(atMs) / DAY_MS);
  }

  /** The first moment at which the clock shows this time or a later one; in whole seconds. */
  momentOf(shownMs: number): number {
    // Clocks change once in two days at most: the time is told by the offset of before or of after.
    const offsets = [shownMs - DAY_MS, shownMs + DAY_MS].map((at) => this.shownAt(at) - at);
    const [early, late] = offsets.map((offset) => shownMs - offset).sort((a, b) => a - b);
    if (this.shownAt(early!) === shownMs) return early!;
    if (this.shownAt(late!) === shownMs) return late!;
    // Clocks skip it: they do so between the two.
    let before = early! / SECOND_MS;
    let after = late! / SECOND_MS;
    while (after - before > 1) {
      const middle = Math.floor((before + after) / 2);
      if (this.shownAt(middle * SECOND_MS) < shownMs) before = middle;
      else after = middle;
    }
    return after * SECOND_MS;
  }
}

/** The day of a date such as `2028-02-29`, counted from 1970-01-01; undefined for no date. */
export function dayOf(date: string): number | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date)) return undefined;
  const atMs = Date.parse(`${date}T00:00:00Z`);
  if (Number.isNaN(atMs) || new Date(atMs).toISOString().slice(0, 10) !== date) return undefined;
  return atMs / DAY_MS;
}

/** 0 is Sunday. */
export function weekdayOf(day: number): number {
  // 1970-01-01 was a Thursday.
  return (((day + 4) % 7) + 7) % 7;
}
