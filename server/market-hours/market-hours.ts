/**
 * Opens and closes markets by their calendars. The exchange knows no clock: each change is a
 * SetTradingState command, sent when its time has come, once.
 *
 * A change is sent though its time is long past, where the event loop stalled, and always in order;
 * time that runs back sends nothing twice. What happened while the exchange was down is not sent
 * again: at the start a market gets the state that its calendar says now, if it has another, unless
 * somebody changed it by hand since the calendar's last change.
 */
import type { NextStateChange } from '../../gateway/next-state-change.ts';
import { nameOf, TradingState } from '../../protocol/enums.ts';
import type { MarketState } from '../threads/thread-messages.ts';
import type { MarketCalendar, ScheduledChange } from './market-calendar.ts';
import type { MarketHoursTerms } from './market-hours-file.ts';

export interface MarketHoursOptions {
  /** Sends the command; false where there is no room for it: it is sent again later. */
  readonly setState: (symbolId: number, state: number) => boolean;
  /** Told of each market's next change whenever one of them is another. */
  readonly onNextChanges: (next: readonly NextStateChange[]) => void;
  readonly log: (details: Readonly<Record<string, unknown>>, text: string) => void;
  /** Time of the exchange's last command, ms since 1970: what was due by then is done. */
  readonly fromMs: number;
  /** ms since 1970. */
  readonly now?: () => number;
}

interface Market {
  readonly symbolId: number;
  readonly code: string;
  readonly calendar: MarketCalendar;
}

interface DueChange extends ScheduledChange {
  readonly market: Market;
}

export class MarketHours {
  private readonly terms: MarketHoursTerms;
  private readonly options: MarketHoursOptions;
  private readonly now: () => number;
  private readonly markets: Market[] = [];
  /** Changes whose time has come and that are not sent. */
  private due: DueChange[] = [];
  /** Every change up to here was due. */
  private doneMs: number;
  private next: readonly NextStateChange[] = [];
  /** The earliest of those. */
  private nextMs = Number.POSITIVE_INFINITY;
  private timer: NodeJS.Timeout | undefined;

  constructor(terms: MarketHoursTerms, options: MarketHoursOptions) {
    this.terms = terms;
    this.options = options;
    this.now = options.now ?? Date.now;
    this.doneMs = Math.max(this.now(), options.fromMs);
  }

  /** From now on a market follows its calendar, if it has one; one that does already goes on. */
  add({ symbolId, code, state, changedByHandMs }: MarketState): void {
    const { byDefault, markets } = this.terms;
    const calendar = markets.has(code) ? markets.get(code) : byDefault;
    if (calendar === undefined) return;
    if (this.markets.some((market) => market.symbolId === symbolId)) return;
    const market = { symbolId, code, calendar };
    this.markets.push(market);
    const last = calendar.lastUntil(this.doneMs);
    if (last.state !== state && changedByHandMs < last.atMs) this.due.push({ ...last, market });
    this.findNext();
    this.send();
  }

  /** Looks for due changes every so often. */
  start(intervalMs: number): void {
    this.timer = setInterval(() => this.poll(), intervalMs);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** Sends what is due. */
  poll(): void {
    const nowMs = this.now();
    if (nowMs >= this.nextMs) this.collect(nowMs);
    this.send();
  }

  /** Tells again of each market's next change. */
  tellNextChanges(): void {
    this.options.onNextChanges(this.next);
  }

  /** The codes that the calendar names and no market has. */
  unknownCodes(): string[] {
    const known = new Set(this.markets.map(({ code }) => code));
    return [...this.terms.markets]
      .filter(([code, calendar]) => calendar !== undefined && !known.has(code))
      .map(([code]) => code);
  }

  private collect(nowMs: number): void {
    const found: DueChange[] = [];
    for (const market of this.markets) {
      for (const change of market.calendar.between(this.doneMs, nowMs)) {
        found.push({ ...change, market });
      }
    }
    // Stable: changes of one moment stay in their calendar's order.
    this.due.push(...found.sort((a, b) => a.atMs - b.atMs));
    this.doneMs = nowMs;
    this.findNext();
  }

  private findNext(): void {
    const next = this.markets.map(({ symbolId, calendar }) => {
      const { atMs, state } = calendar.nextAfter(this.doneMs)[0]!;
      return { symbolId, state: nameOf(TradingState, state), time: atMs * 1_000 };
    });
    this.next = next;
    this.nextMs = Math.min(...next.map(({ time }) => time / 1_000));
    this.tellNextChanges();
  }

  private send(): void {
    let sent = 0;
    for (const { market, state, atMs } of this.due) {
      const { symbolId, code } = market;
      if (!this.options.setState(symbolId, state)) break;
      sent++;
      const details = { market: code, state: nameOf(TradingState, state) };
      this.options.log({ ...details, scheduled: new Date(atMs).toISOString() }, 'by market hours');
    }
    if (sent > 0) this.due = this.due.slice(sent);
  }
}
