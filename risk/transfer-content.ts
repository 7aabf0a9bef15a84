/**
 * What a transfer's command asked for, as the table keeps it: by it a retry is told from another
 * transfer under the same id.
 */
import type { TransferTerms } from '../protocol/transfer-terms.ts';
import { type TransferTable, TRANSFER_WORD as WORD } from './transfer-table.ts';

export interface ReversalTerms {
  /** The reversal's own. */
  readonly transferId: number;
  readonly originalTransferId: number;
  /** 0: all that is left. */
  readonly amount: number;
  readonly businessRefId: number;
  readonly externalId: number;
}

export function isSameTransfer(
  table: TransferTable,
  transfer: number,
  terms: TransferTerms,
): boolean {
  return (
    table.get(transfer, WORD.ORIGINAL_TRANSFER_ID) === 0 &&
    table.get(transfer, WORD.DEBIT_ACCOUNT_ID) === terms.debitAccountId &&
    table.get(transfer, WORD.CREDIT_ACCOUNT_ID) === terms.creditAccountId &&
    table.get(transfer, WORD.CURRENCY_ID) === terms.currencyId &&
    table.mode(transfer) === terms.mode &&
    table.get(transfer, WORD.EXPIRE_TIME) === terms.expireTime &&
    isSameRequest(table, transfer, terms)
  );
}

/** A reversal's accounts and currency are those of what it reverses. */
export function isSameReversal(
  table: TransferTable,
  transfer: number,
  terms: ReversalTerms,
): boolean {
  const isOfSame = table.get(transfer, WORD.ORIGINAL_TRANSFER_ID) === terms.originalTransferId;
  return isOfSame && isSameRequest(table, transfer, terms);
}

function isSameRequest(
  table: TransferTable,
  transfer: number,
  terms: Pick<TransferTerms, 'amount' | 'businessRefId' | 'externalId'>,
): boolean {
  return (
    table.get(transfer, WORD.REQUESTED_AMOUNT) === terms.amount &&
    table.get(transfer, WORD.BUSINESS_REF_ID) === terms.businessRefId &&
    table.get(transfer, WORD.REQUESTED_EXTERNAL_ID) === terms.externalId
  );
}

/** A transfer's terms as they are: its external id may have come later. */
export function termsOf(table: TransferTable, transfer: number): TransferTerms {
  return {
    transferId: table.get(transfer, WORD.TRANSFER_ID),
    debitAccountId: table.get(transfer, WORD.DEBIT_ACCOUNT_ID),
    creditAccountId: table.get(transfer, WORD.CREDIT_ACCOUNT_ID),
    currencyId: table.get(transfer, WORD.CURRENCY_ID),
    amount: table.get(transfer, WORD.AMOUNT),
    mode: table.mode(transfer),
    expireTime: table.get(transfer, WORD.EXPIRE_TIME),
    businessRefId: table.get(transfer, WORD.BUSINESS_REF_ID),
    externalId: table.get(transfer, WORD.EXTERNAL_ID),
  };
}
