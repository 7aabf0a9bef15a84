/**
 * What fills cost, as commands set it: for each market and tier, parts per million for makers and
 * takers; and from which 30-day volume on an account is of a tier, for each quote currency. What is
 * in force is written to the records of markets and currencies. Hot path is `tierOf` alone.
 */
import { type Currencies, TIERS } from './currencies.ts';
import type { Markets } from './markets.ts';

const UNSET = -1;

/** As set, by tier; UNSET where a lower tier's hold. */
interface MarketFees {
  readonly maker: Int32Array;
  readonly taker: Int32Array;
}

export class FeeSchedule {
  private readonly markets: Markets;
  private readonly currencies: Currencies;
  private readonly fees: MarketFees[] = [];

  constructor(markets: Markets, currencies: Currencies) {
    this.markets = markets;
    this.currencies = currencies;
  }

  /** Of the market with the next index. */
  addMarket(makerPpm: number, takerPpm: number): void {
    const unset = () => new Int32Array(TIERS).fill(UNSET);
    this.fees.push({ maker: unset(), taker: unset() });
    this.setFees(this.fees.length - 1, 0, makerPpm, takerPpm);
  }

  /** Forgets all markets. */
  clear(): void {
    this.fees.length = 0;
  }

  setFees(market: number, tier: number, makerPpm: number, takerPpm: number): void {
    const { maker, taker } = this.fees[market]!;
    maker[tier] = makerPpm;
    taker[tier] = takerPpm;
    let worst = 0;
    let [makerInForce, takerInForce] = [0, 0];
    for (let each = 0; each < TIERS; each++) {
      if (maker[each] !== UNSET) [makerInForce, takerInForce] = [maker[each]!, taker[each]!];
      this.markets.setPpm(market, each, makerInForce, takerInForce);
      worst = Math.max(worst, makerInForce, takerInForce);
    }
    this.markets.setWorstPpm(market, worst);
  }

  /** What was set for a tier; −1 where a lower one's holds. */
  setFor(market: number, tier: number): { makerPpm: number; takerPpm: number } {
    const { maker, taker } = this.fees[market]!;
    return { makerPpm: maker[tier]!, takerPpm: taker[tier]! };
  }

  /** @param minVolume 0: the tier is no more */
  setTier(currency: number, tier: number, minVolume: number): void {
    this.currencies.setMinVolume(currency, tier, minVolume);
  }

  /** The highest tier whose volume an account has reached. */
  tierOf(currency: number, volume: number): number {
    for (let tier = TIERS - 1; tier > 0; tier--) {
      const minVolume = this.currencies.minVolume(currency, tier);
      if (minVolume !== 0 && volume >= minVolume) return tier;
    }
    return 0;
  }

  /** All that was set, for the state's hash: by market, then by currency. */
  *settings(): Generator<number> {
    for (const { maker, taker } of this.fees) yield* [...maker, ...taker];
    for (let currency = 0; currency < this.currencies.ids.length; currency++) {
      for (let tier = 0; tier < TIERS; tier++) yield this.currencies.minVolume(currency, tier);
    }
  }
}
