/**
 * What risk knows of each market, a record of 256 bytes: terms, currencies by their indexes, and
 * the fees in force by tier. Made of closures over pages (ADR 0009). Hot path.
 *
 * ```
 *  words 0       1         2         3    4     5 + 2 × tier  6 + 2 × tier
 *        lotSize tickValue worst ppm base quote maker's ppm   taker's ppm
 * ```
 */
import { createRecordPages } from '../collections/record-pages.ts';

/** log2 of the words in a record. */
const RECORD_BITS = 5;
const PAGE_MARKETS = 64;

const LOT_SIZE = 0;
const TICK_VALUE = 1;
const WORST_PPM = 2;
const BASE = 3;
const QUOTE = 4;
const MAKER_PPM = 5;
const TAKER_PPM = 6;

/** Currencies are indexes. */
export interface MarketTerms {
  readonly base: number;
  readonly quote: number;
  readonly lotSize: number;
  readonly tickValue: number;
}

export type Markets = ReturnType<typeof createMarkets>;

export function createMarkets() {
  const table = createRecordPages(RECORD_BITS, PAGE_MARKETS);
  const { pages, pageBits, pageMask } = table;
  const counts = new Int32Array(1);

  function word(market: number, field: number): number {
    return pages[market >> pageBits]![((market & pageMask) << RECORD_BITS) + field]!;
  }
  function setWord(market: number, field: number, value: number): void {
    pages[market >> pageBits]![((market & pageMask) << RECORD_BITS) + field] = value;
  }

  return {
    /** Adds the market with the next index, without fees. */
    add({ base, quote, lotSize, tickValue }: MarketTerms): number {
      const market = counts[0]!++;
      table.fit(market);
      setWord(market, LOT_SIZE, lotSize);
      setWord(market, TICK_VALUE, tickValue);
      setWord(market, BASE, base);
      setWord(market, QUOTE, quote);
      return market;
    },

    /** Forgets all. */
    clear(): void {
      table.clear(counts[0]!);
      counts[0] = 0;
    },

    lotSize(market: number): number {
      return word(market, LOT_SIZE);
    },
    tickValue(market: number): number {
      return word(market, TICK_VALUE);
    },
    base(market: number): number {
      return word(market, BASE) | 0;
    },
    quote(market: number): number {
      return word(market, QUOTE) | 0;
    },

    makerPpm(market: number, tier: number): number {
      return word(market, MAKER_PPM + 2 * tier) | 0;
    },
    takerPpm(market: number, tier: number): number {
      return word(market, TAKER_PPM + 2 * tier) | 0;
    },
    setPpm(market: number, tier: number, makerPpm: number, takerPpm: number): void {
      setWord(market, MAKER_PPM + 2 * tier, makerPpm);
      setWord(market, TAKER_PPM + 2 * tier, takerPpm);
    },

    /** The most that anybody may pay, whatever tier it comes to be of. */
    worstPpm(market: number): number {
      return word(market, WORST_PPM) | 0;
    },
    setWorstPpm(market: number, ppm: number): void {
      setWord(market, WORST_PPM, ppm);
    },
  };
}
