/** Flyweight over the CommandResult of `result-layout.ts`, written by the gateway. */
import { Flyweight, type RecordBuffer } from './record.ts';
import { COMMAND_RESULT } from './result-layout.ts';

/**
 * What became of one command. filledQty and notional are the sums of qty and of price × qty over
 * the fills of this command.
 */
export class CommandResult extends Flyweight {
  write(record: RecordBuffer, offset: number): this {
    this.begin(record, offset, COMMAND_RESULT.templateId, COMMAND_RESULT.length);
    return this;
  }
  get sequence(): number {
    return this.int64(COMMAND_RESULT.sequence);
  }
  set sequence(value: number) {
    this.putInt64(COMMAND_RESULT.sequence, value);
  }
  get time(): number {
    return this.int64(COMMAND_RESULT.time);
  }
  set time(value: number) {
    this.putInt64(COMMAND_RESULT.time, value);
  }
  get correlationId(): number {
    return this.int64(COMMAND_RESULT.correlationId);
  }
  set correlationId(value: number) {
    this.putInt64(COMMAND_RESULT.correlationId, value);
  }
  get orderId(): number {
    return this.int64(COMMAND_RESULT.orderId);
  }
  set orderId(value: number) {
    this.putInt64(COMMAND_RESULT.orderId, value);
  }
  get cumQty(): number {
    return this.int64(COMMAND_RESULT.cumQty);
  }
  set cumQty(value: number) {
    this.putInt64(COMMAND_RESULT.cumQty, value);
  }
  get leavesQty(): number {
    return this.int64(COMMAND_RESULT.leavesQty);
  }
  set leavesQty(value: number) {
    this.putInt64(COMMAND_RESULT.leavesQty, value);
  }
  get filledQty(): number {
    return this.int64(COMMAND_RESULT.filledQty);
  }
  set filledQty(value: number) {
    this.putInt64(COMMAND_RESULT.filledQty, value);
  }
  get notional(): number {
    return this.int64(COMMAND_RESULT.notional);
  }
  set notional(value: number) {
    this.putInt64(COMMAND_RESULT.notional, value);
  }
  get fillCount(): number {
    return this.uint32(COMMAND_RESULT.fillCount);
  }
  set fillCount(value: number) {
    this.putUint32(COMMAND_RESULT.fillCount, value);
  }
  get rejectReason(): number {
    return this.uint16(COMMAND_RESULT.rejectReason);
  }
  set rejectReason(value: number) {
    this.putUint16(COMMAND_RESULT.rejectReason, value);
  }
  get orderStatus(): number {
    return this.uint8(COMMAND_RESULT.orderStatus);
  }
  set orderStatus(value: number) {
    this.putUint8(COMMAND_RESULT.orderStatus, value);
  }
  /** CancelReason of an order that was canceled, else None. */
  get cancelReason(): number {
    return this.uint8(COMMAND_RESULT.cancelReason);
  }
  set cancelReason(value: number) {
    this.putUint8(COMMAND_RESULT.cancelReason, value);
  }
  /** How many orders a mass cancel ended; 0 of other commands. */
  get canceledCount(): number {
    return this.uint32(COMMAND_RESULT.canceledCount);
  }
  set canceledCount(value: number) {
    this.putUint32(COMMAND_RESULT.canceledCount, value);
  }
  /** TransferStatus of a transfer that has an id, else None. */
  get transferStatus(): number {
    return this.uint8(COMMAND_RESULT.transferStatus);
  }
  set transferStatus(value: number) {
    this.putUint8(COMMAND_RESULT.transferStatus, value);
  }
  /** 1: the command had been executed before, and this is what it was answered then. */
  get isRepeat(): number {
    return this.uint8(COMMAND_RESULT.isRepeat);
  }
  set isRepeat(value: number) {
    this.putUint8(COMMAND_RESULT.isRepeat, value);
  }
  /** Where that transfer was posted: the number of the entry. */
  get entry(): number {
    return this.int64(COMMAND_RESULT.entry);
  }
  set entry(value: number) {
    this.putInt64(COMMAND_RESULT.entry, value);
  }
}
