/**
 * Flyweights over the commands of `command-layout.ts` that are the venue's own: what it is made of,
 * its markets' states, and time.
 */
import {
  ADD_CURRENCY,
  ADD_SYMBOL,
  BOOK_IMAGE_REQUEST,
  SET_LIMITS,
  SET_PRICE_BAND,
  SET_RULES_VERSION,
  SET_TRADING_STATE,
  TICK,
} from './command-layout.ts';
import { CommandHeader } from './commands.ts';
import type { RecordBuffer } from './record.ts';

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
  /** CurrencyKind. */
  get kind(): number {
    return this.uint8(ADD_CURRENCY.kind);
  }
  set kind(value: number) {
    this.putUint8(ADD_CURRENCY.kind, value);
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
  get maxTransfers(): number {
    return this.uint32(SET_LIMITS.maxTransfers);
  }
  set maxTransfers(value: number) {
    this.putUint32(SET_LIMITS.maxTransfers, value);
  }
  /** For how long a client order id is remembered; 0: not at all. */
  get clientOrderIdSeconds(): number {
    return this.uint32(SET_LIMITS.clientOrderIdSeconds);
  }
  set clientOrderIdSeconds(value: number) {
    this.putUint32(SET_LIMITS.clientOrderIdSeconds, value);
  }
  get maxClientOrderIds(): number {
    return this.uint32(SET_LIMITS.maxClientOrderIds);
  }
  set maxClientOrderIds(value: number) {
    this.putUint32(SET_LIMITS.maxClientOrderIds, value);
  }
}

/** The rules by which the venue works from now on: a change of behaviour is a command. */
export class SetRulesVersion extends CommandHeader {
  write(record: RecordBuffer, offset: number): this {
    this.begin(record, offset, SET_RULES_VERSION.templateId, SET_RULES_VERSION.length);
    return this;
  }
  get rulesVersion(): number {
    return this.uint32(SET_RULES_VERSION.rulesVersion);
  }
  set rulesVersion(value: number) {
    this.putUint32(SET_RULES_VERSION.rulesVersion, value);
  }
}

/** What a market does from now on; Auction and Continuous uncross it. */
export class SetTradingState extends CommandHeader {
  write(record: RecordBuffer, offset: number): this {
    this.begin(record, offset, SET_TRADING_STATE.templateId, SET_TRADING_STATE.length);
    return this;
  }
  get symbolId(): number {
    return this.uint32(SET_TRADING_STATE.symbolId);
  }
  set symbolId(value: number) {
    this.putUint32(SET_TRADING_STATE.symbolId, value);
  }
  /** TradingState. */
  get state(): number {
    return this.uint8(SET_TRADING_STATE.state);
  }
  set state(value: number) {
    this.putUint8(SET_TRADING_STATE.state, value);
  }
}

/** The prices at which a market trades: referencePrice ± bandTicks. */
export class SetPriceBand extends CommandHeader {
  write(record: RecordBuffer, offset: number): this {
    this.begin(record, offset, SET_PRICE_BAND.templateId, SET_PRICE_BAND.length);
    return this;
  }
  /** In ticks; 0: none. */
  get referencePrice(): number {
    return this.int64(SET_PRICE_BAND.referencePrice);
  }
  set referencePrice(value: number) {
    this.putInt64(SET_PRICE_BAND.referencePrice, value);
  }
  /** 0: no band. */
  get bandTicks(): number {
    return this.int64(SET_PRICE_BAND.bandTicks);
  }
  set bandTicks(value: number) {
    this.putInt64(SET_PRICE_BAND.bandTicks, value);
  }
  get symbolId(): number {
    return this.uint32(SET_PRICE_BAND.symbolId);
  }
  set symbolId(value: number) {
    this.putUint32(SET_PRICE_BAND.symbolId, value);
  }
}

/** Time has come to the record's time: orders and pending transfers that are due expire. */
export class Tick extends CommandHeader {
  write(record: RecordBuffer, offset: number): this {
    this.begin(record, offset, TICK.templateId, TICK.length);
    return this;
  }
}

export class BookImageRequest extends CommandHeader {
  write(record: RecordBuffer, offset: number): this {
    this.begin(record, offset, BOOK_IMAGE_REQUEST.templateId, BOOK_IMAGE_REQUEST.length);
    return this;
  }
}
