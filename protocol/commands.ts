/**
 * Flyweights over the commands of `command-layout.ts` that customers send: read and write in place,
 * hot path.
 */
import {
  CANCEL_ORDER,
  COMMAND_HEADER,
  FUNDING,
  MASS_CANCEL,
  NEW_ORDER,
  REPLACE_ORDER,
} from './command-layout.ts';
import { Flyweight, type RecordBuffer } from './record.ts';

/** The header fields of any command. */
export class CommandHeader extends Flyweight {
  get sequence(): number {
    return this.int64(COMMAND_HEADER.sequence);
  }
  set sequence(value: number) {
    this.putInt64(COMMAND_HEADER.sequence, value);
  }
  /** µs since 1970. */
  get time(): number {
    return this.int64(COMMAND_HEADER.time);
  }
  set time(value: number) {
    this.putInt64(COMMAND_HEADER.time, value);
  }
  /** The time, into and out of a lane of one: for the hot path. */
  readTime(lane: Float64Array): void {
    this.int64Into(COMMAND_HEADER.time, lane, 0);
  }
  writeTime(lane: Float64Array): void {
    this.putInt64From(COMMAND_HEADER.time, lane, 0);
  }
  get correlationId(): number {
    return this.int64(COMMAND_HEADER.correlationId);
  }
  set correlationId(value: number) {
    this.putInt64(COMMAND_HEADER.correlationId, value);
  }
  get accountId(): number {
    return this.int64(COMMAND_HEADER.accountId);
  }
  set accountId(value: number) {
    this.putInt64(COMMAND_HEADER.accountId, value);
  }
  get gatewayId(): number {
    return this.uint32(COMMAND_HEADER.gatewayId);
  }
  set gatewayId(value: number) {
    this.putUint32(COMMAND_HEADER.gatewayId, value);
  }
}

/** Prices in ticks, quantities in lots; docs/matching.md says which terms go together. */
export class NewOrder extends CommandHeader {
  write(record: RecordBuffer, offset: number): this {
    this.begin(record, offset, NEW_ORDER.templateId, NEW_ORDER.length);
    return this;
  }
  /** 0: none. Unique among the account's open orders. */
  get clientOrderId(): number {
    return this.int64(NEW_ORDER.clientOrderId);
  }
  set clientOrderId(value: number) {
    this.putInt64(NEW_ORDER.clientOrderId, value);
  }
  get price(): number {
    return this.int64(NEW_ORDER.price);
  }
  set price(value: number) {
    this.putInt64(NEW_ORDER.price, value);
  }
  get qty(): number {
    return this.int64(NEW_ORDER.qty);
  }
  set qty(value: number) {
    this.putInt64(NEW_ORDER.qty, value);
  }
  get symbolId(): number {
    return this.uint32(NEW_ORDER.symbolId);
  }
  set symbolId(value: number) {
    this.putUint32(NEW_ORDER.symbolId, value);
  }
  get side(): number {
    return this.uint8(NEW_ORDER.side);
  }
  set side(value: number) {
    this.putUint8(NEW_ORDER.side, value);
  }
  get orderType(): number {
    return this.uint8(NEW_ORDER.orderType);
  }
  set orderType(value: number) {
    this.putUint8(NEW_ORDER.orderType, value);
  }
  get timeInForce(): number {
    return this.uint8(NEW_ORDER.timeInForce);
  }
  set timeInForce(value: number) {
    this.putUint8(NEW_ORDER.timeInForce, value);
  }
  get selfTradePrevention(): number {
    return this.uint8(NEW_ORDER.selfTradePrevention);
  }
  set selfTradePrevention(value: number) {
    this.putUint8(NEW_ORDER.selfTradePrevention, value);
  }
  /** Trigger of a stop or stop-limit order, in ticks. */
  get stopPrice(): number {
    return this.int64(NEW_ORDER.stopPrice);
  }
  set stopPrice(value: number) {
    this.putInt64(NEW_ORDER.stopPrice, value);
  }
  /** What an iceberg shows, in lots; 0: all. */
  get displayQty(): number {
    return this.int64(NEW_ORDER.displayQty);
  }
  set displayQty(value: number) {
    this.putInt64(NEW_ORDER.displayQty, value);
  }
  /** What a market buy may spend, in ticks × lots, in place of qty. */
  get amount(): number {
    return this.int64(NEW_ORDER.amount);
  }
  set amount(value: number) {
    this.putInt64(NEW_ORDER.amount, value);
  }
  /** Of GTD, µs since 1970. */
  get expireTime(): number {
    return this.int64(NEW_ORDER.expireTime);
  }
  set expireTime(value: number) {
    this.putInt64(NEW_ORDER.expireTime, value);
  }
  /** Owners that count as one for self-trade prevention; 0: the account alone. */
  get groupId(): number {
    return this.int64(NEW_ORDER.groupId);
  }
  set groupId(value: number) {
    this.putInt64(NEW_ORDER.groupId, value);
  }
  /** 0 or 1. */
  get postOnly(): number {
    return this.uint8(NEW_ORDER.postOnly);
  }
  set postOnly(value: number) {
    this.putUint8(NEW_ORDER.postOnly, value);
  }
  /** SlippageAction. */
  get slippageAction(): number {
    return this.uint8(NEW_ORDER.slippageAction);
  }
  set slippageAction(value: number) {
    this.putUint8(NEW_ORDER.slippageAction, value);
  }
  /** Of a market order, against the best opposite price; 0: what the market allows. */
  get maxSlippageBps(): number {
    return this.uint32(NEW_ORDER.maxSlippageBps);
  }
  set maxSlippageBps(value: number) {
    this.putUint32(NEW_ORDER.maxSlippageBps, value);
  }
}

/** Cancels by order id, or by client order id where order id is 0. */
export class CancelOrder extends CommandHeader {
  write(record: RecordBuffer, offset: number): this {
    this.begin(record, offset, CANCEL_ORDER.templateId, CANCEL_ORDER.length);
    return this;
  }
  get orderId(): number {
    return this.int64(CANCEL_ORDER.orderId);
  }
  set orderId(value: number) {
    this.putInt64(CANCEL_ORDER.orderId, value);
  }
  get clientOrderId(): number {
    return this.int64(CANCEL_ORDER.clientOrderId);
  }
  set clientOrderId(value: number) {
    this.putInt64(CANCEL_ORDER.clientOrderId, value);
  }
  get symbolId(): number {
    return this.uint32(CANCEL_ORDER.symbolId);
  }
  set symbolId(value: number) {
    this.putUint32(CANCEL_ORDER.symbolId, value);
  }
}

/** New terms for an open order, named as in CancelOrder: all of them, also those that stay. */
export class ReplaceOrder extends CommandHeader {
  write(record: RecordBuffer, offset: number): this {
    this.begin(record, offset, REPLACE_ORDER.templateId, REPLACE_ORDER.length);
    return this;
  }
  get orderId(): number {
    return this.int64(REPLACE_ORDER.orderId);
  }
  set orderId(value: number) {
    this.putInt64(REPLACE_ORDER.orderId, value);
  }
  get clientOrderId(): number {
    return this.int64(REPLACE_ORDER.clientOrderId);
  }
  set clientOrderId(value: number) {
    this.putInt64(REPLACE_ORDER.clientOrderId, value);
  }
  get price(): number {
    return this.int64(REPLACE_ORDER.price);
  }
  set price(value: number) {
    this.putInt64(REPLACE_ORDER.price, value);
  }
  get qty(): number {
    return this.int64(REPLACE_ORDER.qty);
  }
  set qty(value: number) {
    this.putInt64(REPLACE_ORDER.qty, value);
  }
  get symbolId(): number {
    return this.uint32(REPLACE_ORDER.symbolId);
  }
  set symbolId(value: number) {
    this.putUint32(REPLACE_ORDER.symbolId, value);
  }
  get qtyMeaning(): number {
    return this.uint8(REPLACE_ORDER.qtyMeaning);
  }
  set qtyMeaning(value: number) {
    this.putUint8(REPLACE_ORDER.qtyMeaning, value);
  }
  /** 0: all is shown. */
  get displayQty(): number {
    return this.int64(REPLACE_ORDER.displayQty);
  }
  set displayQty(value: number) {
    this.putInt64(REPLACE_ORDER.displayQty, value);
  }
  /** Of a stop that waits; 0: as it was. */
  get stopPrice(): number {
    return this.int64(REPLACE_ORDER.stopPrice);
  }
  set stopPrice(value: number) {
    this.putInt64(REPLACE_ORDER.stopPrice, value);
  }
}

/** Cancels all open orders of an account, or those of one market or side. */
export class MassCancel extends CommandHeader {
  write(record: RecordBuffer, offset: number): this {
    this.begin(record, offset, MASS_CANCEL.templateId, MASS_CANCEL.length);
    return this;
  }
  /** 0: all markets. */
  get symbolId(): number {
    return this.uint32(MASS_CANCEL.symbolId);
  }
  set symbolId(value: number) {
    this.putUint32(MASS_CANCEL.symbolId, value);
  }
  /** MassCancelSide. */
  get side(): number {
    return this.uint8(MASS_CANCEL.side);
  }
  set side(value: number) {
    this.putUint8(MASS_CANCEL.side, value);
  }
}

/**
 * Deposit or Withdraw, the transfers from and to the external account: the template says which.
 * Amount in minor units.
 */
export class Funding extends CommandHeader {
  writeDeposit(record: RecordBuffer, offset: number): this {
    this.begin(record, offset, FUNDING.depositTemplateId, FUNDING.length);
    return this;
  }
  writeWithdraw(record: RecordBuffer, offset: number): this {
    this.begin(record, offset, FUNDING.withdrawTemplateId, FUNDING.length);
    return this;
  }
  get amount(): number {
    return this.int64(FUNDING.amount);
  }
  set amount(value: number) {
    this.putInt64(FUNDING.amount, value);
  }
  get currencyId(): number {
    return this.uint32(FUNDING.currencyId);
  }
  set currencyId(value: number) {
    this.putUint32(FUNDING.currencyId, value);
  }
  /** TransferMode. */
  get mode(): number {
    return this.uint8(FUNDING.mode);
  }
  set mode(value: number) {
    this.putUint8(FUNDING.mode, value);
  }
  /** 0: the transfer cannot be named again. */
  get transferId(): number {
    return this.int64(FUNDING.transferId);
  }
  set transferId(value: number) {
    this.putInt64(FUNDING.transferId, value);
  }
  get businessRefId(): number {
    return this.int64(FUNDING.businessRefId);
  }
  set businessRefId(value: number) {
    this.putInt64(FUNDING.businessRefId, value);
  }
  get externalId(): number {
    return this.int64(FUNDING.externalId);
  }
  set externalId(value: number) {
    this.putInt64(FUNDING.externalId, value);
  }
  /** Of a pending one, µs since 1970; 0: never. */
  get expireTime(): number {
    return this.int64(FUNDING.expireTime);
  }
  set expireTime(value: number) {
    this.putInt64(FUNDING.expireTime, value);
  }
}
