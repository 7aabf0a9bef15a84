/**
 * One market of the oracle: all its open orders in one array, and what can happen to an order in
 * it. What a command means is in oracle.ts.
 */
import {
  CancelReason,
  ExecType,
  Liquidity,
  OrderStatus,
  SelfTradePrevention,
  Side,
  TimeInForce,
  TradingState,
} from '../protocol/enums.ts';
import type { LevelView } from './engine-commands.ts';
import { OracleEvents } from './oracle-events.ts';
import {
  canRest,
  hasLimit,
  inBookOrder,
  inFiringOrder,
  isHitBy,
  isOneOwner,
  leavesQty,
  levelsOf,
  MAX,
  type OracleOrder,
  openStatusOf,
  oppositeOf,
  shownAtMost,
  sum,
  trancheOf,
  wholeTimes,
} from './oracle-orders.ts';

export class OracleBook {
  readonly symbolId: number;
  readonly events: OracleEvents;
  orders: OracleOrder[] = [];
  state: number = TradingState.Continuous;
  referencePrice = 0;
  bandTicks = 0;
  lastPrice = 0;
  private arrivals = 0;

  private readonly maxFills: number;

  constructor(symbolId: number, events: OracleEvents, maxFills: number) {
    this.symbolId = symbolId;
    this.events = events;
    this.maxFills = maxFills;
  }

  /** The same book again, to try something out; it tells `events`. */
  copy(events: OracleEvents): OracleBook {
    const copy = new OracleBook(this.symbolId, events, this.maxFills);
    copy.orders = this.orders.map((order) => ({ ...order }));
    copy.state = this.state;
    copy.referencePrice = this.referencePrice;
    copy.bandTicks = this.bandTicks;
    copy.lastPrice = this.lastPrice;
    copy.arrivals = this.arrivals;
    return copy;
  }

  // Questions.

  resting(side: number): OracleOrder[] {
    return inBookOrder(this.orders.filter((o) => o.place === 'book' && o.side === side));
  }

  stops(side: number): OracleOrder[] {
    return inFiringOrder(this.orders.filter((o) => o.place === 'stops' && o.side === side));
  }

  /** Buys in book order, sells, buy stops in the order they would fire, sell stops. */
  allInOrder(): OracleOrder[] {
    return [
      ...this.resting(Side.Buy),
      ...this.resting(Side.Sell),
      ...this.stops(Side.Buy),
      ...this.stops(Side.Sell),
    ];
  }

  openQty(side: number): number {
    return sum(this.orders.filter((order) => order.side === side).map(leavesQty));
  }

  level(side: number, price: number): LevelView {
    const levels = levelsOf(this.resting(side));
    return levels.find((level) => level.price === price) ?? { price, qty: 0, orderCount: 0 };
  }

  hasBand(): boolean {
    return this.bandTicks > 0;
  }

  lowPrice(): number {
    return this.hasBand() ? Math.max(1, this.referencePrice - this.bandTicks) : 1;
  }

  highPrice(): number {
    return this.hasBand() ? Math.min(MAX, this.referencePrice + this.bandTicks) : MAX;
  }

  /** @param price 0, of an order without a limit, is never outside */
  isOutsideBand(price: number): boolean {
    return price !== 0 && (price < this.lowPrice() || price > this.highPrice());
  }

  /** The worst price at which an order trades: its limit, or without one the band's end. */
  worstPriceOf(order: OracleOrder): number {
    if (hasLimit(order)) return order.price;
    return order.side === Side.Buy ? this.highPrice() : this.lowPrice();
  }

  /** True if an order could trade with the best opposite order, whoever owns it. */
  crosses(order: OracleOrder): boolean {
    const best = this.resting(oppositeOf(order.side))[0];
    return best !== undefined && this.reaches(order, best);
  }

  /** 0 if there is none. */
  bestOppositePrice(order: OracleOrder): number {
    return this.resting(oppositeOf(order.side))[0]?.levelPrice ?? 0;
  }

  private reaches(order: OracleOrder, maker: OracleOrder): boolean {
    const worst = this.worstPriceOf(order);
    return order.side === Side.Buy ? maker.levelPrice <= worst : maker.levelPrice >= worst;
  }

  // The way of an incoming order.

  /** Trades what it can; what is left rests or is canceled. Then the order is incoming no more. */
  enter(order: OracleOrder): void {
    order.usedQty = 0;
    if (order.timeInForce === TimeInForce.FOK && !this.wouldFillWhole(order)) {
      this.cancel(order, CancelReason.FillOrKill);
      return;
    }
    const reason = this.match(order);
    if (!this.orders.includes(order)) return;
    if (canRest(order) && reason !== CancelReason.TooManyFills) this.rest(order);
    else this.cancel(order, reason);
  }

  /** Tries it out: on a copy of this book, an order like this one. */
  private wouldFillWhole(order: OracleOrder): boolean {
    const book = this.copy(new OracleEvents());
    const twin = book.orders.find(({ orderId }) => orderId === order.orderId)!;
    book.match(twin);
    return twin.cumQty === order.qty;
  }

  /** @returns why what is left of it, if it may not rest, is to be canceled */
  private match(order: OracleOrder): number {
    let fills = 0;
    while (this.orders.includes(order)) {
      const maker = this.resting(oppositeOf(order.side))[0];
      if (maker === undefined) return endOf(order, CancelReason.NoLiquidity);
      if (!this.reaches(order, maker)) return endOf(order, CancelReason.PriceBand);
      const affordable = affordableQty(order, maker.levelPrice);
      if (affordable === 0) return CancelReason.AmountSpent;
      const mode = order.selfTradePrevention;
      if (mode !== SelfTradePrevention.None && isOneOwner(order, maker)) {
        this.preventSelfTrade(order, maker);
      } else {
        if (fills === this.maxFills) return CancelReason.TooManyFills;
        fills++;
        const qty = Math.min(leavesQty(order), maker.shownQty, affordable);
        this.tradeWith(order, maker, qty);
      }
    }
    return CancelReason.None;
  }

  private tradeWith(taker: OracleOrder, maker: OracleOrder, qty: number): void {
    const price = maker.levelPrice;
    this.events.trade(maker, taker, taker.side, price, qty);
    taker.usedQty += qty;
    if (taker.amount > 0) taker.spent += price * qty;
    this.fill(taker, price, qty, Liquidity.Taker);
    this.fill(maker, price, qty, Liquidity.Maker);
    this.hitStops(price);
  }

  private preventSelfTrade(taker: OracleOrder, maker: OracleOrder): void {
    const mode = taker.selfTradePrevention;
    if (mode === SelfTradePrevention.Decrement) {
      const qty = Math.min(leavesQty(taker), maker.shownQty);
      this.decrement(maker, qty);
      this.decrement(taker, qty);
      return;
    }
    const cancelsMaker = mode !== SelfTradePrevention.CancelTaker;
    const cancelsTaker = mode !== SelfTradePrevention.CancelMaker;
    if (cancelsMaker) this.cancel(maker, CancelReason.SelfTrade);
    if (cancelsTaker) this.cancel(taker, CancelReason.SelfTrade);
  }

  private decrement(order: OracleOrder, qty: number): void {
    if (leavesQty(order) === qty) {
      this.cancel(order, CancelReason.SelfTrade);
      return;
    }
    this.touch(order);
    order.qty -= qty;
    order.usedQty += qty;
    if (order.place === 'book') this.takeFromTranche(order, qty);
    order.status = openStatusOf(order);
    this.events.report(ExecType.Restated, order, false);
  }

  // What happens to one order.

  /** One order's part of a trade: incoming, or in the book. */
  private fill(order: OracleOrder, lastPrice: number, lastQty: number, liquidity: number): void {
    this.touch(order);
    order.cumQty += lastQty;
    const isFilled = leavesQty(order) === 0;
    order.status = isFilled ? OrderStatus.Filled : OrderStatus.PartiallyFilled;
    if (isFilled) this.remove(order);
    else if (order.place === 'book') this.takeFromTranche(order, lastQty);
    this.events.report(ExecType.Trade, order, false, { lastPrice, lastQty, liquidity });
  }

  /** A tranche that is used up is followed by the next, at the back of the level. */
  private takeFromTranche(order: OracleOrder, qty: number): void {
    order.shownQty -= qty;
    if (order.shownQty > 0) return;
    order.shownQty = trancheOf(order);
    order.arrival = this.nextArrival();
  }

  /** Puts an order at the end of its level. */
  rest(order: OracleOrder): void {
    order.levelPrice = this.worstPriceOf(order);
    this.touchLevel(order);
    const { displayQty, usedQty } = order;
    const tranche = displayQty === 0 ? shownAtMost(0) : displayQty - (usedQty % displayQty);
    order.shownQty = Math.min(leavesQty(order), tranche);
    order.arrival = this.nextArrival();
    order.place = 'book';
  }

  /** Puts a stop behind those at its stopPrice. */
  waitAsStop(order: OracleOrder): void {
    order.arrival = this.nextArrival();
    order.place = 'stops';
  }

  /** Takes an order out of its level, to let it enter again. */
  takeOut(order: OracleOrder): void {
    this.touch(order);
    order.place = 'nowhere';
    order.shownQty = 0;
  }

  cancel(order: OracleOrder, reason: number): void {
    this.end(order, ExecType.Canceled, OrderStatus.Canceled, reason);
  }

  expire(order: OracleOrder): void {
    this.end(order, ExecType.Expired, OrderStatus.Expired, 0);
  }

  private end(order: OracleOrder, execType: number, status: number, reason: number): void {
    this.touch(order);
    this.remove(order);
    order.status = status;
    this.events.report(execType, order, true, { reason });
  }

  private remove(order: OracleOrder): void {
    order.place = 'nowhere';
    this.orders = this.orders.filter((other) => other !== order);
  }

  /** To be called before an order's level changes. */
  touch(order: OracleOrder): void {
    if (order.place === 'book') this.touchLevel(order);
  }

  private touchLevel({ symbolId, side, levelPrice: price }: OracleOrder): void {
    const { qty: qtyBefore, orderCount: orderCountBefore } = this.level(side, price);
    this.events.touch({ symbolId, side, price, qtyBefore, orderCountBefore });
  }

  private nextArrival(): number {
    this.arrivals++;
    return this.arrivals;
  }

  // Stops.

  /** A trade in continuous trading hits the stops that wait for its price. */
  private hitStops(price: number): void {
    this.lastPrice = price;
    for (const order of this.orders) {
      if (order.place === 'stops' && isHitBy(order, price)) order.isHit = true;
    }
  }

  /** When continuous trading begins, the last price alone decides which stops fire. */
  hitStopsByLastPrice(): void {
    for (const order of this.orders) {
      if (order.place === 'stops') order.isHit = isHitBy(order, this.lastPrice);
    }
  }

  /** Fires the stops that were hit, and those that are hit by them. */
  fireStops(): void {
    for (;;) {
      const stops = [...this.stops(Side.Buy), ...this.stops(Side.Sell)];
      const next = stops.find((order) => order.isHit);
      if (next === undefined) return;
      next.place = 'nowhere';
      this.events.report(ExecType.Triggered, next, false);
      if (this.isOutsideBand(next.price)) this.cancel(next, CancelReason.PriceBand);
      else this.enter(next);
    }
  }

  // Auctions.

  /** Fills both sides at one price, by price, then time, until `qty` is done. */
  uncross(price: number, qty: number): void {
    let left = qty;
    while (left > 0) {
      const buy = this.resting(Side.Buy)[0]!;
      const sell = this.resting(Side.Sell)[0]!;
      const lastQty = Math.min(buy.shownQty, sell.shownQty, left);
      this.events.trade(buy, sell, 0, price, lastQty);
      this.fill(buy, price, lastQty, Liquidity.Auction);
      this.fill(sell, price, lastQty, Liquidity.Auction);
      this.hitStops(price);
      left -= lastQty;
    }
  }
}

/** Why the rest of an order is canceled that stopped trading because of the book. */
function endOf(order: OracleOrder, reasonOfMarketOrder: number): number {
  return hasLimit(order) ? CancelReason.ImmediateOrCancel : reasonOfMarketOrder;
}

function affordableQty(order: OracleOrder, price: number): number {
  if (order.amount === 0) return Number.POSITIVE_INFINITY;
  return wholeTimes(order.amount - order.spent, price);
}
