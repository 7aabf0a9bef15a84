/**
 * Whether each posting is called what it is and names its cause (docs/ledger.md, "Accounts"): a
 * transfer's names that and its businessRefId, as the command says that posts it or that made it
 * pending; a trade's names no businessRefId. `Postings` looks at which trade it names.
 */
import { isTradePosting, nameOf, SystemAccount, TransferKind } from '../../protocol/enums.ts';
import type { Transfer } from '../../protocol/events.ts';
import type { RecordBuffer } from '../../protocol/record.ts';
import type { TransferTerms } from '../../protocol/transfer-terms.ts';
import type { TransferBook } from './transfer-book.ts';
import { readResolution, readReversal, readTransferRequest } from './transfer-requests.ts';

interface Reference {
  readonly kind: number;
  readonly referenceId: number;
  readonly businessRefId: number;
}

export class PostingReferences {
  private readonly book: TransferBook;
  private told: Reference[] = [];

  /** @param book says what a transfer that is resolved was when it came */
  constructor(book: TransferBook) {
    this.book = book;
  }

  /** Forgets the last command's postings. */
  begin(): void {
    this.told = [];
  }

  take({ kind, referenceId, businessRefId }: Transfer): void {
    this.told.push({ kind, referenceId, businessRefId });
  }

  /** What does not hold when the command is done. */
  finish(command: RecordBuffer, offset: number): string | undefined {
    const due = this.told.length === 0 ? undefined : this.referenceOf(command, offset);
    for (const told of this.told) {
      const { kind, referenceId, businessRefId } = told;
      const is = `a posting is a ${nameOf(TransferKind, kind)} of ${referenceId}`;
      if (isTradePosting(kind)) {
        if (businessRefId !== 0) return `${is}, and has the businessRefId ${businessRefId}`;
        continue;
      }
      if (due === undefined) return `${is}, and its command is about no transfer`;
      if (kind !== due.kind || referenceId !== due.referenceId) {
        const was = `a ${nameOf(TransferKind, due.kind)} of ${due.referenceId}`;
        return `${is}, and its command's is ${was}`;
      }
      if (businessRefId === due.businessRefId) continue;
      const asked = `it was asked with ${due.businessRefId}`;
      return `${is} with the businessRefId ${businessRefId}, and ${asked}`;
    }
    return undefined;
  }

  /** What a command's posting is to name; undefined for one that is not about transfers. */
  private referenceOf(command: RecordBuffer, offset: number): Reference | undefined {
    const request = readTransferRequest(command, offset);
    if (request !== undefined) return nameTransfer(request);
    const reversal = readReversal(command, offset);
    if (reversal !== undefined) {
      const { transferId: referenceId, businessRefId } = reversal;
      return { kind: TransferKind.Reversal, referenceId, businessRefId };
    }
    const resolution = readResolution(command, offset);
    const pending = resolution && this.book.firstAnswer(resolution.transferId);
    return pending && nameTransfer(pending);
  }
}

type Terms = Pick<
  TransferTerms,
  'transferId' | 'businessRefId' | 'debitAccountId' | 'creditAccountId'
>;

function nameTransfer(terms: Terms): Reference {
  const { transferId: referenceId, businessRefId } = terms;
  return { kind: kindOf(terms), referenceId, businessRefId };
}

function kindOf({ debitAccountId, creditAccountId }: Terms): number {
  if (debitAccountId === SystemAccount.External) return TransferKind.Deposit;
  if (creditAccountId === SystemAccount.External) return TransferKind.Withdrawal;
  return TransferKind.Transfer;
}
