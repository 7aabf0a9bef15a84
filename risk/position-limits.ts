/**
 * Whether an account may come to hold more of a base currency: limits on positions. A limit is in
 * lots of the market that the order is in. Off the hot path while no limits are set.
 *
 * What is held, locked too, and what open buys may bring are counted in minor units: part of a lot
 * is a position too. A market's own limit counts its open buys, one over all markets those in every
 * market of the base currency, each by its own lots. Beyond 2^53−1 minor units, more than which
 * nobody can hold, a position exceeds any limit.
 */
import { NO_SLOT } from '../collections/id-table.ts';
import { ALL_MARKETS, type RiskLimits } from './risk-limits.ts';
import type { RiskState } from './risk-state.ts';

const MAX_AMOUNT = Number.MAX_SAFE_INTEGER;

export class PositionLimits {
  private readonly state: RiskState;
  private readonly limits: RiskLimits;

  constructor(state: RiskState, limits: RiskLimits) {
    this.state = state;
    this.limits = limits;
  }

  /** Whether so many lots more of open buys in a market are beyond a limit. */
  exceeds(account: number, market: number, more: number): boolean {
    const inMarket = this.limits.limit(account, market, 'maxPosition');
    const inAll = this.limits.limit(account, ALL_MARKETS, 'maxPosition');
    if (inMarket === 0 && inAll === 0) return false;
    const { exposures, markets } = this.state;
    const lotSize = markets.lotSize(market);
    const held = this.held(account, market);
    const exposure = exposures.findOrOpen(account, market);
    // A product or sum beyond 2^53−1 may be rounded, but never to below it.
    const ofMarket = held + (exposures.openBuyQty(exposure) + more) * lotSize;
    const ofAll = held + exposures.openBuyAmount(exposure) + more * lotSize;
    return (
      (inMarket !== 0 && ofMarket > Math.min(inMarket * lotSize, MAX_AMOUNT)) ||
      (inAll !== 0 && ofAll > Math.min(inAll * lotSize, MAX_AMOUNT))
    );
  }

  /**
   * The same as it was before rules version 2: part of a lot is none, and open buys in other
   * markets do not count.
   */
  exceedsInWholeLots(account: number, market: number, more: number): boolean {
    const inMarket = this.limits.limit(account, market, 'maxPosition');
    const inAll = this.limits.limit(account, ALL_MARKETS, 'maxPosition');
    const { exposures, markets } = this.state;
    const heldLots = Math.floor(this.held(account, market) / markets.lotSize(market));
    const exposure = exposures.findOrOpen(account, market);
    const position = heldLots + exposures.openBuyQty(exposure) + more;
    return (inMarket !== 0 && position > inMarket) || (inAll !== 0 && position > inAll);
  }

  /** Of a market's base currency, available or locked, in minor units. */
  private held(account: number, market: number): number {
    const { balances, markets } = this.state;
    const slot = balances.find(account, markets.base(market));
    return slot === NO_SLOT ? 0 : balances.available(slot) + balances.locked(slot);
  }
}
