/**
 * The oracle's orders: plain objects, and the questions that can be asked of one or two of them.
 */
import { OrderStatus, OrderType, QtyMeaning, Side, TimeInForce } from '../protocol/enums.ts';
import type { LevelView, OrderTerms, OrderView, ReplaceTerms } from './engine-commands.ts';

export const MAX = Number.MAX_SAFE_INTEGER;

export interface OracleOrder {
  readonly orderId: number;
  readonly accountId: number;
  readonly groupId: number;
  readonly symbolId: number;
  readonly side: number;
  readonly orderType: number;
  readonly timeInForce: number;
  readonly postOnly: boolean;
  readonly selfTradePrevention: number;
  readonly expireTime: number;
  /** What a market order by amount was given to spend; 0: it is an order by quantity. */
  readonly amount: number;
  /** The order of entry; a replace does not change it. */
  readonly entry: number;
  price: number;
  stopPrice: number;
  qty: number;
  displayQty: number;
  cumQty: number;
  status: number;
  /** Where it stands: nowhere while it is incoming and when it has ended. */
  place: 'nowhere' | 'book' | 'stops';
  /** When it came to its level, or to its place among the stops. */
  arrival: number;
  /** In the book: the price of its level. */
  levelPrice: number;
  /** In the book: what can be seen and hit. */
  shownQty: number;
  /** While incoming: what it has used of its tranches. */
  usedQty: number;
  /** While incoming: what it has spent of its amount. */
  spent: number;
  /** Among the stops: a trade has hit it. */
  isHit: boolean;
}

export function orderFrom(terms: OrderTerms, entry: number): OracleOrder {
  const orderType = terms.orderType ?? OrderType.Limit;
  const byDefault = orderType === OrderType.Market ? TimeInForce.IOC : TimeInForce.GTC;
  return {
    orderId: terms.orderId,
    accountId: terms.accountId ?? 0,
    groupId: terms.groupId ?? 0,
    symbolId: terms.symbolId,
    side: terms.side,
    orderType,
    timeInForce: terms.timeInForce ?? byDefault,
    postOnly: terms.postOnly ?? false,
    selfTradePrevention: terms.selfTradePrevention ?? 0,
    expireTime: terms.expireTime ?? 0,
    amount: terms.amount ?? 0,
    entry,
    price: terms.price ?? 0,
    stopPrice: terms.stopPrice ?? 0,
    qty: terms.qty,
    displayQty: terms.displayQty ?? 0,
    cumQty: 0,
    status: OrderStatus.New,
    place: 'nowhere',
    arrival: 0,
    levelPrice: 0,
    shownQty: 0,
    usedQty: 0,
    spent: 0,
    isHit: false,
  };
}

export function viewOf(order: OracleOrder): OrderView {
  return {
    orderId: order.orderId,
    accountId: order.accountId,
    side: order.side,
    orderType: order.orderType,
    timeInForce: order.timeInForce,
    price: order.price,
    stopPrice: order.stopPrice,
    qty: order.qty,
    displayQty: order.displayQty,
    cumQty: order.cumQty,
    leavesQty: leavesQty(order),
    shownQty: order.shownQty,
  };
}

/** The levels of orders that stand in book order. */
export function levelsOf(orders: readonly OracleOrder[]): LevelView[] {
  const prices = [...new Set(orders.map((order) => order.levelPrice))];
  return prices.map((price) => {
    const level = orders.filter((order) => order.levelPrice === price);
    return { price, qty: sum(level.map((order) => order.shownQty)), orderCount: level.length };
  });
}

export function leavesQty(order: OracleOrder): number {
  return order.qty - order.cumQty;
}

/** What an order shows when it has none of its tranche left, or has not shown anything yet. */
export function trancheOf(order: OracleOrder): number {
  return Math.min(leavesQty(order), shownAtMost(order.displayQty));
}

export function shownAtMost(displayQty: number): number {
  return displayQty === 0 ? Number.POSITIVE_INFINITY : displayQty;
}

export function canRest({ orderType, timeInForce }: OracleOrder): boolean {
  const isLimit = orderType === OrderType.Limit || orderType === OrderType.StopLimit;
  return isLimit && timeInForce !== TimeInForce.IOC && timeInForce !== TimeInForce.FOK;
}

export function isStop({ orderType }: OracleOrder): boolean {
  return orderType === OrderType.Stop || orderType === OrderType.StopLimit;
}

/** True for an order with a limit of its own. */
export function hasLimit({ orderType }: OracleOrder): boolean {
  return orderType === OrderType.Limit || orderType === OrderType.StopLimit;
}

export function isOneOwner(a: OracleOrder, b: OracleOrder): boolean {
  if (a.groupId !== 0 || b.groupId !== 0) return a.groupId === b.groupId;
  return a.accountId > 0 && a.accountId === b.accountId;
}

/** A stop is hit by a price at or beyond its trigger; 0, no price yet, hits none. */
export function isHitBy(order: OracleOrder, price: number): boolean {
  if (price === 0) return false;
  return order.side === Side.Buy ? price >= order.stopPrice : price <= order.stopPrice;
}

/** The open quantity that a replace asks for; with the order's cumQty it is the new total. */
export function newLeavesOf(order: OracleOrder, terms: ReplaceTerms): number {
  return terms.qtyMeaning === QtyMeaning.Open ? terms.qty : terms.qty - order.cumQty;
}

export function openStatusOf({ cumQty }: OracleOrder): number {
  return cumQty > 0 ? OrderStatus.PartiallyFilled : OrderStatus.New;
}

/** Best price first, then first come first. */
export function inBookOrder(orders: readonly OracleOrder[]): OracleOrder[] {
  return orders.toSorted((a, b) => {
    const byPrice = a.side === Side.Buy ? b.levelPrice - a.levelPrice : a.levelPrice - b.levelPrice;
    return byPrice || a.arrival - b.arrival;
  });
}

/** Buys: lowest stopPrice first; sells: highest first; then first come first. */
export function inFiringOrder(orders: readonly OracleOrder[]): OracleOrder[] {
  return orders.toSorted((a, b) => {
    const byPrice = a.side === Side.Buy ? a.stopPrice - b.stopPrice : b.stopPrice - a.stopPrice;
    return byPrice || a.arrival - b.arrival;
  });
}

export function oppositeOf(side: number): number {
  return side === Side.Buy ? Side.Sell : Side.Buy;
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** ⌊dividend ÷ divisor⌋, exactly. */
export function wholeTimes(dividend: number, divisor: number): number {
  return (dividend - (dividend % divisor)) / divisor;
}
