/**
 * The engine's orders and where they stand: open and closed, resting in a level or waiting as a
 * stop, shown and hidden. Below the matcher. Made of closures over slabs of a fixed size, so that
 * compiled code holds their addresses (ADR 0009). Hot path: no allocation per command.
 */
import { IdTable } from '../collections/id-table.ts';
import { OrderType, TimeInForce } from '../protocol/enums.ts';
import { createAccountOrders } from './account-orders.ts';
import { createClientOrderIndex } from './client-order-index.ts';
import type { EngineListener } from './engine-listener.ts';
import type { EngineState } from './engine-state.ts';
import { ExpiryQueue } from './expiry-queue.ts';
import { createLevelPages } from './level-pages.ts';
import { OrderBook } from './order-book.ts';
import { createOrderIndex } from './order-index.ts';
import { FLAGS_OF, ORDER } from './orders.ts';

const {
  ACCOUNT_ID,
  CLIENT_ORDER_ID,
  DISPLAY,
  FLAGS,
  HIDDEN,
  LEVEL,
  NONE,
  OPEN,
  ORDER_LINKS,
  ORDER_WORDS,
  PRICE,
  SHOWN,
  SYMBOL_INDEX,
  WAITING,
} = ORDER;
const { orderTypeOf, sideOf, timeInForceOf } = FLAGS_OF;
const { Market } = OrderType;
const { GTD } = TimeInForce;

export type OrderKeeper = ReturnType<typeof createOrderKeeper>;

export function createOrderKeeper(listener: EngineListener, state: EngineState) {
  const { books, bookOf, clock, levels, maxFills, orders, registers } = state;
  const { words, links } = orders;
  const pages = createLevelPages(orders.capacity);
  const openOrders = createOrderIndex(orders);
  const clientOrders = createClientOrderIndex(orders);
  const accountOrders = createAccountOrders(orders);
  const expiry = new ExpiryQueue(orders);
  const symbolIndexes = new IdTable();
  /** Commands come in runs for one market. */
  let latestSymbolId = 0;
  let latestSymbolIndex = NONE;

  /** An order becomes open: it can be found. */
  function open(order: number): void {
    const word = order << ORDER_WORDS;
    const link = (order << ORDER_LINKS) + FLAGS;
    const flags = links[link]!;
    links[link] = flags | OPEN;
    openOrders.add(order);
    if (words[word + CLIENT_ORDER_ID] !== 0) clientOrders.add(order);
    if (words[word + ACCOUNT_ID] !== 0) accountOrders.add(order);
    if (timeInForceOf(flags) === GTD) expiry.add(order);
  }

  /** Forgets an order that stands nowhere any more. */
  function close(order: number): void {
    const word = order << ORDER_WORDS;
    const flags = links[(order << ORDER_LINKS) + FLAGS]!;
    if ((flags & OPEN) !== 0) {
      openOrders.delete(order);
      if (words[word + CLIENT_ORDER_ID] !== 0) clientOrders.delete(order);
      if (words[word + ACCOUNT_ID] !== 0) accountOrders.remove(order);
      if (timeInForceOf(flags) === GTD) expiry.remove(order);
      if (orderTypeOf(flags) === Market) bookOf(order).marketOrderCount--;
    }
    orders.release(order);
  }

  /** An order that stands nowhere ends with what it has left. */
  function end(order: number, execType: number, reason: number): void {
    listener.onReport(order, execType, reason);
    close(order);
  }

  /** A level that is empty leaves the ladder at once; its slot is freed when it has been told. */
  function removeIfEmpty(book: OrderBook, side: number, level: number): void {
    if (levels.orderCount(level) === 0) book.side(side).remove(level);
  }

  /** Takes an open order out of its level or from among the stops; all it has left is shown. */
  function takeOut(order: number): void {
    const word = order << ORDER_WORDS;
    const link = order << ORDER_LINKS;
    const flags = links[link + FLAGS]!;
    const side = sideOf(flags);
    const book = books[links[link + SYMBOL_INDEX]!]!;
    if ((flags & WAITING) !== 0) {
      book.stops(side).remove(order);
      book.waitingStopCount--;
      links[link + FLAGS] = flags & ~WAITING;
    } else {
      removeIfEmpty(book, side, levels.leave(order));
    }
    book.removeOpenOrder(side, words, word);
    words[word + SHOWN]! += words[word + HIDDEN]!;
    words[word + HIDDEN] = 0;
  }

  /** Whether a replace lets a resting order keep its place in its level. */
  function keepsPlace(order: number, price: number, qty: number, displayQty: number): boolean {
    return (
      price === orders.price(order) &&
      qty <= orders.qty(order) &&
      asDisplay(displayQty) <= asDisplay(orders.displayQty(order))
    );
  }

  /** A level may have come back at the same price; it is told in the place of the first. */
  function tellEmptied(emptied: number): void {
    const level = levels.hasOpened() ? levelInPlaceOf(emptied) : emptied;
    if (levels.settleInPlaceOf(emptied, level)) listener.onLevel(level);
    levels.release(emptied);
  }

  function levelInPlaceOf(emptied: number): number {
    const ladder = books[levels.symbolIndex(emptied)]!.side(levels.side(emptied));
    const found = ladder.find(levels.words, levels.priceAt(emptied));
    return found === NONE ? emptied : found;
  }

  return {
    orders,
    levels,
    books,
    openOrders,
    clientOrders,
    accountOrders,
    expiry,
    registers,
    maxFills,
    clock,
    bookOf,
    open,
    close,
    end,
    takeOut,
    removeIfEmpty,
    keepsPlace,

    /** Opens a market, in continuous trading; its index counts from 0. */
    addSymbol(symbolId: number): number {
      const index = books.length;
      books.push(new OrderBook(symbolId, index, orders, levels, pages));
      symbolIndexes.add(symbolId, index);
      latestSymbolId = 0;
      return index;
    },

    /** As it was made: no markets, no orders, nothing in the registers. */
    clear(): void {
      books.length = 0;
      symbolIndexes.clear();
      latestSymbolId = 0;
      latestSymbolIndex = NONE;
      openOrders.clear();
      clientOrders.clear();
      accountOrders.clear();
      expiry.clear();
      pages.clear();
      levels.clear();
      orders.clear();
      registers.fill(0);
      clock[0] = 0;
    },

    /** The index of a market, or NONE. */
    symbolIndexOf(symbolId: number): number {
      if (symbolId !== latestSymbolId) {
        latestSymbolIndex = symbolIndexes.get(symbolId);
        latestSymbolId = symbolId;
      }
      return latestSymbolIndex;
    },

    /** An open order ends, wherever it stands. */
    takeOutAndEnd(order: number, execType: number, reason: number): void {
      takeOut(order);
      end(order, execType, reason);
    },

    /** Puts an incoming order at the back of its price level. */
    rest(order: number): void {
      const word = order << ORDER_WORDS;
      const link = order << ORDER_LINKS;
      const side = sideOf(links[link + FLAGS]!);
      const symbolIndex = links[link + SYMBOL_INDEX]!;
      const book = books[symbolIndex]!;
      const ladder = book.side(side);
      let level = ladder.find(words, word + PRICE);
      if (level === NONE) {
        level = levels.allocate(symbolIndex, side, words[word + PRICE]!);
        ladder.add(level);
      }
      levels.join(level, order);
      book.addOpenOrder(side, words, word);
    },

    wait(order: number): void {
      const book = bookOf(order);
      const side = orders.side(order);
      orders.setWaiting(order, true);
      book.stops(side).add(order);
      book.waitingStopCount++;
      book.addOpenQty(side, orders.leavesQty(order));
    },

    /**
     * Splits what an incoming order has left, of which it used up `traded` lots of its tranches.
     */
    hide(order: number, traded: number): void {
      const word = order << ORDER_WORDS;
      const displayQty = words[word + DISPLAY]!;
      if (displayQty === 0) return;
      const leaves = words[word + SHOWN]!;
      const shown = Math.min(leaves, displayQty - (traded % displayQty));
      words[word + SHOWN] = shown;
      words[word + HIDDEN] = leaves - shown;
    },

    /** An iceberg's next tranche, at the back of its level. Nothing of it is shown at present. */
    refill(order: number): void {
      const word = order << ORDER_WORDS;
      const level = links[(order << ORDER_LINKS) + LEVEL]!;
      const tranche = Math.min(words[word + DISPLAY]!, words[word + HIDDEN]!);
      words[word + SHOWN] = tranche;
      words[word + HIDDEN]! -= tranche;
      levels.addQty(level, tranche, -tranche);
      levels.unlink(order);
      levels.append(level, order);
    },

    /** Tells each level that is not what it was when the command began. */
    tellLevels(): void {
      const count = levels.changedCount();
      for (let i = 0; i < count; i++) {
        const level = levels.changedLevel(i);
        if (levels.orderCount(level) === 0) tellEmptied(level);
        else if (levels.settle(level)) listener.onLevel(level);
      }
      levels.forgetChanges();
    },
  };
}

/** Everything is displayed: no bound. */
export function asDisplay(displayQty: number): number {
  return displayQty === 0 ? Number.POSITIVE_INFINITY : displayQty;
}
