/**
 * Flyweights over the commands of `command-layout.ts` that move money from account to account,
 * resolve what is pending and reverse what was posted. docs/ledger.md says what they do.
 */
import { NEW_TRANSFER, RESOLVE_TRANSFER, REVERSE_TRANSFER } from './command-layout.ts';
import { CommandHeader } from './commands.ts';
import type { RecordBuffer } from './record.ts';

/** Amount in minor units. Accounts are customers' or the venue's own (SystemAccount). */
export class NewTransfer extends CommandHeader {
  write(record: RecordBuffer, offset: number): this {
    this.begin(record, offset, NEW_TRANSFER.templateId, NEW_TRANSFER.length);
    return this;
  }
  get debitAccountId(): number {
    return this.int64(NEW_TRANSFER.debitAccountId);
  }
  set debitAccountId(value: number) {
    this.putInt64(NEW_TRANSFER.debitAccountId, value);
  }
  get creditAccountId(): number {
    return this.int64(NEW_TRANSFER.creditAccountId);
  }
  set creditAccountId(value: number) {
    this.putInt64(NEW_TRANSFER.creditAccountId, value);
  }
  get amount(): number {
    return this.int64(NEW_TRANSFER.amount);
  }
  set amount(value: number) {
    this.putInt64(NEW_TRANSFER.amount, value);
  }
  get currencyId(): number {
    return this.uint32(NEW_TRANSFER.currencyId);
  }
  set currencyId(value: number) {
    this.putUint32(NEW_TRANSFER.currencyId, value);
  }
  /** TransferMode. */
  get mode(): number {
    return this.uint8(NEW_TRANSFER.mode);
  }
  set mode(value: number) {
    this.putUint8(NEW_TRANSFER.mode, value);
  }
  /** 0: the transfer cannot be named again. */
  get transferId(): number {
    return this.int64(NEW_TRANSFER.transferId);
  }
  set transferId(value: number) {
    this.putInt64(NEW_TRANSFER.transferId, value);
  }
  get businessRefId(): number {
    return this.int64(NEW_TRANSFER.businessRefId);
  }
  set businessRefId(value: number) {
    this.putInt64(NEW_TRANSFER.businessRefId, value);
  }
  get externalId(): number {
    return this.int64(NEW_TRANSFER.externalId);
  }
  set externalId(value: number) {
    this.putInt64(NEW_TRANSFER.externalId, value);
  }
  /** Of a pending one, µs since 1970; 0: never. */
  get expireTime(): number {
    return this.int64(NEW_TRANSFER.expireTime);
  }
  set expireTime(value: number) {
    this.putInt64(NEW_TRANSFER.expireTime, value);
  }
}

/** Posts, voids or marks as unknown what is pending. */
export class ResolveTransfer extends CommandHeader {
  write(record: RecordBuffer, offset: number): this {
    this.begin(record, offset, RESOLVE_TRANSFER.templateId, RESOLVE_TRANSFER.length);
    return this;
  }
  get transferId(): number {
    return this.int64(RESOLVE_TRANSFER.transferId);
  }
  set transferId(value: number) {
    this.putInt64(RESOLVE_TRANSFER.transferId, value);
  }
  /** To post; 0: all that is pending. */
  get amount(): number {
    return this.int64(RESOLVE_TRANSFER.amount);
  }
  set amount(value: number) {
    this.putInt64(RESOLVE_TRANSFER.amount, value);
  }
  get externalId(): number {
    return this.int64(RESOLVE_TRANSFER.externalId);
  }
  set externalId(value: number) {
    this.putInt64(RESOLVE_TRANSFER.externalId, value);
  }
  /** TransferAction. */
  get action(): number {
    return this.uint8(RESOLVE_TRANSFER.action);
  }
  set action(value: number) {
    this.putUint8(RESOLVE_TRANSFER.action, value);
  }
}

/** Posts an amount of a posted transfer the other way, as a transfer of its own. */
export class ReverseTransfer extends CommandHeader {
  write(record: RecordBuffer, offset: number): this {
    this.begin(record, offset, REVERSE_TRANSFER.templateId, REVERSE_TRANSFER.length);
    return this;
  }
  /** The reversal's own. */
  get transferId(): number {
    return this.int64(REVERSE_TRANSFER.transferId);
  }
  set transferId(value: number) {
    this.putInt64(REVERSE_TRANSFER.transferId, value);
  }
  get originalTransferId(): number {
    return this.int64(REVERSE_TRANSFER.originalTransferId);
  }
  set originalTransferId(value: number) {
    this.putInt64(REVERSE_TRANSFER.originalTransferId, value);
  }
  /** 0: all that is left. */
  get amount(): number {
    return this.int64(REVERSE_TRANSFER.amount);
  }
  set amount(value: number) {
    this.putInt64(REVERSE_TRANSFER.amount, value);
  }
  get businessRefId(): number {
    return this.int64(REVERSE_TRANSFER.businessRefId);
  }
  set businessRefId(value: number) {
    this.putInt64(REVERSE_TRANSFER.businessRefId, value);
  }
  get externalId(): number {
    return this.int64(REVERSE_TRANSFER.externalId);
  }
  set externalId(value: number) {
    this.putInt64(REVERSE_TRANSFER.externalId, value);
  }
}
