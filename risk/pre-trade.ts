/**
 * What an account may do before its money is asked: permissions, kill switches, and limits on
 * messages, orders and positions. Hot path; what only limits need, or only permissions and kill
 * switches, costs nothing while there are none.
 */
import { growFloat64, growInt32, growUint8 } from '../collections/grow.ts';
import { Permission, Side } from '../protocol/enums.ts';
import { RejectReason } from '../protocol/reject-reason.ts';
import type { Exposures } from './exposures.ts';
import { ALL_MARKETS, type Limits, RiskLimits } from './risk-limits.ts';

const ACCEPTED: number = RejectReason.None;
const { Active, CloseOnly, Suspended } = Permission;
const { Buy } = Side;
const US_A_SECOND = 1_000_000;

/** Places of `switches`: whether anything was ever stopped or permitted, and what stops all. */
const RESTRICTED = 0;
const VENUE_STOPPED = 1;

export class PreTrade {
  readonly limits = new RiskLimits();
  readonly exposures: Exposures;
  private readonly switches = new Uint8Array(2);
  private readonly stoppedMarkets: boolean[] = [];
  /** By account. */
  private stopped: Uint8Array;
  private permissions: Uint8Array;
  /** The second of an account's latest message, and how many it sent in it. */
  private seconds: Float64Array;
  private messages: Int32Array;

  /** @param accounts how many there is room for at first */
  constructor(exposures: Exposures, accounts: number) {
    this.exposures = exposures;
    this.stopped = new Uint8Array(accounts);
    this.permissions = new Uint8Array(accounts);
    this.seconds = new Float64Array(accounts);
    this.messages = new Int32Array(accounts);
  }

  get isVenueStopped(): boolean {
    return this.switches[VENUE_STOPPED] !== 0;
  }
  isMarketStopped(market: number): boolean {
    return this.stoppedMarkets[market] === true;
  }
  isAccountStopped(account: number): boolean {
    return account < this.stopped.length && this.stopped[account] !== 0;
  }
  permission(account: number): number {
    return account < this.permissions.length ? this.permissions[account]! : Active;
  }
  /** The second of an account's latest counted message, and their number. */
  messagesOf(account: number): readonly [second: number, count: number] {
    if (account >= this.seconds.length) return [0, 0];
    return [this.seconds[account]!, this.messages[account]!];
  }
  setMessages(account: number, second: number, count: number): void {
    this.fit(account);
    this.seconds[account] = second;
    this.messages[account] = count;
  }

  /** Nothing is stopped, limited or counted of the first so many accounts, nor of any market. */
  clear(accounts: number): void {
    this.limits.clear();
    this.switches.fill(0);
    this.stoppedMarkets.length = 0;
    this.stopped.fill(0, 0, accounts);
    this.permissions.fill(0, 0, accounts);
    this.seconds.fill(0, 0, accounts);
    this.messages.fill(0, 0, accounts);
  }

  stopVenue(isStopped: boolean): void {
    this.switches[RESTRICTED] = 1;
    this.switches[VENUE_STOPPED] = Number(isStopped);
  }
  stopMarket(market: number, isStopped: boolean): void {
    this.switches[RESTRICTED] = 1;
    this.stoppedMarkets[market] = isStopped;
  }
  stopAccount(account: number, isStopped: boolean): void {
    this.switches[RESTRICTED] = 1;
    this.fit(account);
    this.stopped[account] = Number(isStopped);
  }
  setPermission(account: number, permission: number): void {
    this.switches[RESTRICTED] = 1;
    this.fit(account);
    this.permissions[account] = permission;
  }

  /** Whether an account may place or change an order now; `time` in µs, in a lane. */
  checkAccount(account: number, market: number, side: number, time: Float64Array): number {
    if (this.switches[RESTRICTED] !== 0) {
      const barred = this.checkRestrictions(account, market, side);
      if (barred !== ACCEPTED) return barred;
    }
    return this.limits.isEmpty ? ACCEPTED : this.countMessage(account, time);
  }

  /** Whether an order, or an order's new terms, are within the limits of a single order. */
  checkOrder(account: number, market: number, qty: number, notional: number): number {
    if (this.exceeds(account, market, 'maxOrderQty', qty)) return RejectReason.OrderQtyLimit;
    if (this.exceeds(account, market, 'maxOrderNotional', notional)) {
      return RejectReason.OrderNotionalLimit;
    }
    return ACCEPTED;
  }

  /** Whether an account may have one more open order. */
  checkOpenOrders(account: number, market: number): number {
    const { exposures, limits } = this;
    const inMarket = limits.limit(account, market, 'maxOpenOrders');
    const inAll = limits.limit(account, ALL_MARKETS, 'maxOpenOrders');
    const slot = exposures.findOrOpen(account, market);
    const isFull =
      (inMarket !== 0 && exposures.openOrders(slot) >= inMarket) ||
      (inAll !== 0 && exposures.openOrdersOf(account) >= inAll);
    return isFull ? RejectReason.OpenOrdersLimit : ACCEPTED;
  }

  private checkRestrictions(account: number, market: number, side: number): number {
    if (this.isVenueStopped || this.isMarketStopped(market) || this.isAccountStopped(account)) {
      return RejectReason.KillSwitchEngaged;
    }
    const permission = this.permission(account);
    if (permission === Suspended) return RejectReason.AccountSuspended;
    return permission === CloseOnly && side === Buy ? RejectReason.AccountCloseOnly : ACCEPTED;
  }

  private exceeds(account: number, market: number, name: keyof Limits, value: number): boolean {
    const inMarket = this.limits.limit(account, market, name);
    const inAll = this.limits.limit(account, ALL_MARKETS, name);
    return (inMarket !== 0 && value > inMarket) || (inAll !== 0 && value > inAll);
  }

  private countMessage(account: number, time: Float64Array): number {
    const limit = this.limits.limit(account, ALL_MARKETS, 'maxMessageRate');
    if (limit === 0) return ACCEPTED;
    this.fit(account);
    const second = Math.floor(time[0]! / US_A_SECOND);
    if (second !== this.seconds[account]) {
      this.seconds[account] = second;
      this.messages[account] = 0;
    }
    if (this.messages[account]! >= limit) return RejectReason.MessageRateLimit;
    this.messages[account]!++;
    return ACCEPTED;
  }

  private fit(account: number): void {
    if (account < this.stopped.length) return;
    const capacity = Math.max(this.stopped.length * 2, account + 1);
    this.stopped = growUint8(this.stopped, capacity);
    this.permissions = growUint8(this.permissions, capacity);
    this.seconds = growFloat64(this.seconds, capacity);
    this.messages = growInt32(this.messages, capacity);
  }
}
