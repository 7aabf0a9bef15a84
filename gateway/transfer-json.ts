/** A transfer as clients see it in JSON. */
import { nameOf, TransferMode, TransferStatus } from '../protocol/enums.ts';
import type { TransferReport } from '../protocol/transfer-report.ts';

export interface TransferJson {
  readonly transferId: number;
  readonly status: string;
  /** The number of the entry that posted it; 0 while there is none. */
  readonly entry: number;
  readonly debitAccountId: number;
  readonly creditAccountId: number;
  readonly currencyId: number;
  readonly amount: number;
  readonly postedAmount: number;
  readonly reversedAmount: number;
  readonly lockedAmount: number;
  readonly mode: string;
  readonly expireTime: number;
  readonly businessRefId: number;
  readonly externalId: number;
  readonly originalTransferId: number;
}

export function transferAsJson(report: TransferReport): TransferJson {
  return {
    transferId: report.transferId,
    status: nameOf(TransferStatus, report.status),
    entry: report.entry,
    debitAccountId: report.debitAccountId,
    creditAccountId: report.creditAccountId,
    currencyId: report.currencyId,
    amount: report.amount,
    postedAmount: report.postedAmount,
    reversedAmount: report.reversedAmount,
    lockedAmount: report.lockedAmount,
    mode: nameOf(TransferMode, report.mode),
    expireTime: report.expireTime,
    businessRefId: report.businessRefId,
    externalId: report.externalId,
    originalTransferId: report.originalTransferId,
  };
}
