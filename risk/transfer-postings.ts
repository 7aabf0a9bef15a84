/**
 * How transfers touch balances: what may be debited and credited, and the posting itself. Amounts
 * are minor units; accounts are named by their ids, of which the venue's own are negative.
 */
import { NO_SLOT } from '../collections/id-table.ts';
import { SystemAccount, TransferKind } from '../protocol/enums.ts';
import { RejectReason } from '../protocol/reject-reason.ts';
import { EXTERNAL, FEE, FIRST_CUSTOMER, PNL, ROUNDING } from './accounts.ts';
import type { RiskEngine } from './risk-engine.ts';

const MAX_AMOUNT = Number.MAX_SAFE_INTEGER;
/** What `sumOf` splits integers at: halves of 53 bits. */
const HALF = 2 ** 26;

export class TransferPostings {
  private readonly risk: RiskEngine;

  constructor(risk: RiskEngine) {
    this.risk = risk;
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

  /**
   * Whether every sum of money stays a safe integer: each balance of the venue, what customers hold
   * together, and that with the fees, which trades take from customers without looking here.
   */
  private staysExact(debit: number, credit: number, currency: number, amount: number): boolean {
    if (!isOwn(debit))
      return !isOwn(credit) || this.held(slotOfOwn(credit), currency) + amount <= MAX_AMOUNT;
    const external = this.held(EXTERNAL, currency);
    const fee = this.held(FEE, currency);
    const rounding = this.held(ROUNDING, currency);
    const pnl = this.held(PNL, currency);
    if (amount - this.held(slotOfOwn(debit), currency) > MAX_AMOUNT) return false;
    if (isOwn(credit) && this.held(slotOfOwn(credit), currency) + amount > MAX_AMOUNT) return false;
    // All balances sum to zero, so customers hold what the venue's accounts lack.
    const customers = -sumOf([external, fee, rounding, pnl]);
    if (!isOwn(credit) && customers + amount > MAX_AMOUNT) return false;
    const isAdded = !isOwn(credit) || credit === SystemAccount.Fee;
    const customersAndFee = -sumOf([external, rounding, pnl]);
    return !isAdded || debit === SystemAccount.Fee || customersAndFee + amount <= MAX_AMOUNT;
  }

  /** What one of the venue's own accounts has of a currency: it never has any locked. */
  private held(account: number, currency: number): number {
    const { balances } = this.risk;
    const balance = balances.find(account, currency);
    return balance === NO_SLOT ? 0 : balances.available(balance);
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
