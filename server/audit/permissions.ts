/**
 * What accounts may do by what commands have set: permissions, and kill switches of accounts, of
 * markets and of the venue. Nothing may be accepted that they forbid, and risk's own tables must
 * agree.
 */
import type { Exchange } from '../../exchange/exchange.ts';
import { KillSwitchAction, nameOf, Permission, Side } from '../../protocol/enums.ts';
import type { KillSwitch, SetPermission } from '../../protocol/risk-commands.ts';
import { FIRST_CUSTOMER } from '../../risk/accounts.ts';
import type { ReportedOrder } from './reported-orders.ts';

const { Active, CloseOnly, Suspended } = Permission;

export class Permissions {
  /** By account; none of those that are Active. */
  private readonly byAccount = new Map<number, number>();
  private readonly stoppedAccounts = new Set<number>();
  private readonly stoppedMarkets = new Set<number>();
  private isVenueStopped = false;

  setPermission({ accountId, permission }: SetPermission): void {
    if (permission === Active) this.byAccount.delete(accountId);
    else this.byAccount.set(accountId, permission);
  }

  setSwitch({ accountId, symbolId, action }: KillSwitch): void {
    const isEngaged = action === KillSwitchAction.Engage;
    if (accountId !== 0) setMember(this.stoppedAccounts, accountId, isEngaged);
    else if (symbolId !== 0) setMember(this.stoppedMarkets, symbolId, isEngaged);
    else this.isVenueStopped = isEngaged;
  }

  /** Why an order, or its new terms, may not have been accepted. */
  findFault(exchange: Exchange, order: ReportedOrder): string | undefined {
    const { accountId, orderId, side } = order;
    const accepted = `order ${orderId} of account ${accountId} was accepted, and`;
    const stopped = this.stoppedBy(exchange, order);
    if (stopped !== undefined) return `${accepted} the kill switch of ${stopped} is engaged`;
    const permission = this.byAccount.get(accountId) ?? Active;
    if (permission === Suspended) return `${accepted} the account is suspended`;
    if (permission !== CloseOnly || side !== Side.Buy) return undefined;
    return `${accepted} the account may only sell what it holds`;
  }

  /** An order that a kill switch left open, in words. */
  findOpen(exchange: Exchange, orders: Iterable<ReportedOrder>): string | undefined {
    for (const order of orders) {
      const stopped = this.stoppedBy(exchange, order);
      if (stopped === undefined || order.leavesQty === 0) continue;
      return `order ${order.orderId} is open, and the kill switch of ${stopped} is engaged`;
    }
    return undefined;
  }

  /** What risk knows otherwise. */
  findFaultInAll({ risk, symbols }: Exchange): string | undefined {
    const { accounts, preTrade } = risk;
    const venue = stoppedOtherwise('the venue', preTrade.isVenueStopped, this.isVenueStopped);
    if (venue !== undefined) return venue;
    for (const [market, { symbolId }] of symbols.entries()) {
      const [is, was] = [preTrade.isMarketStopped(market), this.stoppedMarkets.has(symbolId)];
      const fault = stoppedOtherwise(`market ${symbolId}`, is, was);
      if (fault !== undefined) return fault;
    }
    for (let account = FIRST_CUSTOMER; account < accounts.count; account++) {
      const accountId = accounts.accountId[account]!;
      const set = this.byAccount.get(accountId) ?? Active;
      const permission = preTrade.permission(account);
      if (permission !== set) {
        const [is, was] = [nameOf(Permission, permission), nameOf(Permission, set)];
        return `account ${accountId} is ${is}, and was set ${was}`;
      }
      const [is, was] = [preTrade.isAccountStopped(account), this.stoppedAccounts.has(accountId)];
      const fault = stoppedOtherwise(`account ${accountId}`, is, was);
      if (fault !== undefined) return fault;
    }
    return undefined;
  }

  private stoppedBy({ symbols }: Exchange, order: ReportedOrder): string | undefined {
    const { symbolId } = symbols[order.market]!;
    if (this.isVenueStopped) return 'the venue';
    if (this.stoppedMarkets.has(symbolId)) return `market ${symbolId}`;
    return this.stoppedAccounts.has(order.accountId) ? `account ${order.accountId}` : undefined;
  }
}

function setMember(set: Set<number>, member: number, isIn: boolean): void {
  if (isIn) set.add(member);
  else set.delete(member);
}

function stoppedOtherwise(what: string, is: boolean, was: boolean): string | undefined {
  if (is === was) return undefined;
  return `${what} is stopped by its kill switch: ${is}, and its command said ${was}`;
}
