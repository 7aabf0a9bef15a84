/**
 * What fills cost by what commands have set: for each market and tier, parts per million; for each
 * quote currency, from which 30-day volume on an account is of a tier.
 */

import { TakerSide } from '../../protocol/enums.ts';
import type { Trade } from '../../protocol/events.ts';
import type { SetFees, SetFeeTier } from '../../protocol/risk-commands.ts';
import type { AddSymbol } from '../../protocol/venue-commands.ts';

interface Rates {
  readonly makerPpm: number;
  readonly takerPpm: number;
}

export class FeeRules {
  /** By market, then by tier. */
  private readonly rates = new Map<number, Map<number, Rates>>();
  /** By quote currency: the volume from which each tier begins. */
  private readonly tiers = new Map<number, Map<number, number>>();

  /** A market's fees for everybody, as it was added. */
  addMarket({ symbolId, makerFeePpm, takerFeePpm }: AddSymbol): void {
    this.rates.set(symbolId, new Map([[0, { makerPpm: makerFeePpm, takerPpm: takerFeePpm }]]));
  }

  setFees({ symbolId, tier, makerFeePpm, takerFeePpm }: SetFees): void {
    this.rates.get(symbolId)!.set(tier, { makerPpm: makerFeePpm, takerPpm: takerFeePpm });
  }

  setTier({ currencyId, tier, minVolume }: SetFeeTier): void {
    let tiers = this.tiers.get(currencyId);
    if (tiers === undefined) {
      tiers = new Map();
      this.tiers.set(currencyId, tiers);
    }
    if (minVolume === 0) tiers.delete(tier);
    else tiers.set(tier, minVolume);
  }

  /** Whether an account's volume decides what it pays. */
  hasTiers(currencyId: number): boolean {
    return (this.tiers.get(currencyId)?.size ?? 0) > 0;
  }

  /** The highest tier whose volume was reached. */
  tierOf(currencyId: number, volume: number): number {
    let highest = 0;
    for (const [tier, minVolume] of this.tiers.get(currencyId) ?? []) {
      if (volume >= minVolume) highest = Math.max(highest, tier);
    }
    return highest;
  }

  /** The most that anybody may pay in a market, whatever tier it comes to be of. */
  worstPpm(symbolId: number): number {
    let worst = 0;
    for (const { makerPpm, takerPpm } of this.rates.get(symbolId)!.values()) {
      worst = Math.max(worst, makerPpm, takerPpm);
    }
    return worst;
  }

  /** What a trade's maker and taker pay, by their tiers; in an auction both are makers. */
  ratesOf({ symbolId, takerSide }: Trade, makerTier: number, takerTier: number): Rates {
    const taker = this.inForce(symbolId, takerTier);
    const takerPpm = takerSide === TakerSide.None ? taker.makerPpm : taker.takerPpm;
    return { makerPpm: this.inForce(symbolId, makerTier).makerPpm, takerPpm };
  }

  /** Of that tier, or the next lower one that the market has fees for. */
  private inForce(symbolId: number, tier: number): Rates {
    const rates = this.rates.get(symbolId)!;
    for (let each = tier; each > 0; each--) {
      const found = rates.get(each);
      if (found !== undefined) return found;
    }
    return rates.get(0)!;
  }
}
