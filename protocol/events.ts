/** Flyweights over the events of `event-layout.ts`: read and write in place, hot path. */
import { EventHeader } from './event-header.ts';
import {
  BALANCE,
  BOOK_IMAGE,
  BOOK_LEVEL,
  COMMAND_DONE,
  PRICE_BAND_CHANGED,
  TRADE,
  TRADING_STATE_CHANGED,
  TRANSFER,
} from './event-layout.ts';
import type { RecordBuffer } from './record.ts';

/** One for each fill, public but for the accounts and fees. */
export class Trade extends EventHeader {
  write(record: RecordBuffer, offset: number): this {
    this.begin(record, offset, TRADE.templateId, TRADE.length);
    return this;
  }
  get tradeId(): number {
    return this.int64(TRADE.tradeId);
  }
  set tradeId(value: number) {
    this.putInt64(TRADE.tradeId, value);
  }
  get price(): number {
    return this.int64(TRADE.price);
  }
  set price(value: number) {
    this.putInt64(TRADE.price, value);
  }
  get qty(): number {
    return this.int64(TRADE.qty);
  }
  set qty(value: number) {
    this.putInt64(TRADE.qty, value);
  }
  get makerOrderId(): number {
    return this.int64(TRADE.makerOrderId);
  }
  set makerOrderId(value: number) {
    this.putInt64(TRADE.makerOrderId, value);
  }
  get takerOrderId(): number {
    return this.int64(TRADE.takerOrderId);
  }
  set takerOrderId(value: number) {
    this.putInt64(TRADE.takerOrderId, value);
  }
  get makerAccountId(): number {
    return this.int64(TRADE.makerAccountId);
  }
  set makerAccountId(value: number) {
    this.putInt64(TRADE.makerAccountId, value);
  }
  get takerAccountId(): number {
    return this.int64(TRADE.takerAccountId);
  }
  set takerAccountId(value: number) {
    this.putInt64(TRADE.takerAccountId, value);
  }
  get makerFee(): number {
    return this.int64(TRADE.makerFee);
  }
  set makerFee(value: number) {
    this.putInt64(TRADE.makerFee, value);
  }
  get takerFee(): number {
    return this.int64(TRADE.takerFee);
  }
  set takerFee(value: number) {
    this.putInt64(TRADE.takerFee, value);
  }
  get symbolId(): number {
    return this.uint32(TRADE.symbolId);
  }
  set symbolId(value: number) {
    this.putUint32(TRADE.symbolId, value);
  }
  /** TakerSide: in an auction maker names the buyer, taker the seller. */
  get takerSide(): number {
    return this.uint8(TRADE.takerSide);
  }
  set takerSide(value: number) {
    this.putUint8(TRADE.takerSide, value);
  }
}

/** The new total of a price level that changed: qty 0 when it is gone. */
export class BookLevel extends EventHeader {
  write(record: RecordBuffer, offset: number): this {
    this.begin(record, offset, BOOK_LEVEL.templateId, BOOK_LEVEL.length);
    return this;
  }
  get price(): number {
    return this.int64(BOOK_LEVEL.price);
  }
  set price(value: number) {
    this.putInt64(BOOK_LEVEL.price, value);
  }
  get qty(): number {
    return this.int64(BOOK_LEVEL.qty);
  }
  set qty(value: number) {
    this.putInt64(BOOK_LEVEL.qty, value);
  }
  get symbolId(): number {
    return this.uint32(BOOK_LEVEL.symbolId);
  }
  set symbolId(value: number) {
    this.putUint32(BOOK_LEVEL.symbolId, value);
  }
  get orderCount(): number {
    return this.uint32(BOOK_LEVEL.orderCount);
  }
  set orderCount(value: number) {
    this.putUint32(BOOK_LEVEL.orderCount, value);
  }
  get side(): number {
    return this.uint8(BOOK_LEVEL.side);
  }
  set side(value: number) {
    this.putUint8(BOOK_LEVEL.side, value);
  }
}

/** A market's new state, and what its auction did if the change made one. */
export class TradingStateChanged extends EventHeader {
  write(record: RecordBuffer, offset: number): this {
    this.begin(record, offset, TRADING_STATE_CHANGED.templateId, TRADING_STATE_CHANGED.length);
    return this;
  }
  get auctionPrice(): number {
    return this.int64(TRADING_STATE_CHANGED.auctionPrice);
  }
  set auctionPrice(value: number) {
    this.putInt64(TRADING_STATE_CHANGED.auctionPrice, value);
  }
  get auctionQty(): number {
    return this.int64(TRADING_STATE_CHANGED.auctionQty);
  }
  set auctionQty(value: number) {
    this.putInt64(TRADING_STATE_CHANGED.auctionQty, value);
  }
  get symbolId(): number {
    return this.uint32(TRADING_STATE_CHANGED.symbolId);
  }
  set symbolId(value: number) {
    this.putUint32(TRADING_STATE_CHANGED.symbolId, value);
  }
  /** TradingState. */
  get state(): number {
    return this.uint8(TRADING_STATE_CHANGED.state);
  }
  set state(value: number) {
    this.putUint8(TRADING_STATE_CHANGED.state, value);
  }
}

/** A market's new price band. */
export class PriceBandChanged extends EventHeader {
  write(record: RecordBuffer, offset: number): this {
    this.begin(record, offset, PRICE_BAND_CHANGED.templateId, PRICE_BAND_CHANGED.length);
    return this;
  }
  get referencePrice(): number {
    return this.int64(PRICE_BAND_CHANGED.referencePrice);
  }
  set referencePrice(value: number) {
    this.putInt64(PRICE_BAND_CHANGED.referencePrice, value);
  }
  get bandTicks(): number {
    return this.int64(PRICE_BAND_CHANGED.bandTicks);
  }
  set bandTicks(value: number) {
    this.putInt64(PRICE_BAND_CHANGED.bandTicks, value);
  }
  get symbolId(): number {
    return this.uint32(PRICE_BAND_CHANGED.symbolId);
  }
  set symbolId(value: number) {
    this.putUint32(PRICE_BAND_CHANGED.symbolId, value);
  }
}

/** The new balance of an account in a currency, once a command, in minor units. */
export class Balance extends EventHeader {
  write(record: RecordBuffer, offset: number): this {
    this.begin(record, offset, BALANCE.templateId, BALANCE.length);
    return this;
  }
  get accountId(): number {
    return this.int64(BALANCE.accountId);
  }
  set accountId(value: number) {
    this.putInt64(BALANCE.accountId, value);
  }
  get available(): number {
    return this.int64(BALANCE.available);
  }
  set available(value: number) {
    this.putInt64(BALANCE.available, value);
  }
  get locked(): number {
    return this.int64(BALANCE.locked);
  }
  set locked(value: number) {
    this.putInt64(BALANCE.locked, value);
  }
  get currencyId(): number {
    return this.uint32(BALANCE.currencyId);
  }
  set currencyId(value: number) {
    this.putUint32(BALANCE.currencyId, value);
  }
}

/**
 * One posting: amount leaves the debit account and enters the credit account. `sequence` is the
 * number of its entry.
 */
export class Transfer extends EventHeader {
  write(record: RecordBuffer, offset: number): this {
    this.begin(record, offset, TRANSFER.templateId, TRANSFER.length);
    return this;
  }
  get debitAccountId(): number {
    return this.int64(TRANSFER.debitAccountId);
  }
  set debitAccountId(value: number) {
    this.putInt64(TRANSFER.debitAccountId, value);
  }
  get creditAccountId(): number {
    return this.int64(TRANSFER.creditAccountId);
  }
  set creditAccountId(value: number) {
    this.putInt64(TRANSFER.creditAccountId, value);
  }
  get amount(): number {
    return this.int64(TRANSFER.amount);
  }
  set amount(value: number) {
    this.putInt64(TRANSFER.amount, value);
  }
  /** The trade, or the transferId of the transfer (0 where it has none). */
  get referenceId(): number {
    return this.int64(TRANSFER.referenceId);
  }
  set referenceId(value: number) {
    this.putInt64(TRANSFER.referenceId, value);
  }
  get currencyId(): number {
    return this.uint32(TRANSFER.currencyId);
  }
  set currencyId(value: number) {
    this.putUint32(TRANSFER.currencyId, value);
  }
  get kind(): number {
    return this.uint8(TRANSFER.kind);
  }
  set kind(value: number) {
    this.putUint8(TRANSFER.kind, value);
  }
  /** What the transfer's command linked it to; 0: nothing. */
  get businessRefId(): number {
    return this.int64(TRANSFER.businessRefId);
  }
  set businessRefId(value: number) {
    this.putInt64(TRANSFER.businessRefId, value);
  }
}

/** Closes the group of a command. The hash is the rolling event hash as two 32-bit words. */
export class CommandDone extends EventHeader {
  write(record: RecordBuffer, offset: number): this {
    this.begin(record, offset, COMMAND_DONE.templateId, COMMAND_DONE.length);
    return this;
  }
  get rejectReason(): number {
    return this.uint16(COMMAND_DONE.rejectReason);
  }
  set rejectReason(value: number) {
    this.putUint16(COMMAND_DONE.rejectReason, value);
  }
  get eventCount(): number {
    return this.uint32(COMMAND_DONE.eventCount);
  }
  set eventCount(value: number) {
    this.putUint32(COMMAND_DONE.eventCount, value);
  }
  /** Low and high word of the rolling event hash, as unsigned 32-bit numbers. */
  get eventHashLow(): number {
    return this.uint32(COMMAND_DONE.eventHash);
  }
  set eventHashLow(value: number) {
    this.putUint32(COMMAND_DONE.eventHash, value);
  }
  get eventHashHigh(): number {
    return this.uint32(COMMAND_DONE.eventHash + 4);
  }
  set eventHashHigh(value: number) {
    this.putUint32(COMMAND_DONE.eventHash + 4, value);
  }
}

/** Begins or ends an image of the books for one gateway. */
export class BookImage extends EventHeader {
  writeBegin(record: RecordBuffer, offset: number): this {
    this.begin(record, offset, BOOK_IMAGE.beginTemplateId, BOOK_IMAGE.length);
    return this;
  }
  writeEnd(record: RecordBuffer, offset: number): this {
    this.begin(record, offset, BOOK_IMAGE.endTemplateId, BOOK_IMAGE.length);
    return this;
  }
  get gatewayId(): number {
    return this.uint32(BOOK_IMAGE.gatewayId);
  }
  set gatewayId(value: number) {
    this.putUint32(BOOK_IMAGE.gatewayId, value);
  }
  /** The correlation id of the gateway's request. */
  get imageNumber(): number {
    return this.uint32(BOOK_IMAGE.imageNumber);
  }
  set imageNumber(value: number) {
    this.putUint32(BOOK_IMAGE.imageNumber, value);
  }
}
