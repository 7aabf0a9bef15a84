/**
 * What accounts traded in the last 30 UTC days by the commands' time, in minor units of the quote
 * currency, summed up from the trades. Risk's own figures must agree.
 */
import { NO_SLOT } from '../../collections/id-table.ts';
import type { Exchange } from '../../exchange/exchange.ts';

const US_A_DAY = 86_400_000_000;
/** Today and the 29 before. */
const DAYS = 30;
/** More than that a day does not count. */
const MAX_DAY = 2 ** 48 - 1;
/** Before any other: to ask for its window moves none. */
const FIRST_DAY = 0;

interface DayVolume {
  /** Counted from 1970. */
  readonly day: number;
  volume: number;
}

interface Window {
  readonly accountId: number;
  readonly currencyId: number;
  /** Of the 30 that end with the latest, those on which the account traded; oldest first. */
  readonly days: DayVolume[];
}

export class Volumes {
  private readonly byCurrency = new Map<number, Map<number, Window>>();
  private readonly touched = new Set<Window>();
  private count = 0;

  /** Forgets which volumes the last command touched. */
  begin(): void {
    this.touched.clear();
  }

  /** An account's fill counts from now on. */
  add(accountId: number, currencyId: number, time: number, notional: number): void {
    const { days } = this.windowOf(accountId, currencyId);
    const today = Math.floor(time / US_A_DAY);
    while (days[0] !== undefined && days[0].day <= today - DAYS) days.shift();
    const latest = days.at(-1);
    if (latest?.day === today) latest.volume = Math.min(MAX_DAY, latest.volume + notional);
    else days.push({ day: today, volume: Math.min(MAX_DAY, notional) });
  }

  /** In the 30 days that end with a time's. */
  total(accountId: number, currencyId: number, time: number): number {
    const today = Math.floor(time / US_A_DAY);
    let total = 0;
    for (const { day, volume } of this.byCurrency.get(currencyId)?.get(accountId)?.days ?? []) {
      if (day > today - DAYS) total += volume;
    }
    return total;
  }

  /** What does not hold of what the command touched. */
  findFaultInTouched(exchange: Exchange): string | undefined {
    const { accounts, balances } = exchange.risk;
    for (const window of this.touched) {
      const currency = exchange.risk.currencyIndexOf(window.currencyId);
      const balance = balances.find(accounts.find(window.accountId), currency);
      const fault = findFault(exchange, window, balance);
      if (fault !== undefined) return fault;
    }
    return undefined;
  }

  /** What does not hold of any volume. */
  findFaultInAll(exchange: Exchange): string | undefined {
    const { balances } = exchange.risk;
    let found = 0;
    for (let balance = 0; balance < balances.count(); balance++) {
      const accountId = balances.accountId(balance);
      const currencyId = balances.currencyId(balance);
      const window = this.byCurrency.get(currencyId)?.get(accountId);
      if (window !== undefined) found++;
      const fault = findFault(exchange, window ?? { accountId, currencyId, days: [] }, balance);
      if (fault !== undefined) return fault;
    }
    return found === this.count ? undefined : `${this.count - found} accounts' volumes are lost`;
  }

  private windowOf(accountId: number, currencyId: number): Window {
    let windows = this.byCurrency.get(currencyId);
    if (windows === undefined) {
      windows = new Map();
      this.byCurrency.set(currencyId, windows);
    }
    let window = windows.get(accountId);
    if (window === undefined) {
      window = { accountId, currencyId, days: [] };
      windows.set(accountId, window);
      this.count++;
    }
    this.touched.add(window);
    return window;
  }
}

/** Risk's window ends, as this one, with the day of the account's latest fill. */
function findFault({ risk }: Exchange, window: Window, balance: number): string | undefined {
  const { accountId, currencyId, days } = window;
  const whose = `account ${accountId} in currency ${currencyId}`;
  if (balance === NO_SLOT) return `${whose}: the volume of its trades is lost`;
  const counted = risk.volumes.total(balance, FIRST_DAY);
  let left = days.length;
  let total = 0;
  for (const [day, volume] of risk.volumes.daysOf(balance)) {
    const told = days[--left];
    total += volume;
    if (told?.day === day && told.volume === volume) continue;
    const was = told === undefined ? 'nothing' : `${told.volume} on day ${told.day}`;
    return `${whose}: a volume of ${volume} on day ${day}, but its trades come to ${was}`;
  }
  if (left > 0) return `${whose}: ${left} of the days on which it traded are not counted`;
  if (counted === total) return undefined;
  return `${whose}: a volume of ${counted} in 30 days, but its trades come to ${total}`;
}
