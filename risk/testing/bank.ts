/** A risk engine with two currencies and a market, its postings written down: for tests. */
import { SystemAccount } from '../../protocol/enums.ts';
import { RiskEngine } from '../risk-engine.ts';
import type { RiskListener } from '../risk-listener.ts';

const { External } = SystemAccount;

export const MAX = Number.MAX_SAFE_INTEGER;
export const BTC = 0;
export const USD = 1;
export const MARKET = 0;
export const TERMS = {
  base: BTC,
  quote: USD,
  lotSize: 100,
  tickValue: 10,
  makerFeePpm: 10_000,
  takerFeePpm: 20_000,
};
export const ALICE = 11;
export const BOB = 12;

interface Posting {
  readonly kind: number;
  readonly currency: number;
  readonly debit: number;
  readonly credit: number;
  readonly amount: number;
  readonly reference: number;
}

export class Bank implements RiskListener {
  readonly postings: Posting[] = [];
  /** Capacities of one make everything grow. */
  readonly clock = new Float64Array(1);
  readonly risk = new RiskEngine(this, { accounts: 1, orders: 1 }, this.clock);

  constructor(terms: Partial<typeof TERMS> = {}) {
    this.risk.addCurrency(901);
    this.risk.addCurrency(902);
    const { makerFeePpm, takerFeePpm, ...market } = { ...TERMS, ...terms };
    this.risk.addMarket(market, makerFeePpm, takerFeePpm);
  }

  onTransfer(
    kind: number,
    currency: number,
    debit: number,
    credit: number,
    amount: number,
    reference: number,
  ): void {
    this.postings.push({ kind, currency, debit, credit, amount, reference });
  }

  /** [available, locked], or undefined where there never was any. */
  holding(accountId: number, currency: number): [number, number] | undefined {
    return this.holdings().find((h) => h.accountId === accountId && h.currency === currency)?.held;
  }

  holdings(): { accountId: number; currency: number; held: [number, number] }[] {
    const { accounts, balances } = this.risk;
    return Array.from({ length: balances.count }, (_, slot) => ({
      accountId: accounts.accountId[balances.account[slot]!]!,
      currency: balances.currency[slot]!,
      held: [balances.available[slot]!, balances.locked[slot]!],
    }));
  }

  onTransferChanged(): void {}
  onTransferRepeated(): void {}

  deposit(accountId: number, currency: number, amount: number, transferId = 0): number {
    return this.transfer(External, accountId, currency, amount, transferId);
  }

  withdraw(accountId: number, currency: number, amount: number, transferId = 0): number {
    return this.transfer(accountId, External, currency, amount, transferId);
  }

  private transfer(
    debitAccountId: number,
    creditAccountId: number,
    currency: number,
    amount: number,
    transferId: number,
  ): number {
    const { transfers, currencyIds } = this.risk;
    transfers.begin(1, 1, { maxAccounts: 1_000, maxTransfers: 1_000 });
    const accounts = { debitAccountId, creditAccountId, currencyId: currencyIds[currency]! };
    const none = { mode: 0, expireTime: 0, businessRefId: 0, externalId: 0 };
    return transfers.transfer({ transferId, ...accounts, amount, ...none });
  }

  adjust(order: number, side: number, price: number, qty: number): number {
    return this.risk.adjust(order, MARKET, side, price, qty, qty);
  }

  reserve(order: number, accountId: number, side: number, price: number, qty: number): number {
    return this.risk.reserve(order, accountId, MARKET, side, price, qty, qty);
  }
}

/** Alice has dollars, Bob has coins. */
export function fundedBank(terms: Partial<typeof TERMS> = {}): Bank {
  const bank = new Bank(terms);
  bank.deposit(ALICE, USD, 100_000);
  bank.deposit(BOB, BTC, 5_000);
  bank.postings.length = 0;
  return bank;
}
