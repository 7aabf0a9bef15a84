/**
 * What orders may be by what commands have set: limits for an account or for each, in a market or
 * over all (docs/risk.md, "Limits").
 */
import type { SetRiskLimits } from '../../protocol/risk-commands.ts';
import type { Limits } from '../../risk/risk-limits.ts';

/** Stands for each account, and for all markets. */
const ANY = 0;

export class OrderLimits {
  /** By account, then by market. */
  private readonly set = new Map<number, Map<number, Limits>>();

  get isEmpty(): boolean {
    return this.set.size === 0;
  }

  setLimits(command: SetRiskLimits): void {
    const { accountId, symbolId, maxOrderQty, maxOrderNotional, maxPosition } = command;
    const { maxOpenOrders, maxMessageRate } = command;
    const markets = this.set.get(accountId) ?? new Map<number, Limits>();
    const counts = { maxOpenOrders, maxMessageRate };
    markets.set(symbolId, { maxOrderQty, maxOrderNotional, maxPosition, ...counts });
    this.set.set(accountId, markets);
  }

  /**
   * The limit of an account: its own, or else each account's; 0: none.
   *
   * @param symbolId 0: over all markets
   */
  limit(accountId: number, symbolId: number, name: keyof Limits): number {
    const own = this.set.get(accountId)?.get(symbolId)?.[name] ?? 0;
    return own !== 0 ? own : (this.set.get(ANY)?.get(symbolId)?.[name] ?? 0);
  }
}
