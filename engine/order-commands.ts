/**
 * Commands about one order: new, replace and cancel, in the steps of docs/matching.md. Made of
 * closures over slabs of a fixed size (ADR 0009). Hot path: no allocation per command.
 */
import { CancelReason, ExecType, OrderType, QtyMeaning, TradingState } from '../protocol/enums.ts';
import { RejectReason } from '../protocol/reject-reason.ts';
import type { EngineListener } from './engine-listener.ts';
import type { Matcher } from './matcher.ts';
import { crosses } from './order-book.ts';
import { checkNewOrder, checkReplace as whyNoReplace } from './order-checks.ts';
import { asDisplay, type OrderKeeper } from './order-keeper.ts';
import { mayRest, type OrderTicket, TICKET_LANE } from './order-ticket.ts';
import { ORDER } from './orders.ts';

const ACCEPTED: number = RejectReason.None;
const TICKET_ORDER = TICKET_LANE.orderId;
const { DISPLAY, HIDDEN, LEVEL, NONE, ORDER_LINKS, ORDER_WORDS, PRICE, SHOWN } = ORDER;
const { Market, Stop, StopLimit } = OrderType;
const { Continuous } = TradingState;
const { Canceled, New, Replaced, Expired } = ExecType;

/** @param maxOrders the most open orders */
export function createOrderCommands(
  keeper: OrderKeeper,
  matcher: Matcher,
  listener: EngineListener,
  maxOrders: number,
) {
  const { clock, expiry, levels, openOrders, orders } = keeper;
  const { bookOf, keepsPlace, open, symbolIndexOf, takeOut, takeOutAndEnd, tellLevels, wait } =
    keeper;
  const { books } = keeper;
  const { enter, finishTrading, forgetTradePrices, noteTradePrice, setBudget } = matcher;
  const { words, links } = orders;

  /** Checks and executes a new order whose terms are valid; returns why it was rejected, if so. */
  function submit(ticket: OrderTicket): number {
    const reason = check(ticket);
    if (reason === ACCEPTED) execute(admit(ticket));
    else listener.onRejected(ticket, reason);
    return reason;
  }

  /** Why a new order whose terms are valid is refused, or RejectReason.None. */
  function check(ticket: OrderTicket): number {
    const symbolIndex = symbolIndexOf(ticket.symbolId);
    if (symbolIndex === NONE) return RejectReason.UnknownSymbol;
    if (openOrders.find(ticket.lanes, TICKET_ORDER) !== NONE) return RejectReason.DuplicateOrderId;
    if (openOrders.count() >= maxOrders && mayRest(ticket.timeInForce)) {
      return RejectReason.TooManyOpenOrders;
    }
    return checkNewOrder(keeper, books[symbolIndex]!, ticket);
  }

  /**
   * Gives a new order that was checked a slot; it is not in the book yet. A market order's price is
   * the worst that it may trade at: the band's end, or the ticket's price where that is nearer.
   */
  function admit(ticket: OrderTicket): number {
    const symbolIndex = symbolIndexOf(ticket.symbolId);
    const order = orders.admit(ticket, symbolIndex);
    setBudget(NONE);
    if (ticket.orderType === Market) boundMarketOrder(order, ticket);
    return order;
  }

  function boundMarketOrder(order: number, ticket: OrderTicket): void {
    const book = bookOf(order);
    const { amount, price, side } = ticket;
    const collar = book.collar(side);
    const isNearer = price !== 0 && crosses(side, collar, price);
    orders.setPrice(order, isNearer ? price : collar);
    if (amount === 0) return;
    orders.setQty(order, Math.floor(amount / levels.price(book.asks.best())));
    setBudget(amount);
  }

  function discard(order: number): void {
    orders.release(order);
  }

  /** Executes an admitted order. */
  function execute(order: number): void {
    const book = bookOf(order);
    forgetTradePrices();
    listener.onReport(order, New, 0);
    const orderType = orders.orderType(order);
    if (orderType === Stop || orderType === StopLimit) {
      open(order);
      wait(order);
      if (book.lastPrice !== 0) noteTradePrice(book.lastPrice);
    } else enter(order);
    setBudget(NONE);
    if (book.state === Continuous) finishTrading(book);
    tellLevels();
  }

  /** Cancels an order by its id; returns RejectReason.UnknownOrder where there is none. */
  function cancel(orderId: number): number {
    const order = openOrders.get(orderId);
    if (order === NONE) return RejectReason.UnknownOrder;
    cancelOrder(order);
    return ACCEPTED;
  }

  /** Cancels an open order by its slot. */
  function cancelOrder(order: number): void {
    takeOutAndEnd(order, Canceled, CancelReason.Requested);
    tellLevels();
  }

  /**
   * Gives an order new terms by its id; returns why not, if so. All terms are told, also those that
   * stay: `displayQty` 0 shows all; `stopPrice` 0 keeps that of a waiting stop.
   */
  function replace(
    orderId: number,
    price: number,
    qty: number,
    qtyMeaning: number = QtyMeaning.Total,
    displayQty = 0,
    stopPrice = 0,
  ): number {
    const order = openOrders.get(orderId);
    if (order === NONE) return RejectReason.UnknownOrder;
    const total = qtyMeaning === QtyMeaning.Open ? orders.cumQty(order) + qty : qty;
    const reason = whyNoReplace(keeper, order, price, total, displayQty, stopPrice);
    if (reason === ACCEPTED) replaceOrder(order, price, total, displayQty, stopPrice);
    return reason;
  }

  /** Why new terms for an open order are refused; `qty` is its new total. */
  function checkReplace(
    order: number,
    price: number,
    qty: number,
    displayQty: number,
    stopPrice: number,
  ): number {
    return whyNoReplace(keeper, order, price, qty, displayQty, stopPrice);
  }

  /** Gives an open order new terms that were checked; `qty` is its new total. */
  function replaceOrder(
    order: number,
    price: number,
    qty: number,
    displayQty: number,
    stopPrice: number,
  ): void {
    const book = bookOf(order);
    forgetTradePrices();
    if (orders.isWaiting(order)) replaceStop(order, price, qty, displayQty, stopPrice);
    else if (keepsPlace(order, price, qty, displayQty)) {
      resizeInPlace(order, qty, displayQty);
      listener.onReport(order, Replaced, 0);
    } else {
      takeOut(order);
      setTerms(order, price, qty, displayQty);
      listener.onReport(order, Replaced, 0);
      enter(order);
    }
    if (book.state === Continuous) finishTrading(book);
    tellLevels();
  }

  /** Moves the time on, µs since 1970, and expires the GTD orders that are due by then. */
  function advanceTime(time: number): void {
    if (time <= clock[0]!) return;
    clock[0] = time;
    expireDue();
  }

  /** Expires the GTD orders that are due by the engine's clock. */
  function expireDue(): void {
    const time = clock[0]!;
    for (let order = expiry.first(); order !== NONE; order = expiry.first()) {
      if (orders.expireTime(order) > time) break;
      takeOutAndEnd(order, Expired, 0);
    }
    tellLevels();
  }

  function resizeInPlace(order: number, qty: number, displayQty: number): void {
    const words = orders.words;
    const word = order << ORDER_WORDS;
    const level = links[(order << ORDER_LINKS) + LEVEL]!;
    const leaves = qty - orders.cumQty(order);
    const oldShown = words[word + SHOWN]!;
    const oldHidden = words[word + HIDDEN]!;
    const shown = Math.min(oldShown, leaves, asDisplay(displayQty));
    levels.touch(level);
    words[word + SHOWN] = shown;
    words[word + HIDDEN] = leaves - shown;
    words[word + DISPLAY] = displayQty;
    levels.addQty(level, shown - oldShown, leaves - shown - oldHidden);
    bookOf(order).addOpenQty(orders.side(order), leaves - oldShown - oldHidden);
  }

  function replaceStop(
    order: number,
    price: number,
    qty: number,
    displayQty: number,
    stopPrice: number,
  ): void {
    const book = bookOf(order);
    const staysInPlace =
      keepsPlace(order, price, qty, displayQty) &&
      (stopPrice === 0 || stopPrice === orders.stopPrice(order));
    const difference = qty - orders.qty(order);
    if (staysInPlace) {
      setTerms(order, price, qty, displayQty);
      book.addOpenQty(orders.side(order), difference);
    } else {
      takeOut(order);
      setTerms(order, price, qty, displayQty);
      if (stopPrice !== 0) orders.setStopPrice(order, stopPrice);
      wait(order);
    }
    listener.onReport(order, Replaced, 0);
    if (book.lastPrice !== 0) noteTradePrice(book.lastPrice);
  }

  /** New terms of an order that shows all it has left. */
  function setTerms(order: number, price: number, qty: number, displayQty: number): void {
    const word = order << ORDER_WORDS;
    words[word + SHOWN] = qty - orders.cumQty(order);
    words[word + PRICE] = price;
    words[word + DISPLAY] = displayQty;
  }

  return {
    submit,
    check,
    admit,
    discard,
    execute,
    cancel,
    cancelOrder,
    replace,
    checkReplace,
    replaceOrder,
    advanceTime,
    expireDue,
  };
}
