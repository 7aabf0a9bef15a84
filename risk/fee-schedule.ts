/**
 * What fills cost: for each market and tier, parts per million for makers and takers; and from
 * which 30-day volume on an account is of a tier, for each quote currency. Hot path but for what
 * sets it.
 */

/** Tier 0 is everybody's. */
const TIERS = 10;
const UNSET = -1;

interface MarketFees {
  /** As set, by tier; UNSET where a lower tier's hold. */
  readonly maker: Int32Array;
  readonly taker: Int32Array;
  /** In force, by tier. */
  readonly makerPpm: Int32Array;
  readonly takerPpm: Int32Array;
  worstPpm: number;
}

export class FeeSchedule {
  private readonly markets: MarketFees[] = [];
  /** By currency and tier: the volume from which the tier begins; 0: there is none. */
  private readonly minVolumes: Float64Array[] = [];

  addCurrency(): void {
    this.minVolumes.push(new Float64Array(TIERS));
  }

  addMarket(makerPpm: number, takerPpm: number): void {
    this.markets.push({
      maker: new Int32Array(TIERS).fill(UNSET),
      taker: new Int32Array(TIERS).fill(UNSET),
      makerPpm: new Int32Array(TIERS),
      takerPpm: new Int32Array(TIERS),
      worstPpm: 0,
    });
    this.setFees(this.markets.length - 1, 0, makerPpm, takerPpm);
  }

  setFees(market: number, tier: number, makerPpm: number, takerPpm: number): void {
    const fees = this.markets[market]!;
    fees.maker[tier] = makerPpm;
    fees.taker[tier] = takerPpm;
    fees.worstPpm = 0;
    for (let each = 0; each < TIERS; each++) {
      const isSet = fees.maker[each] !== UNSET;
      fees.makerPpm[each] = isSet ? fees.maker[each]! : fees.makerPpm[each - 1]!;
      fees.takerPpm[each] = isSet ? fees.taker[each]! : fees.takerPpm[each - 1]!;
      fees.worstPpm = Math.max(fees.worstPpm, fees.makerPpm[each]!, fees.takerPpm[each]!);
    }
  }

  /** @param minVolume 0: the tier is no more */
  setTier(currency: number, tier: number, minVolume: number): void {
    this.minVolumes[currency]![tier] = minVolume;
  }

  /** The highest tier whose volume an account has reached. */
  tierOf(currency: number, volume: number): number {
    const minVolumes = this.minVolumes[currency]!;
    for (let tier = TIERS - 1; tier > 0; tier--) {
      const minVolume = minVolumes[tier]!;
      if (minVolume !== 0 && volume >= minVolume) return tier;
    }
    return 0;
  }

  makerPpm(market: number, tier: number): number {
    return this.markets[market]!.makerPpm[tier]!;
  }
  takerPpm(market: number, tier: number): number {
    return this.markets[market]!.takerPpm[tier]!;
  }
  /** The most that anybody may pay, whatever tier it comes to be of. */
  worstPpm(market: number): number {
    return this.markets[market]!.worstPpm;
  }

  /** All that was set, for the state's hash: by market, then by currency. */
  *settings(): Generator<number> {
    for (const { maker, taker } of this.markets) yield* [...maker, ...taker];
    for (const minVolumes of this.minVolumes) yield* minVolumes;
  }
}
