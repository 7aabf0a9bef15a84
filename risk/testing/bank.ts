/** A risk engine with two currencies and a market, its postings written down: for tests. */

import { NO_SLOT } from '../../collections/id-table.ts';
import { SystemAccount } from '../../protocol/enums.ts';
import { RejectReason } from '../../protocol/reject-reason.ts';
import { RiskEngine } from '../risk-engine.ts';
import type { RiskListener } from '../risk-listener.ts';
import { createRiskState, RISK_REGISTERS } from '../risk-state.ts';

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
  /** Pages with room for one account: all tables grow. */
  readonly clock = new Float64Array(1);
  readonly risk = new RiskEngine(
    this,
    createRiskState({ accounts: 1, openOrders: 100 }, this.clock),
  );

  constructor(terms: Partial<typeof TERMS> = {}) {
    this.risk.addCurrency(901);
    this.risk.addCurrency(902);
    const { makerFeePpm, takerFeePpm, ...market } = { ...TERMS, ...terms };
    this.risk.addMarket(market, makerFeePpm, takerFeePpm);
  }

  onTransfer(kind: number, from: number, to: number): void {
    const { balances, state } = this.risk;
    const { registers } = state;
    this.postings.push({
      kind,
      currency: balances.currency(from),
      debit: balances.accountId(from),
      credit: balances.accountId(to),
      amount: registers[RISK_REGISTERS.amount]!,
      reference: registers[RISK_REGISTERS.referenceId]!,
    });
  }

  /** [available, locked], or undefined where there never was any. */
  holding(accountId: number, currency: number): [number, number] | undefined {
    return this.holdings().find((h) => h.accountId === accountId && h.currency === currency)?.held;
  }

  holdings(): { accountId: number; currency: number; held: [number, number] }[] {
    const { accounts, balances } = this.risk;
    return Array.from({ length: balances.count() }, (_, slot) => ({
      accountId: accounts.accountId[balances.account(slot)]!,
      currency: balances.currency(slot),
      held: [balances.available(slot), balances.locked(slot)],
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
    transfers.begin(1, 1, { maxAccounts: 1_000, maxTransfers: 1_000 }, false);
    const accounts = { debitAccountId, creditAccountId, currencyId: currencyIds[currency]! };
    const none = { mode: 0, expireTime: 0, businessRefId: 0, externalId: 0 };
    return transfers.transfer({ transferId, ...accounts, amount, ...none });
  }

  adjust(order: number, side: number, price: number, qty: number): number {
    return this.risk.adjust(order, MARKET, side, price, qty, qty);
  }

  reserve(order: number, accountId: number, side: number, price: number, qty: number): number {
    const account = this.risk.accounts.find(accountId);
    if (account === NO_SLOT) return RejectReason.UnknownAccount;
    return this.risk.reserve(order, account, MARKET, side, price, qty, qty);
  }

  /** Settles a fill, after which the buyer's reservation covers `coveredQty`. */
  settle(
    takerSide: number,
    maker: number,
    taker: number,
    price: number,
    qty: number,
    coveredQty: number,
    referenceId = 1,
    isAuction = false,
  ): void {
    const { registers } = this.risk.state;
    registers[RISK_REGISTERS.price] = price;
    registers[RISK_REGISTERS.qty] = qty;
    registers[RISK_REGISTERS.coveredQty] = coveredQty;
    registers[RISK_REGISTERS.referenceId] = referenceId;
    this.risk.settle(MARKET, takerSide, maker, taker, isAuction);
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
