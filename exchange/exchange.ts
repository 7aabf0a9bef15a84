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
import { MatchingEngine } from '../engine/matching-engine.ts';
import { mayRest, OrderTicket } from '../engine/order-ticket.ts';
import {
  ADD_CURRENCY,
  ADD_SYMBOL,
  CANCEL_ORDER,
  FUNDING,
  NEW_ORDER,
  REPLACE_ORDER,
  SET_LIMITS,
} from '../protocol/command-layout.ts';
import {
  CancelOrder,
  CommandHeader,
  Funding,
  NewOrder,
  ReplaceOrder,
} from '../protocol/commands.ts';
import { ExecType, Liquidity, OrderType, QtyMeaning, Side } from '../protocol/enums.ts';
import { type RecordBuffer, templateIdAt } from '../protocol/record.ts';
import { RejectReason } from '../protocol/reject-reason.ts';
import { AddCurrency, AddSymbol, SetLimits } from '../protocol/venue-commands.ts';
import { RiskEngine } from '../risk/risk-engine.ts';
import type { RiskListener } from '../risk/risk-listener.ts';
import type { EventSink } from './event-sink.ts';
import { EventWriter } from './event-writer.ts';
import {
  type CurrencyDefinition,
  INITIAL_LIMITS,
  type SymbolDefinition,
  type VenueLimits,
} from './venue.ts';

/** Initial capacities; everything grows, so they decide memory and never an outcome. */
export interface ExchangeCapacity {
  readonly orders: number;
  readonly levels: number;
  readonly accounts: number;
}

export const DEFAULT_CAPACITY: ExchangeCapacity = {
  orders: 65_536,
  levels: 16_384,
  accounts: 16_384,
};

export class Exchange implements EngineListener, RiskListener {
  readonly engine: MatchingEngine;
  readonly risk: RiskEngine;
  readonly currencies: CurrencyDefinition[] = [];
  readonly symbols: SymbolDefinition[] = [];
  limits: VenueLimits = INITIAL_LIMITS;
  /** Of the last executed command. */
  sequence = 0;
  readonly clock = new Float64Array(1);
  readonly events: EventWriter;
  /** Of the market order in execution: what the book cannot fill, and nothing is reserved for. */
  private unfillableQty = 0;
  private readonly header = new CommandHeader();
  private readonly ticket = new OrderTicket();
  private readonly newOrder = new NewOrder();
  private readonly cancelOrder = new CancelOrder();
  private readonly replaceOrder = new ReplaceOrder();
  private readonly funding = new Funding();

  constructor(sink: EventSink, capacity: ExchangeCapacity = DEFAULT_CAPACITY) {
    this.events = new EventWriter(sink);
    this.engine = new MatchingEngine(this, capacity);
    this.risk = new RiskEngine(this, capacity);
  }

  /** Time of the last executed command, µs since 1970; kept in a lane, which is never boxed. */
  get time(): number {
    return this.clock[0]!;
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
    this.events.begin(sequence);
    const rejectReason = this.dispatch(record, offset);
    this.writeBalances();
    this.events.writeDone(rejectReason);
  }

  private dispatch(record: RecordBuffer, offset: number): number {
    switch (templateIdAt(record, offset)) {
      case NEW_ORDER.templateId:
        return this.executeNewOrder(this.newOrder.wrap(record, offset));
      case CANCEL_ORDER.templateId:
        return this.executeCancel(this.cancelOrder.wrap(record, offset));
      case REPLACE_ORDER.templateId:
        return this.executeReplace(this.replaceOrder.wrap(record, offset));
      case FUNDING.depositTemplateId:
        return this.executeDeposit(this.funding.wrap(record, offset));
      case FUNDING.withdrawTemplateId:
        return this.executeWithdraw(this.funding.wrap(record, offset));
      case ADD_CURRENCY.templateId:
        return this.executeAddCurrency(new AddCurrency().wrap(record, offset));
      case ADD_SYMBOL.templateId:
        return this.executeAddSymbol(new AddSymbol().wrap(record, offset));
      case SET_LIMITS.templateId:
        return this.executeSetLimits(new SetLimits().wrap(record, offset));
      default:
        throw new Error(
          `command ${this.sequence} has unknown template ${templateIdAt(record, offset)}`,
        );
    }
  }

  private executeNewOrder(command: NewOrder): number {
    const reason = this.tryNewOrder(command);
    if (reason !== RejectReason.None) this.events.writeRejected(command, reason);
    return reason;
  }

  private tryNewOrder(command: NewOrder): number {
    const { engine, ticket } = this;
    this.unfillableQty = 0;
    readTicket(ticket, command, this.sequence);
    const symbolIndex = engine.symbolIndexOf(ticket.symbolId);
    if (symbolIndex === NO_SLOT) return RejectReason.UnknownSymbol;
    if (this.isClientOrderIdTaken(ticket)) return RejectReason.DuplicateClientOrderId;
    if (mayRest(ticket.timeInForce) && engine.openOrderCount >= this.limits.maxOpenOrders) {
      return RejectReason.TooManyOpenOrders;
    }
    const refused = engine.check(ticket);
    if (refused !== RejectReason.None) return refused;
    if (ticket.orderType === OrderType.Market) {
      ticket.price = engine.sweepPrice(symbolIndex, ticket.side, ticket.qty);
      this.unfillableQty = ticket.qty - engine.sweptQty;
    }
    const order = engine.admit(ticket);
    const { accountId, side, price } = ticket;
    const fillableQty = ticket.qty - this.unfillableQty;
    const reason = this.risk.reserve(order, accountId, symbolIndex, side, price, fillableQty);
    if (reason === RejectReason.None) engine.execute(order);
    else engine.discard(order);
    return reason;
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
    const cumQty = engine.orders.cumQty(order);
    this.unfillableQty = 0;
    const qty = command.qtyMeaning === QtyMeaning.Open ? cumQty + command.qty : command.qty;
    const price = command.price;
    const refused = engine.checkReplace(order, price, qty, 0, 0);
    if (refused !== RejectReason.None) return refused;
    const symbolIndex = engine.orders.symbolIndex(order);
    const side = engine.orders.side(order);
    const reason = this.risk.adjust(order, symbolIndex, side, price, qty - cumQty);
    if (reason === RejectReason.None) engine.replaceOrder(order, price, qty, 0, 0);
    return reason;
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

  private executeDeposit(command: Funding): number {
    const { accountId, amount } = command;
    const currency = this.risk.currencyIndexOf(command.currencyId);
    if (currency === NO_SLOT) return RejectReason.UnknownCurrency;
    const { accounts } = this.risk;
    // Two accounts are the venue's own.
    if (accounts.count - 2 >= this.limits.maxAccounts && accounts.find(accountId) === NO_SLOT) {
      return RejectReason.TooManyAccounts;
    }
    return this.risk.deposit(accountId, currency, amount, this.sequence);
  }

  private executeWithdraw(command: Funding): number {
    const currency = this.risk.currencyIndexOf(command.currencyId);
    if (currency === NO_SLOT) return RejectReason.UnknownCurrency;
    return this.risk.withdraw(command.accountId, currency, command.amount, this.sequence);
  }

  private executeAddCurrency(command: AddCurrency): number {
    const { currencyId, decimals, code } = command;
    if (this.risk.currencyIndexOf(currencyId) !== NO_SLOT) return RejectReason.CurrencyExists;
    if (this.currencies.length >= this.limits.maxCurrencies) return RejectReason.TooManyCurrencies;
    this.currencies.push({ currencyId, decimals, code });
    this.risk.addCurrency(currencyId);
    return RejectReason.None;
  }

  private executeAddSymbol(command: AddSymbol): number {
    const { symbolId, baseCurrencyId, quoteCurrencyId, lotSize, tickValue } = command;
    const { makerFeePpm, takerFeePpm, code } = command;
    if (this.engine.symbolIndexOf(symbolId) !== NO_SLOT) return RejectReason.SymbolExists;
    if (this.symbols.length >= this.limits.maxSymbols) return RejectReason.TooManySymbols;
    if (baseCurrencyId === quoteCurrencyId) return RejectReason.SameCurrency;
    const base = this.risk.currencyIndexOf(baseCurrencyId);
    const quote = this.risk.currencyIndexOf(quoteCurrencyId);
    if (base === NO_SLOT || quote === NO_SLOT) return RejectReason.UnknownCurrency;
    this.symbols.push({
      symbolId,
      baseCurrencyId,
      quoteCurrencyId,
      lotSize,
      tickValue,
      makerFeePpm,
      takerFeePpm,
      code,
    });
    this.engine.addSymbol(symbolId);
    this.risk.addMarket({ base, quote, lotSize, tickValue, makerFeePpm, takerFeePpm });
    return RejectReason.None;
  }

  private executeSetLimits(command: SetLimits): number {
    const { maxOpenOrders, maxAccounts, maxCurrencies, maxSymbols } = command;
    this.limits = { maxOpenOrders, maxAccounts, maxCurrencies, maxSymbols };
    return RejectReason.None;
  }

  onFill(maker: number, taker: number): void {
    const { orders, fillPrice: price, fillQty: qty, lastTradeId: tradeId } = this.engine;
    const takerSide = orders.side(taker);
    const isTakerBuyer = takerSide === Side.Buy;
    const buyer = isTakerBuyer ? taker : maker;
    const unreservedQty = isTakerBuyer ? this.unfillableQty : 0;
    this.risk.settle(
      orders.symbolIndex(taker),
      takerSide,
      maker,
      taker,
      price,
      qty,
      orders.price(buyer),
      orders.leavesQty(buyer) - unreservedQty,
      tradeId,
    );
    const { makerFee, takerFee } = this.risk;
    const { events, engine } = this;
    events.writeTrade(engine, maker, taker, makerFee, takerFee);
    events.writeFill(engine, taker, Liquidity.Taker, takerFee);
    events.writeFill(engine, maker, Liquidity.Maker, makerFee);
  }

  onReport(order: number, execType: number, reason: number): void {
    if (execType === ExecType.Canceled) this.risk.release(order);
    this.events.writeReport(this.engine, order, execType, reason);
  }

  /** The exchange itself rejects: it asks the engine before it reserves. */
  onRejected(_ticket: OrderTicket, reason: number): void {
    throw new Error(`the engine rejected a checked order: ${reason}`);
  }

  onLevel(level: number): void {
    this.events.writeLevel(this.engine, level);
  }

  onTradingState(): void {}

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
    );
  }

  private writeBalances(): void {
    const { balances } = this.risk;
    for (let i = 0; i < balances.changedCount; i++) {
      this.events.writeBalance(this.risk, balances.changed[i]!);
    }
    balances.clearChanged();
  }
}

/** A NewOrder's terms as the engine takes them; an order's id is the command's sequence number. */
function readTicket(ticket: OrderTicket, command: NewOrder, sequence: number): void {
  const { accountId, symbolId, side, price, qty } = command;
  ticket.limit(sequence, accountId, symbolId, side, price, qty);
  ticket.orderType = command.orderType;
  ticket.timeInForce = command.timeInForce;
  ticket.clientOrderId = command.clientOrderId;
}
