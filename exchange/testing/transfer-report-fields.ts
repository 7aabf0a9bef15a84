/** What a TransferReport says of a transfer: as it is now, or as its own command was answered. */
import { TransferMode, TransferStatus } from '../../protocol/enums.ts';
import type { TransferReport } from '../../protocol/transfer-report.ts';
import { type TransferTable, TRANSFER_WORD as WORD } from '../../risk/transfer-table.ts';

export function fillTransferReport(
  report: TransferReport,
  transfers: TransferTable,
  transfer: number,
): void {
  report.transferId = transfers.get(transfer, WORD.TRANSFER_ID);
  report.entry = transfers.get(transfer, WORD.ENTRY);
  report.debitAccountId = transfers.get(transfer, WORD.DEBIT_ACCOUNT_ID);
  report.creditAccountId = transfers.get(transfer, WORD.CREDIT_ACCOUNT_ID);
  report.amount = transfers.get(transfer, WORD.AMOUNT);
  report.postedAmount = transfers.get(transfer, WORD.POSTED_AMOUNT);
  report.reversedAmount = transfers.get(transfer, WORD.REVERSED_AMOUNT);
  report.lockedAmount = transfers.get(transfer, WORD.LOCKED_AMOUNT);
  report.businessRefId = transfers.get(transfer, WORD.BUSINESS_REF_ID);
  report.externalId = transfers.get(transfer, WORD.EXTERNAL_ID);
  report.originalTransferId = transfers.get(transfer, WORD.ORIGINAL_TRANSFER_ID);
  report.expireTime = transfers.get(transfer, WORD.EXPIRE_TIME);
  report.currencyId = transfers.get(transfer, WORD.CURRENCY_ID);
  report.rejectReason = transfers.rejectReason(transfer);
  report.mode = transfers.mode(transfer);
  report.status = transfers.status(transfer);
}

/** Takes back in a filled report what came after the transfer's own command. */
export function fillFirstAnswer(
  report: TransferReport,
  transfers: TransferTable,
  transfer: number,
): void {
  report.reversedAmount = 0;
  report.externalId = transfers.get(transfer, WORD.REQUESTED_EXTERNAL_ID);
  if (report.status === TransferStatus.Rejected || report.mode === TransferMode.OneStep) return;
  report.status = TransferStatus.Pending;
  report.entry = 0;
  report.postedAmount = 0;
  // The venue's own accounts, which are negative, lock nothing.
  report.lockedAmount = report.debitAccountId > 0 ? report.amount : 0;
}
