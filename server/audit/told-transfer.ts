/** What a TransferReport tells, as a plain object that can be kept and compared. */

import { nameOf, TransferMode, TransferStatus } from '../../protocol/enums.ts';
import { describeRejectReason } from '../../protocol/reject-reason.ts';
import type { TransferReport } from '../../protocol/transfer-report.ts';

const FIELDS = [
  'transferId',
  'status',
  'rejectReason',
  'amount',
  'postedAmount',
  'reversedAmount',
  'lockedAmount',
  'entry',
  'debitAccountId',
  'creditAccountId',
  'currencyId',
  'mode',
  'expireTime',
  'businessRefId',
  'externalId',
  'originalTransferId',
  'isRepeat',
] as const satisfies readonly (keyof TransferReport)[];
type Field = (typeof FIELDS)[number];

export type ToldTransfer = Readonly<Record<Field, number>>;

export function readTransfer(report: TransferReport): ToldTransfer {
  return Object.fromEntries(FIELDS.map((field) => [field, report[field]])) as ToldTransfer;
}

/** The first field in which a report is not what was due, in words. */
export function findDifference(
  told: ToldTransfer | undefined,
  due: ToldTransfer | undefined,
): string | undefined {
  if (told === undefined || due === undefined) {
    if (told === due) return undefined;
    return `${describe(told)} was told, and ${describe(due)} is due`;
  }
  const field = FIELDS.find((each) => told[each] !== due[each]);
  if (field === undefined) return undefined;
  const [is, was] = [nameValue(field, told[field]), nameValue(field, due[field])];
  return `${describe(told)} was told with ${field} ${is}, and ${was} is due`;
}

function describe(transfer: ToldTransfer | undefined): string {
  if (transfer === undefined) return 'no report';
  return `transfer ${transfer.transferId} (${nameOf(TransferStatus, transfer.status)})`;
}

function nameValue(field: Field, value: number): string {
  if (field === 'status') return nameOf(TransferStatus, value);
  if (field === 'mode') return nameOf(TransferMode, value);
  return field === 'rejectReason' ? describeRejectReason(value).name : `${value}`;
}
