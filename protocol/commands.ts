/** Flyweights over the commands of `command-layout.ts`: read and write in place, hot path. */
import {
  ADD_CURRENCY,
  ADD_SYMBOL,
  BOOK_IMAGE_REQUEST,
  CANCEL_ORDER,
  COMMAND_HEADER,
  FUNDING,
  NEW_ORDER,
  REPLACE_ORDER,
  SET_LIMITS,
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

/** A limit order, or a market order (price 0, IOC). Price in ticks, qty in lots. */
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

/** New price and quantity for an open order, named as in CancelOrder. */
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
}

/** Deposit or Withdraw: the template says which. Amount in minor units. */
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
}

/** A currency: its minor unit is 10^−decimals of it. */
export class AddCurrency extends CommandHeader {
  write(record: RecordBuffer, offset: number): this {
    this.begin(record, offset, ADD_CURRENCY.templateId, ADD_CURRENCY.length);
    return this;
  }
  get currencyId(): number {
    return this.uint32(ADD_CURRENCY.currencyId);
  }
  set currencyId(value: number) {
    this.putUint32(ADD_CURRENCY.currencyId, value);
  }
  get decimals(): number {
    return this.uint8(ADD_CURRENCY.decimals);
  }
  set decimals(value: number) {
    this.putUint8(ADD_CURRENCY.decimals, value);
  }
  get code(): string {
    return this.text(ADD_CURRENCY.code, ADD_CURRENCY.codeWidth);
  }
  set code(value: string) {
    this.putText(ADD_CURRENCY.code, ADD_CURRENCY.codeWidth, value);
  }
}

/**
 * A market. One lot is `lotSize` minor units of the base currency; one lot at a price of one tick
 * costs `tickValue` minor units of the quote currency, so price × qty × tickValue never rounds.
 */
export class AddSymbol extends CommandHeader {
  write(record: RecordBuffer, offset: number): this {
    this.begin(record, offset, ADD_SYMBOL.templateId, ADD_SYMBOL.length);
    return this;
  }
  get lotSize(): number {
    return this.int64(ADD_SYMBOL.lotSize);
  }
  set lotSize(value: number) {
    this.putInt64(ADD_SYMBOL.lotSize, value);
  }
  get tickValue(): number {
    return this.int64(ADD_SYMBOL.tickValue);
  }
  set tickValue(value: number) {
    this.putInt64(ADD_SYMBOL.tickValue, value);
  }
  get symbolId(): number {
    return this.uint32(ADD_SYMBOL.symbolId);
  }
  set symbolId(value: number) {
    this.putUint32(ADD_SYMBOL.symbolId, value);
  }
  get baseCurrencyId(): number {
    return this.uint32(ADD_SYMBOL.baseCurrencyId);
  }
  set baseCurrencyId(value: number) {
    this.putUint32(ADD_SYMBOL.baseCurrencyId, value);
  }
  get quoteCurrencyId(): number {
    return this.uint32(ADD_SYMBOL.quoteCurrencyId);
  }
  set quoteCurrencyId(value: number) {
    this.putUint32(ADD_SYMBOL.quoteCurrencyId, value);
  }
  /** Parts per million of the notional. */
  get makerFeePpm(): number {
    return this.uint32(ADD_SYMBOL.makerFeePpm);
  }
  set makerFeePpm(value: number) {
    this.putUint32(ADD_SYMBOL.makerFeePpm, value);
  }
  get takerFeePpm(): number {
    return this.uint32(ADD_SYMBOL.takerFeePpm);
  }
  set takerFeePpm(value: number) {
    this.putUint32(ADD_SYMBOL.takerFeePpm, value);
  }
  get code(): string {
    return this.text(ADD_SYMBOL.code, ADD_SYMBOL.codeWidth);
  }
  set code(value: string) {
    this.putText(ADD_SYMBOL.code, ADD_SYMBOL.codeWidth, value);
  }
}

/** The venue's limits. They decide outcomes, so they are commands and part of the state. */
export class SetLimits extends CommandHeader {
  write(record: RecordBuffer, offset: number): this {
    this.begin(record, offset, SET_LIMITS.templateId, SET_LIMITS.length);
    return this;
  }
  get maxOpenOrders(): number {
    return this.uint32(SET_LIMITS.maxOpenOrders);
  }
  set maxOpenOrders(value: number) {
    this.putUint32(SET_LIMITS.maxOpenOrders, value);
  }
  get maxAccounts(): number {
    return this.uint32(SET_LIMITS.maxAccounts);
  }
  set maxAccounts(value: number) {
    this.putUint32(SET_LIMITS.maxAccounts, value);
  }
  get maxCurrencies(): number {
    return this.uint32(SET_LIMITS.maxCurrencies);
  }
  set maxCurrencies(value: number) {
    this.putUint32(SET_LIMITS.maxCurrencies, value);
  }
  get maxSymbols(): number {
    return this.uint32(SET_LIMITS.maxSymbols);
  }
  set maxSymbols(value: number) {
    this.putUint32(SET_LIMITS.maxSymbols, value);
  }
}

export class BookImageRequest extends CommandHeader {
  write(record: RecordBuffer, offset: number): this {
    this.begin(record, offset, BOOK_IMAGE_REQUEST.templateId, BOOK_IMAGE_REQUEST.length);
    return this;
  }
}
