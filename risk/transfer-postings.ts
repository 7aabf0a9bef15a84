/**
 * How transfers touch balances: what may be debited and credited, and the posting itself. Amounts
 * are minor units; accounts are named by their ids, of which the venue's own are negative.
 */
import { NO_SLOT } from '../collections/id-table.ts';
import { SystemAccount, TransferKind } from '../protocol/enums.ts';
import { RejectReason } from '../protocol/reject-reason.ts';
import { FIRST_CUSTOMER } from './accounts.ts';
import { MoneyBounds } from './money-bounds.ts';
import type { RiskEngine } from './risk-engine.ts';

const MAX_AMOUNT = Number.MAX_SAFE_INTEGER;

export class TransferPostings {
  private readonly risk: RiskEngine;
  private readonly bounds: MoneyBounds;

  constructor(risk: RiskEngine) {
    this.risk = risk;
    this.bounds = new MoneyBounds(risk.balances);
  }

  /** Why an account cannot be debited; the venue's own always can. */
  checkDebit(accountId: number, currency: number, amount: number): number {
    const { accounts, balances } = this.risk;
    if (isOwn(accountId)) return RejectReason.None;
    const account = accounts.find(accountId);
    if (account === NO_SLOT) return RejectReason.UnknownAccount;
    const balance = balances.find(account, currency);
    const isCovered = balance !== NO_SLOT && balances.available(balance) >= amount;
    return isCovered ? RejectReason.None : RejectReason.InsufficientFunds;
  }

  /** Why an amount that can be debited cannot be posted. */
  checkPosting(
    debitAccountId: number,
    creditAccountId: number,
    currency: number,
    amount: number,
    maxAccounts: number,
  ): number {
    if (!this.staysExact(debitAccountId, creditAccountId, currency, amount)) {
      return RejectReason.BalanceTooLarge;
    }
    const { accounts } = this.risk;
    const isOpen = isOwn(creditAccountId) || accounts.find(creditAccountId) !== NO_SLOT;
    if (!isOpen && accounts.customerCount >= maxAccounts) return RejectReason.TooManyAccounts;
    return RejectReason.None;
  }

  /** Moves available money; opens what is credited if needed. */
  post(
    debitAccountId: number,
    creditAccountId: number,
    currency: number,
    amount: number,
    kind: number,
    transferId: number,
  ): void {
    const { risk } = this;
    const from = risk.findOrOpenBalance(this.accountOf(debitAccountId), currency);
    const to = risk.findOrOpenBalance(this.accountOf(creditAccountId), currency);
    risk.post(kind, from, to, amount, transferId);
  }

  /** Locks what is available; the venue's own accounts lock nothing. Returns how much it locked. */
  lock(accountId: number, currency: number, amount: number): number {
    if (isOwn(accountId)) return 0;
    const { accounts, balances } = this.risk;
    balances.add(balances.find(accounts.find(accountId), currency), -amount, amount);
    return amount;
  }

  unlock(accountId: number, currency: number, amount: number): void {
    if (amount !== 0) this.lock(accountId, currency, -amount);
  }

  /** Whether every sum of money stays a safe integer. */
  private staysExact(debit: number, credit: number, currency: number, amount: number): boolean {
    const { bounds } = this;
    if (!isOwn(debit)) {
      return !isOwn(credit) || bounds.held(slotOfOwn(credit), currency) + amount <= MAX_AMOUNT;
    }
    if (amount - bounds.held(slotOfOwn(debit), currency) > MAX_AMOUNT) return false;
    if (isOwn(credit) && bounds.held(slotOfOwn(credit), currency) + amount > MAX_AMOUNT) {
      return false;
    }
    if (!isOwn(credit) && bounds.customers(currency) + amount > MAX_AMOUNT) return false;
    const isAdded = !isOwn(credit) || credit === SystemAccount.Fee;
    if (!isAdded || debit === SystemAccount.Fee) return true;
    return bounds.customersAndFee(currency) + amount <= MAX_AMOUNT;
  }

  private accountOf(accountId: number): number {
    if (isOwn(accountId)) return slotOfOwn(accountId);
    const { accounts } = this.risk;
    const account = accounts.find(accountId);
    return account === NO_SLOT ? accounts.open(accountId) : account;
  }
}

/** What a transfer's posting is called. */
export function postingKind(debitAccountId: number, creditAccountId: number): number {
  if (debitAccountId === SystemAccount.External) return TransferKind.Deposit;
  if (creditAccountId === SystemAccount.External) return TransferKind.Withdrawal;
  return TransferKind.Transfer;
}

function isOwn(accountId: number): boolean {
  return accountId < 0;
}

/** The venue's accounts −1, −2, … have the first slots. */
function slotOfOwn(accountId: number): number {
  const slot = -1 - accountId;
  if (slot >= FIRST_CUSTOMER) throw new RangeError(`the venue has no account ${accountId}`);
  return slot;
}
