/**
 * What risk knows of each currency, a record of 128 bytes: from which volume a tier begins, what
 * rounding fees down left, and the balances that fees go to. Made of closures over pages (ADR
 * 0009). Hot path.
 *
 * ```
 *  words 0 to 9          10       11    12          13               14
 *        tiers' minimum  fee rest tiers fee balance rounding balance rounding room
 * ```
 */
import { IdTable } from '../collections/id-table.ts';
import { createRecordPages } from '../collections/record-pages.ts';

/** Tier 0 is everybody's. */
export const TIERS = 10;

/** log2 of the words in a record. */
const RECORD_BITS = 4;
const PAGE_CURRENCIES = 64;

/** What rounding fees down left, in millionths: less than a minor unit, if that can be posted. */
const FEE_REST = 10;
/** How many tiers there are besides tier 0. */
const TIER_COUNT = 11;
/** Slots + 1; 0 while they are not known. */
const FEE_BALANCE = 12;
const ROUNDING_BALANCE = 13;
/** How much may surely be posted to the fees for rounding. */
const ROUNDING_ROOM = 14;

/** The words of a currency's record that are slots of balances + 1. */
export const CURRENCY_WORD = { FEE_BALANCE, ROUNDING_BALANCE } as const;
export type CurrencyWord = (typeof CURRENCY_WORD)[keyof typeof CURRENCY_WORD];

export type Currencies = ReturnType<typeof createCurrencies>;

export function createCurrencies() {
  const table = createRecordPages(RECORD_BITS, PAGE_CURRENCIES);
  const { pages, pageBits, pageMask } = table;
  /** By index. */
  const ids: number[] = [];
  const indexes = new IdTable();

  function pageOf(currency: number): Float64Array {
    return pages[currency >> pageBits]!;
  }
  function wordOf(currency: number): number {
    return (currency & pageMask) << RECORD_BITS;
  }

  return {
    ids,

    /** The index of a currency, or NO_SLOT. */
    find(currencyId: number): number {
      return indexes.get(currencyId);
    },

    add(currencyId: number): void {
      indexes.add(currencyId, ids.length);
      table.fit(ids.length);
      ids.push(currencyId);
    },

    /** Forgets all. */
    clear(): void {
      table.clear(ids.length);
      ids.length = 0;
      indexes.clear();
    },

    /** The volume from which a tier begins; 0: there is none. */
    minVolume(currency: number, tier: number): number {
      return pageOf(currency)[wordOf(currency) + tier]!;
    },
    setMinVolume(currency: number, tier: number, minVolume: number): void {
      const page = pageOf(currency);
      const first = wordOf(currency);
      page[first + tier] = minVolume;
      let count = 0;
      for (let each = 1; each < TIERS; each++) if (page[first + each] !== 0) count++;
      page[first + TIER_COUNT] = count;
    },
    /** Whether fees depend on volume at all. */
    hasTiers(currency: number): boolean {
      return pageOf(currency)[wordOf(currency) + TIER_COUNT] !== 0;
    },

    feeRest(currency: number): number {
      return pageOf(currency)[wordOf(currency) + FEE_REST]!;
    },
    setFeeRest(currency: number, rest: number): void {
      pageOf(currency)[wordOf(currency) + FEE_REST] = rest;
    },

    roundingRoom(currency: number): number {
      return pageOf(currency)[wordOf(currency) + ROUNDING_ROOM]!;
    },
    setRoundingRoom(currency: number, room: number): void {
      pageOf(currency)[wordOf(currency) + ROUNDING_ROOM] = room;
    },

    /** A balance of the venue's own, or NO_SLOT while it is not known. */
    balance(currency: number, word: CurrencyWord): number {
      return (pageOf(currency)[wordOf(currency) + word]! | 0) - 1;
    },
    setBalance(currency: number, word: CurrencyWord, balance: number): void {
      pageOf(currency)[wordOf(currency) + word] = balance + 1;
    },
  };
}
