/**
 * Price-time matching of many markets. Knows orders, not money: whoever calls has checked and
 * reserved. Hot path: no allocation per command.
 *
 * A new order goes in two steps, so that its slot can name its reservation: `admit` gives it a
 * slot, then `execute` matches it or `discard` forgets it.
 */
import { IdTable } from '../collections/id-table.ts';
import { Side, TimeInForce } from '../protocol/enums.ts';
import { ClientOrderIndex } from './client-order-index.ts';
import type { EngineListener } from './engine-listener.ts';
import { Levels } from './levels.ts';
import { OrderBook } from './order-book.ts';
import { NONE, Orders } from './orders.ts';

/** Initial capacities; everything grows, so they decide memory and never an outcome. */
export interface EngineCapacity {
  readonly orders: number;
  readonly levels: number;
}

export class MatchingEngine {
  readonly orders: Orders;
  readonly levels: Levels;
  readonly books: OrderBook[] = [];
  /** How much of its quantity the latest `sweepPrice` found. */
  sweptQty = 0;
  private readonly listener: EngineListener;
  private readonly symbolIndexes = new IdTable();
  private readonly openOrders: IdTable;
  private readonly clientOrders: ClientOrderIndex;

  constructor(listener: EngineListener, capacity: EngineCapacity) {
    this.listener = listener;
    this.orders = new Orders(capacity.orders);
    this.levels = new Levels(this.orders, capacity.levels);
    this.openOrders = new IdTable(capacity.orders);
    this.clientOrders = new ClientOrderIndex(this.orders, capacity.orders);
  }

  /** Opens a market; its index counts from 0. */
  addSymbol(symbolId: number): number {
    const index = this.books.length;
    this.books.push(new OrderBook(symbolId));
    this.symbolIndexes.add(symbolId, index);
    return index;
  }

  /** The index of a market, or NONE. */
  symbolIndexOf(symbolId: number): number {
    return this.symbolIndexes.get(symbolId);
  }

  get openOrderCount(): number {
    return this.openOrders.size;
  }

  /** The open order of that id, whoever owns it, or NONE. */
  findOrder(orderId: number): number {
    return this.openOrders.get(orderId);
  }

  /** The account's open order with that client order id, or NONE. */
  findClientOrder(accountId: number, clientOrderId: number): number {
    return this.clientOrders.get(accountId, clientOrderId);
  }

  /**
   * The worst price at which the book fills `qty` now, or fills what it can (`sweptQty`); 0 where
   * the opposite side is empty. A market order becomes an IOC limit order at it.
   */
  sweepPrice(symbolIndex: number, side: number, qty: number): number {
    const ladder = this.books[symbolIndex]!.opposite(side);
    let level = ladder.best();
    let price = 0;
    let leaves = qty;
    while (level !== NONE && leaves > 0) {
      price = this.levels.price[level]!;
      leaves -= this.levels.qty[level]!;
      level = ladder.nextBehind(price);
    }
    this.sweptQty = leaves > 0 ? qty - leaves : qty;
    return price;
  }

  /** Gives a new order a slot; it is not in the book yet. */
  admit(
    orderId: number,
    accountId: number,
    clientOrderId: number,
    symbolIndex: number,
    side: number,
    orderType: number,
    timeInForce: number,
    price: number,
    qty: number,
  ): number {
    const orders = this.orders;
    const slot = orders.allocate();
    orders.orderId[slot] = orderId;
    orders.accountId[slot] = accountId;
    orders.clientOrderId[slot] = clientOrderId;
    orders.symbolIndex[slot] = symbolIndex;
    orders.side[slot] = side;
    orders.orderType[slot] = orderType;
    orders.timeInForce[slot] = timeInForce;
    orders.price[slot] = price;
    orders.qty[slot] = qty;
    orders.cumQty[slot] = 0;
    orders.level[slot] = NONE;
    return slot;
  }

  discard(order: number): void {
    this.orders.release(order);
  }

  /** Matches an admitted order; what is left rests (GTC) or is cancelled (IOC). */
  execute(order: number): void {
    this.match(order);
    const orders = this.orders;
    if (orders.leavesQty(order) === 0) orders.release(order);
    else if (orders.timeInForce[order] === TimeInForce.IOC) {
      this.listener.onCanceled(order);
      orders.release(order);
    } else {
      this.openOrders.add(orders.orderId[order]!, order);
      if (orders.clientOrderId[order] !== 0) this.clientOrders.add(order);
      this.rest(order);
    }
  }

  /** Cancels an open order. */
  cancel(order: number): void {
    this.listener.onCanceled(order);
    const level = this.orders.level[order]!;
    this.levels.unlink(order);
    this.reportLevel(order, level);
    this.removeIfEmpty(order, level);
    this.close(order);
  }

  /**
   * Gives an open order a new price and total quantity (above what is filled). It keeps its place
   * if the price is unchanged and the quantity not increased; otherwise it trades what it can and
   * goes to the back.
   */
  replace(order: number, price: number, qty: number): void {
    const { orders, levels } = this;
    if (price === orders.price[order] && qty <= orders.qty[order]!) {
      const level = orders.level[order]!;
      levels.qty[level]! -= orders.qty[order]! - qty;
      orders.qty[order] = qty;
      this.listener.onReplaced(order);
      this.reportLevel(order, level);
      return;
    }
    this.takeOut(order, price, qty);
    this.match(order);
    if (orders.leavesQty(order) === 0) this.close(order);
    else this.rest(order);
  }

  /** Takes a replaced order out of its level, as the incoming order that it now is. */
  private takeOut(order: number, price: number, qty: number): void {
    const orders = this.orders;
    const level = orders.level[order]!;
    const oldPrice = orders.price[order]!;
    this.levels.unlink(order);
    orders.price[order] = price;
    orders.qty[order] = qty;
    this.listener.onReplaced(order);
    // At an unchanged price the order comes back to this level, which is then reported once.
    if (price !== oldPrice) this.reportLevel(order, level);
    this.removeIfEmpty(order, level);
  }

  private match(taker: number): void {
    const { orders, levels } = this;
    const isBuy = orders.side[taker] === Side.Buy;
    const ladder = this.books[orders.symbolIndex[taker]!]!.opposite(orders.side[taker]!);
    const limit = orders.price[taker]!;
    while (orders.leavesQty(taker) > 0) {
      const level = ladder.best();
      if (level === NONE) return;
      const price = levels.price[level]!;
      if (isBuy ? price > limit : price < limit) return;
      this.fillLevel(taker, level, price);
      this.reportLevelOf(orders.symbolIndex[taker]!, oppositeOf(orders.side[taker]!), level);
      if (levels.orderCount[level] === 0) {
        ladder.remove(price);
        levels.release(level);
      }
    }
  }

  /** Fills a taker against one level, first in first out. */
  private fillLevel(taker: number, level: number, price: number): void {
    const { orders, levels } = this;
    let leaves = orders.leavesQty(taker);
    let maker = levels.head[level]!;
    while (leaves > 0 && maker !== NONE) {
      const makerLeaves = orders.leavesQty(maker);
      const qty = Math.min(makerLeaves, leaves);
      leaves -= qty;
      orders.cumQty[maker]! += qty;
      orders.cumQty[taker]! += qty;
      levels.qty[level]! -= qty;
      this.listener.onFill(maker, taker, price, qty);
      if (qty === makerLeaves) {
        const next = orders.next[maker]!;
        levels.unlink(maker);
        this.close(maker);
        maker = next;
      }
    }
  }

  private rest(order: number): void {
    const { orders, levels } = this;
    const price = orders.price[order]!;
    const ladder = this.books[orders.symbolIndex[order]!]!.side(orders.side[order]!);
    let level = ladder.get(price);
    if (level === NONE) {
      level = levels.allocate(price);
      ladder.add(price, level);
    }
    levels.append(level, order);
    this.reportLevel(order, level);
  }

  private removeIfEmpty(order: number, level: number): void {
    const { orders, levels } = this;
    if (levels.orderCount[level] !== 0) return;
    const ladder = this.books[orders.symbolIndex[order]!]!.side(orders.side[order]!);
    ladder.remove(levels.price[level]!);
    levels.release(level);
  }

  /** Forgets an open order that has left its level. */
  private close(order: number): void {
    const orders = this.orders;
    this.openOrders.delete(orders.orderId[order]!);
    if (orders.clientOrderId[order] !== 0) this.clientOrders.delete(order);
    orders.release(order);
  }

  private reportLevel(order: number, level: number): void {
    this.reportLevelOf(this.orders.symbolIndex[order]!, this.orders.side[order]!, level);
  }

  private reportLevelOf(symbolIndex: number, side: number, level: number): void {
    const { price, qty, orderCount } = this.levels;
    this.listener.onLevel(symbolIndex, side, price[level]!, qty[level]!, orderCount[level]!);
  }
}

function oppositeOf(side: number): number {
  return side === Side.Buy ? Side.Sell : Side.Buy;
}
