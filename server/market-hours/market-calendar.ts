/** When a market changes its trading state: its week, its holidays and its special days. */
import { TradingState } from '../../protocol/enums.ts';
import { DAY_MS, LocalTime, weekdayOf } from './local-time.ts';

/** From a time of the day on the market is in a state. */
export interface Phase {
  /** ms since local midnight. */
  readonly atMs: number;
  /** TradingState. */
  readonly state: number;
}

export interface CalendarTerms {
  readonly timeZone: string;
  /** By weekday, 0 is Sunday; no day in it changes nothing. In order of time. */
  readonly week: ReadonlyMap<number, readonly Phase[]>;
  /** By day since 1970-01-01: instead of those of the week. */
  readonly specialDays: ReadonlyMap<number, readonly Phase[]>;
}

/** A moment at which a market changes its state. */
export interface ScheduledChange {
  /** ms since 1970. */
  readonly atMs: number;
  readonly state: number;
}

/** On a holiday the market is closed from midnight on: also one that trades through the night. */
export const HOLIDAY: readonly Phase[] = [{ atMs: 0, state: TradingState.Closed }];

/** Each weekday that a calendar knows comes again by then. */
const WEEK_DAYS = 7;

export class MarketCalendar {
  private readonly clock: LocalTime;
  private readonly terms: CalendarTerms;

  /** @param terms of which one day of the week at least has a phase */
  constructor(terms: CalendarTerms) {
    this.clock = new LocalTime(terms.timeZone);
    this.terms = terms;
  }

  /** The last change up to a moment, that moment included: it says what the state is then. */
  lastUntil(nowMs: number): ScheduledChange {
    const today = this.clock.dayAt(nowMs);
    for (let day = today; day >= today - WEEK_DAYS; day--) {
      const last = this.changesOn(day).findLast(({ atMs }) => atMs <= nowMs);
      if (last !== undefined) return last;
    }
    throw new Error('a calendar has no phase in a whole week');
  }

  /** All changes after a moment, in order, of the first day that has any. */
  nextAfter(nowMs: number): readonly ScheduledChange[] {
    const today = this.clock.dayAt(nowMs);
    for (let day = today; day <= today + WEEK_DAYS; day++) {
      const changes = this.changesOn(day).filter(({ atMs }) => atMs > nowMs);
      if (changes.length > 0) return changes;
    }
    throw new Error('a calendar has no phase in a whole week');
  }

  /** All changes after one moment and up to another, in order. */
  between(afterMs: number, untilMs: number): ScheduledChange[] {
    const found: ScheduledChange[] = [];
    const end = this.clock.dayAt(untilMs);
    for (let day = this.clock.dayAt(afterMs); day <= end; day++) {
      for (const change of this.changesOn(day)) {
        if (change.atMs > afterMs && change.atMs <= untilMs) found.push(change);
      }
    }
    return found;
  }

  private changesOn(day: number): ScheduledChange[] {
    const { week, specialDays } = this.terms;
    const phases = specialDays.get(day) ?? week.get(weekdayOf(day)) ?? [];
    return phases.map(({ atMs, state }) => {
      return { atMs: this.clock.momentOf(day * DAY_MS + atMs), state };
    });
  }
}
