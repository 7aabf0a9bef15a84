/**
 * An account's exposure in a market: how many orders it has open there, and of which quantity, what
 * limits are held against; and its balances of the market's two currencies, so that a fill looks
 * none of them up. Made of closures over pages (ADR 0009). Hot path.
 *
 * ```
 *  words 0        1         2           3             4              5       6         7
 *        open buy open sell open orders base balance  quote balance  account open buys lot size
 * ```
 *
 * The open buys of an account in all markets of a base currency are summed up beside them, in minor
 * units. A market's part in that sum is at most 2^53−1, more than which nobody can hold; the sum of
 * many is kept in two words, so that it is exact again when they end.
 *
 * ```
 *  words 0             1
 *        sum mod 2^53  ⌊sum ÷ 2^53⌋
 * ```
 */
import { IdTable, NO_SLOT } from '../collections/id-table.ts';
import { createRecordPages } from '../collections/record-pages.ts';
import { Side } from '../protocol/enums.ts';
import type { Markets } from './markets.ts';

const { Buy } = Side;
const MAX_AMOUNT = Number.MAX_SAFE_INTEGER;

/** log2 of the words in a record. */
const RECORD_BITS = 3;

/** Lots. */
const OPEN_BUY_QTY = 0;
const OPEN_SELL_QTY = 1;
const OPEN_ORDERS = 2;
/** Slots + 1; 0 while they are not known. */
const BASE_BALANCE = 3;
const QUOTE_BALANCE = 4;
const ACCOUNT = 5;
/** The slot of its account's open buys of the market's base currency. */
const OPEN_BUYS = 6;
/** The market's. */
const LOT_SIZE = 7;

/** log2 of the words in a record of open buys. */
const OPEN_BUYS_BITS = 1;
const LOW = 0;
const HIGH = 1;
const HIGH_UNIT = 2 ** 53;

/** The words of an exposure's record that are slots of balances + 1. */
export const EXPOSURE_WORD = { BASE_BALANCE, QUOTE_BALANCE } as const;
export type BalanceWord = (typeof EXPOSURE_WORD)[keyof typeof EXPOSURE_WORD];

/** The largest number of markets, and of currencies: with an account one makes an id below 2^53. */
const SPAN = 2 ** 26;

/** Places of `counts`. */
const EXPOSURES = 0;
const ALL_OPEN_BUYS = 1;

export type Exposures = ReturnType<typeof createExposures>;

/** @param pageRecords exposures, and accounts, in a page: it decides no outcome */
export function createExposures(pageRecords: number, markets: Markets) {
  const table = createRecordPages(RECORD_BITS, pageRecords);
  const { pages, pageBits, pageMask } = table;
  /** Open orders of an account in all markets: a word for each account. */
  const accounts = createRecordPages(0, pageRecords);
  const { pages: accountPages } = accounts;
  const slots = new IdTable();
  const openBuys = createRecordPages(OPEN_BUYS_BITS, pageRecords);
  const { pages: openBuysPages } = openBuys;
  const openBuysSlots = new IdTable();
  const counts = new Int32Array(2);

  function pageOf(slot: number): Float64Array {
    return pages[slot >> pageBits]!;
  }
  function wordOf(slot: number): number {
    return (slot & pageMask) << RECORD_BITS;
  }

  /** The exposure of an account in a market, or NO_SLOT: it never had any. */
  function find(account: number, market: number): number {
    return slots.get(account * SPAN + market + 1);
  }

  function open(account: number, market: number): number {
    const slot = counts[EXPOSURES]!++;
    table.fit(slot);
    while (account >> pageBits >= accountPages.length)
      accounts.fit(accountPages.length << pageBits);
    const page = pageOf(slot);
    const word = wordOf(slot);
    page[word + ACCOUNT] = account;
    page[word + OPEN_BUYS] = findOrOpenBuys(account, markets.base(market));
    page[word + LOT_SIZE] = markets.lotSize(market);
    slots.add(account * SPAN + market + 1, slot);
    return slot;
  }

  function findOrOpenBuys(account: number, base: number): number {
    const id = account * SPAN + base + 1;
    const known = openBuysSlots.get(id);
    if (known !== NO_SLOT) return known;
    const slot = counts[ALL_OPEN_BUYS]!++;
    openBuys.fit(slot);
    openBuysSlots.add(id, slot);
    return slot;
  }

  function addOpenBuyQty(slot: number, more: number): void {
    const page = pageOf(slot);
    const word = wordOf(slot);
    const lotSize = page[word + LOT_SIZE]!;
    const before = page[word + OPEN_BUY_QTY]!;
    const after = before + more;
    page[word + OPEN_BUY_QTY] = after;
    const moreAmount =
      Math.min(after * lotSize, MAX_AMOUNT) - Math.min(before * lotSize, MAX_AMOUNT);
    const sum = page[word + OPEN_BUYS]! | 0;
    const sumPage = openBuysPages[sum >> pageBits]!;
    const sumWord = (sum & pageMask) << OPEN_BUYS_BITS;
    const low = sumPage[sumWord + LOW]!;
    if (moreAmount > MAX_AMOUNT - low) {
      sumPage[sumWord + LOW] = low - (HIGH_UNIT - moreAmount);
      sumPage[sumWord + HIGH]!++;
    } else if (moreAmount < -low) {
      sumPage[sumWord + LOW] = low + (HIGH_UNIT + moreAmount);
      sumPage[sumWord + HIGH]!--;
    } else sumPage[sumWord + LOW] = low + moreAmount;
  }

  function countOrder(slot: number, more: number): void {
    const page = pageOf(slot);
    const word = wordOf(slot);
    const account = page[word + ACCOUNT]! | 0;
    page[word + OPEN_ORDERS]! += more;
    accountPages[account >> pageBits]![account & pageMask]! += more;
  }

  return {
    find,

    findOrOpen(account: number, market: number): number {
      const slot = find(account, market);
      return slot === NO_SLOT ? open(account, market) : slot;
    },

    /** Forgets all. */
    clear(): void {
      for (let slot = 0; slot < counts[EXPOSURES]!; slot++) {
        const account = pageOf(slot)[wordOf(slot) + ACCOUNT]! | 0;
        accountPages[account >> pageBits]![account & pageMask] = 0;
      }
      table.clear(counts[EXPOSURES]!);
      slots.clear();
      openBuys.clear(counts[ALL_OPEN_BUYS]!);
      openBuysSlots.clear();
      counts.fill(0);
    },

    openBuyQty(slot: number): number {
      return pageOf(slot)[wordOf(slot) + OPEN_BUY_QTY]!;
    },
    /**
     * Of the account's open buys in all markets of this one's base currency, minor units; beyond
     * 2^53−1 it may be rounded, but never to below it.
     */
    openBuyAmount(slot: number): number {
      const sum = pageOf(slot)[wordOf(slot) + OPEN_BUYS]! | 0;
      const page = openBuysPages[sum >> pageBits]!;
      const word = (sum & pageMask) << OPEN_BUYS_BITS;
      return page[word + LOW]! + page[word + HIGH]! * HIGH_UNIT;
    },
    openSellQty(slot: number): number {
      return pageOf(slot)[wordOf(slot) + OPEN_SELL_QTY]!;
    },
    openOrders(slot: number): number {
      return pageOf(slot)[wordOf(slot) + OPEN_ORDERS]!;
    },
    openOrdersOf(account: number): number {
      const page = account >> pageBits;
      return page < accountPages.length ? accountPages[page]![account & pageMask]! : 0;
    },
    account(slot: number): number {
      return pageOf(slot)[wordOf(slot) + ACCOUNT]! | 0;
    },

    /** The account's balance of one of the market's currencies, or NO_SLOT while not known. */
    balance(slot: number, word: BalanceWord): number {
      return (pageOf(slot)[wordOf(slot) + word]! | 0) - 1;
    },
    setBalance(slot: number, word: BalanceWord, balance: number): void {
      pageOf(slot)[wordOf(slot) + word] = balance + 1;
    },

    addOrder(slot: number): void {
      countOrder(slot, 1);
    },
    removeOrder(slot: number): void {
      countOrder(slot, -1);
    },
    addOpenQty(slot: number, side: number, more: number): void {
      if (side === Buy) addOpenBuyQty(slot, more);
      else pageOf(slot)[wordOf(slot) + OPEN_SELL_QTY]! += more;
    },
  };
}
