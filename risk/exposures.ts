/**
 * An account's exposure in a market: how many orders it has open there, and of which quantity, what
 * limits are held against; and its balances of the market's two currencies, so that a fill looks
 * none of them up. Made of closures over pages (ADR 0009). Hot path.
 *
 * ```
 *  words 0        1         2           3             4              5       6    7
 *        open buy open sell open orders base balance  quote balance  account next lot size
 * ```
 *
 * Those of an account in markets of one base currency make a ring: each knows the next.
 */
import { NO_SLOT } from '../collections/id-table.ts';
import { PairTable } from '../collections/pair-table.ts';
import { createRecordPages } from '../collections/record-pages.ts';
import { Side } from '../protocol/enums.ts';
import type { Markets } from './markets.ts';

const { Buy } = Side;

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
/** The slot of the account's next exposure in a market of this one's base currency. */
const NEXT = 6;
/** The market's. */
const LOT_SIZE = 7;

/** The words of an exposure's record that are slots of balances + 1. */
export const EXPOSURE_WORD = { BASE_BALANCE, QUOTE_BALANCE } as const;
export type BalanceWord = (typeof EXPOSURE_WORD)[keyof typeof EXPOSURE_WORD];

export type Exposures = ReturnType<typeof createExposures>;

/** @param pageRecords exposures, and accounts, in a page: it decides no outcome */
export function createExposures(pageRecords: number, markets: Markets) {
  const table = createRecordPages(RECORD_BITS, pageRecords);
  const { pages, pageBits, pageMask } = table;
  /** Open orders of an account in all markets: a word for each account. */
  const accounts = createRecordPages(0, pageRecords);
  const { pages: accountPages } = accounts;
  const slots = new PairTable();
  /** The first of each ring, by account and base currency. */
  const rings = new PairTable();
  const counts = new Int32Array(1);

  function pageOf(slot: number): Float64Array {
    return pages[slot >> pageBits]!;
  }
  function wordOf(slot: number): number {
    return (slot & pageMask) << RECORD_BITS;
  }

  /** The exposure of an account in a market, or NO_SLOT: it never had any. */
  function find(account: number, market: number): number {
    return slots.get(account, market);
  }

  function open(account: number, market: number): number {
    const slot = counts[0]!++;
    table.fit(slot);
    while (account >> pageBits >= accountPages.length)
      accounts.fit(accountPages.length << pageBits);
    const page = pageOf(slot);
    const word = wordOf(slot);
    page[word + ACCOUNT] = account;
    page[word + LOT_SIZE] = markets.lotSize(market);
    page[word + NEXT] = slot;
    joinRing(slot, account, markets.base(market));
    slots.add(account, market, slot);
    return slot;
  }

  function joinRing(slot: number, account: number, base: number): void {
    const first = rings.get(account, base);
    if (first === NO_SLOT) {
      rings.add(account, base, slot);
      return;
    }
    const [page, word] = [pageOf(first), wordOf(first)];
    pageOf(slot)[wordOf(slot) + NEXT] = page[word + NEXT]!;
    page[word + NEXT] = slot;
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

    /** How many exposures there are. */
    count(): number {
      return counts[0]!;
    },

    findOrOpen(account: number, market: number): number {
      const slot = find(account, market);
      return slot === NO_SLOT ? open(account, market) : slot;
    },

    /** Forgets all. */
    clear(): void {
      for (let slot = 0; slot < counts[0]!; slot++) {
        const account = pageOf(slot)[wordOf(slot) + ACCOUNT]! | 0;
        accountPages[account >> pageBits]![account & pageMask] = 0;
      }
      table.clear(counts[0]!);
      slots.clear();
      rings.clear();
      counts[0] = 0;
    },

    openBuyQty(slot: number): number {
      return pageOf(slot)[wordOf(slot) + OPEN_BUY_QTY]!;
    },
    /**
     * Of the account's open buys in all markets of this one's base currency, minor units; beyond
     * 2^53−1, more than which nobody can hold, it may be rounded, but never to below it.
     */
    openBuyAmount(slot: number): number {
      let amount = 0;
      let at = slot;
      do {
        const page = pageOf(at);
        const word = wordOf(at);
        amount += page[word + OPEN_BUY_QTY]! * page[word + LOT_SIZE]!;
        at = page[word + NEXT]! | 0;
      } while (at !== slot);
      return amount;
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
      pageOf(slot)[wordOf(slot) + (side === Buy ? OPEN_BUY_QTY : OPEN_SELL_QTY)]! += more;
    },
  };
}
