/** Flyweights over the OrderAnswer and the OrderAnswerFill of `event-layout.ts`. */
import { EventHeader } from './event-header.ts';
import { ORDER_ANSWER, ORDER_ANSWER_FILL } from './event-layout.ts';
import type { RecordBuffer } from './record.ts';

/** What a NewOrder that was sent again was answered at first. */
export class OrderAnswer extends EventHeader {
  write(record: RecordBuffer, offset: number): this {
    this.begin(record, offset, ORDER_ANSWER.templateId, ORDER_ANSWER.length);
    return this;
  }
  /** The sequence number of the command that was answered first. */
  get orderId(): number {
    return this.int64(ORDER_ANSWER.orderId);
  }
  set orderId(value: number) {
    this.putInt64(ORDER_ANSWER.orderId, value);
  }
  get clientOrderId(): number {
    return this.int64(ORDER_ANSWER.clientOrderId);
  }
  set clientOrderId(value: number) {
    this.putInt64(ORDER_ANSWER.clientOrderId, value);
  }
  get accountId(): number {
    return this.int64(ORDER_ANSWER.accountId);
  }
  set accountId(value: number) {
    this.putInt64(ORDER_ANSWER.accountId, value);
  }
  /** Of that command, µs since 1970. */
  get time(): number {
    return this.int64(ORDER_ANSWER.time);
  }
  set time(value: number) {
    this.putInt64(ORDER_ANSWER.time, value);
  }
  get leavesQty(): number {
    return this.int64(ORDER_ANSWER.leavesQty);
  }
  set leavesQty(value: number) {
    this.putInt64(ORDER_ANSWER.leavesQty, value);
  }
  get symbolId(): number {
    return this.uint32(ORDER_ANSWER.symbolId);
  }
  set symbolId(value: number) {
    this.putUint32(ORDER_ANSWER.symbolId, value);
  }
  /** So many OrderAnswerFills follow. */
  get fillCount(): number {
    return this.uint32(ORDER_ANSWER.fillCount);
  }
  set fillCount(value: number) {
    this.putUint32(ORDER_ANSWER.fillCount, value);
  }
  get rejectReason(): number {
    return this.uint16(ORDER_ANSWER.rejectReason);
  }
  set rejectReason(value: number) {
    this.putUint16(ORDER_ANSWER.rejectReason, value);
  }
  get orderStatus(): number {
    return this.uint8(ORDER_ANSWER.orderStatus);
  }
  set orderStatus(value: number) {
    this.putUint8(ORDER_ANSWER.orderStatus, value);
  }
  get cancelReason(): number {
    return this.uint8(ORDER_ANSWER.cancelReason);
  }
  set cancelReason(value: number) {
    this.putUint8(ORDER_ANSWER.cancelReason, value);
  }
}

/** One fill of the answer before it. */
export class OrderAnswerFill extends EventHeader {
  write(record: RecordBuffer, offset: number): this {
    this.begin(record, offset, ORDER_ANSWER_FILL.templateId, ORDER_ANSWER_FILL.length);
    return this;
  }
  get tradeId(): number {
    return this.int64(ORDER_ANSWER_FILL.tradeId);
  }
  set tradeId(value: number) {
    this.putInt64(ORDER_ANSWER_FILL.tradeId, value);
  }
  get price(): number {
    return this.int64(ORDER_ANSWER_FILL.price);
  }
  set price(value: number) {
    this.putInt64(ORDER_ANSWER_FILL.price, value);
  }
  get qty(): number {
    return this.int64(ORDER_ANSWER_FILL.qty);
  }
  set qty(value: number) {
    this.putInt64(ORDER_ANSWER_FILL.qty, value);
  }
  /** Minor units of the quote currency. */
  get fee(): number {
    return this.int64(ORDER_ANSWER_FILL.fee);
  }
  set fee(value: number) {
    this.putInt64(ORDER_ANSWER_FILL.fee, value);
  }
}
