/**
 * The gateway's side of stream 20, up to the release cursor: takes groups of events apart for the
 * replica, the market-data feed and the clients that wait for outcomes.
 */
import {
  ADD_CURRENCY,
  ADD_SYMBOL,
  CANCEL_ORDER,
  KILL_SWITCH,
  MASS_CANCEL,
  NEW_ORDER,
  REPLACE_ORDER,
  SET_FEES,
} from '../protocol/command-layout.ts';
import { CommandHeader } from '../protocol/commands.ts';
import { CurrencyKind, ExecType, nameOf } from '../protocol/enums.ts';
import {
  BOOK_IMAGE,
  BOOK_LEVEL,
  COMMAND_DONE,
  EXECUTION_REPORT,
  FIRST_EVENT_TEMPLATE,
  LATENCY_STAMPS,
  ORDER_ANSWER,
  ORDER_ANSWER_FILL,
  PRICE_BAND_CHANGED,
  TRADE,
  TRADING_STATE_CHANGED,
  TRANSFER_REPORT,
  VENUE_MODE_CHANGED,
} from '../protocol/event-layout.ts';
import {
  BookImage,
  BookLevel,
  CommandDone,
  PriceBandChanged,
  Trade,
  TradingStateChanged,
} from '../protocol/events.ts';
import { ExecutionReport } from '../protocol/execution-report.ts';
import { LatencyStamps } from '../protocol/latency-stamps.ts';
import { OrderAnswer, OrderAnswerFill } from '../protocol/order-answer.ts';
import { templateIdAt } from '../protocol/record.ts';
import { RejectReason } from '../protocol/reject-reason.ts';
import { SetFees } from '../protocol/risk-commands.ts';
import { TransferReport } from '../protocol/transfer-report.ts';
import { AddCurrency, AddSymbol } from '../protocol/venue-commands.ts';
import { VenueModeChanged } from '../protocol/venue-mode.ts';
import type { CopyingReader } from '../ring/copying-reader.ts';
import type { BookReplica } from './book-replica.ts';
import { CommandOutcome } from './command-outcome.ts';
import type { CommandPort } from './command-port.ts';
import type { Latencies } from './latencies.ts';
import type { MarketDataFeed } from './market-data-feed.ts';

/** Where in the stream the pump is with regard to images of the books. */
const Image = { Awaited: 0, Own: 1, Foreign: 2, None: 3 } as const;

export class EventPump {
  private readonly reader: CopyingReader;
  private readonly port: CommandPort;
  private readonly replica: BookReplica;
  private readonly feed: MarketDataFeed;
  private readonly gatewayId: number;
  private readonly latencies: Latencies;
  private readonly stamps = new LatencyStamps();
  private readonly outcome = new CommandOutcome();
  private readonly header = new CommandHeader();
  private readonly report = new ExecutionReport();
  private readonly trade = new Trade();
  private readonly transferReport = new TransferReport();
  private readonly answer = new OrderAnswer();
  private readonly answerFill = new OrderAnswerFill();
  private readonly level = new BookLevel();
  private readonly done = new CommandDone();
  private readonly tradingState = new TradingStateChanged();
  private readonly priceBand = new PriceBandChanged();
  private readonly venueMode = new VenueModeChanged();
  private readonly bracket = new BookImage();
  private image: number = Image.Awaited;
  /** Of the image that was asked for; an earlier one may still come before it. */
  private imageNumber = 0;
  /** Of the current group: 0 where another gateway sent the command. */
  private correlationId = 0;
  /** Of the current group: whether its command is about one order, or cancels many. */
  private isAboutOrder = false;
  private isMassCancel = false;
  /** Of the current group, where its command defines something. */
  private definition: (() => void) | undefined;

  constructor(
    reader: CopyingReader,
    port: CommandPort,
    replica: BookReplica,
    feed: MarketDataFeed,
    gatewayId: number,
    latencies: Latencies,
  ) {
    this.latencies = latencies;
    this.reader = reader;
    this.port = port;
    this.replica = replica;
    this.feed = feed;
    this.gatewayId = gatewayId;
  }

  /** Passes over everything before this image of the books. */
  awaitImage(imageNumber: number): void {
    this.image = Image.Awaited;
    this.imageNumber = imageNumber;
  }

  /** Whether the image has arrived, so that the replica is good. */
  get isSynchronised(): boolean {
    return this.image === Image.None || this.image === Image.Foreign;
  }

  /** Handles up to `most` frames; returns how many. */
  poll(most: number): number {
    const { reader } = this;
    let count = 0;
    while (count < most) {
      const at = reader.read();
      if (at < 0) break;
      if (count === 0) this.latencies.see();
      count++;
      this.handle(at);
    }
    if (count > 0) reader.release();
    return count;
  }

  private handle(at: number): void {
    const { record } = this.reader;
    const templateId = templateIdAt(record, at);
    if (templateId === BOOK_IMAGE.beginTemplateId || templateId === BOOK_IMAGE.endTemplateId) {
      this.handleBracket(at, templateId);
    } else if (this.image === Image.None) this.handleGroup(at, templateId);
    else if (this.image === Image.Own) this.handleImage(at, templateId);
  }

  private handleBracket(at: number, templateId: number): void {
    const { gatewayId, imageNumber, sequence } = this.bracket.wrap(this.reader.record, at);
    const isBegin = templateId === BOOK_IMAGE.beginTemplateId;
    if (gatewayId === this.gatewayId && imageNumber === this.imageNumber) {
      this.image = isBegin ? Image.Own : Image.None;
      this.replica.sequence = sequence;
    } else if (this.image !== Image.Awaited) this.image = isBegin ? Image.Foreign : Image.None;
  }

  private handleImage(at: number, templateId: number): void {
    if (templateId === BOOK_LEVEL.templateId) this.applyLevel(at);
    else if (templateId === TRADING_STATE_CHANGED.templateId) this.applyTradingState(at);
    else if (templateId === PRICE_BAND_CHANGED.templateId) this.applyPriceBand(at);
    else if (templateId === VENUE_MODE_CHANGED.templateId) this.applyVenueMode(at);
    else this.readDefinition(at, templateId)?.();
  }

  private handleGroup(at: number, templateId: number): void {
    if (templateId < FIRST_EVENT_TEMPLATE) this.beginGroup(at, templateId);
    else if (templateId === BOOK_LEVEL.templateId) {
      this.applyLevel(at);
      this.feed.onLevel(this.level);
    } else if (templateId === EXECUTION_REPORT.templateId) this.handleReport(at);
    else if (templateId === TRADE.templateId) {
      this.feed.onTrade(this.trade.wrap(this.reader.record, at), this.outcome.time);
    } else if (templateId === TRADING_STATE_CHANGED.templateId) {
      this.applyTradingState(at);
      this.feed.onTradingState(this.tradingState);
    } else if (templateId === PRICE_BAND_CHANGED.templateId) {
      this.applyPriceBand(at);
      this.feed.onPriceBand(this.priceBand);
    } else if (templateId === VENUE_MODE_CHANGED.templateId) {
      this.applyVenueMode(at);
      this.feed.onVenueMode(this.replica.venueMode);
    } else if (templateId === TRANSFER_REPORT.templateId) {
      this.handleTransfer(this.transferReport.wrap(this.reader.record, at));
    } else if (templateId === ORDER_ANSWER.templateId) this.handleAnswer(at);
    else if (templateId === ORDER_ANSWER_FILL.templateId) this.handleAnswerFill(at);
    else if (templateId === COMMAND_DONE.templateId) this.endGroup(at);
    else if (templateId === LATENCY_STAMPS.templateId) this.handleStamps(at);
  }

  private beginGroup(at: number, templateId: number): void {
    const { sequence, time, gatewayId, correlationId } = this.header.wrap(this.reader.record, at);
    this.outcome.begin(sequence, time);
    this.correlationId = gatewayId === this.gatewayId ? correlationId : 0;
    this.isAboutOrder =
      templateId === NEW_ORDER.templateId ||
      templateId === CANCEL_ORDER.templateId ||
      templateId === REPLACE_ORDER.templateId;
    this.isMassCancel =
      templateId === MASS_CANCEL.templateId || templateId === KILL_SWITCH.templateId;
    if (this.isMassCancel) this.outcome.canceledCount = 0;
    this.definition = this.readDefinition(at, templateId);
  }

  private handleReport(at: number): void {
    const report = this.report.wrap(this.reader.record, at);
    this.feed.onExecution(report, this.outcome.time);
    if (this.correlationId === 0) return;
    const { outcome } = this;
    if (this.isMassCancel) outcome.canceledCount! += 1;
    if (!this.isAboutOrder) return;
    // The group's first report is about the command's own order, later ones also about makers.
    if (outcome.orderId === 0) {
      outcome.orderId = report.orderId;
      outcome.clientOrderId = report.clientOrderId;
      outcome.priceBand = this.replica.priceBand(report.symbolId);
    } else if (report.orderId !== outcome.orderId) return;
    outcome.orderStatus = report.orderStatus;
    outcome.cumQty = report.cumQty;
    outcome.leavesQty = report.leavesQty;
    outcome.cancelReason = report.cancelReason;
    if (report.execType !== ExecType.Trade) return;
    const { tradeId, lastPrice: price, lastQty: qty, fee } = report;
    outcome.addFill({ tradeId, price, qty, fee }, this.port.nextWantsFills);
  }

  private handleAnswer(at: number): void {
    if (this.correlationId === 0) return;
    const answer = this.answer.wrap(this.reader.record, at);
    this.outcome.repeat(answer);
    this.outcome.priceBand = this.replica.priceBand(answer.symbolId);
  }

  private handleAnswerFill(at: number): void {
    if (this.correlationId === 0) return;
    const { tradeId, price, qty, fee } = this.answerFill.wrap(this.reader.record, at);
    this.outcome.addFill({ tradeId, price, qty, fee }, this.port.nextWantsFills);
    this.outcome.cumQty += qty;
  }

  private handleTransfer(report: TransferReport): void {
    this.feed.onTransfer(report, this.outcome.time);
    if (this.correlationId !== 0) this.outcome.addTransfer(report);
  }

  private endGroup(at: number): void {
    const { sequence, rejectReason } = this.done.wrap(this.reader.record, at);
    this.replica.sequence = sequence;
    if (rejectReason === RejectReason.None) this.definition?.();
    this.feed.endGroup(sequence, this.outcome.time);
    if (this.correlationId === 0) return;
    this.outcome.rejectReason = rejectReason;
    this.port.complete(this.correlationId, this.outcome);
  }

  private handleStamps(at: number): void {
    const stamps = this.stamps.wrap(this.reader.record, at);
    if (stamps.gatewayId === this.gatewayId) this.latencies.record(stamps);
  }

  private applyLevel(at: number): void {
    const level = this.level.wrap(this.reader.record, at);
    const { symbolId, side, price, qty, orderCount } = level;
    this.replica.setLevel(symbolId, side, price, qty, orderCount);
  }

  private applyTradingState(at: number): void {
    const { symbolId, state } = this.tradingState.wrap(this.reader.record, at);
    this.replica.setTradingState(symbolId, state);
  }

  private applyPriceBand(at: number): void {
    const { symbolId, referencePrice, bandTicks } = this.priceBand.wrap(this.reader.record, at);
    this.replica.setPriceBand(symbolId, { referencePrice, bandTicks });
  }

  private applyVenueMode(at: number): void {
    this.replica.cancelOnlyReasons = this.venueMode.wrap(this.reader.record, at).reasons;
  }

  /**
   * What a definition's record will do to the replica, once its command is known to be accepted.
   */
  private readDefinition(at: number, templateId: number): (() => void) | undefined {
    const { record } = this.reader;
    if (templateId === ADD_CURRENCY.templateId) {
      const { currencyId, code, decimals, kind } = new AddCurrency().wrap(record, at);
      return () =>
        this.replica.addCurrency({ currencyId, code, decimals, kind: nameOf(CurrencyKind, kind) });
    }
    if (templateId === SET_FEES.templateId) {
      const { symbolId, tier, makerFeePpm, takerFeePpm } = new SetFees().wrap(record, at);
      if (tier !== 0) return undefined;
      return () => this.replica.setFees(symbolId, makerFeePpm, takerFeePpm);
    }
    if (templateId !== ADD_SYMBOL.templateId) return undefined;
    const symbol = new AddSymbol().wrap(record, at);
    const { symbolId, code, baseCurrencyId, quoteCurrencyId } = symbol;
    const { lotSize, tickValue, makerFeePpm, takerFeePpm } = symbol;
    const currencies = { baseCurrencyId, quoteCurrencyId };
    const terms = { lotSize, tickValue, makerFeePpm, takerFeePpm };
    return () => this.replica.addSymbol({ symbolId, code, ...currencies, ...terms });
  }
}
