/**
 * What the audit knows of every open order, and what the orders come to: each level's quantity and
 * count, each side's open quantity, and what they lock. The books' own figures must agree.
 */
import { NO_SLOT } from '../../collections/id-table.ts';
import { limitOf } from '../../engine/event-recorder.ts';
import type { Exchange } from '../../exchange/exchange.ts';
import { orderedLevels } from '../../exchange/state-view.ts';
import { nameOf, Side, TradingState } from '../../protocol/enums.ts';
import type { BookLevel } from '../../protocol/events.ts';
import type { Holdings } from './holdings.ts';
import { type Lock, orderLock } from './locks.ts';

interface OpenOrder {
  readonly slot: number;
  readonly shownQty: number;
  readonly leavesQty: number;
  /** undefined for a stop that waits. */
  readonly level: LevelTotal | undefined;
  readonly side: SideTotal;
  readonly lock: Lock;
}

interface SideTotal {
  readonly symbolIndex: number;
  readonly side: number;
  /** Of all that rest or wait. */
  leavesQty: number;
}

interface LevelTotal {
  readonly at: SideTotal;
  readonly price: number;
  shownQty: number;
  totalQty: number;
  orderCount: number;
  /** As the last BookLevel event told. */
  toldQty: number;
  toldCount: number;
}

export class OpenOrders {
  private readonly holdings: Holdings;
  private readonly orders = new Map<number, OpenOrder>();
  private readonly sides = new Map<number, SideTotal>();
  private readonly levels = new Map<SideTotal, Map<number, LevelTotal>>();
  private readonly touchedLevels = new Set<LevelTotal>();
  private readonly touchedSides = new Set<SideTotal>();
  /** Slots. */
  private readonly touchedOrders = new Set<number>();
  private readonly price = new Float64Array(1);

  /** @param holdings are told what orders lock */
  constructor(holdings: Holdings) {
    this.holdings = holdings;
  }

  /** Forgets what the last command touched. */
  begin(): void {
    this.touchedLevels.clear();
    this.touchedSides.clear();
    this.touchedOrders.clear();
  }

  /** A report told of this order: it may have come, changed or ended. */
  update(exchange: Exchange, orderId: number): void {
    const before = this.orders.get(orderId);
    if (before !== undefined) {
      this.count(before, -1);
      this.holdings.removeLock(before.lock);
    }
    const slot = exchange.engine.findOrder(orderId);
    if (slot === NO_SLOT) {
      this.orders.delete(orderId);
      return;
    }
    const order = this.read(exchange, slot);
    this.count(order, 1);
    this.holdings.addLock(order.lock);
    this.orders.set(orderId, order);
    this.touchedOrders.add(slot);
  }

  tell(exchange: Exchange, event: BookLevel): void {
    const side = this.sideOf(exchange.engine.symbolIndexOf(event.symbolId), event.side);
    const level = this.levelOf(side, event.price);
    level.toldQty = event.qty;
    level.toldCount = event.orderCount;
    this.touchedLevels.add(level);
  }

  /** What does not hold of what the command touched. */
  findFaultInTouched(exchange: Exchange): string | undefined {
    const { engine } = exchange;
    if (engine.openOrderCount !== this.orders.size) return this.wrongCount(exchange);
    for (const level of this.touchedLevels) {
      const { at, price } = level;
      this.price[0] = price;
      const slot = engine.books[at.symbolIndex]!.side(at.side).find(this.price, 0);
      const fault = findFaultInLevel(exchange, level, slot);
      if (fault !== undefined) return fault;
      if (level.orderCount === 0) this.levels.get(at)!.delete(price);
    }
    for (const slot of this.touchedOrders) {
      const fault = findFaultInReservation(exchange, slot);
      if (fault !== undefined) return fault;
    }
    for (const side of this.touchedSides) {
      const fault = findFaultInSide(exchange, side);
      if (fault !== undefined) return fault;
    }
    return undefined;
  }

  /** What does not hold of any order, level or book. */
  findFaultInAll(exchange: Exchange): string | undefined {
    const { engine } = exchange;
    let count = 0;
    for (const index of engine.books.keys()) {
      for (const side of [Side.Buy, Side.Sell]) {
        const total = this.sideOf(index, side);
        let levelCount = 0;
        for (const slot of orderedLevels(exchange, index, side)) {
          const level = this.levelOf(total, engine.levels.price(slot));
          const fault = findFaultInLevel(exchange, level, slot) ?? this.findInQueue(exchange, slot);
          if (fault !== undefined) return fault;
          count += engine.levels.orderCount(slot);
          levelCount++;
        }
        const known = this.levels.get(total)?.size ?? 0;
        const where = describeSide(exchange, total);
        if (known !== levelCount) return `${where} has ${levelCount} levels, of ${known} told`;
        for (const slot of engine.books[index]!.stops(side).all()) {
          const fault = this.findFaultInOrder(exchange, slot);
          if (fault !== undefined) return fault;
          count++;
        }
        const fault = findFaultInSide(exchange, total);
        if (fault !== undefined) return fault;
      }
    }
    return count === this.orders.size ? undefined : this.wrongCount(exchange, count);
  }

  private findInQueue(exchange: Exchange, level: number): string | undefined {
    let count = 0;
    for (const slot of exchange.engine.levels.queue(level)) {
      const fault = this.findFaultInOrder(exchange, slot);
      if (fault !== undefined) return fault;
      count++;
    }
    const orderCount = exchange.engine.levels.orderCount(level);
    if (count === orderCount) return undefined;
    return `a level counts ${orderCount} orders, and ${count} stand in its queue`;
  }

  private findFaultInOrder(exchange: Exchange, slot: number): string | undefined {
    const { engine } = exchange;
    const orderId = engine.orders.orderId(slot);
    const unreserved = findFaultInReservation(exchange, slot);
    if (unreserved !== undefined) return unreserved;
    const known = this.orders.get(orderId);
    if (known?.slot !== slot || engine.findOrder(orderId) !== slot) {
      return `order ${orderId} is in the book, and is not found by its id`;
    }
    const is = describeOrder(this.read(exchange, slot));
    const told = describeOrder(known);
    return is === told ? undefined : `order ${orderId} is ${is}; after its last report: ${told}`;
  }

  private wrongCount(exchange: Exchange, inBooks = this.orders.size): string {
    const { openOrderCount } = exchange.engine;
    const reported = this.orders.size;
    return `${openOrderCount} open orders, ${reported} by their reports, ${inBooks} in the books`;
  }

  private read(exchange: Exchange, slot: number): OpenOrder {
    const { orders } = exchange.engine;
    const side = this.sideOf(orders.symbolIndex(slot), orders.side(slot));
    return {
      slot,
      shownQty: orders.shownQty(slot),
      leavesQty: orders.leavesQty(slot),
      level: orders.isWaiting(slot) ? undefined : this.levelOf(side, orders.price(slot)),
      side,
      lock: orderLock(exchange, slot),
    };
  }

  private count({ shownQty, leavesQty, level, side }: OpenOrder, sign: number): void {
    side.leavesQty += sign * leavesQty;
    this.touchedSides.add(side);
    if (level === undefined) return;
    level.shownQty += sign * shownQty;
    level.totalQty += sign * leavesQty;
    level.orderCount += sign;
    this.touchedLevels.add(level);
  }

  private sideOf(symbolIndex: number, side: number): SideTotal {
    const key = symbolIndex * 4 + side;
    let total = this.sides.get(key);
    if (total === undefined) {
      total = { symbolIndex, side, leavesQty: 0 };
      this.sides.set(key, total);
      this.levels.set(total, new Map());
    }
    return total;
  }

  private levelOf(at: SideTotal, price: number): LevelTotal {
    const levels = this.levels.get(at)!;
    let level = levels.get(price);
    if (level === undefined) {
      const empty = { shownQty: 0, totalQty: 0, orderCount: 0, toldQty: 0, toldCount: 0 };
      level = { at, price, ...empty };
      levels.set(price, level);
    }
    return level;
  }
}

/** An order with a limit is reserved at that. */
function findFaultInReservation({ engine, risk }: Exchange, slot: number): string | undefined {
  const limit = limitOf(engine.orders, slot);
  const price = risk.reservedPrice(slot);
  if (limit === 0 || limit === price) return undefined;
  return `order ${engine.orders.orderId(slot)} with limit ${limit} is reserved at ${price}`;
}

function findFaultInLevel(exchange: Exchange, level: LevelTotal, slot: number): string | undefined {
  const { levels } = exchange.engine;
  const isEmpty = slot === NO_SLOT;
  const shownQty = isEmpty ? 0 : levels.shownQty(slot);
  const totalQty = isEmpty ? 0 : levels.totalQty(slot);
  const orderCount = isEmpty ? 0 : levels.orderCount(slot);
  const where = `${describeSide(exchange, level.at)} at ${level.price}`;
  const is = `${where}: shows ${shownQty} of ${totalQty} in ${orderCount} orders`;
  if (
    shownQty !== level.shownQty ||
    totalQty !== level.totalQty ||
    orderCount !== level.orderCount
  ) {
    const sum = `${level.shownQty} of ${level.totalQty} in ${level.orderCount}`;
    return `${is}, but its orders sum to ${sum}`;
  }
  if (shownQty !== level.toldQty || orderCount !== level.toldCount) {
    return `${is}, but ${level.toldQty} in ${level.toldCount} was told`;
  }
  return undefined;
}

function findFaultInSide(exchange: Exchange, total: SideTotal): string | undefined {
  const { books, levels } = exchange.engine;
  const book = books[total.symbolIndex]!;
  const openQty = book.openQty(total.side);
  const where = describeSide(exchange, total);
  if (openQty !== total.leavesQty) {
    return `${where}: open quantity ${openQty}, but its orders sum to ${total.leavesQty}`;
  }
  const [bid, ask] = [book.bids.best(), book.asks.best()];
  if (book.state !== TradingState.Continuous || bid === NO_SLOT || ask === NO_SLOT)
    return undefined;
  const [bidPrice, askPrice] = [levels.price(bid), levels.price(ask)];
  if (bidPrice < askPrice) return undefined;
  return `${where}: the book is crossed, bid ${bidPrice}, ask ${askPrice}`;
}

function describeSide(exchange: Exchange, { symbolIndex, side }: SideTotal): string {
  return `market ${exchange.symbols[symbolIndex]!.symbolId}, ${nameOf(Side, side)}`;
}

function describeOrder({ shownQty, leavesQty, level, lock }: OpenOrder): string {
  const where = level === undefined ? 'waiting' : `at ${level.price}`;
  const { accountId, currencyId, amount } = lock;
  const locks = `${amount} of currency ${currencyId} locked of account ${accountId}`;
  return `${shownQty} shown of ${leavesQty} ${where}, ${locks}`;
}
