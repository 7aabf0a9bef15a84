/**
 * Transfers: deposits, withdrawals, account to account, in one step or two, and reversals; by the
 * rules of docs/ledger.md. A transfer that has an id is remembered for ever, refused ones too, so
 * that a retry gets the first answer. Warm, not hot: what is not about orders.
 */
import { NO_SLOT } from '../collections/id-table.ts';
import { TransferAction, TransferKind, TransferMode, TransferStatus } from '../protocol/enums.ts';
import { RejectReason } from '../protocol/reject-reason.ts';
import { hasExternalSide, type TransferTerms } from '../protocol/transfer-terms.ts';
import type { RiskEngine } from './risk-engine.ts';
import type { RiskListener } from './risk-listener.ts';
import { RISK_REGISTERS } from './risk-state.ts';
import { TimeQueue } from './time-queue.ts';
import { isSameReversal, isSameTransfer, type ReversalTerms, termsOf } from './transfer-content.ts';
import { postingKind, TransferPostings } from './transfer-postings.ts';
import { TransferTable, TRANSFER_WORD as WORD } from './transfer-table.ts';

/** The part of the venue's limits that transfers can reach. */
export interface TransferLimits {
  readonly maxAccounts: number;
  readonly maxTransfers: number;
}

export interface ResolutionTerms {
  readonly transferId: number;
  readonly action: number;
  /** To post; 0: all that is pending. */
  readonly amount: number;
  readonly externalId: number;
}

const NO_LIMITS: TransferLimits = { maxAccounts: 0, maxTransfers: 0 };
const ACCEPTED: number = RejectReason.None;
/** 0 for a trade's postings. */
const BUSINESS_REF_ID = RISK_REGISTERS.businessRefId;

export class Transfers {
  readonly table = new TransferTable();
  private readonly risk: RiskEngine;
  private readonly listener: RiskListener;
  private readonly postings: TransferPostings;
  private readonly expiries = new TimeQueue();
  /** Of the command in execution. */
  private sequence = 0;
  private time = 0;
  private limits = NO_LIMITS;
  /** The venue takes no new transfers. */
  private isClosed = false;

  constructor(risk: RiskEngine, listener: RiskListener) {
    this.risk = risk;
    this.listener = listener;
    this.postings = new TransferPostings(risk);
  }

  /** When the next pending transfer expires; Infinity without any. */
  get nextExpireTime(): number {
    return this.expiries.nextTime;
  }

  /** Of a transfer that was put into the table: what is pending expires when its time comes. */
  schedule(transfer: number): void {
    const expireTime = this.table.get(transfer, WORD.EXPIRE_TIME);
    const isPending = this.table.status(transfer) === TransferStatus.Pending;
    if (isPending && expireTime !== 0) this.expiries.add(expireTime, transfer);
  }

  /** Forgets all. */
  clear(): void {
    this.table.clear();
    this.expiries.clear();
    this.begin(0, 0, NO_LIMITS, false);
  }

  /** A command begins; its sequence number is that of the entry it may make. */
  begin(sequence: number, time: number, limits: TransferLimits, isClosed: boolean): void {
    this.sequence = sequence;
    this.time = time;
    this.limits = limits;
    this.isClosed = isClosed;
  }

  transfer(terms: TransferTerms): number {
    const { transferId } = terms;
    if (transferId === 0) return this.execute(terms, NO_SLOT);
    const known = this.table.find(transferId);
    if (known !== NO_SLOT) return this.repeat(known, isSameTransfer(this.table, known, terms));
    if (this.isTableFull()) return RejectReason.TooManyTransfers;
    const transfer = this.remember(terms, terms.amount, 0);
    return this.conclude(transfer, this.execute(terms, transfer));
  }

  /** Posts an amount of a posted transfer the other way. */
  reverse(terms: ReversalTerms): number {
    const { table } = this;
    const { transferId, originalTransferId, externalId } = terms;
    const known = table.find(transferId);
    if (known !== NO_SLOT) return this.repeat(known, isSameReversal(table, known, terms));
    if (this.isTableFull()) return RejectReason.TooManyTransfers;
    const original = table.find(originalTransferId);
    const isReversible = original !== NO_SLOT && this.isReversible(original);
    const left = isReversible ? this.leftToReverse(original) : 0;
    const amount = terms.amount === 0 ? left : terms.amount;
    const opposite = this.oppositeOf(original, terms, amount);
    const transfer = this.remember(opposite, terms.amount, originalTransferId);
    if (original === NO_SLOT) return this.conclude(transfer, RejectReason.UnknownTransfer);
    if (!isReversible) return this.conclude(transfer, RejectReason.TransferNotReversible);
    if (externalId !== 0 && !this.isExternal(original)) {
      return this.conclude(transfer, RejectReason.TransferNotExternal);
    }
    if (left === 0 || amount > left) {
      return this.conclude(transfer, RejectReason.ReversalTooLarge);
    }
    const reason = this.conclude(transfer, this.execute(opposite, transfer));
    if (reason !== ACCEPTED) return reason;
    table.set(original, WORD.REVERSED_AMOUNT, table.get(original, WORD.REVERSED_AMOUNT) + amount);
    this.listener.onTransferChanged(original);
    return ACCEPTED;
  }

  /** Posts, voids or marks as unknown what is pending; what it did before it does not do again. */
  resolve(terms: ResolutionTerms): number {
    const { table } = this;
    const { action, amount, externalId } = terms;
    const transfer = table.find(terms.transferId);
    if (transfer === NO_SLOT) return RejectReason.UnknownTransfer;
    const status = table.status(transfer);
    const wasPending = table.mode(transfer) === TransferMode.Pending;
    if (!wasPending || status === TransferStatus.Rejected) {
      return RejectReason.TransferAlreadyResolved;
    }
    const differs = this.checkExternalId(transfer, action, externalId);
    if (differs !== ACCEPTED) return differs;
    if (this.isSameResolution(transfer, action, amount)) {
      this.listener.onTransferRepeated(transfer, false);
      return ACCEPTED;
    }
    if (status !== TransferStatus.Pending && status !== TransferStatus.Unknown) {
      return RejectReason.TransferAlreadyResolved;
    }
    const isMarked = action === TransferAction.MarkUnknown;
    const refused = isMarked
      ? this.checkUnknown(transfer, externalId)
      : this.tryPost(transfer, action, amount);
    if (refused !== ACCEPTED) return refused;
    if (status === TransferStatus.Pending) this.unschedule(transfer);
    if (externalId !== 0) table.set(transfer, WORD.EXTERNAL_ID, externalId);
    if (isMarked) table.setStatus(transfer, TransferStatus.Unknown);
    this.listener.onTransferChanged(transfer);
    return ACCEPTED;
  }

  /** Voids the pending transfers whose time has come. */
  expireDue(): void {
    while (this.expiries.nextTime <= this.time) {
      const transfer = this.expiries.first()!;
      this.unschedule(transfer);
      this.release(transfer);
      this.table.setStatus(transfer, TransferStatus.Expired);
      this.listener.onTransferChanged(transfer);
    }
  }

  /** Posts or locks; or says why not. A transfer without an id has no slot. */
  private execute(terms: TransferTerms, transfer: number): number {
    if (this.isClosed) return RejectReason.CancelOnly;
    const { debitAccountId, creditAccountId, amount } = terms;
    const currency = this.risk.currencyIndexOf(terms.currencyId);
    if (currency === NO_SLOT) return RejectReason.UnknownCurrency;
    if (debitAccountId === creditAccountId) return RejectReason.SameAccount;
    const isPending = terms.mode === TransferMode.Pending;
    if (terms.expireTime !== 0 && terms.expireTime <= this.time) {
      return RejectReason.ExpireTimePassed;
    }
    const unfunded = this.postings.checkDebit(debitAccountId, currency, amount);
    if (unfunded !== ACCEPTED) return unfunded;
    if (isPending) {
      this.hold(transfer, currency);
      return ACCEPTED;
    }
    const { maxAccounts } = this.limits;
    const refused = this.postings.checkPosting(
      debitAccountId,
      creditAccountId,
      currency,
      amount,
      maxAccounts,
    );
    if (refused !== ACCEPTED) return refused;
    const isReversal =
      transfer !== NO_SLOT && this.table.get(transfer, WORD.ORIGINAL_TRANSFER_ID) !== 0;
    const kind = isReversal ? TransferKind.Reversal : postingKind(debitAccountId, creditAccountId);
    this.post(terms, currency, amount, kind);
    if (transfer !== NO_SLOT) this.markPosted(transfer, amount);
    return ACCEPTED;
  }

  private hold(transfer: number, currency: number): void {
    const { table } = this;
    const amount = table.get(transfer, WORD.AMOUNT);
    const debitAccountId = table.get(transfer, WORD.DEBIT_ACCOUNT_ID);
    table.set(transfer, WORD.LOCKED_AMOUNT, this.postings.lock(debitAccountId, currency, amount));
    table.setStatus(transfer, TransferStatus.Pending);
    this.schedule(transfer);
  }

  /** Resolves by posting a part of what is pending, or nothing. */
  private tryPost(transfer: number, action: number, requested: number): number {
    const { table } = this;
    if (action === TransferAction.Void) {
      this.release(transfer);
      table.setStatus(transfer, TransferStatus.Voided);
      return ACCEPTED;
    }
    const pending = table.get(transfer, WORD.AMOUNT);
    const amount = requested === 0 ? pending : requested;
    if (amount > pending) return RejectReason.PostTooLarge;
    const terms = termsOf(table, transfer);
    const { debitAccountId, creditAccountId } = terms;
    const currency = this.risk.currencyIndexOf(terms.currencyId);
    const { maxAccounts } = this.limits;
    const refused = this.postings.checkPosting(
      debitAccountId,
      creditAccountId,
      currency,
      amount,
      maxAccounts,
    );
    if (refused !== ACCEPTED) return refused;
    this.release(transfer);
    this.post(terms, currency, amount, postingKind(debitAccountId, creditAccountId));
    this.markPosted(transfer, amount);
    return ACCEPTED;
  }

  private post(terms: TransferTerms, currency: number, amount: number, kind: number): void {
    const { debitAccountId, creditAccountId, transferId } = terms;
    const { registers } = this.risk.state;
    registers[BUSINESS_REF_ID] = terms.businessRefId;
    this.postings.post(debitAccountId, creditAccountId, currency, amount, kind, transferId);
    registers[BUSINESS_REF_ID] = 0;
  }

  private markPosted(transfer: number, amount: number): void {
    this.table.setStatus(transfer, TransferStatus.Posted);
    this.table.set(transfer, WORD.POSTED_AMOUNT, amount);
    this.table.set(transfer, WORD.ENTRY, this.sequence);
  }

  /** Gives back what a transfer has locked. */
  private release(transfer: number): void {
    const { table } = this;
    const currency = this.risk.currencyIndexOf(table.get(transfer, WORD.CURRENCY_ID));
    const debitAccountId = table.get(transfer, WORD.DEBIT_ACCOUNT_ID);
    this.postings.unlock(debitAccountId, currency, table.get(transfer, WORD.LOCKED_AMOUNT));
    table.set(transfer, WORD.LOCKED_AMOUNT, 0);
  }

  private unschedule(transfer: number): void {
    const expireTime = this.table.get(transfer, WORD.EXPIRE_TIME);
    if (expireTime !== 0) this.expiries.remove(expireTime, transfer);
  }

  private isTableFull(): boolean {
    return this.table.count >= this.limits.maxTransfers;
  }

  private remember(terms: TransferTerms, requestedAmount: number, originalId: number): number {
    const { table } = this;
    const transfer = table.add(terms.transferId);
    table.set(transfer, WORD.DEBIT_ACCOUNT_ID, terms.debitAccountId);
    table.set(transfer, WORD.CREDIT_ACCOUNT_ID, terms.creditAccountId);
    table.set(transfer, WORD.AMOUNT, terms.amount);
    table.set(transfer, WORD.REQUESTED_AMOUNT, requestedAmount);
    table.set(transfer, WORD.BUSINESS_REF_ID, terms.businessRefId);
    table.set(transfer, WORD.EXTERNAL_ID, terms.externalId);
    table.set(transfer, WORD.REQUESTED_EXTERNAL_ID, terms.externalId);
    table.set(transfer, WORD.ORIGINAL_TRANSFER_ID, originalId);
    table.set(transfer, WORD.EXPIRE_TIME, terms.expireTime);
    table.set(transfer, WORD.CURRENCY_ID, terms.currencyId);
    table.setState(transfer, terms.mode, TransferStatus.None, 0);
    return transfer;
  }

  /** What a new transfer's command came to: told, and kept where it is a refusal. */
  private conclude(transfer: number, reason: number): number {
    const { table } = this;
    if (reason !== ACCEPTED) {
      table.setState(transfer, table.mode(transfer), TransferStatus.Rejected, reason);
    }
    this.listener.onTransferChanged(transfer);
    return reason;
  }

  /** An id that is known never does anything again. */
  private repeat(transfer: number, isSame: boolean): number {
    if (!isSame) return RejectReason.TransferIdConflict;
    this.listener.onTransferRepeated(transfer, true);
    return this.table.rejectReason(transfer);
  }

  /** Whether a transfer is already where a resolution would bring it. */
  private isSameResolution(transfer: number, action: number, amount: number): boolean {
    const { table } = this;
    const status = table.status(transfer);
    if (action === TransferAction.MarkUnknown) return status === TransferStatus.Unknown;
    if (action === TransferAction.Void) return status === TransferStatus.Voided;
    if (status !== TransferStatus.Posted) return false;
    const requested = amount === 0 ? table.get(transfer, WORD.AMOUNT) : amount;
    return table.get(transfer, WORD.POSTED_AMOUNT) === requested;
  }

  /** An unknown transfer's resolution must name its external id, any other's may. */
  private checkExternalId(transfer: number, action: number, externalId: number): number {
    const { table } = this;
    const known = table.get(transfer, WORD.EXTERNAL_ID);
    const status = table.status(transfer);
    if (externalId !== 0 && !this.isExternal(transfer)) return RejectReason.TransferNotExternal;
    const mayBeNamed = known === 0 && status === TransferStatus.Pending;
    const mustBeNamed = status === TransferStatus.Unknown && action !== TransferAction.MarkUnknown;
    const isFitting = externalId === known || mayBeNamed || (externalId === 0 && !mustBeNamed);
    return isFitting ? ACCEPTED : RejectReason.TransferExternalIdDiffers;
  }

  private checkUnknown(transfer: number, externalId: number): number {
    if (!this.isExternal(transfer)) return RejectReason.TransferNotExternal;
    const isNamed = externalId !== 0 || this.table.get(transfer, WORD.EXTERNAL_ID) !== 0;
    return isNamed ? ACCEPTED : RejectReason.TransferExternalIdMissing;
  }

  private isExternal(transfer: number): boolean {
    const { debitAccountId, creditAccountId } = termsOf(this.table, transfer);
    return hasExternalSide(debitAccountId, creditAccountId);
  }

  private isReversible(transfer: number): boolean {
    const { table } = this;
    const isReversal = table.get(transfer, WORD.ORIGINAL_TRANSFER_ID) !== 0;
    return table.status(transfer) === TransferStatus.Posted && !isReversal;
  }

  private leftToReverse(transfer: number): number {
    const { table } = this;
    return table.get(transfer, WORD.POSTED_AMOUNT) - table.get(transfer, WORD.REVERSED_AMOUNT);
  }

  /** The reversal as a transfer: accounts exchanged. Of an unknown original nothing is known. */
  private oppositeOf(original: number, terms: ReversalTerms, amount: number): TransferTerms {
    const { transferId, businessRefId, externalId } = terms;
    const own = { transferId, businessRefId, externalId, amount, expireTime: 0 };
    const mode = TransferMode.OneStep;
    if (original === NO_SLOT) {
      return { ...own, mode, debitAccountId: 0, creditAccountId: 0, currencyId: 0 };
    }
    const { debitAccountId, creditAccountId, currencyId } = termsOf(this.table, original);
    const accounts = { debitAccountId: creditAccountId, creditAccountId: debitAccountId };
    return { ...own, mode, ...accounts, currencyId };
  }
}
