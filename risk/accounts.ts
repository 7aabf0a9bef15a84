/** Accounts and their balances as structs of arrays. Hot path. */
import { growFloat64, growInt32, growUint8 } from '../collections/grow.ts';
import { IdTable, NO_SLOT } from '../collections/id-table.ts';
import { SystemAccount } from '../protocol/enums.ts';

/** Slots of the venue's own accounts. */
export const EXTERNAL = 0;
export const FEE = 1;
export const ROUNDING = 2;
export const PNL = 3;
/** Slots from here on are customers'. */
export const FIRST_CUSTOMER = 4;

export class Accounts {
  /** Accounts, the venue's own included. */
  count = FIRST_CUSTOMER;
  accountId: Float64Array;
  private readonly slots: IdTable;

  constructor(capacity: number) {
    this.accountId = new Float64Array(capacity + FIRST_CUSTOMER);
    this.slots = new IdTable(capacity);
    this.accountId[EXTERNAL] = SystemAccount.External;
    this.accountId[FEE] = SystemAccount.Fee;
    this.accountId[ROUNDING] = SystemAccount.Rounding;
    this.accountId[PNL] = SystemAccount.Pnl;
  }

  /** The slot of a customer's account, or NO_SLOT. */
  find(accountId: number): number {
    return this.slots.get(accountId);
  }

  /** How many customers' accounts there are. */
  get customerCount(): number {
    return this.count - FIRST_CUSTOMER;
  }

  open(accountId: number): number {
    if (this.count === this.accountId.length) {
      this.accountId = growFloat64(this.accountId, this.count * 2);
    }
    const slot = this.count++;
    this.accountId[slot] = accountId;
    this.slots.add(accountId, slot);
    return slot;
  }
}

/**
 * The largest number of currencies (and, but for the venue's own, of accounts): a pair makes
 * one id below 2^53.
 */
const CURRENCY_SPAN = 2 ** 26;

export class Balances {
  count = 0;
  account: Int32Array;
  currency: Int32Array;
  available: Float64Array;
  locked: Float64Array;
  /** The balances that changed since `clearChanged`, in the order of their first change. */
  changed: Int32Array;
  changedCount = 0;
  private isChanged: Uint8Array;
  private readonly slots: IdTable;

  constructor(capacity: number) {
    this.account = new Int32Array(capacity);
    this.currency = new Int32Array(capacity);
    this.available = new Float64Array(capacity);
    this.locked = new Float64Array(capacity);
    this.changed = new Int32Array(capacity);
    this.isChanged = new Uint8Array(capacity);
    this.slots = new IdTable(capacity);
  }

  /** The balance of an account in a currency, or NO_SLOT where it never had any. */
  find(account: number, currency: number): number {
    return this.slots.get(account * CURRENCY_SPAN + currency + 1);
  }

  /** What an account holds of a currency, available or locked, in whole lots. */
  wholeLots(account: number, currency: number, lotSize: number): number {
    const slot = this.find(account, currency);
    if (slot === NO_SLOT) return 0;
    return Math.floor((this.available[slot]! + this.locked[slot]!) / lotSize);
  }

  findOrOpen(account: number, currency: number): number {
    const slot = this.find(account, currency);
    return slot === NO_SLOT ? this.open(account, currency) : slot;
  }

  /** Every change of a balance goes through here. */
  add(slot: number, available: number, locked: number): void {
    this.available[slot]! += available;
    this.locked[slot]! += locked;
    if (this.isChanged[slot] !== 0) return;
    this.isChanged[slot] = 1;
    this.changed[this.changedCount++] = slot;
  }

  clearChanged(): void {
    for (let i = 0; i < this.changedCount; i++) this.isChanged[this.changed[i]!] = 0;
    this.changedCount = 0;
  }

  private open(account: number, currency: number): number {
    if (this.count === this.account.length) this.grow();
    const slot = this.count++;
    this.account[slot] = account;
    this.currency[slot] = currency;
    this.slots.add(account * CURRENCY_SPAN + currency + 1, slot);
    return slot;
  }

  private grow(): void {
    const capacity = this.count * 2;
    this.account = growInt32(this.account, capacity);
    this.currency = growInt32(this.currency, capacity);
    this.available = growFloat64(this.available, capacity);
    this.locked = growFloat64(this.locked, capacity);
    this.changed = growInt32(this.changed, capacity);
    this.isChanged = growUint8(this.isChanged, capacity);
  }
}
