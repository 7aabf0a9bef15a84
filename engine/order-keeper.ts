/**
 * The engine's orders and where they stand: open and closed, resting in a level or waiting as a stop,
 * shown and hidden. Base of the matcher. Hot path: no allocation per command.
 */
import { IdTable } from '../collections/id-table.ts';
import { OrderType, TimeInForce } from '../protocol/enums.ts';
import { AccountOrders } from './account-orders.ts';
import { ClientOrderIndex } from './client-order-index.ts';
import type { EngineListener } from './engine-listener.ts';
import { ExpiryQueue } from './expiry-queue.ts';
import { LevelPages } from './level-pages.ts';
import { Levels } from './levels.ts';
import { OrderBook } from './order-book.ts';
import { ORDER, Orders, orderTypeOf, sideOf, timeInForceOf } from './orders.ts';

const {
  ACCOUNT_ID,
  CLIENT_ORDER_ID,
  DISPLAY,
  FLAGS,
  HIDDEN,
  LEVEL,
  NONE,
  OPEN,
  ORDER_ID,
  ORDER_LINKS,
  ORDER_WORDS,
  PRICE,
  SHOWN,
  SYMBOL_INDEX,
  WAITING,
} = ORDER;
const { Market } = OrderType;
const { GTD } = TimeInForce;

/** Initial capacities; everything grows, so they decide memory and never an outcome. */
export interface EngineCapacity {
  readonly orders: number;
  readonly levels: number;
}

export class OrderKeeper {
  readonly orders: Orders;
  readonly levels: Levels;
  readonly books: OrderBook[] = [];
  protected readonly listener: EngineListener;
  private readonly symbolIndexes = new IdTable();
  /** Commands come in runs for one market. */
  private latestSymbolId = 0;
  private latestSymbolIndex = NONE;
  protected readonly openOrders: IdTable;
  protected readonly clientOrders: ClientOrderIndex;
  protected readonly accountOrders: AccountOrders;
  protected readonly expiry: ExpiryQueue;
  /** The time, in a lane, which is never boxed: whoever owns the engine sets it, and never back. */
  readonly clock = new Float64Array(1);
  private readonly pages = new LevelPages();

  constructor(listener: EngineListener, capacity: EngineCapacity) {
    this.listener = listener;
    this.orders = new Orders(capacity.orders);
    this.levels = new Levels(this.orders, capacity.levels);
    this.openOrders = new IdTable(capacity.orders);
    this.clientOrders = new ClientOrderIndex(this.orders, capacity.orders);
    this.accountOrders = new AccountOrders(this.orders);
    this.expiry = new ExpiryQueue(this.orders);
  }

  /** Opens a market, in continuous trading; its index counts from 0. */
  addSymbol(symbolId: number): number {
    const index = this.books.length;
    this.books.push(new OrderBook(symbolId, index, this.orders, this.levels, this.pages));
    this.symbolIndexes.add(symbolId, index);
    this.latestSymbolId = 0;
    return index;
  }

  /** The index of a market, or NONE. */
  symbolIndexOf(symbolId: number): number {
    if (symbolId !== this.latestSymbolId) {
      this.latestSymbolIndex = this.symbolIndexes.get(symbolId);
      this.latestSymbolId = symbolId;
    }
    return this.latestSymbolIndex;
  }

  bookOf(order: number): OrderBook {
    return this.books[this.orders.symbolIndex(order)]!;
  }

  /** The latest time that the engine was told, µs since 1970; it never runs back. */
  get time(): number {
    return this.clock[0]!;
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

  protected open(order: number): void {
    const { words, links } = this.orders;
    const word = order << ORDER_WORDS;
    const link = (order << ORDER_LINKS) + FLAGS;
    const flags = links[link]!;
    links[link] = flags | OPEN;
    this.openOrders.add(words[word + ORDER_ID]!, order);
    if (words[word + CLIENT_ORDER_ID] !== 0) this.clientOrders.add(order);
    if (words[word + ACCOUNT_ID] !== 0) this.accountOrders.add(order);
    if (timeInForceOf(flags) === GTD) this.expiry.add(order);
  }

  /** Forgets an order that stands nowhere any more. */
  protected close(order: number): void {
    const { words, links } = this.orders;
    const word = order << ORDER_WORDS;
    const flags = links[(order << ORDER_LINKS) + FLAGS]!;
    if ((flags & OPEN) !== 0) {
      this.openOrders.delete(words[word + ORDER_ID]!);
      if (words[word + CLIENT_ORDER_ID] !== 0) this.clientOrders.delete(order);
      if (words[word + ACCOUNT_ID] !== 0) this.accountOrders.remove(order);
      if (timeInForceOf(flags) === GTD) this.expiry.remove(order);
      if (orderTypeOf(flags) === Market) this.bookOf(order).marketOrderCount--;
    }
    this.orders.release(order);
  }

  /** An order that stands nowhere ends with what it has left. */
  protected end(order: number, execType: number, reason: number): void {
    this.listener.onReport(order, execType, reason);
    this.close(order);
  }

  /** An open order ends, wherever it stands. */
  protected takeOutAndEnd(order: number, execType: number, reason: number): void {
    this.takeOut(order);
    this.end(order, execType, reason);
  }

  /** Puts an incoming order at the back of its price level. */
  protected rest(order: number): void {
    const { words, links } = this.orders;
    const word = order << ORDER_WORDS;
    const link = order << ORDER_LINKS;
    const side = sideOf(links[link + FLAGS]!);
    const symbolIndex = links[link + SYMBOL_INDEX]!;
    const book = this.books[symbolIndex]!;
    const ladder = book.side(side);
    const levels = this.levels;
    let level = ladder.find(words, word + PRICE);
    if (level === NONE) {
      level = levels.allocate(symbolIndex, side, words[word + PRICE]!);
      ladder.add(level);
    }
    levels.join(level, order);
    book.addOpenOrder(side, words, word);
  }

  protected wait(order: number): void {
    const book = this.bookOf(order);
    const side = this.orders.side(order);
    this.orders.setWaiting(order, true);
    book.stops(side).add(order);
    book.waitingStopCount++;
    book.addOpenQty(side, this.orders.leavesQty(order));
  }

  /** Takes an open order out of its level or from among the stops; all it has left is shown. */
  protected takeOut(order: number): void {
    const { words, links } = this.orders;
    const word = order << ORDER_WORDS;
    const link = order << ORDER_LINKS;
    const flags = links[link + FLAGS]!;
    const side = sideOf(flags);
    const book = this.books[links[link + SYMBOL_INDEX]!]!;
    if ((flags & WAITING) !== 0) {
      book.stops(side).remove(order);
      book.waitingStopCount--;
      links[link + FLAGS] = flags & ~WAITING;
    } else {
      this.removeIfEmpty(book, side, this.levels.leave(order));
    }
    book.removeOpenOrder(side, words, word);
    words[word + SHOWN]! += words[word + HIDDEN]!;
    words[word + HIDDEN] = 0;
  }

  /** A level that is empty leaves the ladder at once; its slot is freed when it has been told. */
  protected removeIfEmpty(book: OrderBook, side: number, level: number): void {
    if (this.levels.orderCount(level) === 0) book.side(side).remove(level);
  }

  /** Splits what an incoming order has left, of which it used up `traded` lots of its tranches. */
  protected hide(order: number, traded: number): void {
    const words = this.orders.words;
    const word = order << ORDER_WORDS;
    const displayQty = words[word + DISPLAY]!;
    if (displayQty === 0) return;
    const leaves = words[word + SHOWN]!;
    const shown = Math.min(leaves, displayQty - (traded % displayQty));
    words[word + SHOWN] = shown;
    words[word + HIDDEN] = leaves - shown;
  }

  /** An iceberg's next tranche, at the back of its level. Nothing of it is shown at present. */
  protected refill(order: number): void {
    this.levels.unlink(order);
    this.levels.append(this.showTranche(order), order);
  }

  /** Shows an iceberg's next tranche; returns its level. */
  protected showTranche(order: number): number {
    const words = this.orders.words;
    const word = order << ORDER_WORDS;
    const level = this.orders.links[(order << ORDER_LINKS) + LEVEL]!;
    const tranche = Math.min(words[word + DISPLAY]!, words[word + HIDDEN]!);
    words[word + SHOWN] = tranche;
    words[word + HIDDEN]! -= tranche;
    this.levels.addQty(level, tranche, -tranche);
    return level;
  }

  /** Tells each level that is not what it was when the command began. */
  protected tellLevels(): void {
    const levels = this.levels;
    for (let i = 0; i < levels.changedCount; i++) {
      const level = levels.changed[i]!;
      if (levels.orderCount(level) === 0) this.tellEmptied(level);
      else if (levels.settle(level)) this.listener.onLevel(level);
    }
    levels.changedCount = 0;
  }

  /** A level may have come back at the same price; it is told in the place of the first. */
  private tellEmptied(emptied: number): void {
    const levels = this.levels;
    const ladder = this.books[levels.symbolIndex(emptied)]!.side(levels.side(emptied));
    const found = ladder.find(levels.words, levels.priceAt(emptied));
    const level = found === NONE ? emptied : found;
    if (levels.settleInPlaceOf(emptied, level)) this.listener.onLevel(level);
    levels.release(emptied);
  }
}
