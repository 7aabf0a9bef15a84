/**
 * How many orders an account has open in each market, and of which quantity: what limits are held
 * against. Hot path.
 */
import { growFloat64, growInt32 } from '../collections/grow.ts';
import { IdTable, NO_SLOT } from '../collections/id-table.ts';

/** The largest number of markets: an account and a market make one id below 2^53. */
const MARKET_SPAN = 2 ** 26;

export class Exposures {
  openOrders: Int32Array;
  /** Lots. */
  openBuyQty: Float64Array;
  openSellQty: Float64Array;
  private account: Int32Array;
  /** Open orders of an account in all markets. */
  private accountOrders: Int32Array;
  private readonly slots: IdTable;
  private count = 0;

  constructor(capacity: number) {
    this.openOrders = new Int32Array(capacity);
    this.openBuyQty = new Float64Array(capacity);
    this.openSellQty = new Float64Array(capacity);
    this.account = new Int32Array(capacity);
    this.accountOrders = new Int32Array(capacity);
    this.slots = new IdTable(capacity);
  }

  /** The exposure of an account in a market. */
  findOrOpen(account: number, market: number): number {
    const slot = this.slots.get(account * MARKET_SPAN + market + 1);
    return slot === NO_SLOT ? this.open(account, market) : slot;
  }

  openOrdersOf(account: number): number {
    return account < this.accountOrders.length ? this.accountOrders[account]! : 0;
  }

  addOrder(slot: number): void {
    this.openOrders[slot]!++;
    this.accountOrders[this.account[slot]!]!++;
  }

  removeOrder(slot: number): void {
    this.openOrders[slot]!--;
    this.accountOrders[this.account[slot]!]!--;
  }

  private open(account: number, market: number): number {
    if (this.count === this.account.length) {
      const capacity = this.count * 2;
      this.openOrders = growInt32(this.openOrders, capacity);
      this.openBuyQty = growFloat64(this.openBuyQty, capacity);
      this.openSellQty = growFloat64(this.openSellQty, capacity);
      this.account = growInt32(this.account, capacity);
    }
    if (account >= this.accountOrders.length) {
      const capacity = Math.max(this.accountOrders.length * 2, account + 1);
      this.accountOrders = growInt32(this.accountOrders, capacity);
    }
    const slot = this.count++;
    this.account[slot] = account;
    this.slots.add(account * MARKET_SPAN + market + 1, slot);
    return slot;
  }
}
