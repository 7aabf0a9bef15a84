/**
 * Balances: what an account holds of a currency, a record of 64 bytes each, so that whoever touches
 * a balance touches one place in memory. Remembers which balances a command changed: they are
 * linked in the order of their first change. Made of closures over pages (ADR 0009). Hot path.
 *
 * ```
 *  words 0         1      2         3          4             5       6        7
 *        available locked accountId currencyId next changed  account currency volume window
 * ```
 * Account and currency are there twice: by their ids, for the events, and by their slots.
 */
import { NO_SLOT } from '../collections/id-table.ts';
import { PairTable } from '../collections/pair-table.ts';
import { createRecordPages } from '../collections/record-pages.ts';

/** log2 of the words in a record. */
const RECORD_BITS = 3;

const AVAILABLE = 0;
const LOCKED = 1;
const ACCOUNT_ID = 2;
const CURRENCY_ID = 3;
/** 0 where it is unchanged, 1 of the last that changed, else the next one's slot + 2. */
const NEXT_CHANGED = 4;
const ACCOUNT = 5;
const CURRENCY = 6;
/** Of its 30-day volume, + 1; 0: none. */
const WINDOW = 7;

const UNCHANGED = 0;
const LAST_CHANGED = 1;
const CHANGED_OFFSET = 2;

/** The words of a balance's record. */
export const BALANCE_WORD = {
  AVAILABLE,
  LOCKED,
  ACCOUNT_ID,
  CURRENCY_ID,
  ACCOUNT,
  CURRENCY,
  WINDOW,
} as const;

/** Places of `registers`. */
const COUNT = 0;
const FIRST = 1;
const LAST = 2;

export type Balances = ReturnType<typeof createBalances>;

/** @param pageRecords balances in a page: it decides no outcome */
export function createBalances(pageRecords: number) {
  const table = createRecordPages(RECORD_BITS, pageRecords);
  const { pages, pageBits, pageMask } = table;
  const slots = new PairTable();
  const registers = new Int32Array([0, NO_SLOT, NO_SLOT]);
  /** Amounts that are passed to a function which V8 does not inline would be boxed. */
  const difference = new Float64Array(2);

  /** Where a balance's record is: in this page, from this word on. */
  function pageOf(slot: number): Float64Array {
    return pages[slot >> pageBits]!;
  }
  function wordOf(slot: number): number {
    return (slot & pageMask) << RECORD_BITS;
  }

  /** The balance of an account in a currency, by their slots, or NO_SLOT: it never had any. */
  function find(account: number, currency: number): number {
    return slots.get(account, currency);
  }

  function link(slot: number): void {
    const last = registers[LAST]!;
    registers[LAST] = slot;
    if (last === NO_SLOT) registers[FIRST] = slot;
    else pageOf(last)[wordOf(last) + NEXT_CHANGED] = slot + CHANGED_OFFSET;
  }

  /** Adds the difference to a balance: every change of one goes through here. */
  function change(slot: number): void {
    const page = pageOf(slot);
    const word = wordOf(slot);
    page[word + AVAILABLE]! += difference[AVAILABLE]!;
    page[word + LOCKED]! += difference[LOCKED]!;
    if (page[word + NEXT_CHANGED] !== UNCHANGED) return;
    page[word + NEXT_CHANGED] = LAST_CHANGED;
    link(slot);
  }

  return {
    pageOf,
    wordOf,
    find,

    /** How many balances there are. */
    count(): number {
      return registers[COUNT]!;
    },
    available(slot: number): number {
      return pageOf(slot)[wordOf(slot) + AVAILABLE]!;
    },
    locked(slot: number): number {
      return pageOf(slot)[wordOf(slot) + LOCKED]!;
    },
    accountId(slot: number): number {
      return pageOf(slot)[wordOf(slot) + ACCOUNT_ID]!;
    },
    currencyId(slot: number): number {
      return pageOf(slot)[wordOf(slot) + CURRENCY_ID]!;
    },
    /** The slot of its account. */
    account(slot: number): number {
      return pageOf(slot)[wordOf(slot) + ACCOUNT]! | 0;
    },
    /** The index of its currency. */
    currency(slot: number): number {
      return pageOf(slot)[wordOf(slot) + CURRENCY]! | 0;
    },

    open(account: number, accountId: number, currency: number, currencyId: number): number {
      const slot = registers[COUNT]!++;
      table.fit(slot);
      const page = pageOf(slot);
      const word = wordOf(slot);
      page[word + ACCOUNT_ID] = accountId;
      page[word + CURRENCY_ID] = currencyId;
      page[word + ACCOUNT] = account;
      page[word + CURRENCY] = currency;
      slots.add(account, currency, slot);
      return slot;
    },

    /** Forgets all. */
    clear(): void {
      table.clear(registers[COUNT]!);
      slots.clear();
      registers[COUNT] = 0;
      registers[FIRST] = NO_SLOT;
      registers[LAST] = NO_SLOT;
    },

    /** What `change` adds to a balance: `AVAILABLE` and `LOCKED` of it. */
    difference,
    change,

    /** The same where the amounts may be boxed. */
    add(slot: number, available: number, locked: number): void {
      difference[AVAILABLE] = available;
      difference[LOCKED] = locked;
      change(slot);
    },

    /** Whether less is available than an amount, which is told as a lane and its place. */
    isShort(slot: number, amounts: Float64Array, at: number): boolean {
      return pageOf(slot)[wordOf(slot) + AVAILABLE]! < amounts[at]!;
    },

    /** The balance that the command changed first, or NO_SLOT. */
    firstChanged(): number {
      return registers[FIRST]!;
    },
    /** Forgets that a balance was changed, the first ones first; returns the next, or NO_SLOT. */
    forgetChanged(slot: number): number {
      const word = wordOf(slot) + NEXT_CHANGED;
      const page = pageOf(slot);
      const next = page[word]! - CHANGED_OFFSET;
      page[word] = UNCHANGED;
      if (next >= 0) return next;
      registers[FIRST] = NO_SLOT;
      registers[LAST] = NO_SLOT;
      return NO_SLOT;
    },
  };
}
