/**
 * An exchange that is driven through command records and read back through event records: for
 * tests. It comes with three currencies and two markets, one of which charges fees.
 */

import { MAX_COMMAND_LENGTH } from '../../protocol/command-layout.ts';
import {
  CancelOrder,
  type CommandHeader,
  Funding,
  MassCancel,
  NewOrder,
  ReplaceOrder,
} from '../../protocol/commands.ts';
import {
  ExecType,
  nameOf,
  OrderStatus,
  OrderType,
  QtyMeaning,
  Side,
  TimeInForce,
  TradingState,
  TransferKind,
  TransferStatus,
  VenueMode,
  VenueModeReason,
} from '../../protocol/enums.ts';
import {
  BALANCE,
  BOOK_LEVEL,
  COMMAND_DONE,
  EXECUTION_REPORT,
  ORDER_ANSWER,
  ORDER_ANSWER_FILL,
  PRICE_BAND_CHANGED,
  TRADE,
  TRADING_STATE_CHANGED,
  TRANSFER,
  TRANSFER_REPORT,
  VENUE_MODE_CHANGED,
} from '../../protocol/event-layout.ts';
import {
  Balance,
  BookLevel,
  CommandDone,
  PriceBandChanged,
  Trade,
  TradingStateChanged,
  Transfer,
} from '../../protocol/events.ts';
import { ExecutionReport } from '../../protocol/execution-report.ts';
import { OrderAnswer, OrderAnswerFill } from '../../protocol/order-answer.ts';
import {
  type Flyweight,
  RecordBuffer,
  recordLengthAt,
  templateIdAt,
} from '../../protocol/record.ts';
import { RejectReason } from '../../protocol/reject-reason.ts';
import { NewTransfer, ResolveTransfer, ReverseTransfer } from '../../protocol/transfer-commands.ts';
import { TransferReport } from '../../protocol/transfer-report.ts';
import type { TransferTerms } from '../../protocol/transfer-terms.ts';
import {
  AddCurrency,
  AddSymbol,
  SetLimits,
  SetPriceBand,
  SetTradingState,
  Tick,
} from '../../protocol/venue-commands.ts';
import { SetVenueMode, VenueModeChanged } from '../../protocol/venue-mode.ts';
import type { ReversalTerms } from '../../risk/transfer-content.ts';
import type { ResolutionTerms } from '../../risk/transfers.ts';
import { EventBuffer } from '../event-sink.ts';
import {
  EXCHANGE_PARTS,
  Exchange,
  type ExchangeCapacity,
  type ExchangeParts,
} from '../exchange.ts';

export const BTC = 1;
export const USD = 2;
export const EUR = 3;
/** BTC for USD; fees of 1 % for makers and 2 % for takers. */
export const BTC_USD = 10;
/** BTC for EUR, free of fees. */
export const BTC_EUR = 11;
export const LOT_SIZE = 100;
export const TICK_VALUE = 10;

const EVENTS: ReadonlyMap<number, new () => Flyweight> = new Map<number, new () => Flyweight>([
  [EXECUTION_REPORT.templateId, ExecutionReport],
  [TRADE.templateId, Trade],
  [BOOK_LEVEL.templateId, BookLevel],
  [BALANCE.templateId, Balance],
  [TRANSFER.templateId, Transfer],
  [TRANSFER_REPORT.templateId, TransferReport],
  [ORDER_ANSWER.templateId, OrderAnswer],
  [ORDER_ANSWER_FILL.templateId, OrderAnswerFill],
  [TRADING_STATE_CHANGED.templateId, TradingStateChanged],
  [PRICE_BAND_CHANGED.templateId, PriceBandChanged],
  [VENUE_MODE_CHANGED.templateId, VenueModeChanged],
  [COMMAND_DONE.templateId, CommandDone],
]);

export type EventView =
  | ExecutionReport
  | Trade
  | BookLevel
  | Balance
  | Transfer
  | TransferReport
  | OrderAnswer
  | OrderAnswerFill
  | TradingStateChanged
  | PriceBandChanged
  | VenueModeChanged
  | CommandDone;

export interface OrderTerms {
  readonly symbolId?: number;
  readonly orderType?: number;
  readonly timeInForce?: number;
  readonly clientOrderId?: number;
  readonly stopPrice?: number;
  readonly displayQty?: number;
  /** 0 or 1. */
  readonly postOnly?: number;
  readonly selfTradePrevention?: number;
  readonly groupId?: number;
  readonly expireTime?: number;
  readonly amount?: number;
  readonly maxSlippageBps?: number;
  readonly slippageAction?: number;
}

export interface OrderName {
  readonly symbolId?: number;
  readonly clientOrderId?: number;
  readonly qtyMeaning?: number;
  readonly displayQty?: number;
  readonly stopPrice?: number;
}

/** Pages with room for one account: all tables grow. Properties make thousands of exchanges. */
const SMALL_CAPACITY: ExchangeCapacity = { openOrders: 256, accounts: 1 };

export class RecordedExchange {
  readonly sink = new EventBuffer(64);
  readonly exchange: Exchange;
  private readonly record = RecordBuffer.allocate(MAX_COMMAND_LENGTH);
  /** Copies of all commands, as they were executed. */
  readonly history: RecordBuffer[] = [];
  /** Of the next command, µs since 1970. */
  time = 1_000_000;

  constructor(capacity: ExchangeCapacity = SMALL_CAPACITY, parts: ExchangeParts = EXCHANGE_PARTS) {
    this.exchange = new Exchange(this.sink, capacity, parts);
    this.addCurrency(BTC, 'BTC');
    this.addCurrency(USD, 'USD');
    this.addCurrency(EUR, 'EUR');
    this.addSymbol(BTC_USD, BTC, USD, 10_000, 20_000);
    this.addSymbol(BTC_EUR, BTC, EUR, 0, 0);
  }

  addCurrency(currencyId: number, code: string): EventView[] {
    const command = new AddCurrency().write(this.record, 0);
    return this.execute(Object.assign(command, { currencyId, decimals: 2, code }));
  }

  addSymbol(
    symbolId: number,
    baseCurrencyId: number,
    quoteCurrencyId: number,
    makerFeePpm: number,
    takerFeePpm: number,
  ): EventView[] {
    const command = new AddSymbol().write(this.record, 0);
    Object.assign(command, { symbolId, baseCurrencyId, quoteCurrencyId, code: `M-${symbolId}` });
    const terms = { lotSize: LOT_SIZE, tickValue: TICK_VALUE, makerFeePpm, takerFeePpm };
    return this.execute(Object.assign(command, terms));
  }

  setLimits(limits: Partial<Exchange['limits']>): EventView[] {
    const command = new SetLimits().write(this.record, 0);
    return this.execute(Object.assign(command, this.exchange.limits, limits));
  }

  deposit(
    accountId: number,
    currencyId: number,
    amount: number,
    terms: Partial<TransferTerms> = {},
  ): EventView[] {
    const command = new Funding().writeDeposit(this.record, 0);
    return this.execute(Object.assign(command, { accountId, currencyId, amount }, terms));
  }

  withdraw(
    accountId: number,
    currencyId: number,
    amount: number,
    terms: Partial<TransferTerms> = {},
  ): EventView[] {
    const command = new Funding().writeWithdraw(this.record, 0);
    return this.execute(Object.assign(command, { accountId, currencyId, amount }, terms));
  }

  transfer(
    debitAccountId: number,
    creditAccountId: number,
    currencyId: number,
    amount: number,
    terms: Partial<TransferTerms> = {},
  ): EventView[] {
    const command = new NewTransfer().write(this.record, 0);
    Object.assign(command, { debitAccountId, creditAccountId, currencyId, amount });
    return this.execute(Object.assign(command, terms));
  }

  resolve(transferId: number, action: number, terms: Partial<ResolutionTerms> = {}): EventView[] {
    const command = new ResolveTransfer().write(this.record, 0);
    return this.execute(Object.assign(command, { transferId, action }, terms));
  }

  reverse(
    transferId: number,
    originalTransferId: number,
    terms: Partial<ReversalTerms> = {},
  ): EventView[] {
    const command = new ReverseTransfer().write(this.record, 0);
    return this.execute(Object.assign(command, { transferId, originalTransferId }, terms));
  }

  /** A GTC limit order in BTC_USD, if the terms say nothing else. */
  order(
    accountId: number,
    side: number,
    price: number,
    qty: number,
    terms: OrderTerms = {},
  ): EventView[] {
    const command = new NewOrder().write(this.record, 0);
    Object.assign(command, { accountId, side, price, qty, symbolId: BTC_USD });
    const { Limit } = OrderType;
    const { GTC } = TimeInForce;
    return this.execute(Object.assign(command, { orderType: Limit, timeInForce: GTC }, terms));
  }

  marketOrder(accountId: number, side: number, qty: number, terms: OrderTerms = {}): EventView[] {
    const { Market } = OrderType;
    const { IOC } = TimeInForce;
    return this.order(accountId, side, 0, qty, { orderType: Market, timeInForce: IOC, ...terms });
  }

  cancel(accountId: number, orderId: number, name: OrderName = {}): EventView[] {
    const command = new CancelOrder().write(this.record, 0);
    return this.execute(Object.assign(command, { accountId, orderId, symbolId: BTC_USD }, name));
  }

  replace(
    accountId: number,
    orderId: number,
    price: number,
    qty: number,
    name: OrderName = {},
  ): EventView[] {
    const command = new ReplaceOrder().write(this.record, 0);
    Object.assign(command, { accountId, orderId, price, qty, symbolId: BTC_USD });
    return this.execute(Object.assign(command, { qtyMeaning: QtyMeaning.Total }, name));
  }

  /** An account's orders, in all markets and of both sides if nothing else is said. */
  massCancel(accountId: number, symbolId = 0, side = 0): EventView[] {
    const command = new MassCancel().write(this.record, 0);
    return this.execute(Object.assign(command, { accountId, symbolId, side }));
  }

  setState(state: number, symbolId = BTC_USD): EventView[] {
    const command = new SetTradingState().write(this.record, 0);
    return this.execute(Object.assign(command, { symbolId, state }));
  }

  setBand(referencePrice: number, bandTicks: number, symbolId = BTC_USD): EventView[] {
    const command = new SetPriceBand().write(this.record, 0);
    return this.execute(Object.assign(command, { symbolId, referencePrice, bandTicks }));
  }

  setMode(mode: number, reason: number = VenueModeReason.Operator): EventView[] {
    return this.send(new SetVenueMode(), { mode, reason });
  }

  /** Any other command: one made by `new SetFees()`, say, and its fields. */
  send<Command extends CommandHeader>(
    command: Command & { write(record: RecordBuffer, offset: number): Command },
    fields: Partial<Command>,
  ): EventView[] {
    return this.execute(Object.assign(command.write(this.record, 0), fields));
  }

  tick(): EventView[] {
    return this.execute(new Tick().write(this.record, 0));
  }

  /** What the sequencer would put before a command at its time; nothing if nothing is due. */
  tickIfDue(): EventView[] {
    if (this.exchange.nextExpireTime > this.time) return [];
    const events = this.tick();
    this.time--;
    return events;
  }

  /** Gives the command the next sequence number and returns its events, CommandDone included. */
  private execute(command: CommandHeader): EventView[] {
    command.sequence = this.exchange.sequence + 1;
    command.time = this.time++;
    this.history.push(new RecordBuffer(this.record.bytes.slice().buffer));
    this.sink.clear();
    this.exchange.execute(this.record, 0);
    return readEvents(this.sink.record, this.sink.length);
  }
}

/** Flyweights over a copy of the events in [0, length). */
export function readEvents(record: RecordBuffer, length: number): EventView[] {
  const copy = new RecordBuffer(record.bytes.slice(0, length).buffer);
  const events: EventView[] = [];
  for (let at = 0; at < length; at += recordLengthAt(copy, at)) {
    const Event = EVENTS.get(templateIdAt(copy, at))!;
    events.push(new Event().wrap(copy, at) as EventView);
  }
  return events;
}

/** An event in a line, without its sequence: what tests compare. */
export function describe(event: EventView): string {
  if (event instanceof ExecutionReport) return describeReport(event);
  if (event instanceof Trade) {
    const { qty, price, makerOrderId, takerOrderId, makerFee, takerFee } = event;
    const fees = `fees ${makerFee} ${takerFee}`;
    return `Trade ${qty}@${price} maker ${makerOrderId} taker ${takerOrderId} ${fees}`;
  }
  if (event instanceof BookLevel) {
    const { side, price, qty, orderCount } = event;
    return `BookLevel ${nameOf(Side, side)} ${price}: ${qty} in ${orderCount}`;
  }
  if (event instanceof Balance) {
    const { accountId, currencyId, available, locked } = event;
    return `Balance of ${accountId} in ${currencyId}: ${available} + ${locked}`;
  }
  if (event instanceof Transfer) {
    const { kind, amount, currencyId, debitAccountId, creditAccountId } = event;
    const what = `${nameOf(TransferKind, kind)} ${amount} of ${currencyId}`;
    return `Transfer ${what}: ${debitAccountId} to ${creditAccountId}`;
  }
  if (event instanceof TransferReport) {
    const { transferId, amount, postedAmount, lockedAmount, isRepeat } = event;
    const what = `${isRepeat === 1 ? 'again ' : ''}${nameOf(TransferStatus, event.status)}`;
    return `Report of ${transferId}: ${what}, ${postedAmount} of ${amount}, locks ${lockedAmount}`;
  }
  if (event instanceof OrderAnswer) {
    const { orderId, orderStatus, leavesQty, fillCount } = event;
    const status = nameOf(OrderStatus, orderStatus);
    return `Answer again ${orderId}: ${status}, leaves ${leavesQty}, fills ${fillCount}`;
  }
  if (event instanceof OrderAnswerFill) {
    return `Fill again ${event.qty}@${event.price} fee ${event.fee}`;
  }
  if (event instanceof TradingStateChanged) {
    const { state, auctionPrice, auctionQty } = event;
    return `State ${nameOf(TradingState, state)} ${auctionQty}@${auctionPrice}`;
  }
  if (event instanceof PriceBandChanged) {
    return `Band ${event.referencePrice} ± ${event.bandTicks}`;
  }
  if (event instanceof VenueModeChanged) {
    return `Mode ${nameOf(VenueMode, event.mode)} ${event.reasons}`;
  }
  return `CommandDone ${nameOf(RejectReason, event.rejectReason)}`;
}

function describeReport(report: ExecutionReport): string {
  const { execType, orderId, orderStatus, cumQty, leavesQty } = report;
  const status = `${nameOf(OrderStatus, orderStatus)} ${cumQty} + ${leavesQty}`;
  const fill =
    execType === ExecType.Trade ? ` ${report.lastQty}@${report.lastPrice} fee ${report.fee}` : '';
  return `${nameOf(ExecType, execType)} ${orderId}${fill}: ${status}`;
}
