/**
 * The ledger said once more in plain objects and exact integers: what each transfer command must
 * come to. It knows nothing of orders: what they lock is told to it, and trades' postings too.
 */
import {
  SystemAccount,
  TransferAction,
  TransferMode,
  TransferStatus,
} from '../../protocol/enums.ts';
import type { RejectReason } from '../../protocol/reject-reason.ts';
import type { TransferTerms } from '../../protocol/transfer-terms.ts';
import type { ReversalTerms } from '../../risk/transfer-content.ts';
import type { ResolutionTerms } from '../../risk/transfers.ts';

type Reason = keyof typeof RejectReason;
type Writable<T> = { -readonly [Name in keyof T]: T[Name] };

const { External, Fee, Rounding, Pnl } = SystemAccount;
const OWN = [External, Fee, Rounding, Pnl];
const MAX = BigInt(Number.MAX_SAFE_INTEGER);

export interface OracleTransfer extends Writable<TransferTerms> {
  /** The command's content, for retries. */
  readonly content: string;
  reason: Reason;
  status: number;
  posted: number;
  reversed: number;
  locked: number;
  readonly original: number;
}

export class TransferOracle {
  readonly transfers = new Map<number, OracleTransfer>();
  /** By account and currency: available and locked together. */
  totals = new Map<string, bigint>();
  private readonly currencies: readonly number[];
  private readonly maxTransfers: number;

  constructor(currencies: readonly number[], maxTransfers: number) {
    this.currencies = currencies;
    this.maxTransfers = maxTransfers;
  }

  /** Money moves, whatever for. */
  move(debit: number, credit: number, currency: number, amount: number): void {
    const [from, to] = [`${debit} ${currency}`, `${credit} ${currency}`];
    this.totals.set(from, this.total(from) - BigInt(amount));
    this.totals.set(to, this.total(to) + BigInt(amount));
  }

  lockedOf(account: number, currency: number): bigint {
    const own = [...this.transfers.values()].filter(
      (transfer) => transfer.debitAccountId === account && transfer.currencyId === currency,
    );
    return own.reduce((sum, { locked }) => sum + BigInt(locked), 0n);
  }

  /** @param orderLock what open orders lock of the debited account and currency */
  transfer(terms: TransferTerms, time: number, orderLock: bigint): Reason {
    if (terms.transferId === 0) return this.tryTransfer(terms, time, orderLock);
    const content = JSON.stringify(['transfer', ...Object.values(terms)]);
    return this.once(terms.transferId, content, () => {
      const reason = this.tryTransfer(terms, time, orderLock);
      const isPending = reason === 'None' && terms.mode === TransferMode.Pending;
      const isLocked = isPending && terms.debitAccountId > 0;
      const status = isPending ? TransferStatus.Pending : TransferStatus.Posted;
      return {
        ...terms,
        content,
        reason,
        status: reason === 'None' ? status : TransferStatus.Rejected,
        posted: reason === 'None' && !isPending ? terms.amount : 0,
        reversed: 0,
        locked: isLocked ? terms.amount : 0,
        original: 0,
      };
    });
  }

  reverse(terms: ReversalTerms, orderLock: bigint): Reason {
    const { transferId, originalTransferId } = terms;
    const content = JSON.stringify(['reverse', ...Object.values(terms)]);
    return this.once(transferId, content, () => {
      const original = this.transfers.get(originalTransferId);
      const left = original === undefined ? 0 : original.posted - original.reversed;
      const amount = terms.amount === 0 ? left : terms.amount;
      const debitAccountId = original?.creditAccountId ?? 0;
      const creditAccountId = original?.debitAccountId ?? 0;
      const currencyId = original?.currencyId ?? 0;
      const own = { debitAccountId, creditAccountId, currencyId, amount };
      const reason = this.tryReverse(terms, original, left, own, orderLock);
      if (reason === 'None') original!.reversed += amount;
      return {
        ...{ ...terms, ...own, mode: TransferMode.OneStep, expireTime: 0, content, reason },
        status: reason === 'None' ? TransferStatus.Posted : TransferStatus.Rejected,
        posted: reason === 'None' ? amount : 0,
        reversed: 0,
        locked: 0,
        original: originalTransferId,
      };
    });
  }

  resolve({ transferId, action, amount, externalId }: ResolutionTerms): Reason {
    const transfer = this.transfers.get(transferId);
    if (transfer === undefined) return 'UnknownTransfer';
    const { Pending, Unknown, Posted, Voided, Rejected } = TransferStatus;
    const { status, debitAccountId, creditAccountId, currencyId } = transfer;
    if (transfer.mode !== TransferMode.Pending || status === Rejected) {
      return 'TransferAlreadyResolved';
    }
    const isExternal = debitAccountId === External || creditAccountId === External;
    if (externalId !== 0 && !isExternal) return 'TransferNotExternal';
    const isMark = action === TransferAction.MarkUnknown;
    const isNew = externalId !== 0 && transfer.externalId === 0 && status === Pending;
    const isLeftOut = externalId === 0 && (status !== Unknown || isMark);
    if (externalId !== transfer.externalId && !isNew && !isLeftOut) {
      return 'TransferExternalIdDiffers';
    }
    const toPost = amount === 0 ? transfer.amount : amount;
    const wanted = { 1: Posted, 2: Voided, 3: Unknown }[action];
    if (status === wanted && (status !== Posted || transfer.posted === toPost)) return 'None';
    if (status !== Pending && status !== Unknown) return 'TransferAlreadyResolved';
    if (isMark && !isExternal) return 'TransferNotExternal';
    if (isMark && externalId === 0 && transfer.externalId === 0) return 'TransferExternalIdMissing';
    if (action === TransferAction.Post) {
      if (toPost > transfer.amount) return 'PostTooLarge';
      if (!this.staysExact({ ...transfer, amount: toPost })) return 'BalanceTooLarge';
      this.move(debitAccountId, creditAccountId, currencyId, toPost);
      transfer.posted = toPost;
    }
    if (!isMark) transfer.locked = 0;
    if (externalId !== 0) transfer.externalId = externalId;
    transfer.status = wanted!;
    return 'None';
  }

  expire(time: number): void {
    for (const transfer of this.transfers.values()) {
      const { status, expireTime } = transfer;
      if (status !== TransferStatus.Pending || expireTime === 0 || expireTime > time) continue;
      transfer.status = TransferStatus.Expired;
      transfer.locked = 0;
    }
  }

  private once(id: number, content: string, execute: () => OracleTransfer): Reason {
    const known = this.transfers.get(id);
    if (known !== undefined) return known.content === content ? known.reason : 'TransferIdConflict';
    if (this.transfers.size >= this.maxTransfers) return 'TooManyTransfers';
    const transfer = execute();
    this.transfers.set(id, transfer);
    return transfer.reason;
  }

  private tryTransfer(terms: TransferTerms, time: number, orderLock: bigint): Reason {
    const { debitAccountId, creditAccountId, currencyId, amount } = terms;
    if (!this.currencies.includes(currencyId)) return 'UnknownCurrency';
    if (debitAccountId === creditAccountId) return 'SameAccount';
    if (terms.expireTime !== 0 && terms.expireTime <= time) return 'ExpireTimePassed';
    const unfunded = this.checkFunds(debitAccountId, currencyId, amount, orderLock);
    if (unfunded !== 'None' || terms.mode === TransferMode.Pending) return unfunded;
    if (!this.staysExact(terms)) return 'BalanceTooLarge';
    this.move(debitAccountId, creditAccountId, currencyId, amount);
    return 'None';
  }

  private tryReverse(
    { amount: requested, externalId }: ReversalTerms,
    original: OracleTransfer | undefined,
    left: number,
    own: Pick<TransferTerms, 'debitAccountId' | 'creditAccountId' | 'currencyId' | 'amount'>,
    orderLock: bigint,
  ): Reason {
    if (original === undefined) return 'UnknownTransfer';
    const { debitAccountId, creditAccountId, currencyId, amount } = own;
    if (original.status !== TransferStatus.Posted || original.original !== 0) {
      return 'TransferNotReversible';
    }
    const isExternal = debitAccountId === External || creditAccountId === External;
    if (externalId !== 0 && !isExternal) return 'TransferNotExternal';
    if (left === 0 || requested > left) return 'ReversalTooLarge';
    const unfunded = this.checkFunds(debitAccountId, currencyId, amount, orderLock);
    if (unfunded !== 'None') return unfunded;
    if (!this.staysExact(own)) return 'BalanceTooLarge';
    this.move(debitAccountId, creditAccountId, currencyId, amount);
    return 'None';
  }

  private checkFunds(account: number, currency: number, amount: number, orderLock: bigint): Reason {
    if (account < 0) return 'None';
    const isKnown = [...this.totals.keys()].some((key) => key.startsWith(`${account} `));
    if (!isKnown) return 'UnknownAccount';
    const locked = orderLock + this.lockedOf(account, currency);
    const available = this.total(`${account} ${currency}`) - locked;
    return available >= BigInt(amount) ? 'None' : 'InsufficientFunds';
  }

  /** Whether no sum that must stay a safe integer would leave that range. */
  private staysExact(
    own: Pick<TransferTerms, 'debitAccountId' | 'creditAccountId' | 'currencyId' | 'amount'>,
  ): boolean {
    const sums = (): bigint[] => {
      const held = OWN.map((account) => this.total(`${account} ${own.currencyId}`));
      const customers = -held.reduce((sum, amount) => sum + amount, 0n);
      return [...held, ...held.map((amount) => -amount), customers, customers + held[1]!];
    };
    const before = sums();
    const totals = new Map(this.totals);
    this.move(own.debitAccountId, own.creditAccountId, own.currencyId, own.amount);
    const after = sums();
    this.totals = totals;
    return after.every((sum, index) => sum <= MAX || sum <= before[index]!);
  }

  private total(key: string): bigint {
    return this.totals.get(key) ?? 0n;
  }
}
