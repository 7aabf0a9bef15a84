/**
 * The yardstick of matching: docs/matching.md in naive code that is obviously right. Plain orders
 * in arrays, always searched from the front. It shares nothing with the engine but enumerations and
 * types, and takes commands whose terms are valid; tests hold every event of the engine against it.
 */
import {
  CancelReason,
  ExecType,
  OrderStatus,
  OrderType,
  TimeInForce,
  TradingState,
} from '../protocol/enums.ts';
import { RejectReason } from '../protocol/reject-reason.ts';
import type {
  CommandEngine,
  EngineCommand,
  LevelView,
  OrderTerms,
  OrderView,
  Outcome,
  ReplaceTerms,
} from './engine-commands.ts';
import { auctionOf } from './oracle-auction.ts';
import { OracleBook } from './oracle-book.ts';
import { OracleEvents } from './oracle-events.ts';
import {
  isHitBy,
  isStop,
  leavesQty,
  levelsOf,
  MAX,
  newLeavesOf,
  type OracleOrder,
  openStatusOf,
  orderFrom,
  shownAtMost,
  viewOf,
  wholeTimes,
} from './oracle-orders.ts';

type Command<Name> = Extract<EngineCommand, { readonly command: Name }>;

export class Oracle implements CommandEngine {
  private readonly events = new OracleEvents();
  /** In the order in which they were added. */
  private readonly books: OracleBook[] = [];
  private now = 0;
  private entries = 0;
  readonly maxFills: number;

  /** @param maxFills the most fills of an incoming order */
  constructor(maxFills = 100_000) {
    this.maxFills = maxFills;
  }

  addSymbol(symbolId: number): void {
    this.books.push(new OracleBook(symbolId, this.events, this.maxFills));
  }

  execute(command: EngineCommand): Outcome {
    this.events.startCommand();
    const rejectReason = this.run(command);
    this.tellLevels();
    return { rejectReason, events: this.events.events };
  }

  restingOrders(symbolId: number, side: number): OrderView[] {
    return this.book(symbolId).resting(side).map(viewOf);
  }

  waitingStops(symbolId: number, side: number): OrderView[] {
    return this.book(symbolId).stops(side).map(viewOf);
  }

  levels(symbolId: number, side: number): LevelView[] {
    return levelsOf(this.book(symbolId).resting(side));
  }

  lastPrice(symbolId: number): number {
    return this.book(symbolId).lastPrice;
  }

  private run(command: EngineCommand): number {
    switch (command.command) {
      case 'new':
        return this.newOrder(command);
      case 'replace':
        return this.replace(command);
      case 'cancel':
        return this.cancel(command.orderId);
      case 'massCancel':
        return this.massCancel(command);
      case 'state':
        return this.setState(command);
      case 'band':
        return this.setBand(command);
      case 'time':
        return this.advanceTime(command.time);
    }
  }

  // New orders.

  private newOrder(terms: OrderTerms): number {
    this.entries++;
    const order = orderFrom(terms, this.entries);
    const book = this.find(terms.symbolId);
    const reason = book ? this.whyNotNew(book, order) : RejectReason.UnknownSymbol;
    if (reason !== RejectReason.None || book === undefined) {
      order.status = OrderStatus.Rejected;
      this.events.report(ExecType.Rejected, order, true, { reason });
      return reason;
    }
    if (order.amount > 0) order.qty = affordableAtBest(book, order);
    book.orders.push(order);
    this.events.report(ExecType.New, order, false);
    this.takeIn(book, order);
    return RejectReason.None;
  }

  private whyNotNew(book: OracleBook, order: OracleOrder): number {
    const { orderType, timeInForce, side } = order;
    const isMarket = orderType === OrderType.Market;
    const isContinuous = book.state === TradingState.Continuous;
    if (this.findOrder(order.orderId) !== undefined) return RejectReason.DuplicateOrderId;
    if (timeInForce === TimeInForce.GTD && order.expireTime <= this.now) {
      return RejectReason.ExpireTimePassed;
    }
    if (!isAllowedIn(book.state, order)) return RejectReason.NotInThisTradingState;
    if (order.qty > MAX - book.openQty(side)) return RejectReason.QtyTooLarge;
    if (book.isOutsideBand(order.price)) return RejectReason.PriceOutsideBand;
    if (isMarket && !isContinuous && !book.hasBand()) return RejectReason.NoPriceBand;
    if (isMarket && isContinuous && !book.crosses(order)) return RejectReason.NoLiquidity;
    if (order.amount > 0 && affordableAtBest(book, order) === 0) return RejectReason.AmountTooSmall;
    if (order.postOnly && book.crosses(order)) return RejectReason.PostOnlyWouldTrade;
    return RejectReason.None;
  }

  /** Lets an order wait, rest or trade, as its market's state has it; then come the stops. */
  private takeIn(book: OracleBook, order: OracleOrder): void {
    const isContinuous = book.state === TradingState.Continuous;
    if (isStop(order)) {
      book.waitAsStop(order);
      order.isHit = isContinuous && isHitBy(order, book.lastPrice);
    } else if (isContinuous) {
      book.enter(order);
    } else {
      order.usedQty = 0;
      book.rest(order);
    }
    if (isContinuous) book.fireStops();
  }

  // Replaces.

  private replace(terms: ReplaceTerms): number {
    const order = this.findOrder(terms.orderId);
    if (order === undefined) return RejectReason.UnknownOrder;
    const book = this.book(order.symbolId);
    const reason = whyNotReplace(book, order, terms);
    if (reason !== RejectReason.None) return reason;
    if (order.place === 'stops') this.replaceStop(book, order, terms);
    else this.replaceResting(book, order, terms);
    return RejectReason.None;
  }

  private replaceResting(book: OracleBook, order: OracleOrder, terms: ReplaceTerms): void {
    const keepsPlace = order.price === terms.price && !isIncreased(order, terms);
    if (keepsPlace) book.touch(order);
    else book.takeOut(order);
    applyTerms(order, terms);
    this.events.report(ExecType.Replaced, order, false);
    if (keepsPlace) {
      const { shownQty, displayQty } = order;
      order.shownQty = Math.min(shownQty, leavesQty(order), shownAtMost(displayQty));
    } else if (book.state === TradingState.Continuous) {
      book.enter(order);
      book.fireStops();
    } else {
      order.usedQty = 0;
      book.rest(order);
    }
  }

  private replaceStop(book: OracleBook, order: OracleOrder, terms: ReplaceTerms): void {
    const stopPrice = terms.stopPrice || order.stopPrice;
    const isSameTrigger = stopPrice === order.stopPrice;
    const keepsPlace = isSameTrigger && order.price === terms.price && !isIncreased(order, terms);
    applyTerms(order, terms);
    order.stopPrice = stopPrice;
    this.events.report(ExecType.Replaced, order, false);
    if (!keepsPlace) book.waitAsStop(order);
    if (!isSameTrigger) order.isHit = false;
    if (book.state !== TradingState.Continuous) return;
    if (isHitBy(order, book.lastPrice)) order.isHit = true;
    book.fireStops();
  }

  // Cancels and expiry.

  private cancel(orderId: number): number {
    const order = this.findOrder(orderId);
    if (order === undefined) return RejectReason.UnknownOrder;
    this.book(order.symbolId).cancel(order, CancelReason.Requested);
    return RejectReason.None;
  }

  private massCancel({ accountId, symbolId, side }: Command<'massCancel'>): number {
    if (symbolId !== 0 && this.find(symbolId) === undefined) return RejectReason.UnknownSymbol;
    const books = this.books.filter((book) => symbolId === 0 || book.symbolId === symbolId);
    const orders = books
      .flatMap((book) => book.allInOrder())
      .filter((order) => side === 0 || order.side === side)
      .filter((order) => accountId === 0 || order.accountId === accountId);
    if (accountId !== 0) orders.sort((a, b) => a.entry - b.entry);
    for (const order of orders) this.book(order.symbolId).cancel(order, CancelReason.MassCancel);
    return RejectReason.None;
  }

  private advanceTime(time: number): number {
    this.now = Math.max(this.now, time);
    const expired = this.books
      .flatMap((book) => book.orders)
      .filter(({ timeInForce }) => timeInForce === TimeInForce.GTD)
      .filter(({ expireTime }) => expireTime <= this.now)
      .sort((a, b) => a.expireTime - b.expireTime || a.entry - b.entry);
    for (const order of expired) this.book(order.symbolId).expire(order);
    return RejectReason.None;
  }

  // State and band.

  private setState({ symbolId, state }: Command<'state'>): number {
    const book = this.find(symbolId);
    if (book === undefined) return RejectReason.UnknownSymbol;
    const uncrosses = state === TradingState.Auction || state === TradingState.Continuous;
    const auction = uncrosses ? auctionOf(book) : undefined;
    book.state = state;
    const { price: auctionPrice, qty: auctionQty } = auction ?? { price: 0, qty: 0 };
    this.events.events.push({ event: 'state', symbolId, state, auctionPrice, auctionQty });
    if (auction !== undefined) book.uncross(auctionPrice, auctionQty);
    if (uncrosses) cancelMarketOrders(book);
    if (state === TradingState.Closed) expireDayOrders(book);
    if (state === TradingState.Continuous) {
      book.hitStopsByLastPrice();
      book.fireStops();
    }
    return RejectReason.None;
  }

  private setBand({ symbolId, referencePrice, bandTicks }: Command<'band'>): number {
    const book = this.find(symbolId);
    if (book === undefined) return RejectReason.UnknownSymbol;
    book.referencePrice = referencePrice;
    book.bandTicks = bandTicks;
    return RejectReason.None;
  }

  // What all of them need.

  /** Each touched level that is not what it was before the command. */
  private tellLevels(): void {
    for (const { symbolId, side, price, qtyBefore, orderCountBefore } of this.events.touched) {
      const { qty, orderCount } = this.book(symbolId).level(side, price);
      if (qty === qtyBefore && orderCount === orderCountBefore) continue;
      this.events.events.push({ event: 'level', symbolId, side, price, qty, orderCount });
    }
  }

  private find(symbolId: number): OracleBook | undefined {
    return this.books.find((book) => book.symbolId === symbolId);
  }

  private book(symbolId: number): OracleBook {
    const book = this.find(symbolId);
    if (book === undefined) throw new RangeError(`there is no market ${symbolId}`);
    return book;
  }

  private findOrder(orderId: number): OracleOrder | undefined {
    const orders = this.books.flatMap((book) => book.orders);
    return orders.find((order) => order.orderId === orderId);
  }
}

function isAllowedIn(state: number, order: OracleOrder): boolean {
  if (state === TradingState.Continuous) return true;
  if (state !== TradingState.PreOpen) return false;
  if (order.timeInForce === TimeInForce.FOK || order.amount > 0) return false;
  return order.timeInForce !== TimeInForce.IOC || order.orderType === OrderType.Market;
}

/** How much an order by amount can get at the best price. */
function affordableAtBest(book: OracleBook, order: OracleOrder): number {
  const best = book.bestOppositePrice(order);
  return best === 0 ? 0 : wholeTimes(order.amount, best);
}

function whyNotReplace(book: OracleBook, order: OracleOrder, terms: ReplaceTerms): number {
  const changesPrice = terms.price !== order.price;
  const newLeaves = newLeavesOf(order, terms);
  const openQtyOfOthers = book.openQty(order.side) - leavesQty(order);
  if (book.state !== TradingState.Continuous && book.state !== TradingState.PreOpen) {
    return RejectReason.NotInThisTradingState;
  }
  if (!fits(order, terms)) return RejectReason.TermsDoNotFitOrder;
  if (newLeaves <= 0) return RejectReason.QtyNotAboveFilled;
  if (newLeaves > MAX - order.cumQty) return RejectReason.QtyTooLarge;
  if (newLeaves > MAX - openQtyOfOthers) return RejectReason.QtyTooLarge;
  if (changesPrice && book.isOutsideBand(terms.price)) return RejectReason.PriceOutsideBand;
  if (changesPrice && order.postOnly && book.crosses({ ...order, price: terms.price })) {
    return RejectReason.PostOnlyWouldTrade;
  }
  return RejectReason.None;
}

function fits(order: OracleOrder, { price, displayQty = 0, stopPrice = 0 }: ReplaceTerms): boolean {
  if (order.orderType === OrderType.Market) return false;
  if (order.place !== 'stops' && stopPrice !== 0) return false;
  if (order.orderType === OrderType.Stop) return price === 0 && displayQty === 0;
  return price !== 0;
}

function isIncreased(order: OracleOrder, terms: ReplaceTerms): boolean {
  if (newLeavesOf(order, terms) > leavesQty(order)) return true;
  return shownAtMost(terms.displayQty ?? 0) > shownAtMost(order.displayQty);
}

function applyTerms(order: OracleOrder, terms: ReplaceTerms): void {
  order.price = terms.price;
  order.qty = order.cumQty + newLeavesOf(order, terms);
  order.displayQty = terms.displayQty ?? 0;
  order.status = openStatusOf(order);
}

/** What an uncrossing leaves of the market orders that waited for it. */
function cancelMarketOrders(book: OracleBook): void {
  for (const order of book.allInOrder()) {
    if (order.orderType === OrderType.Market) book.cancel(order, CancelReason.AuctionEnded);
  }
}

function expireDayOrders(book: OracleBook): void {
  for (const order of book.allInOrder()) {
    if (order.timeInForce === TimeInForce.DAY) book.expire(order);
  }
}
