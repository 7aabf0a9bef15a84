/**
 * What orders may be, by account and market: limits as commands set them. An order must be within
 * two of each kind: the market's (the account's own there, or each account's there) and the
 * account's (its own over all markets, or each account's over all). 0 is no limit. Off the hot path
 * while no limits are set.
 */
import { NO_SLOT } from '../collections/id-table.ts';
import { PairTable } from '../collections/pair-table.ts';

/** The scope of each account: a place among accounts that no customer has. */
export const EACH_ACCOUNT = 0;
/** The scope of all markets together. */
export const ALL_MARKETS = -1;

export interface Limits {
  /** Lots. */
  readonly maxOrderQty: number;
  /** Minor units of the quote currency. */
  readonly maxOrderNotional: number;
  /** Of the base currency, open buys included, in lots of the market that an order is in. */
  readonly maxPosition: number;
  readonly maxOpenOrders: number;
  /** New orders and replaces in a second; over all markets only. */
  readonly maxMessageRate: number;
}

export interface ScopedLimits {
  readonly account: number;
  readonly market: number;
  readonly limits: Limits;
}

export class RiskLimits {
  private readonly slots = new PairTable(8);
  private readonly records: ScopedLimits[] = [];

  get isEmpty(): boolean {
    return this.records.length === 0;
  }

  set(account: number, market: number, limits: Limits): void {
    const slot = this.slots.get(account, placeOf(market));
    if (slot !== NO_SLOT) this.records[slot] = { account, market, limits };
    else {
      this.slots.add(account, placeOf(market), this.records.length);
      this.records.push({ account, market, limits });
    }
  }

  /** Forgets all. */
  clear(): void {
    this.slots.clear();
    this.records.length = 0;
  }

  /** A limit that holds in a scope, of the account or else of each account; 0: none. */
  limit(account: number, market: number, name: keyof Limits): number {
    const own = this.find(account, market)?.[name] ?? 0;
    return own !== 0 ? own : (this.find(EACH_ACCOUNT, market)?.[name] ?? 0);
  }

  /** All that was set, in the order in which it was first set. */
  all(): readonly ScopedLimits[] {
    return this.records;
  }

  private find(account: number, market: number): Limits | undefined {
    const slot = this.slots.get(account, placeOf(market));
    return slot === NO_SLOT ? undefined : this.records[slot]!.limits;
  }
}

/** Of a market, or of all together, among indexes. */
function placeOf(market: number): number {
  return market - ALL_MARKETS;
}
