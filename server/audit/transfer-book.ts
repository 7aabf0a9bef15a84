/**
 * Every transfer that has an id, by what its commands come to (docs/ledger.md, "Transfers"): a
 * table of the audit's own, which says what each command about transfers, and each Tick, is to
 * answer and to report. What was answered and reported must be that.
 *
 * Whether an account is covered and has room is asked of the answer: other books look at balances.
 */
import type { Exchange } from '../../exchange/exchange.ts';
import { TICK } from '../../protocol/command-layout.ts';
import { TransferAction, TransferMode, TransferStatus } from '../../protocol/enums.ts';
import { type RecordBuffer, templateIdAt } from '../../protocol/record.ts';
import { describeRejectReason, RejectReason } from '../../protocol/reject-reason.ts';
import type { ResolveTransfer, ReverseTransfer } from '../../protocol/transfer-commands.ts';
import type { TransferReport } from '../../protocol/transfer-report.ts';
import { hasExternalSide, type TransferTerms } from '../../protocol/transfer-terms.ts';
import type { Holdings } from './holdings.ts';
import { PendingExpiries } from './pending-expiries.ts';
import { findDifference, readTransfer, type ToldTransfer } from './told-transfer.ts';
import { readResolution, readReversal, readTransferRequest } from './transfer-requests.ts';

/** What a command is to be answered, and the reports that it is to make. */
interface Outcome {
  readonly rejectReason: number;
  readonly reports: readonly ToldTransfer[];
}

interface BookedTransfer {
  /** As its command says; of a reversal 0 for all that is left. */
  readonly requestedAmount: number;
  /** What its command was answered. */
  readonly first: ToldTransfer;
  now: ToldTransfer;
}

/** A transfer's command: its own, or a reversal's with the accounts of its original exchanged. */
interface Asked {
  readonly request: TransferTerms;
  readonly requestedAmount: number;
  readonly originalTransferId: number;
}

const ACCEPTED: number = RejectReason.None;
const NOTHING: Outcome = { rejectReason: ACCEPTED, reports: [] };
/** Whether an amount can be posted at all. */
const ROOM_REASONS: ReadonlySet<number> = new Set([
  RejectReason.BalanceTooLarge,
  RejectReason.TooManyAccounts,
]);
/** The same, and whether the debited account has it. */
const MONEY_REASONS: ReadonlySet<number> = new Set([
  ...ROOM_REASONS,
  RejectReason.UnknownAccount,
  RejectReason.InsufficientFunds,
]);
const { Expired, Pending, Posted, Rejected, Unknown, Voided } = TransferStatus;
const { MarkUnknown, Void } = TransferAction;

export class TransferBook {
  private readonly holdings: Holdings;
  private readonly byId = new Map<number, BookedTransfer>();
  private readonly expiries = new PendingExpiries();
  /** Reports of the command. */
  private told: ToldTransfer[] = [];
  /** What the command was answered. */
  private rejectReason = ACCEPTED;

  /** @param holdings say what accounts have available */
  constructor(holdings: Holdings) {
    this.holdings = holdings;
  }

  /** Forgets the last command's reports. */
  begin(): void {
    this.told = [];
  }

  take(report: TransferReport): void {
    this.told.push(readTransfer(report));
  }

  /** What the command of a transfer was answered, if it has come. */
  firstAnswer(transferId: number): ToldTransfer | undefined {
    return this.byId.get(transferId)?.first;
  }

  /** What does not hold when the command is done. */
  finish(
    exchange: Exchange,
    command: RecordBuffer,
    offset: number,
    rejectReason: number,
  ): string | undefined {
    this.rejectReason = rejectReason;
    const outcome = this.execute(exchange, command, offset);
    const reports = outcome?.reports ?? [];
    if (outcome !== undefined && outcome.rejectReason !== rejectReason) {
      const [is, was] = [rejectReason, outcome.rejectReason].map(
        (reason) => describeRejectReason(reason).name,
      );
      return `a command about a transfer was answered ${is}, and ${was} is due`;
    }
    for (let i = 0; i < Math.max(reports.length, this.told.length); i++) {
      const fault = findDifference(this.told[i], reports[i]);
      if (fault !== undefined) return fault;
    }
    const [overdue] = this.expiries.due(exchange.time);
    return overdue === undefined ? undefined : `transfer ${overdue} is pending past its time`;
  }

  /** Undefined for a command that is not about transfers. */
  private execute(exchange: Exchange, command: RecordBuffer, offset: number): Outcome | undefined {
    if (templateIdAt(command, offset) === TICK.templateId) return this.expireDue(exchange.time);
    const request = readTransferRequest(command, offset);
    if (request !== undefined) return this.transfer(exchange, request);
    const resolution = readResolution(command, offset);
    if (resolution !== undefined) return this.resolve(resolution, exchange.sequence);
    const reversal = readReversal(command, offset);
    return reversal === undefined ? undefined : this.reverse(exchange, reversal);
  }

  private transfer(exchange: Exchange, request: TransferTerms): Outcome {
    const { amount, mode, transferId } = request;
    const asked = { request, requestedAmount: amount, originalTransferId: 0 };
    if (transferId === 0) return { rejectReason: this.check(exchange, request), reports: [] };
    const known = this.byId.get(transferId);
    if (known !== undefined) return repeat(known, isSameTransfer(known, request));
    if (this.isFull(exchange)) return refused(RejectReason.TooManyTransfers);
    const reason = this.check(exchange, request);
    if (reason !== ACCEPTED) return this.refuse(asked, reason);
    if (mode === TransferMode.OneStep) return this.post(exchange, asked);
    const lockedAmount = request.debitAccountId > 0 ? amount : 0;
    const pending = this.book(asked, { status: Pending, lockedAmount });
    this.expiries.add(request.expireTime, transferId);
    return { rejectReason: ACCEPTED, reports: [pending] };
  }

  private reverse(exchange: Exchange, reversal: ReverseTransfer): Outcome {
    const { transferId, originalTransferId, businessRefId, externalId } = reversal;
    const known = this.byId.get(transferId);
    if (known !== undefined) return repeat(known, isSameReversal(known, reversal));
    if (this.isFull(exchange)) return refused(RejectReason.TooManyTransfers);
    const booked = this.byId.get(originalTransferId);
    const original = booked?.now;
    const isReversible = original?.status === Posted && original.originalTransferId === 0;
    const left = isReversible ? original.postedAmount - original.reversedAmount : 0;
    const amount = reversal.amount === 0 ? left : reversal.amount;
    const terms = { transferId, businessRefId, externalId, amount };
    const request: TransferTerms = {
      ...{ ...terms, mode: TransferMode.OneStep, expireTime: 0 },
      debitAccountId: original?.creditAccountId ?? 0,
      creditAccountId: original?.debitAccountId ?? 0,
      currencyId: original?.currencyId ?? 0,
    };
    const asked = { request, requestedAmount: reversal.amount, originalTransferId };
    if (booked === undefined) return this.refuse(asked, RejectReason.UnknownTransfer);
    if (!isReversible) return this.refuse(asked, RejectReason.TransferNotReversible);
    if (externalId !== 0 && !isExternal(booked)) {
      return this.refuse(asked, RejectReason.TransferNotExternal);
    }
    if (left === 0 || amount > left) return this.refuse(asked, RejectReason.ReversalTooLarge);
    const reason = this.check(exchange, request);
    if (reason !== ACCEPTED) return this.refuse(asked, reason);
    const { reports } = this.post(exchange, asked);
    const reversedAmount = booked.now.reversedAmount + amount;
    return { rejectReason: ACCEPTED, reports: [...reports, change(booked, { reversedAmount })] };
  }

  private resolve(resolution: ResolveTransfer, sequence: number): Outcome {
    const { action, externalId, transferId } = resolution;
    const booked = this.byId.get(transferId);
    if (booked === undefined) return refused(RejectReason.UnknownTransfer);
    const { amount, mode, status } = booked.now;
    if (mode !== TransferMode.Pending || status === Rejected) {
      return refused(RejectReason.TransferAlreadyResolved);
    }
    const unnamed = findFaultInExternalId(booked, action, externalId);
    if (unnamed !== ACCEPTED) return refused(unnamed);
    const postedAmount = resolution.amount === 0 ? amount : resolution.amount;
    if (isResolvedSo(booked, action, postedAmount)) {
      return { rejectReason: ACCEPTED, reports: [{ ...booked.now, isRepeat: 1 }] };
    }
    if (status !== Pending && status !== Unknown) {
      return refused(RejectReason.TransferAlreadyResolved);
    }
    const named = externalId === 0 ? {} : { externalId };
    if (action === MarkUnknown) {
      if (!isExternal(booked)) return refused(RejectReason.TransferNotExternal);
      if (externalId === 0 && booked.now.externalId === 0) {
        return refused(RejectReason.TransferExternalIdMissing);
      }
      return this.conclude(booked, { ...named, status: Unknown });
    }
    if (action === Void) return this.conclude(booked, { ...named, ...ended(Voided) });
    if (postedAmount > amount) return refused(RejectReason.PostTooLarge);
    if (ROOM_REASONS.has(this.rejectReason)) return refused(this.rejectReason);
    const posted = { postedAmount, entry: sequence };
    return this.conclude(booked, { ...named, ...ended(Posted), ...posted });
  }

  private expireDue(time: number): Outcome {
    const expired = this.expiries.due(time).map((transferId) => this.byId.get(transferId)!);
    const reports = expired.flatMap((booked) => this.conclude(booked, ended(Expired)).reports);
    return { rejectReason: ACCEPTED, reports };
  }

  /** Why a new transfer is refused, by the answer where money decides. */
  private check(exchange: Exchange, request: TransferTerms): number {
    const { currencyId, debitAccountId, creditAccountId, expireTime } = request;
    if (exchange.venue.cancelOnlyReasons !== 0) return RejectReason.CancelOnly;
    const isKnown = exchange.currencies.some((each) => each.currencyId === currencyId);
    if (!isKnown) return RejectReason.UnknownCurrency;
    if (debitAccountId === creditAccountId) return RejectReason.SameAccount;
    if (expireTime !== 0 && expireTime <= exchange.time) return RejectReason.ExpireTimePassed;
    const { rejectReason } = this;
    return MONEY_REASONS.has(rejectReason) && !this.isCovered(request) ? rejectReason : ACCEPTED;
  }

  /** Whether it was refused for funds that are there. */
  private isCovered({ debitAccountId, currencyId, amount }: TransferTerms): boolean {
    if (this.rejectReason !== RejectReason.InsufficientFunds) return false;
    return this.holdings.of(debitAccountId, currencyId).available >= amount;
  }

  private isFull({ limits }: Exchange): boolean {
    return this.byId.size >= limits.maxTransfers;
  }

  private refuse(asked: Asked, rejectReason: number): Outcome {
    return { rejectReason, reports: [this.book(asked, { status: Rejected, rejectReason })] };
  }

  private post({ sequence }: Exchange, asked: Asked): Outcome {
    const posted = { status: Posted, postedAmount: asked.request.amount, entry: sequence };
    return { rejectReason: ACCEPTED, reports: [this.book(asked, posted)] };
  }

  /** A transfer that is pending no longer, or may not expire any more. */
  private conclude(booked: BookedTransfer, changes: Partial<ToldTransfer>): Outcome {
    this.expiries.remove(booked.now.transferId);
    return { rejectReason: ACCEPTED, reports: [change(booked, changes)] };
  }

  private book(
    { request, requestedAmount, originalTransferId }: Asked,
    answer: Partial<ToldTransfer>,
  ): ToldTransfer {
    const nothing = { postedAmount: 0, reversedAmount: 0, lockedAmount: 0, entry: 0 };
    const told: ToldTransfer = {
      ...{ ...request, ...nothing, originalTransferId },
      ...{ status: TransferStatus.None, rejectReason: ACCEPTED, isRepeat: 0, ...answer },
    };
    this.byId.set(request.transferId, { requestedAmount, first: told, now: told });
    return told;
  }
}

function refused(rejectReason: number): Outcome {
  return { ...NOTHING, rejectReason };
}

/** An id that is known: its first answer, or a conflict. */
function repeat({ first }: BookedTransfer, isSame: boolean): Outcome {
  if (!isSame) return refused(RejectReason.TransferIdConflict);
  return { rejectReason: first.rejectReason, reports: [{ ...first, isRepeat: 1 }] };
}

function change(booked: BookedTransfer, changes: Partial<ToldTransfer>): ToldTransfer {
  booked.now = { ...booked.now, ...changes };
  return booked.now;
}

function ended(status: number): Partial<ToldTransfer> {
  return { status, lockedAmount: 0 };
}

function isExternal({ now }: BookedTransfer): boolean {
  return hasExternalSide(now.debitAccountId, now.creditAccountId);
}

function isSameTransfer(known: BookedTransfer, request: TransferTerms): boolean {
  const { first } = known;
  return (
    first.originalTransferId === 0 &&
    first.debitAccountId === request.debitAccountId &&
    first.creditAccountId === request.creditAccountId &&
    first.currencyId === request.currencyId &&
    first.mode === request.mode &&
    first.expireTime === request.expireTime &&
    isSameRequest(known, request)
  );
}

function isSameReversal(known: BookedTransfer, reversal: ReverseTransfer): boolean {
  const isOfSame = known.first.originalTransferId === reversal.originalTransferId;
  return isOfSame && isSameRequest(known, reversal);
}

function isSameRequest(
  { first, requestedAmount }: BookedTransfer,
  asked: Pick<TransferTerms, 'amount' | 'businessRefId' | 'externalId'>,
): boolean {
  return (
    requestedAmount === asked.amount &&
    first.businessRefId === asked.businessRefId &&
    first.externalId === asked.externalId
  );
}

/** Why a resolution may not name this external id, or must name another. */
function findFaultInExternalId(booked: BookedTransfer, action: number, externalId: number): number {
  const { externalId: known, status } = booked.now;
  if (externalId === 0) {
    const mustBeNamed = status === Unknown && action !== MarkUnknown;
    return mustBeNamed ? RejectReason.TransferExternalIdDiffers : ACCEPTED;
  }
  if (!isExternal(booked)) return RejectReason.TransferNotExternal;
  const isFitting = externalId === known || (known === 0 && status === Pending);
  return isFitting ? ACCEPTED : RejectReason.TransferExternalIdDiffers;
}

/** Whether the very same resolution was made before. */
function isResolvedSo({ now }: BookedTransfer, action: number, postedAmount: number): boolean {
  if (action === MarkUnknown) return now.status === Unknown;
  if (action === Void) return now.status === Voided;
  return now.status === Posted && now.postedAmount === postedAmount;
}
