/** Accounts: who has balances. Hot path. */
import { growFloat64 } from '../collections/grow.ts';
import { IdTable } from '../collections/id-table.ts';
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
  /** How many customers' accounts fit before it grows. */
  readonly capacity: number;
  accountId: Float64Array;
  private readonly slots = new IdTable();

  constructor(capacity: number) {
    this.capacity = capacity;
    this.accountId = new Float64Array(capacity + FIRST_CUSTOMER);
    this.accountId[EXTERNAL] = SystemAccount.External;
    this.accountId[FEE] = SystemAccount.Fee;
    this.accountId[ROUNDING] = SystemAccount.Rounding;
    this.accountId[PNL] = SystemAccount.Pnl;
  }

  /** The slot of a customer's account, or NO_SLOT. */
  find(accountId: number): number {
    return this.slots.get(accountId);
  }

  /** The same of an id in a lane, which is never boxed. */
  findIn(lanes: Float64Array, place: number): number {
    return this.slots.find(lanes, place);
  }

  /** How many customers' accounts there are. */
  get customerCount(): number {
    return this.count - FIRST_CUSTOMER;
  }

  /** Forgets all customers. */
  clear(): void {
    this.count = FIRST_CUSTOMER;
    this.slots.clear();
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
