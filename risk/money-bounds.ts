/**
 * What keeps every sum of money a safe integer: what customers hold of a currency together, that
 * with the fees, which trades take from them without looking here, and each of the venue's own
 * balances stay within 2^53−1.
 */
import { NO_SLOT } from '../collections/id-table.ts';
import { EXTERNAL, FEE, PNL, ROUNDING } from './accounts.ts';
import type { Balances } from './balances.ts';

const MAX_AMOUNT = Number.MAX_SAFE_INTEGER;
/** What `sumOf` splits integers at: halves of 53 bits. */
const HALF = 2 ** 26;

export class MoneyBounds {
  private readonly balances: Balances;

  constructor(balances: Balances) {
    this.balances = balances;
  }

  /** What one of the venue's own accounts has of a currency: it never has any locked. */
  held(account: number, currency: number): number {
    const balance = this.balances.find(account, currency);
    return balance === NO_SLOT ? 0 : this.balances.available(balance);
  }

  /** All balances sum to zero, so customers hold what the venue's accounts lack. */
  customers(currency: number): number {
    return -sumOf([EXTERNAL, FEE, ROUNDING, PNL].map((account) => this.held(account, currency)));
  }

  customersAndFee(currency: number): number {
    return -sumOf([EXTERNAL, ROUNDING, PNL].map((account) => this.held(account, currency)));
  }

  /** How much SYSTEM_ROUNDING may pay to SYSTEM_FEE. Fees alone are less than this counts. */
  roundingRoom(currency: number): number {
    const fromRounding = MAX_AMOUNT + this.held(ROUNDING, currency);
    return Math.max(0, Math.min(fromRounding, MAX_AMOUNT - this.customersAndFee(currency)));
  }
}

/** The exact sum of a few safe integers, if it is one too, though partial sums may not be. */
function sumOf(amounts: readonly number[]): number {
  let high = 0;
  let low = 0;
  for (const amount of amounts) {
    const rest = amount % HALF;
    low += rest;
    high += (amount - rest) / HALF;
  }
  return high * HALF + low;
}
