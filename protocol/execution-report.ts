/** Flyweight over the ExecutionReport of `event-layout.ts`: read and write in place, hot path. */

import { EventHeader } from './event-header.ts';
import { EXECUTION_REPORT } from './event-layout.ts';
import type { RecordBuffer } from './record.ts';

/** One report for each change of an order. Rejected orders get one too. */
export class ExecutionReport extends EventHeader {
  write(record: RecordBuffer, offset: number): this {
    this.begin(record, offset, EXECUTION_REPORT.templateId, EXECUTION_REPORT.length);
    return this;
  }
  get orderId(): number {
    return this.int64(EXECUTION_REPORT.orderId);
  }
  set orderId(value: number) {
    this.putInt64(EXECUTION_REPORT.orderId, value);
  }
  get clientOrderId(): number {
    return this.int64(EXECUTION_REPORT.clientOrderId);
  }
  set clientOrderId(value: number) {
    this.putInt64(EXECUTION_REPORT.clientOrderId, value);
  }
  get accountId(): number {
    return this.int64(EXECUTION_REPORT.accountId);
  }
  set accountId(value: number) {
    this.putInt64(EXECUTION_REPORT.accountId, value);
  }
  get price(): number {
    return this.int64(EXECUTION_REPORT.price);
  }
  set price(value: number) {
    this.putInt64(EXECUTION_REPORT.price, value);
  }
  get qty(): number {
    return this.int64(EXECUTION_REPORT.qty);
  }
  set qty(value: number) {
    this.putInt64(EXECUTION_REPORT.qty, value);
  }
  get lastPrice(): number {
    return this.int64(EXECUTION_REPORT.lastPrice);
  }
  set lastPrice(value: number) {
    this.putInt64(EXECUTION_REPORT.lastPrice, value);
  }
  get lastQty(): number {
    return this.int64(EXECUTION_REPORT.lastQty);
  }
  set lastQty(value: number) {
    this.putInt64(EXECUTION_REPORT.lastQty, value);
  }
  get cumQty(): number {
    return this.int64(EXECUTION_REPORT.cumQty);
  }
  set cumQty(value: number) {
    this.putInt64(EXECUTION_REPORT.cumQty, value);
  }
  get leavesQty(): number {
    return this.int64(EXECUTION_REPORT.leavesQty);
  }
  set leavesQty(value: number) {
    this.putInt64(EXECUTION_REPORT.leavesQty, value);
  }
  get fee(): number {
    return this.int64(EXECUTION_REPORT.fee);
  }
  set fee(value: number) {
    this.putInt64(EXECUTION_REPORT.fee, value);
  }
  get tradeId(): number {
    return this.int64(EXECUTION_REPORT.tradeId);
  }
  set tradeId(value: number) {
    this.putInt64(EXECUTION_REPORT.tradeId, value);
  }
  get symbolId(): number {
    return this.uint32(EXECUTION_REPORT.symbolId);
  }
  set symbolId(value: number) {
    this.putUint32(EXECUTION_REPORT.symbolId, value);
  }
  get execType(): number {
    return this.uint8(EXECUTION_REPORT.execType);
  }
  set execType(value: number) {
    this.putUint8(EXECUTION_REPORT.execType, value);
  }
  get orderStatus(): number {
    return this.uint8(EXECUTION_REPORT.orderStatus);
  }
  set orderStatus(value: number) {
    this.putUint8(EXECUTION_REPORT.orderStatus, value);
  }
  get side(): number {
    return this.uint8(EXECUTION_REPORT.side);
  }
  set side(value: number) {
    this.putUint8(EXECUTION_REPORT.side, value);
  }
  get orderType(): number {
    return this.uint8(EXECUTION_REPORT.orderType);
  }
  set orderType(value: number) {
    this.putUint8(EXECUTION_REPORT.orderType, value);
  }
  get timeInForce(): number {
    return this.uint8(EXECUTION_REPORT.timeInForce);
  }
  set timeInForce(value: number) {
    this.putUint8(EXECUTION_REPORT.timeInForce, value);
  }
  get liquidity(): number {
    return this.uint8(EXECUTION_REPORT.liquidity);
  }
  set liquidity(value: number) {
    this.putUint8(EXECUTION_REPORT.liquidity, value);
  }
  get rejectReason(): number {
    return this.uint16(EXECUTION_REPORT.rejectReason);
  }
  set rejectReason(value: number) {
    this.putUint16(EXECUTION_REPORT.rejectReason, value);
  }
  /** CancelReason of a Canceled, else None. */
  get cancelReason(): number {
    return this.uint8(EXECUTION_REPORT.cancelReason);
  }
  set cancelReason(value: number) {
    this.putUint8(EXECUTION_REPORT.cancelReason, value);
  }
  /** 1 if it is. */
  get postOnly(): number {
    return this.uint8(EXECUTION_REPORT.postOnly);
  }
  set postOnly(value: number) {
    this.putUint8(EXECUTION_REPORT.postOnly, value);
  }
  /** SelfTradePrevention. */
  get selfTradePrevention(): number {
    return this.uint8(EXECUTION_REPORT.selfTradePrevention);
  }
  set selfTradePrevention(value: number) {
    this.putUint8(EXECUTION_REPORT.selfTradePrevention, value);
  }
  get stopPrice(): number {
    return this.int64(EXECUTION_REPORT.stopPrice);
  }
  set stopPrice(value: number) {
    this.putInt64(EXECUTION_REPORT.stopPrice, value);
  }
  get displayQty(): number {
    return this.int64(EXECUTION_REPORT.displayQty);
  }
  set displayQty(value: number) {
    this.putInt64(EXECUTION_REPORT.displayQty, value);
  }
  get amount(): number {
    return this.int64(EXECUTION_REPORT.amount);
  }
  set amount(value: number) {
    this.putInt64(EXECUTION_REPORT.amount, value);
  }
  get expireTime(): number {
    return this.int64(EXECUTION_REPORT.expireTime);
  }
  set expireTime(value: number) {
    this.putInt64(EXECUTION_REPORT.expireTime, value);
  }
  get groupId(): number {
    return this.int64(EXECUTION_REPORT.groupId);
  }
  set groupId(value: number) {
    this.putInt64(EXECUTION_REPORT.groupId, value);
  }
}
