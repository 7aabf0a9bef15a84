/**
 * Price-time matching of many markets: the commands of docs/matching.md. Knows orders, not money.
 * Hot path: no allocation per command.
 *
 * `submit` does all with a new order. Whoever must reserve money in between takes its three steps:
 * `check`, then `admit`, which gives the order a slot, then `execute` or `discard`.
 */
import {
  CancelReason,
  ExecType,
  OrderType,
  QtyMeaning,
  Side,
  TimeInForce,
  TradingState,
} from '../protocol/enums.ts';
import { RejectReason } from '../protocol/reject-reason.ts';
import type { EngineListener } from './engine-listener.ts';
import { equilibriumOf } from './equilibrium.ts';
import { Matcher } from './matcher.ts';
import { crosses, type OrderBook } from './order-book.ts';
import { checkNewOrder, checkReplace } from './order-checks.ts';
import type { EngineCapacity } from './order-keeper.ts';
import type { OrderTicket } from './order-ticket.ts';
import { ORDER } from './orders.ts';

const ACCEPTED: number = RejectReason.None;
const { DISPLAY, HIDDEN, LEVEL, NONE, ORDER_LINKS, ORDER_WORDS, PRICE, SHOWN } = ORDER;
const { Market, Stop, StopLimit } = OrderType;
const { DAY } = TimeInForce;
const { Continuous, Auction, Closed } = TradingState;
const { Buy, Sell } = Side;
const { Canceled, New, Replaced, Expired } = ExecType;

export const DEFAULT_ENGINE_CAPACITY: EngineCapacity = { orders: 65_536, levels: 16_384 };

export class MatchingEngine extends Matcher {
  constructor(listener: EngineListener, capacity: EngineCapacity = DEFAULT_ENGINE_CAPACITY) {
    super(listener, capacity);
    this.budget = NONE;
  }

  /** The earliest time at which an open order expires; Infinity without any. */
  get nextExpireTime(): number {
    return this.expiry.nextTime;
  }

  /** Checks and executes a new order whose terms are valid; returns why it was rejected, if so. */
  submit(ticket: OrderTicket): number {
    const reason = this.check(ticket);
    if (reason === ACCEPTED) this.execute(this.admit(ticket));
    else this.listener.onRejected(ticket, reason);
    return reason;
  }

  /** Why a new order whose terms are valid is refused, or RejectReason.None. */
  check(ticket: OrderTicket): number {
    const symbolIndex = this.symbolIndexOf(ticket.symbolId);
    if (symbolIndex === NONE) return RejectReason.UnknownSymbol;
    if (this.openOrders.get(ticket.orderId) !== NONE) return RejectReason.DuplicateOrderId;
    return checkNewOrder(this, this.books[symbolIndex]!, ticket);
  }

  /**
   * Gives a new order that was checked a slot; it is not in the book yet. A market order's price is
   * the worst that it may trade at: the band's end, or the ticket's price where that is nearer.
   */
  admit(ticket: OrderTicket): number {
    const symbolIndex = this.symbolIndexOf(ticket.symbolId);
    const order = this.orders.admit(ticket, symbolIndex);
    this.budget = NONE;
    if (ticket.orderType === Market) this.boundMarketOrder(order, ticket);
    return order;
  }

  private boundMarketOrder(order: number, ticket: OrderTicket): void {
    const book = this.bookOf(order);
    const { amount, price, side } = ticket;
    const collar = book.collar(side);
    const isNearer = price !== 0 && crosses(side, collar, price);
    this.orders.setPrice(order, isNearer ? price : collar);
    if (amount === 0) return;
    this.orders.setQty(order, Math.floor(amount / this.levels.price(book.asks.best())));
    this.budget = amount;
  }

  discard(order: number): void {
    this.orders.release(order);
  }

  /** Executes an admitted order. */
  execute(order: number): void {
    const { orders } = this;
    const book = this.bookOf(order);
    this.forgetTradePrices();
    this.listener.onReport(order, New, 0);
    const orderType = orders.orderType(order);
    if (orderType === Stop || orderType === StopLimit) {
      this.open(order);
      this.wait(order);
      if (book.lastPrice !== 0) this.noteTradePrice(book.lastPrice);
    } else this.enter(order);
    this.budget = NONE;
    if (book.state === Continuous) this.finishTrading(book);
    this.tellLevels();
  }

  /** Cancels an order by its id; returns RejectReason.UnknownOrder where there is none. */
  cancel(orderId: number): number {
    const order = this.openOrders.get(orderId);
    if (order === NONE) return RejectReason.UnknownOrder;
    this.cancelOrder(order);
    return ACCEPTED;
  }

  /** Cancels an open order by its slot. */
  cancelOrder(order: number): void {
    this.takeOutAndEnd(order, Canceled, CancelReason.Requested);
    this.tellLevels();
  }

  /**
   * Gives an order new terms by its id; returns why not, if so. All terms are told, also those that
   * stay: `displayQty` 0 shows all; `stopPrice` 0 keeps that of a waiting stop.
   */
  replace(
    orderId: number,
    price: number,
    qty: number,
    qtyMeaning: number = QtyMeaning.Total,
    displayQty = 0,
    stopPrice = 0,
  ): number {
    const order = this.openOrders.get(orderId);
    if (order === NONE) return RejectReason.UnknownOrder;
    const total = qtyMeaning === QtyMeaning.Open ? this.orders.cumQty(order) + qty : qty;
    const reason = checkReplace(this, order, price, total, displayQty, stopPrice);
    if (reason === ACCEPTED) this.replaceOrder(order, price, total, displayQty, stopPrice);
    return reason;
  }

  /** Why new terms for an open order are refused; `qty` is its new total. */
  checkReplace(
    order: number,
    price: number,
    qty: number,
    displayQty: number,
    stopPrice: number,
  ): number {
    return checkReplace(this, order, price, qty, displayQty, stopPrice);
  }

  /** Gives an open order new terms that were checked; `qty` is its new total. */
  replaceOrder(
    order: number,
    price: number,
    qty: number,
    displayQty: number,
    stopPrice: number,
  ): void {
    const { orders } = this;
    const book = this.bookOf(order);
    this.forgetTradePrices();
    if (orders.isWaiting(order)) this.replaceStop(order, price, qty, displayQty, stopPrice);
    else if (this.keepsPlace(order, price, qty, displayQty)) {
      this.resizeInPlace(order, qty, displayQty);
      this.listener.onReport(order, Replaced, 0);
    } else {
      this.takeOut(order);
      this.setTerms(order, price, qty, displayQty);
      this.listener.onReport(order, Replaced, 0);
      this.enter(order);
    }
    if (book.state === Continuous) this.finishTrading(book);
    this.tellLevels();
  }

  /** Cancels the open orders of an account, a market and a side; 0 stands for all of them. */
  massCancel(accountId: number, symbolId: number, side: number): number {
    const onlyIndex = symbolId === 0 ? NONE : this.symbolIndexOf(symbolId);
    if (symbolId !== 0 && onlyIndex === NONE) return RejectReason.UnknownSymbol;
    if (accountId !== 0) this.massCancelAccount(accountId, onlyIndex, side);
    else {
      for (let index = 0; index < this.books.length; index++) {
        if (onlyIndex !== NONE && index !== onlyIndex) continue;
        this.endAll(this.books[index]!, side, Canceled, CancelReason.MassCancel);
      }
    }
    this.tellLevels();
    return ACCEPTED;
  }

  setTradingState(symbolId: number, state: number): number {
    const index = this.symbolIndexOf(symbolId);
    if (index === NONE) return RejectReason.UnknownSymbol;
    const book = this.books[index]!;
    const uncrosses = state === Auction || state === Continuous;
    const { price, qty } = uncrosses ? equilibriumOf(book, this.levels) : { price: 0, qty: 0 };
    book.setAuction(price, qty);
    book.state = state;
    this.forgetTradePrices();
    this.listener.onTradingState(index, state);
    if (qty > 0) this.uncross(book, price, qty);
    if (uncrosses && book.marketOrderCount > 0) this.endWaitingMarketOrders(book);
    if (state === Closed) this.endAll(book, 0, Expired, 0);
    if (state === Continuous) {
      if (book.lastPrice !== 0) this.noteTradePrice(book.lastPrice);
      this.finishTrading(book);
    }
    this.tellLevels();
    return ACCEPTED;
  }

  /** `bandTicks` 0: no band; `referencePrice` 0: none. */
  setPriceBand(symbolId: number, referencePrice: number, bandTicks: number): number {
    const index = this.symbolIndexOf(symbolId);
    if (index === NONE) return RejectReason.UnknownSymbol;
    this.books[index]!.setBand(referencePrice, bandTicks);
    return ACCEPTED;
  }

  /** Moves the time on, µs since 1970, and expires the GTD orders that are due by then. */
  advanceTime(time: number): void {
    if (time <= this.clock[0]!) return;
    this.clock[0] = time;
    this.expireDue();
  }

  /** Expires the GTD orders that are due by the engine's clock. */
  expireDue(): void {
    const time = this.clock[0]!;
    for (let order = this.expiry.first(); order !== NONE; order = this.expiry.first()) {
      if (this.orders.expireTime(order) > time) break;
      this.takeOutAndEnd(order, Expired, 0);
    }
    this.tellLevels();
  }

  private finishTrading(book: OrderBook): void {
    if (book.hasStops) this.fireStops(book);
    this.assertUncrossed(book);
  }

  /** Whether a replace lets a resting order keep its place in its level. */
  protected keepsPlace(order: number, price: number, qty: number, displayQty: number): boolean {
    const { orders } = this;
    return (
      price === orders.price(order) &&
      qty <= orders.qty(order) &&
      asDisplay(displayQty) <= asDisplay(orders.displayQty(order))
    );
  }

  private resizeInPlace(order: number, qty: number, displayQty: number): void {
    const { orders, levels } = this;
    const words = orders.words;
    const word = order << ORDER_WORDS;
    const level = orders.links[(order << ORDER_LINKS) + LEVEL]!;
    const leaves = qty - orders.cumQty(order);
    const oldShown = words[word + SHOWN]!;
    const oldHidden = words[word + HIDDEN]!;
    const shown = Math.min(oldShown, leaves, asDisplay(displayQty));
    levels.touch(level);
    words[word + SHOWN] = shown;
    words[word + HIDDEN] = leaves - shown;
    words[word + DISPLAY] = displayQty;
    levels.addQty(level, shown - oldShown, leaves - shown - oldHidden);
    this.bookOf(order).addOpenQty(orders.side(order), leaves - oldShown - oldHidden);
  }

  private replaceStop(
    order: number,
    price: number,
    qty: number,
    displayQty: number,
    stopPrice: number,
  ): void {
    const { orders } = this;
    const book = this.bookOf(order);
    const keepsPlace =
      this.keepsPlace(order, price, qty, displayQty) &&
      (stopPrice === 0 || stopPrice === orders.stopPrice(order));
    const difference = qty - orders.qty(order);
    if (keepsPlace) {
      this.setTerms(order, price, qty, displayQty);
      book.addOpenQty(orders.side(order), difference);
    } else {
      this.takeOut(order);
      this.setTerms(order, price, qty, displayQty);
      if (stopPrice !== 0) orders.setStopPrice(order, stopPrice);
      this.wait(order);
    }
    this.listener.onReport(order, Replaced, 0);
    if (book.lastPrice !== 0) this.noteTradePrice(book.lastPrice);
  }

  /** New terms of an order that shows all it has left. */
  private setTerms(order: number, price: number, qty: number, displayQty: number): void {
    const words = this.orders.words;
    const word = order << ORDER_WORDS;
    words[word + SHOWN] = qty - this.orders.cumQty(order);
    words[word + PRICE] = price;
    words[word + DISPLAY] = displayQty;
  }

  private massCancelAccount(accountId: number, symbolIndex: number, side: number): void {
    const { orders, accountOrders } = this;
    let order = accountOrders.first(accountId);
    while (order !== NONE) {
      const next = accountOrders.next(order);
      const isMeant =
        (symbolIndex === NONE || orders.symbolIndex(order) === symbolIndex) &&
        (side === 0 || orders.side(order) === side);
      if (isMeant) this.takeOutAndEnd(order, Canceled, CancelReason.MassCancel);
      order = next;
    }
  }

  /** Ends all orders of a market or a side; with Expired, those for the day. */
  private endAll(book: OrderBook, onlySide: number, execType: number, reason: number): void {
    const isMeant = (order: number): boolean =>
      execType !== Expired || this.orders.timeInForce(order) === DAY;
    for (const side of [Buy, Sell]) {
      if (onlySide !== 0 && side !== onlySide) continue;
      for (const order of this.restingOrders(book, side)) {
        if (isMeant(order)) this.takeOutAndEnd(order, execType, reason);
      }
    }
    for (const side of [Buy, Sell]) {
      if (onlySide !== 0 && side !== onlySide) continue;
      for (const order of [...book.stops(side).all()]) {
        if (isMeant(order)) this.takeOutAndEnd(order, execType, reason);
      }
    }
  }

  /** A side's resting orders in book order; the one at hand may be taken out. */
  *restingOrders(book: OrderBook, side: number): Generator<number> {
    const ladder = book.side(side);
    for (let level = ladder.best(); level !== NONE; ) {
      const next = ladder.nextBehind(level);
      yield* this.levels.queue(level);
      level = next;
    }
  }

  private uncross(book: OrderBook, price: number, qty: number): void {
    const { levels } = this;
    let left = qty;
    while (left > 0) {
      const buy = levels.head(book.bids.best());
      const sell = levels.head(book.asks.best());
      left -= this.fillInAuction(book, buy, sell, left);
    }
    book.lastPrice = price;
  }

  private endWaitingMarketOrders(book: OrderBook): void {
    for (const side of [Buy, Sell]) {
      for (const order of this.restingOrders(book, side)) {
        if (book.marketOrderCount === 0) return;
        if (this.orders.orderType(order) !== Market) continue;
        this.takeOutAndEnd(order, Canceled, CancelReason.AuctionEnded);
      }
    }
  }
}

/** Everything is displayed: no bound. */
function asDisplay(displayQty: number): number {
  return displayQty === 0 ? Number.POSITIVE_INFINITY : displayQty;
}
