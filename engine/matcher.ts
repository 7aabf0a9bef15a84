/**
 * Price-time matching of one incoming order against the resting ones, with self-trade prevention
 * and icebergs: steps 2 and 3 of docs/matching.md. Hot path: no allocation.
 */
import {
  CancelReason,
  ExecType,
  OrderType,
  SelfTradePrevention,
  Side,
  TimeInForce,
  TradingState,
} from '../protocol/enums.ts';
import type { EngineListener } from './engine-listener.ts';
import { REGISTERS } from './engine-state.ts';
import { canFillWhole } from './fill-or-kill.ts';
import { crosses, type OrderBook, oppositeOf } from './order-book.ts';
import type { OrderKeeper } from './order-keeper.ts';
import { FLAGS_OF, ORDER } from './orders.ts';

const {
  CUM,
  FLAGS,
  HIDDEN,
  NONE,
  OPEN,
  ORDER_LINKS,
  ORDER_WORDS,
  OWNER,
  PRICE,
  SHOWN,
  SYMBOL_INDEX,
} = ORDER;
const { orderTypeOf, sideOf, timeInForceOf } = FLAGS_OF;
const NO_PREVENTION = SelfTradePrevention.None;
const NO_REASON: number = CancelReason.None;
const { Market, Stop } = OrderType;
const { IOC, FOK } = TimeInForce;
const { PreOpen } = TradingState;
const { Buy, Sell } = Side;
const { Canceled, Triggered, Restated } = ExecType;

export type Matcher = ReturnType<typeof createMatcher>;

export function createMatcher(keeper: OrderKeeper, listener: EngineListener) {
  const { orders, levels, books, maxFills, registers } = keeper;
  const { bookOf, open, close, end, takeOut, removeIfEmpty, rest, hide, refill } = keeper;
  const { words, links } = orders;
  clear();

  /** Nothing is in execution; what is 0 in the registers then is the keeper's business. */
  function clear(): void {
    setBudget(NONE);
  }

  /** Gives the latest fill its trade id. */
  function countTrade(): void {
    registers[REGISTERS.tradeId]! += 1;
  }

  /** Forgets the trade prices of the last command, against which stops are held. */
  function forgetTradePrices(): void {
    registers[REGISTERS.lowPrice] = Number.POSITIVE_INFINITY;
    registers[REGISTERS.highPrice] = 0;
  }

  /** A trade at this price hits stops. */
  function noteTradePrice(price: number): void {
    if (price < registers[REGISTERS.lowPrice]!) registers[REGISTERS.lowPrice] = price;
    if (price > registers[REGISTERS.highPrice]!) registers[REGISTERS.highPrice] = price;
  }

  /** What continuous trading must never leave; the check is two loads and stays on. */
  function assertUncrossed(book: OrderBook): void {
    const bid = book.bids.best();
    const ask = book.asks.best();
    if (bid === NONE || ask === NONE) return;
    if (levels.price(bid) < levels.price(ask)) return;
    throw new Error(
      `market ${book.symbolId} is crossed in continuous trading: ` +
        `bid ${levels.price(bid)}, ask ${levels.price(ask)}`,
    );
  }

  /** An order comes in, new or taken out of its place: trades, and then rests or ends. */
  function enter(order: number): void {
    const word = order << ORDER_WORDS;
    const flags = links[(order << ORDER_LINKS) + FLAGS]!;
    const book = books[links[(order << ORDER_LINKS) + SYMBOL_INDEX]!]!;
    if (book.state === PreOpen) {
      restIncoming(order, flags, 0);
      return;
    }
    const side = sideOf(flags);
    const timeInForce = timeInForceOf(flags);
    if (timeInForce === FOK && !canFillWhole(keeper, order)) {
      end(order, Canceled, CancelReason.FillOrKill);
      return;
    }
    const qty = words[word + SHOWN]!;
    const best = book.opposite(side).best();
    let reason = NO_REASON;
    registers[REGISTERS.lastTradeId] = registers[REGISTERS.tradeId]! + maxFills;
    if (best !== NONE && crosses(side, words[word + PRICE]!, levels.price(best))) {
      reason = match(order, book, side);
      if (words[word + SHOWN] === 0) {
        close(order);
        return;
      }
    }
    if (reason === NO_REASON && actsAsMarket(orderTypeOf(flags))) {
      reason = whyMarketOrderEnds(book, side);
    }
    if (reason === NO_REASON && timeInForce === IOC) {
      reason = CancelReason.ImmediateOrCancel;
    }
    if (reason !== NO_REASON) end(order, Canceled, reason);
    else restIncoming(order, flags, qty - words[word + SHOWN]!);
  }

  function restIncoming(order: number, flags: number, traded: number): void {
    hide(order, traded);
    if ((flags & OPEN) === 0) open(order);
    if (orderTypeOf(flags) === Market) bookOf(order).marketOrderCount++;
    rest(order);
  }

  function whyMarketOrderEnds(book: OrderBook, side: number): number {
    const best = book.opposite(side).best();
    const isOutside = best !== NONE && !book.isInBand(levels.price(best));
    return isOutside ? CancelReason.PriceBand : CancelReason.NoLiquidity;
  }

  /** Matches level by level; returns why the order may not go on, if so. */
  function match(taker: number, book: OrderBook, side: number): number {
    const ladder = side === Buy ? book.asks : book.bids;
    const limit = orders.price(taker);
    let level = ladder.best();
    let reason = NO_REASON;
    do {
      const price = levels.price(level);
      if (!crosses(side, limit, price)) break;
      registers[REGISTERS.fillPrice] = price;
      reason = fillLevel(taker, level, book, side);
      if (levels.orderCount(level) === 0) ladder.remove(level);
      level = ladder.best();
    } while (level !== NONE && reason === NO_REASON && orders.shownQty(taker) > 0);
    return reason;
  }

  /** Fills a taker against one level, first in first out. */
  function fillLevel(taker: number, level: number, book: OrderBook, side: number): number {
    const takerWord = taker << ORDER_WORDS;
    const prevention = orders.selfTradePrevention(taker);
    const owner = prevention === NO_PREVENTION ? 0 : words[takerWord + OWNER]!;
    const hasBudget = registers[REGISTERS.budget]! !== NONE;
    let filledQty = 0;
    let reason = NO_REASON;
    let maker = levels.head(level);
    while (maker !== NONE) {
      const makerWord = maker << ORDER_WORDS;
      let wanted = words[takerWord + SHOWN]!;
      if (wanted === 0) break;
      if (hasBudget) {
        wanted = Math.min(wanted, affordableQty());
        if (wanted === 0) {
          reason = CancelReason.AmountSpent;
          break;
        }
      }
      if (owner !== 0 && words[makerWord + OWNER]! === owner) {
        reason = preventSelfTrade(prevention, taker, maker, level);
        if (reason !== NO_REASON) break;
        maker = levels.head(level);
        continue;
      }
      if (registers[REGISTERS.tradeId] === registers[REGISTERS.lastTradeId]) {
        reason = CancelReason.TooManyFills;
        break;
      }
      const shown = words[makerWord + SHOWN]!;
      const qty = Math.min(shown, wanted);
      if (filledQty === 0) levels.touch(level);
      filledQty += qty;
      words[takerWord + SHOWN]! -= qty;
      words[takerWord + CUM]! += qty;
      words[makerWord + SHOWN] = shown - qty;
      words[makerWord + CUM]! += qty;
      if (hasBudget) registers[REGISTERS.budget]! -= qty * registers[REGISTERS.fillPrice]!;
      registers[REGISTERS.fillQty] = qty;
      countTrade();
      listener.onFill(maker, taker);
      if (qty !== shown) break;
      if (words[makerWord + HIDDEN]! > 0) refill(maker);
      else {
        levels.unlinkHead(level, maker);
        close(maker);
      }
      maker = levels.head(level);
    }
    if (filledQty > 0) {
      levels.addQty(level, -filledQty, 0);
      book.addOpenQty(oppositeOf(side), -filledQty);
      book.lastPrice = registers[REGISTERS.fillPrice]!;
      noteTradePrice(registers[REGISTERS.fillPrice]!);
    }
    return reason;
  }

  function affordableQty(): number {
    return Math.floor(registers[REGISTERS.budget]! / registers[REGISTERS.fillPrice]!);
  }

  /** The taker has reached an order of its owner; returns why it may not go on, if so. */
  function preventSelfTrade(
    prevention: number,
    taker: number,
    maker: number,
    level: number,
  ): number {
    if (prevention === SelfTradePrevention.CancelTaker) return CancelReason.SelfTrade;
    levels.touch(level);
    if (prevention === SelfTradePrevention.Decrement) {
      return decrement(taker, maker, level);
    }
    levels.leave(maker);
    bookOf(maker).addOpenQty(orders.side(maker), -orders.leavesQty(maker));
    end(maker, Canceled, CancelReason.SelfTrade);
    return prevention === SelfTradePrevention.CancelBoth ? CancelReason.SelfTrade : NO_REASON;
  }

  /** Both lose what would have traded; the one that has nothing left ends. */
  function decrement(taker: number, maker: number, level: number): number {
    const words = orders.words;
    const makerWord = maker << ORDER_WORDS;
    const takerWord = taker << ORDER_WORDS;
    const qty = Math.min(words[takerWord + SHOWN]!, words[makerWord + SHOWN]!);
    const isMakerDone = words[makerWord + SHOWN]! + words[makerWord + HIDDEN]! === qty;
    const isTakerDone = words[takerWord + SHOWN]! === qty;
    levels.addQty(level, -qty, 0);
    bookOf(maker).addOpenQty(orders.side(maker), -qty);
    if (isMakerDone) {
      levels.unlink(maker);
      end(maker, Canceled, CancelReason.SelfTrade);
    } else {
      words[makerWord + SHOWN]! -= qty;
      listener.onReport(maker, Restated, 0);
      if (words[makerWord + SHOWN] === 0) refill(maker);
    }
    // An order that ends here ends with these lots canceled, as the caller tells.
    if (isTakerDone) return CancelReason.SelfTrade;
    words[takerWord + SHOWN]! -= qty;
    listener.onReport(taker, Restated, 0);
    return NO_REASON;
  }

  /** Fills a buy and a sell at an auction's price. */
  function fillInAuction(book: OrderBook, buy: number, sell: number, most: number): number {
    const buyWord = buy << ORDER_WORDS;
    const sellWord = sell << ORDER_WORDS;
    const qty = Math.min(words[buyWord + SHOWN]!, words[sellWord + SHOWN]!, most);
    const bid = book.bids.best();
    const ask = book.asks.best();
    levels.touch(bid);
    levels.touch(ask);
    words[buyWord + SHOWN]! -= qty;
    words[buyWord + CUM]! += qty;
    words[sellWord + SHOWN]! -= qty;
    words[sellWord + CUM]! += qty;
    levels.addQty(bid, -qty, 0);
    levels.addQty(ask, -qty, 0);
    book.addOpenQty(Buy, -qty);
    book.addOpenQty(Sell, -qty);
    registers[REGISTERS.fillPrice] = book.auctionPrice;
    registers[REGISTERS.fillQty] = qty;
    countTrade();
    registers[REGISTERS.isAuction] = 1;
    listener.onFill(buy, sell);
    registers[REGISTERS.isAuction] = 0;
    afterAuctionFill(book, buy, bid);
    afterAuctionFill(book, sell, ask);
    return qty;
  }

  function afterAuctionFill(book: OrderBook, order: number, level: number): void {
    const word = order << ORDER_WORDS;
    if (words[word + SHOWN] !== 0) return;
    if (words[word + HIDDEN]! > 0) {
      refill(order);
      return;
    }
    const side = orders.side(order);
    levels.unlink(order);
    close(order);
    removeIfEmpty(book, side, level);
  }

  /** Fires the stops that this command's trades have hit, and those that these hit in turn. */
  function fireStops(book: OrderBook): void {
    while (book.hasStops) {
      let order = book.buyStops.first();
      if (order === NONE || orders.stopPrice(order) > registers[REGISTERS.highPrice]!) {
        order = book.sellStops.first();
        if (order === NONE || orders.stopPrice(order) < registers[REGISTERS.lowPrice]!) return;
      }
      takeOut(order);
      if (orders.orderType(order) === Stop) {
        orders.setPrice(order, book.collar(orders.side(order)));
      }
      listener.onReport(order, Triggered, 0);
      // The band may have moved away from the limit while the order waited.
      const isOutside = orders.orderType(order) !== Stop && !book.isInBand(orders.price(order));
      if (isOutside) end(order, Canceled, CancelReason.PriceBand);
      else enter(order);
    }
  }

  /** Fires the stops that a command has hit, and checks what continuous trading promises. */
  function finishTrading(book: OrderBook): void {
    if (book.hasStops) fireStops(book);
    assertUncrossed(book);
  }

  /** What the order in execution may still spend, in ticks × lots; NONE: no bound. */
  function setBudget(amount: number): void {
    registers[REGISTERS.budget] = amount;
  }

  return {
    clear,
    countTrade,
    forgetTradePrices,
    noteTradePrice,
    finishTrading,
    enter,
    fillInAuction,
    setBudget,
  };
}

function actsAsMarket(orderType: number): boolean {
  return orderType === Market || orderType === Stop;
}
