/**
 * Commands about many orders: mass cancels, and what changes a whole market, its trading state with
 * the auction that a change makes and its price band (docs/matching.md). Off the hot path.
 */
import {
  CancelReason,
  ExecType,
  OrderType,
  Side,
  TimeInForce,
  TradingState,
} from '../protocol/enums.ts';
import { RejectReason } from '../protocol/reject-reason.ts';
import type { EngineListener } from './engine-listener.ts';
import { equilibriumOf } from './equilibrium.ts';
import type { Matcher } from './matcher.ts';
import type { OrderBook } from './order-book.ts';
import type { OrderKeeper } from './order-keeper.ts';
import { ORDER } from './orders.ts';

const ACCEPTED: number = RejectReason.None;
const { NONE } = ORDER;
const { Market } = OrderType;
const { DAY } = TimeInForce;
const { Continuous, Auction, Closed } = TradingState;
const { Buy, Sell } = Side;
const { Canceled, Expired } = ExecType;

export function createMarketCommands(
  keeper: OrderKeeper,
  matcher: Matcher,
  listener: EngineListener,
) {
  const { accountOrders, books, levels, orders, symbolIndexOf, takeOutAndEnd, tellLevels } = keeper;
  const { fillInAuction, finishTrading, forgetTradePrices, noteTradePrice } = matcher;

  /** Cancels the open orders of an account, a market and a side; 0 stands for all of them. */
  function massCancel(
    accountId: number,
    symbolId: number,
    side: number,
    reason: number = CancelReason.MassCancel,
  ): number {
    const onlyIndex = symbolId === 0 ? NONE : symbolIndexOf(symbolId);
    if (symbolId !== 0 && onlyIndex === NONE) return RejectReason.UnknownSymbol;
    if (accountId !== 0) massCancelAccount(accountId, onlyIndex, side, reason);
    else {
      for (let index = 0; index < books.length; index++) {
        if (onlyIndex !== NONE && index !== onlyIndex) continue;
        endAll(books[index]!, side, Canceled, reason);
      }
    }
    tellLevels();
    return ACCEPTED;
  }

  function setTradingState(symbolId: number, state: number): number {
    const index = symbolIndexOf(symbolId);
    if (index === NONE) return RejectReason.UnknownSymbol;
    const book = books[index]!;
    const uncrosses = state === Auction || state === Continuous;
    const { price, qty } = uncrosses ? equilibriumOf(book, levels) : { price: 0, qty: 0 };
    book.setAuction(price, qty);
    book.state = state;
    forgetTradePrices();
    listener.onTradingState(index, state);
    if (qty > 0) uncross(book, price, qty);
    if (uncrosses && book.marketOrderCount > 0) endWaitingMarketOrders(book);
    if (state === Closed) endAll(book, 0, Expired, 0);
    if (state === Continuous) {
      if (book.lastPrice !== 0) noteTradePrice(book.lastPrice);
      finishTrading(book);
    }
    tellLevels();
    return ACCEPTED;
  }

  /** `bandTicks` 0: no band; `referencePrice` 0: none. */
  function setPriceBand(symbolId: number, referencePrice: number, bandTicks: number): number {
    const index = symbolIndexOf(symbolId);
    if (index === NONE) return RejectReason.UnknownSymbol;
    books[index]!.setBand(referencePrice, bandTicks);
    return ACCEPTED;
  }

  function massCancelAccount(
    accountId: number,
    symbolIndex: number,
    side: number,
    reason: number,
  ): void {
    let order = accountOrders.first(accountId);
    while (order !== NONE) {
      const next = accountOrders.next(order);
      const isMeant =
        (symbolIndex === NONE || orders.symbolIndex(order) === symbolIndex) &&
        (side === 0 || orders.side(order) === side);
      if (isMeant) takeOutAndEnd(order, Canceled, reason);
      order = next;
    }
  }

  /** Ends all orders of a market or a side; with Expired, those for the day. */
  function endAll(book: OrderBook, onlySide: number, execType: number, reason: number): void {
    const isMeant = (order: number): boolean =>
      execType !== Expired || orders.timeInForce(order) === DAY;
    for (const side of [Buy, Sell]) {
      if (onlySide !== 0 && side !== onlySide) continue;
      for (const order of restingOrders(book, side)) {
        if (isMeant(order)) takeOutAndEnd(order, execType, reason);
      }
    }
    for (const side of [Buy, Sell]) {
      if (onlySide !== 0 && side !== onlySide) continue;
      for (const order of [...book.stops(side).all()]) {
        if (isMeant(order)) takeOutAndEnd(order, execType, reason);
      }
    }
  }

  /** A side's resting orders in book order; the one at hand may be taken out. */
  function* restingOrders(book: OrderBook, side: number): Generator<number> {
    const ladder = book.side(side);
    for (let level = ladder.best(); level !== NONE; ) {
      const next = ladder.nextBehind(level);
      yield* levels.queue(level);
      level = next;
    }
  }

  function uncross(book: OrderBook, price: number, qty: number): void {
    let left = qty;
    while (left > 0) {
      const buy = levels.head(book.bids.best());
      const sell = levels.head(book.asks.best());
      left -= fillInAuction(book, buy, sell, left);
    }
    book.lastPrice = price;
  }

  function endWaitingMarketOrders(book: OrderBook): void {
    for (const side of [Buy, Sell]) {
      for (const order of restingOrders(book, side)) {
        if (book.marketOrderCount === 0) return;
        if (orders.orderType(order) !== Market) continue;
        takeOutAndEnd(order, Canceled, CancelReason.AuctionEnded);
      }
    }
  }

  return { massCancel, setTradingState, setPriceBand, restingOrders };
}
