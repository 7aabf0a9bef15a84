/**
 * Every transfer that has an id, for ever: a record of words each, found by its id. Slots are given
 * in the order in which the ids came and never given back. Pages of a fixed size, so that millions
 * of transfers are never copied.
 *
 * ```
 *  word 0            1                2                 3
 *  +-----------------+----------------+-----------------+-----------------+
 *  | transferId      | debitAccountId | creditAccountId | amount          |
 *  +-----------------+----------------+-----------------+-----------------+
 *  | requestedAmount | postedAmount   | reversedAmount  | lockedAmount    |
 *  +-----------------+----------------+-----------------+-----------------+
 *  | entry           | businessRefId  | externalId      | requested       |
 *  |                 |                |                 | ExternalId      |
 *  +-----------------+----------------+-----------------+-----------------+
 *  | original        | expireTime     | currencyId      | mode, status,   |
 *  | TransferId      |                |                 | rejectReason    |
 *  +-----------------+----------------+-----------------+-----------------+
 * ```
 * What a command requested is kept beside what became of it, so that its retry is recognised. The
 * last word is mode + 2^8 × status + 2^16 × rejectReason.
 */
import { IdTable } from '../collections/id-table.ts';
import type { TransferStatus } from '../protocol/enums.ts';

/** The words of a transfer's record. */
export const TRANSFER_WORD = {
  TRANSFER_ID: 0,
  DEBIT_ACCOUNT_ID: 1,
  CREDIT_ACCOUNT_ID: 2,
  AMOUNT: 3,
  REQUESTED_AMOUNT: 4,
  POSTED_AMOUNT: 5,
  REVERSED_AMOUNT: 6,
  LOCKED_AMOUNT: 7,
  ENTRY: 8,
  BUSINESS_REF_ID: 9,
  EXTERNAL_ID: 10,
  REQUESTED_EXTERNAL_ID: 11,
  ORIGINAL_TRANSFER_ID: 12,
  EXPIRE_TIME: 13,
  CURRENCY_ID: 14,
  STATE: 15,
} as const;
export type TransferWord = (typeof TRANSFER_WORD)[keyof typeof TRANSFER_WORD];

const { STATE, TRANSFER_ID } = TRANSFER_WORD;

/** 2^4 words a record, 2^13 records a page: 1 MiB. */
const RECORD_BITS = 4;
const PAGE_BITS = 13;
const PAGE_RECORDS = 1 << PAGE_BITS;
const STATUS_UNIT = 2 ** 8;
const REASON_UNIT = 2 ** 16;

export class TransferTable {
  count = 0;
  private readonly pages: Float64Array[] = [];
  private readonly slots = new IdTable();

  /** The slot of a transfer, or NO_SLOT. */
  find(transferId: number): number {
    return this.slots.get(transferId);
  }

  /** A record of zeros but for its id, which the table must not hold yet. */
  add(transferId: number): number {
    const slot = this.count++;
    if (slot >> PAGE_BITS === this.pages.length) {
      this.pages.push(new Float64Array(PAGE_RECORDS << RECORD_BITS));
    }
    this.slots.add(transferId, slot);
    this.set(slot, TRANSFER_ID, transferId);
    return slot;
  }

  /** Forgets all; what was used is zeros again. */
  clear(): void {
    for (let page = 0, left = this.count; left > 0; page++) {
      this.pages[page]!.fill(0, 0, Math.min(left, PAGE_RECORDS) << RECORD_BITS);
      left -= PAGE_RECORDS;
    }
    this.count = 0;
    this.slots.clear();
  }

  get(slot: number, word: TransferWord): number {
    return this.pages[slot >> PAGE_BITS]![indexOf(slot, word)]!;
  }

  set(slot: number, word: TransferWord, value: number): void {
    this.pages[slot >> PAGE_BITS]![indexOf(slot, word)] = value;
  }

  setState(slot: number, mode: number, status: number, rejectReason: number): void {
    this.set(slot, STATE, mode + STATUS_UNIT * status + REASON_UNIT * rejectReason);
  }

  /** A refused transfer never has another status, so the reason goes with the old one. */
  setStatus(slot: number, status: TransferStatus): void {
    this.setState(slot, this.mode(slot), status, 0);
  }

  mode(slot: number): number {
    return this.get(slot, STATE) & 0xff;
  }

  status(slot: number): number {
    return (this.get(slot, STATE) >> 8) & 0xff;
  }

  rejectReason(slot: number): number {
    return this.get(slot, STATE) >> 16;
  }
}

function indexOf(slot: number, word: TransferWord): number {
  return ((slot & (PAGE_RECORDS - 1)) << RECORD_BITS) + word;
}
