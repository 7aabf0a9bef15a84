/** Flyweight over the TransferReport of `event-layout.ts`. */
import { EventHeader } from './event-header.ts';
import { TRANSFER_REPORT } from './event-layout.ts';
import type { RecordBuffer } from './record.ts';

/**
 * A transfer that has an id, as it is after it changed; or, as a repeat, as a retried command was
 * answered at first. Amounts in minor units.
 */
export class TransferReport extends EventHeader {
  write(record: RecordBuffer, offset: number): this {
    this.begin(record, offset, TRANSFER_REPORT.templateId, TRANSFER_REPORT.length);
    return this;
  }
  get transferId(): number {
    return this.int64(TRANSFER_REPORT.transferId);
  }
  set transferId(value: number) {
    this.putInt64(TRANSFER_REPORT.transferId, value);
  }
  /** The number of the entry that posted it; 0 while there is none. */
  get entry(): number {
    return this.int64(TRANSFER_REPORT.entry);
  }
  set entry(value: number) {
    this.putInt64(TRANSFER_REPORT.entry, value);
  }
  get debitAccountId(): number {
    return this.int64(TRANSFER_REPORT.debitAccountId);
  }
  set debitAccountId(value: number) {
    this.putInt64(TRANSFER_REPORT.debitAccountId, value);
  }
  get creditAccountId(): number {
    return this.int64(TRANSFER_REPORT.creditAccountId);
  }
  set creditAccountId(value: number) {
    this.putInt64(TRANSFER_REPORT.creditAccountId, value);
  }
  get amount(): number {
    return this.int64(TRANSFER_REPORT.amount);
  }
  set amount(value: number) {
    this.putInt64(TRANSFER_REPORT.amount, value);
  }
  get postedAmount(): number {
    return this.int64(TRANSFER_REPORT.postedAmount);
  }
  set postedAmount(value: number) {
    this.putInt64(TRANSFER_REPORT.postedAmount, value);
  }
  /** Of all reversals of this transfer together. */
  get reversedAmount(): number {
    return this.int64(TRANSFER_REPORT.reversedAmount);
  }
  set reversedAmount(value: number) {
    this.putInt64(TRANSFER_REPORT.reversedAmount, value);
  }
  /** What it holds at the debited account. */
  get lockedAmount(): number {
    return this.int64(TRANSFER_REPORT.lockedAmount);
  }
  set lockedAmount(value: number) {
    this.putInt64(TRANSFER_REPORT.lockedAmount, value);
  }
  get businessRefId(): number {
    return this.int64(TRANSFER_REPORT.businessRefId);
  }
  set businessRefId(value: number) {
    this.putInt64(TRANSFER_REPORT.businessRefId, value);
  }
  get externalId(): number {
    return this.int64(TRANSFER_REPORT.externalId);
  }
  set externalId(value: number) {
    this.putInt64(TRANSFER_REPORT.externalId, value);
  }
  /** Of a reversal: what it reverses. */
  get originalTransferId(): number {
    return this.int64(TRANSFER_REPORT.originalTransferId);
  }
  set originalTransferId(value: number) {
    this.putInt64(TRANSFER_REPORT.originalTransferId, value);
  }
  /** Of a pending one, µs since 1970; 0: never. */
  get expireTime(): number {
    return this.int64(TRANSFER_REPORT.expireTime);
  }
  set expireTime(value: number) {
    this.putInt64(TRANSFER_REPORT.expireTime, value);
  }
  get currencyId(): number {
    return this.uint32(TRANSFER_REPORT.currencyId);
  }
  set currencyId(value: number) {
    this.putUint32(TRANSFER_REPORT.currencyId, value);
  }
  get rejectReason(): number {
    return this.uint16(TRANSFER_REPORT.rejectReason);
  }
  set rejectReason(value: number) {
    this.putUint16(TRANSFER_REPORT.rejectReason, value);
  }
  /** TransferMode. */
  get mode(): number {
    return this.uint8(TRANSFER_REPORT.mode);
  }
  set mode(value: number) {
    this.putUint8(TRANSFER_REPORT.mode, value);
  }
  /** TransferStatus. */
  get status(): number {
    return this.uint8(TRANSFER_REPORT.status);
  }
  set status(value: number) {
    this.putUint8(TRANSFER_REPORT.status, value);
  }
  /** 1: nothing changed, this was told before. */
  get isRepeat(): number {
    return this.uint8(TRANSFER_REPORT.isRepeat);
  }
  set isRepeat(value: number) {
    this.putUint8(TRANSFER_REPORT.isRepeat, value);
  }
}
