/**
 * The oracle of the exchange's event writer: the same events, written plainly by the protocol's
 * flyweights into records that were zeroed before. It keeps no hash: CommandDone's stays 0.
 */
import { NO_SLOT } from '../../collections/id-table.ts';
import type { EngineState } from '../../engine/engine-state.ts';
import { limitOf, statusOf } from '../../engine/event-recorder.ts';
import type { OrderBook } from '../../engine/order-book.ts';
import { NewOrder } from '../../protocol/commands.ts';
import { ExecType, Liquidity, OrderStatus, TakerSide } from '../../protocol/enums.ts';
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
import { getInt64, RecordBuffer } from '../../protocol/record.ts';
import { TransferReport } from '../../protocol/transfer-report.ts';
import { VenueModeChanged } from '../../protocol/venue-mode.ts';
import { RISK_REGISTERS, type RiskState } from '../../risk/risk-state.ts';
import type { TransferTable } from '../../risk/transfer-table.ts';
import type { EventSink } from '../event-sink.ts';
import type { EventWriter } from '../event-writer.ts';
import { ANSWER_WORD, type OrderAnswers } from '../order-answers.ts';
import { fillFirstAnswer, fillTransferReport } from './transfer-report-fields.ts';

export class FlyweightEventWriter implements Omit<EventWriter, 'clear' | 'hash' | 'redirect'> {
  private readonly engine: EngineState;
  private readonly risk: RiskState;
  private readonly answers: OrderAnswers;
  private readonly sink: EventSink;
  private readonly executionReport = new ExecutionReport();
  private readonly trade = new Trade();
  private readonly orderAnswer = new OrderAnswer();
  private readonly orderAnswerFill = new OrderAnswerFill();
  private readonly bookLevel = new BookLevel();
  private readonly balance = new Balance();
  private readonly transfer = new Transfer();
  private readonly transferReport = new TransferReport();
  private readonly tradingState = new TradingStateChanged();
  private readonly priceBand = new PriceBandChanged();
  private readonly venueMode = new VenueModeChanged();
  private readonly commandDone = new CommandDone();
  private sequence = 0;
  /** The order by amount in execution: the engine knows only what is left of its amount. */
  private amountOrder: number = NO_SLOT;
  private amount = 0;
  /** Events of the current command so far. CommandDone tells how many came before it. */
  private count = 0;

  constructor(engine: EngineState, risk: RiskState, answers: OrderAnswers, sink: EventSink) {
    this.engine = engine;
    this.risk = risk;
    this.answers = answers;
    this.sink = sink;
  }

  eventCount(): number {
    return this.count;
  }

  forgetAmount(): void {
    this.amountOrder = NO_SLOT;
  }

  begin(sequence: Float64Array): void {
    this.sequence = sequence[0]!;
    this.count = 0;
    this.amountOrder = NO_SLOT;
  }

  /** The current command's order is one by amount. */
  beginAmount(order: number, amount: number): void {
    this.amountOrder = order;
    this.amount = amount;
  }

  writeRejected(order: NewOrder, rejectReason: number): void {
    const at = this.sink.claim(EXECUTION_REPORT.length);
    const report = this.executionReport.write(this.sink.record, at);
    report.sequence = this.sequence;
    report.orderId = this.sequence;
    report.clientOrderId = order.clientOrderId;
    report.accountId = order.accountId;
    report.price = order.price;
    report.qty = order.qty;
    report.symbolId = order.symbolId;
    report.execType = ExecType.Rejected;
    report.orderStatus = OrderStatus.Rejected;
    report.side = order.side;
    report.orderType = order.orderType;
    report.timeInForce = order.timeInForce;
    report.rejectReason = rejectReason;
    report.stopPrice = order.stopPrice;
    report.displayQty = order.displayQty;
    report.postOnly = order.postOnly;
    report.selfTradePrevention = order.selfTradePrevention;
    report.amount = order.amount;
    report.expireTime = order.expireTime;
    report.groupId = order.groupId;
    this.count++;
  }

  writeAnswer(slot: number): void {
    const { records, fills } = this.answers;
    const page = records.page(slot);
    const word = records.wordOf(slot);
    const order = new NewOrder().wrap(new RecordBuffer(page.buffer), word << 2);
    const outcome = page[word + ANSWER_WORD.OUTCOME]!;
    const at = this.sink.claim(ORDER_ANSWER.length);
    const answer = this.orderAnswer.write(this.sink.record, at);
    answer.sequence = this.sequence;
    answer.orderId = getInt64(page, word + ANSWER_WORD.ORDER_ID);
    answer.clientOrderId = order.clientOrderId;
    answer.accountId = getInt64(page, word + ANSWER_WORD.ACCOUNT_ID);
    answer.time = getInt64(page, word + ANSWER_WORD.TIME);
    answer.leavesQty = getInt64(page, word + ANSWER_WORD.LEAVES_QTY);
    answer.symbolId = order.symbolId;
    answer.fillCount = page[word + ANSWER_WORD.FILL_COUNT]!;
    answer.rejectReason = outcome & 0xffff;
    answer.orderStatus = (outcome >> 16) & 0xff;
    answer.cancelReason = outcome >>> 24;
    this.count++;
    let fill = page[word + ANSWER_WORD.FIRST_FILL]!;
    for (let i = 0; i < answer.fillCount; i++, fill = fills.next(fill)) {
      const fillAt = this.sink.claim(ORDER_ANSWER_FILL.length);
      const told = this.orderAnswerFill.write(this.sink.record, fillAt);
      const first = fills.wordOf(fill);
      told.sequence = this.sequence;
      told.tradeId = getInt64(fills.page(fill), first);
      told.price = getInt64(fills.page(fill), first + 2);
      told.qty = getInt64(fills.page(fill), first + 4);
      told.fee = getInt64(fills.page(fill), first + 6);
      this.count++;
    }
  }

  /** New, Replaced, Canceled, Expired, Triggered or Restated. */
  writeReport(order: number, execType: number, reason: number): void {
    const at = this.sink.claim(EXECUTION_REPORT.length);
    const report = this.fillReport(order, at);
    report.execType = execType;
    if (execType === ExecType.Canceled || execType === ExecType.Expired) {
      const isExpired = execType === ExecType.Expired;
      report.orderStatus = isExpired ? OrderStatus.Expired : OrderStatus.Canceled;
      report.leavesQty = 0;
      report.cancelReason = reason;
    }
    this.count++;
  }

  /** An order's part of the engine's latest fill; its fee is at a place of risk's registers. */
  writeFill(order: number, liquidity: number, feeAt: number): void {
    const at = this.sink.claim(EXECUTION_REPORT.length);
    const report = this.fillReport(order, at);
    report.execType = ExecType.Trade;
    report.liquidity = liquidity;
    report.tradeId = this.engine.lastTradeId();
    report.lastPrice = this.engine.fillPrice();
    report.lastQty = this.engine.fillQty();
    report.fee = this.risk.registers[feeAt]!;
    this.count++;
  }

  /** The engine's latest fill. */
  writeTrade(maker: number, taker: number): void {
    const orders = this.engine.orders;
    const at = this.sink.claim(TRADE.length);
    const trade = this.trade.write(this.sink.record, at);
    trade.sequence = this.sequence;
    trade.tradeId = this.engine.lastTradeId();
    trade.price = this.engine.fillPrice();
    trade.qty = this.engine.fillQty();
    trade.makerOrderId = orders.orderId(maker);
    trade.takerOrderId = orders.orderId(taker);
    trade.makerAccountId = orders.accountId(maker);
    trade.takerAccountId = orders.accountId(taker);
    trade.makerFee = this.risk.registers[RISK_REGISTERS.makerFee]!;
    trade.takerFee = this.risk.registers[RISK_REGISTERS.takerFee]!;
    trade.symbolId = this.engine.bookOf(taker).symbolId;
    trade.takerSide = this.engine.isAuction() ? TakerSide.None : orders.side(taker);
    this.count++;
  }

  /** A market's new state, with its auction if the change made one. */
  writeTradingState({ symbolId, state, auctionPrice, auctionQty }: OrderBook): void {
    const at = this.sink.claim(TRADING_STATE_CHANGED.length);
    const change = this.tradingState.write(this.sink.record, at);
    change.sequence = this.sequence;
    change.auctionPrice = auctionPrice;
    change.auctionQty = auctionQty;
    change.symbolId = symbolId;
    change.state = state;
    this.count++;
  }

  writePriceBand({ symbolId, referencePrice, bandTicks }: OrderBook): void {
    const at = this.sink.claim(PRICE_BAND_CHANGED.length);
    const change = this.priceBand.write(this.sink.record, at);
    change.sequence = this.sequence;
    change.referencePrice = referencePrice;
    change.bandTicks = bandTicks;
    change.symbolId = symbolId;
    this.count++;
  }

  writeLevel(slot: number): void {
    const { levels, books } = this.engine;
    const at = this.sink.claim(BOOK_LEVEL.length);
    const level = this.bookLevel.write(this.sink.record, at);
    level.sequence = this.sequence;
    level.price = levels.price(slot);
    level.qty = levels.shownQty(slot);
    level.symbolId = books[levels.symbolIndex(slot)]!.symbolId;
    level.orderCount = levels.orderCount(slot);
    level.side = levels.side(slot);
    this.count++;
  }

  writeBalance(slot: number): void {
    const { accounts, balances, currencies } = this.risk;
    const at = this.sink.claim(BALANCE.length);
    const balance = this.balance.write(this.sink.record, at);
    balance.sequence = this.sequence;
    balance.accountId = accounts.accountId[balances.account(slot)]!;
    balance.available = balances.available(slot);
    balance.locked = balances.locked(slot);
    balance.currencyId = currencies.ids[balances.currency(slot)]!;
    this.count++;
  }

  writeTransfer(kind: number, from: number, to: number): void {
    const { accounts, balances, currencies, registers } = this.risk;
    const at = this.sink.claim(TRANSFER.length);
    const transfer = this.transfer.write(this.sink.record, at);
    transfer.sequence = this.sequence;
    transfer.debitAccountId = accounts.accountId[balances.account(from)]!;
    transfer.creditAccountId = accounts.accountId[balances.account(to)]!;
    transfer.amount = registers[RISK_REGISTERS.amount]!;
    transfer.referenceId = registers[RISK_REGISTERS.referenceId]!;
    transfer.currencyId = currencies.ids[balances.currency(from)]!;
    transfer.kind = kind;
    transfer.businessRefId = registers[RISK_REGISTERS.businessRefId]!;
    this.count++;
  }

  /** A transfer as it is now. */
  writeTransferReport(transfers: TransferTable, transfer: number): void {
    const at = this.sink.claim(TRANSFER_REPORT.length);
    const report = this.transferReport.write(this.sink.record, at);
    report.sequence = this.sequence;
    fillTransferReport(report, transfers, transfer);
    this.count++;
  }

  /** A transfer as it is, or as its own command was answered: nothing changed. */
  repeatTransferReport(transfers: TransferTable, transfer: number, isFirstAnswer: boolean): void {
    const at = this.sink.claim(TRANSFER_REPORT.length);
    const report = this.transferReport.write(this.sink.record, at);
    report.sequence = this.sequence;
    report.isRepeat = 1;
    fillTransferReport(report, transfers, transfer);
    if (isFirstAnswer) fillFirstAnswer(report, transfers, transfer);
    this.count++;
  }

  /** Closes the command's group. */
  writeVenueMode(mode: number, reasons: number): void {
    const at = this.sink.claim(VENUE_MODE_CHANGED.length);
    const event = this.venueMode.write(this.sink.record, at);
    Object.assign(event, { sequence: this.sequence, mode, reasons });
    this.count++;
  }

  writeDone(rejectReason: number): void {
    const at = this.sink.claim(COMMAND_DONE.length);
    const done = this.commandDone.write(this.sink.record, at);
    done.sequence = this.sequence;
    done.rejectReason = rejectReason;
    done.eventCount = this.count;
    this.count++;
  }

  private fillReport(order: number, at: number): ExecutionReport {
    const orders = this.engine.orders;
    const cumQty = orders.cumQty(order);
    const leavesQty = orders.leavesQty(order);
    const report = this.executionReport.write(this.sink.record, at);
    report.sequence = this.sequence;
    report.orderId = orders.orderId(order);
    report.clientOrderId = orders.clientOrderId(order);
    report.accountId = orders.accountId(order);
    report.price = limitOf(orders, order);
    report.qty = cumQty + leavesQty;
    report.cumQty = cumQty;
    report.leavesQty = leavesQty;
    report.symbolId = this.engine.bookOf(order).symbolId;
    report.orderStatus = statusOf(cumQty, leavesQty);
    report.side = orders.side(order);
    report.orderType = orders.orderType(order);
    report.timeInForce = orders.timeInForce(order);
    report.liquidity = Liquidity.None;
    report.stopPrice = orders.stopPrice(order);
    report.displayQty = orders.displayQty(order);
    report.postOnly = orders.isPostOnly(order) ? 1 : 0;
    report.selfTradePrevention = orders.selfTradePrevention(order);
    report.expireTime = orders.expireTime(order);
    // The engine keeps an order's owner: minus its group, if it has one.
    const owner = orders.owner(order);
    if (owner < 0) report.groupId = -owner;
    if (order === this.amountOrder) report.amount = this.amount;
    return report;
  }
}
