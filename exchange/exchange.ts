/**
 * The deterministic machine: risk and engine meet here. One sequenced command at a time, run to
 * completion; its events go to the sink and end with CommandDone. State is a function of the
 * commands alone: no clock, no randomness, no I/O. Hot path but for the definitions of markets.
 *
 * The events of a command come in the order of docs/matching.md; a fill's transfers come before its
 * Trade, and each changed Balance once behind the levels.
 */
import { NO_SLOT } from '../collections/id-table.ts';
import type { EngineListener } from '../engine/engine-listener.ts';
import { createEngineState } from '../engine/engine-state.ts';
import { MatchingEngine } from '../engine/matching-engine.ts';
import { mayRest, OrderTicket } from '../engine/order-ticket.ts';
import {
  ADD_CURRENCY,
  ADD_SYMBOL,
  CANCEL_ORDER,
  FUNDING,
  MASS_CANCEL,
  NEW_ORDER,
  NEW_TRANSFER,
  REPLACE_ORDER,
  RESOLVE_TRANSFER,
  REVERSE_TRANSFER,
  SET_LIMITS,
  SET_PRICE_BAND,
  SET_TRADING_STATE,
  TICK,
} from '../protocol/command-layout.ts';
import {
  CancelOrder,
  CommandHeader,
  MassCancel,
  NewOrder,
  ReplaceOrder,
} from '../protocol/commands.ts';
import { ExecType, Liquidity, QtyMeaning, TradingState } from '../protocol/enums.ts';
import { MAX_OPEN_ORDERS } from '../protocol/field-range.ts';
import { type RecordBuffer, templateIdAt } from '../protocol/record.ts';
import { RejectReason } from '../protocol/reject-reason.ts';
import {
  AddCurrency,
  AddSymbol,
  SetLimits,
  SetPriceBand,
  SetTradingState,
} from '../protocol/venue-commands.ts';
import { RiskEngine } from '../risk/risk-engine.ts';
import type { RiskListener } from '../risk/risk-listener.ts';
import type { EventSink } from './event-sink.ts';
import { createEventWriter, type EventWriter } from './event-writer.ts';
import { createOrderAnswers } from './order-answers.ts';
import { readTicket } from './read-ticket.ts';
import { Reservations } from './reservations.ts';
import { RiskDesk } from './risk-desk.ts';
import { TransferCommands } from './transfer-commands.ts';
import {
  type CurrencyDefinition,
  type SymbolDefinition,
  Venue,
  type VenueLimits,
} from './venue.ts';

/** `orders` and `accounts` are where tables start that grow: they decide no outcome. */
export interface ExchangeCapacity {
  /** The most open orders, at least what the venue's limits may allow. */
  readonly openOrders: number;
  readonly orders: number;
  readonly accounts: number;
}

export const DEFAULT_CAPACITY: ExchangeCapacity = {
  openOrders: MAX_OPEN_ORDERS,
  orders: 65_536,
  accounts: 16_384,
};

export class Exchange implements EngineListener, RiskListener {
  readonly engine: MatchingEngine;
  readonly risk: RiskEngine;
  readonly venue: Venue;
  readonly desk: RiskDesk;
  readonly reservations: Reservations;
  readonly answers = createOrderAnswers();
  /** Of the last executed command. */
  sequence = 0;
  readonly clock = new Float64Array(1);
  readonly events: EventWriter;
  private readonly header = new CommandHeader();
  private readonly ticket = new OrderTicket();
  private readonly newOrder = new NewOrder();
  private readonly cancelOrder = new CancelOrder();
  private readonly replaceOrder = new ReplaceOrder();
  private readonly massCancel = new MassCancel();
  private readonly transferCommands: TransferCommands;

  constructor(sink: EventSink, capacity: ExchangeCapacity = DEFAULT_CAPACITY) {
    const state = createEngineState({ orders: capacity.openOrders });
    this.events = createEventWriter(state, this.answers, sink);
    this.engine = new MatchingEngine(this, state);
    this.risk = new RiskEngine(this, capacity, this.clock);
    this.desk = new RiskDesk(this.engine, this.risk);
    this.reservations = new Reservations(this.engine, this.risk, this.desk);
    this.venue = new Venue(this.engine, this.risk);
    this.transferCommands = new TransferCommands(this.risk.transfers);
  }

  /** Time of the last executed command, µs since 1970; kept in a lane, which is never boxed. */
  get time(): number {
    return this.clock[0]!;
  }

  get currencies(): CurrencyDefinition[] {
    return this.venue.currencies;
  }
  get symbols(): SymbolDefinition[] {
    return this.venue.symbols;
  }
  get limits(): VenueLimits {
    return this.venue.limits;
  }
  set limits(limits: VenueLimits) {
    this.venue.limits = limits;
  }

  /** When something is due next, of orders or of transfers; Infinity without any. */
  get nextExpireTime(): number {
    return Math.min(this.engine.nextExpireTime, this.risk.transfers.nextExpireTime);
  }

  get lastTradeId(): number {
    return this.engine.lastTradeId;
  }

  /** Executes the sequenced command at a byte offset. Sequence numbers have no gap. */
  execute(record: RecordBuffer, offset: number): void {
    const header = this.header.wrap(record, offset);
    const sequence = header.sequence;
    if (sequence !== this.sequence + 1) {
      throw new Error(`command ${sequence} came after ${this.sequence}: the sequence has a gap`);
    }
    this.sequence = sequence;
    header.readTime(this.clock);
    this.engine.clock[0] = this.clock[0]!;
    this.events.begin(sequence);
    this.reservations.begin();
    const templateId = templateIdAt(record, offset);
    if (templateId !== TICK.templateId) this.assertNothingDue();
    const rejectReason = this.dispatch(templateId, record, offset);
    this.writeBalances();
    this.events.writeDone(rejectReason);
  }

  /** What is due happens in a Tick of its own, which the sequencer puts before the command. */
  private assertNothingDue(): void {
    if (this.nextExpireTime > this.clock[0]!) return;
    throw new Error(`something is due before command ${this.sequence}: a Tick must come first`);
  }

  private dispatch(templateId: number, record: RecordBuffer, offset: number): number {
    switch (templateId) {
      case NEW_ORDER.templateId:
        return this.answerNewOrder(record, offset);
      case CANCEL_ORDER.templateId:
        return this.executeCancel(this.cancelOrder.wrap(record, offset));
      case REPLACE_ORDER.templateId:
        return this.executeReplace(this.replaceOrder.wrap(record, offset));
      case MASS_CANCEL.templateId:
        return this.executeMassCancel(this.massCancel.wrap(record, offset));
      case FUNDING.depositTemplateId:
      case FUNDING.withdrawTemplateId:
      case NEW_TRANSFER.templateId:
      case RESOLVE_TRANSFER.templateId:
      case REVERSE_TRANSFER.templateId:
        this.beginTransfer();
        return this.transferCommands.execute(templateId, record, offset);
      case ADD_CURRENCY.templateId:
        return this.venue.addCurrency(new AddCurrency().wrap(record, offset));
      case ADD_SYMBOL.templateId:
        return this.venue.addSymbol(new AddSymbol().wrap(record, offset));
      case SET_LIMITS.templateId:
        return this.executeSetLimits(new SetLimits().wrap(record, offset));
      case SET_TRADING_STATE.templateId:
        return this.executeSetTradingState(new SetTradingState().wrap(record, offset));
      case SET_PRICE_BAND.templateId:
        return this.executeSetPriceBand(new SetPriceBand().wrap(record, offset));
      case TICK.templateId:
        this.engine.expireDue();
        this.beginTransfer();
        this.risk.transfers.expireDue();
        return RejectReason.None;
      default:
        return this.desk.execute(templateId, record, offset);
    }
  }

  private beginTransfer(): void {
    this.risk.transfers.begin(this.sequence, this.time, this.venue.limits);
  }

  /** What is sent again is told the first answer, and nothing is done. */
  private answerNewOrder(record: RecordBuffer, offset: number): number {
    const { answers } = this;
    const { words } = record;
    const at = offset >> 2;
    const command = this.newOrder.wrap(record, offset);
    if (!answers.concerns(words, at)) return this.executeNewOrder(command);
    const known = answers.find(words, at);
    if (known !== NO_SLOT) {
      if (!answers.isSame(known, words, at)) {
        return this.reject(command, RejectReason.ClientOrderIdConflict);
      }
      this.events.writeAnswer(known);
      return answers.rejectReason(known);
    }
    if (!answers.begin(words, at)) return this.reject(command, RejectReason.TooManyClientOrderIds);
    const reason = this.executeNewOrder(command);
    answers.end();
    return reason;
  }

  private executeNewOrder(command: NewOrder): number {
    const reason = this.tryNewOrder(command);
    return reason === RejectReason.None ? reason : this.reject(command, reason);
  }

  private reject(command: NewOrder, reason: number): number {
    this.events.writeRejected(command, reason);
    return reason;
  }

  private tryNewOrder(command: NewOrder): number {
    const { engine, ticket, reservations } = this;
    readTicket(ticket, command, this.sequence);
    const symbolIndex = engine.symbolIndexOf(ticket.symbolId);
    if (symbolIndex === NO_SLOT) return RejectReason.UnknownSymbol;
    if (this.isClientOrderIdTaken(ticket)) return RejectReason.DuplicateClientOrderId;
    const barred = this.risk.checkAccount(ticket.accountId, symbolIndex, ticket.side);
    if (barred !== RejectReason.None) return barred;
    if (this.isOneTooMany(ticket, symbolIndex)) return RejectReason.TooManyOpenOrders;
    const refused = engine.check(ticket);
    if (refused !== RejectReason.None) return refused;
    const unfunded = reservations.admit(ticket, symbolIndex, command);
    if (unfunded !== RejectReason.None) return unfunded;
    if (ticket.amount !== 0) this.events.beginAmount(reservations.order, ticket.amount);
    engine.execute(reservations.order);
    return RejectReason.None;
  }

  private isOneTooMany({ timeInForce }: OrderTicket, symbolIndex: number): boolean {
    const { engine } = this;
    if (engine.openOrderCount < this.venue.limits.maxOpenOrders) return false;
    // While a market collects orders for an auction, those rest too that otherwise never do.
    const { state } = engine.books[symbolIndex]!;
    return mayRest(timeInForce) || state === TradingState.PreOpen;
  }

  private isClientOrderIdTaken({ accountId, clientOrderId }: OrderTicket): boolean {
    return clientOrderId !== 0 && this.engine.findClientOrder(accountId, clientOrderId) !== NO_SLOT;
  }

  private executeCancel(command: CancelOrder): number {
    const order = this.findOrder(command, command.orderId, command.clientOrderId, command.symbolId);
    if (order === NO_SLOT) return RejectReason.UnknownOrder;
    this.engine.cancelOrder(order);
    return RejectReason.None;
  }

  private executeReplace(command: ReplaceOrder): number {
    const order = this.findOrder(command, command.orderId, command.clientOrderId, command.symbolId);
    if (order === NO_SLOT) return RejectReason.UnknownOrder;
    const { engine } = this;
    const { price, displayQty, stopPrice } = command;
    const isOpenQty = command.qtyMeaning === QtyMeaning.Open;
    const qty = isOpenQty ? engine.orders.cumQty(order) + command.qty : command.qty;
    const { orders } = engine;
    const { accountId } = command;
    const barred = this.risk.checkAccount(accountId, orders.symbolIndex(order), orders.side(order));
    if (barred !== RejectReason.None) return barred;
    const refused = engine.checkReplace(order, price, qty, displayQty, stopPrice);
    if (refused !== RejectReason.None) return refused;
    const unfunded = this.reservations.replace(order, price, qty, stopPrice);
    if (unfunded !== RejectReason.None) return unfunded;
    engine.replaceOrder(order, price, qty, displayQty, stopPrice);
    return RejectReason.None;
  }

  private executeMassCancel(command: MassCancel): number {
    const { accountId, symbolId, side } = command;
    if (this.risk.accounts.find(accountId) === NO_SLOT) return RejectReason.UnknownAccount;
    return this.engine.massCancel(accountId, symbolId, side);
  }

  private executeSetLimits(command: SetLimits): number {
    const { clientOrderIdSeconds, maxClientOrderIds } = command;
    this.answers.configure(clientOrderIdSeconds, maxClientOrderIds, this.time);
    return this.venue.setLimits(command);
  }

  private executeSetTradingState({ symbolId, state }: SetTradingState): number {
    return this.engine.setTradingState(symbolId, state);
  }

  private executeSetPriceBand({ symbolId, referencePrice, bandTicks }: SetPriceBand): number {
    const { engine } = this;
    const refused = engine.setPriceBand(symbolId, referencePrice, bandTicks);
    if (refused !== RejectReason.None) return refused;
    this.events.writePriceBand(engine.books[engine.symbolIndexOf(symbolId)]!);
    return RejectReason.None;
  }

  /** The account's open order in that market, by order id or else by client order id. */
  private findOrder(
    command: CommandHeader,
    orderId: number,
    clientOrderId: number,
    symbolId: number,
  ): number {
    const { engine } = this;
    const accountId = command.accountId;
    const order =
      orderId !== 0 ? engine.findOrder(orderId) : engine.findClientOrder(accountId, clientOrderId);
    if (order === NO_SLOT || engine.orders.accountId(order) !== accountId) return NO_SLOT;
    return engine.bookOf(order).symbolId === symbolId ? order : NO_SLOT;
  }

  onFill(maker: number, taker: number): void {
    const { engine, events, risk } = this;
    this.reservations.settle(maker, taker);
    const { makerFee, takerFee } = risk;
    events.writeTrade(maker, taker, makerFee, takerFee);
    if (engine.isAuction) {
      events.writeFill(maker, Liquidity.Auction, makerFee);
      events.writeFill(taker, Liquidity.Auction, takerFee);
    } else {
      events.writeFill(taker, Liquidity.Taker, takerFee);
      events.writeFill(maker, Liquidity.Maker, makerFee);
    }
  }

  onReport(order: number, execType: number, reason: number): void {
    if (execType === ExecType.Canceled || execType === ExecType.Expired) {
      this.risk.release(order, this.engine.orders.side(order));
    } else if (execType === ExecType.Restated) this.reservations.shrink(order);
    else if (execType === ExecType.Triggered) this.reservations.boundTriggered(order);
    const cancelReason = this.reservations.cancelReason(order, reason);
    this.events.writeReport(order, execType, cancelReason);
  }

  /** The exchange itself rejects: it asks the engine before it reserves. */
  onRejected(_ticket: OrderTicket, reason: number): void {
    throw new Error(`the engine rejected a checked order: ${reason}`);
  }

  onLevel(level: number): void {
    this.events.writeLevel(level);
  }

  onTradingState(symbolIndex: number): void {
    this.events.writeTradingState(this.engine.books[symbolIndex]!);
  }

  onTransfer(
    kind: number,
    currency: number,
    debitAccountId: number,
    creditAccountId: number,
    amount: number,
    referenceId: number,
  ): void {
    const currencyId = this.risk.currencyIds[currency]!;
    this.events.writeTransfer(
      kind,
      currencyId,
      debitAccountId,
      creditAccountId,
      amount,
      referenceId,
      this.risk.transfers.businessRefId,
    );
  }

  onTransferChanged(transfer: number): void {
    this.events.writeTransferReport(this.risk.transfers.table, transfer);
  }

  onTransferRepeated(transfer: number, isFirstAnswer: boolean): void {
    this.events.repeatTransferReport(this.risk.transfers.table, transfer, isFirstAnswer);
  }

  private writeBalances(): void {
    const { balances } = this.risk;
    for (let i = 0; i < balances.changedCount; i++) {
      this.events.writeBalance(this.risk, balances.changed[i]!);
    }
    balances.clearChanged();
  }
}
