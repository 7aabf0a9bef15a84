/**
 * Price-time matching of one incoming order against the resting ones, with self-trade prevention and
 * icebergs: steps 2 and 3 of docs/matching.md. Hot path: no allocation, and fields in locals.
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
import { canFillWhole } from './fill-or-kill.ts';
import { crosses, type OrderBook, oppositeOf } from './order-book.ts';
import { OrderKeeper } from './order-keeper.ts';
import { ORDER, orderTypeOf, sideOf, timeInForceOf } from './orders.ts';

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
const NO_PREVENTION = SelfTradePrevention.None;
const NO_REASON: number = CancelReason.None;
const { Market, Stop } = OrderType;
const { IOC, FOK } = TimeInForce;
const { PreOpen } = TradingState;
const { Buy, Sell } = Side;
const { Canceled, Triggered, Restated } = ExecType;

const REGISTERS = {
  fillPrice: 0,
  fillQty: 1,
  tradeId: 2,
  lowPrice: 3,
  highPrice: 4,
  budget: 5,
} as const;

export class Matcher extends OrderKeeper {
  /** Of the fill that is being told: it is an auction's. */
  isAuction = false;
  /** Numbers that may be large live in lanes, which are never boxed. */
  private readonly registers = new Float64Array(6);

  /** Price in ticks of the latest fill. */
  get fillPrice(): number {
    return this.registers[REGISTERS.fillPrice]!;
  }
  /** Quantity in lots of the latest fill. */
  get fillQty(): number {
    return this.registers[REGISTERS.fillQty]!;
  }
  /** Of the latest fill; they count from 1 over all markets. */
  get lastTradeId(): number {
    return this.registers[REGISTERS.tradeId]!;
  }
  /** What the order in execution may still spend, in ticks × lots; NONE: no bound. */
  protected set budget(amount: number) {
    this.registers[REGISTERS.budget] = amount;
  }

  /** Gives the latest fill its trade id. */
  countTrade(): void {
    this.registers[REGISTERS.tradeId]! += 1;
  }

  /** Forgets the trade prices of the last command, against which stops are held. */
  protected forgetTradePrices(): void {
    this.registers[REGISTERS.lowPrice] = Number.POSITIVE_INFINITY;
    this.registers[REGISTERS.highPrice] = 0;
  }

  /** A trade at this price hits stops. */
  protected noteTradePrice(price: number): void {
    const registers = this.registers;
    if (price < registers[REGISTERS.lowPrice]!) registers[REGISTERS.lowPrice] = price;
    if (price > registers[REGISTERS.highPrice]!) registers[REGISTERS.highPrice] = price;
  }

  /** What continuous trading must never leave; the check is two loads and stays on. */
  protected assertUncrossed(book: OrderBook): void {
    const bid = book.bids.best();
    const ask = book.asks.best();
    if (bid === NONE || ask === NONE) return;
    if (this.levels.price(bid) < this.levels.price(ask)) return;
    throw new Error(
      `market ${book.symbolId} is crossed in continuous trading: ` +
        `bid ${this.levels.price(bid)}, ask ${this.levels.price(ask)}`,
    );
  }

  /** An order comes in, new or taken out of its place: trades, and then rests or ends. */
  protected enter(order: number): void {
    const { words, links } = this.orders;
    const word = order << ORDER_WORDS;
    const flags = links[(order << ORDER_LINKS) + FLAGS]!;
    const book = this.books[links[(order << ORDER_LINKS) + SYMBOL_INDEX]!]!;
    if (book.state === PreOpen) {
      this.restIncoming(order, flags, 0);
      return;
    }
    const side = sideOf(flags);
    const timeInForce = timeInForceOf(flags);
    if (timeInForce === FOK && !canFillWhole(this, order)) {
      this.end(order, Canceled, CancelReason.FillOrKill);
      return;
    }
    const qty = words[word + SHOWN]!;
    const best = book.opposite(side).best();
    let reason = NO_REASON;
    if (best !== NONE && crosses(side, words[word + PRICE]!, this.levels.price(best))) {
      reason = this.match(order, book, side);
      if (words[word + SHOWN] === 0) {
        this.close(order);
        return;
      }
    }
    if (reason === NO_REASON && actsAsMarket(orderTypeOf(flags))) {
      reason = this.whyMarketOrderEnds(book, side);
    }
    if (reason === NO_REASON && timeInForce === IOC) {
      reason = CancelReason.ImmediateOrCancel;
    }
    if (reason !== NO_REASON) this.end(order, Canceled, reason);
    else this.restIncoming(order, flags, qty - words[word + SHOWN]!);
  }

  private restIncoming(order: number, flags: number, traded: number): void {
    this.hide(order, traded);
    if ((flags & OPEN) === 0) this.open(order);
    if (orderTypeOf(flags) === Market) this.bookOf(order).marketOrderCount++;
    this.rest(order);
  }

  private whyMarketOrderEnds(book: OrderBook, side: number): number {
    const best = book.opposite(side).best();
    const isOutside = best !== NONE && !book.isInBand(this.levels.price(best));
    return isOutside ? CancelReason.PriceBand : CancelReason.NoLiquidity;
  }

  /** Matches level by level; returns why the order may not go on, if so. */
  private match(taker: number, book: OrderBook, side: number): number {
    const { levels, registers } = this;
    const ladder = side === Buy ? book.asks : book.bids;
    const limit = this.orders.price(taker);
    let level = ladder.best();
    let reason = NO_REASON;
    do {
      const price = levels.price(level);
      if (!crosses(side, limit, price)) break;
      registers[REGISTERS.fillPrice] = price;
      reason = this.fillLevel(taker, level, book, side);
      if (levels.orderCount(level) === 0) ladder.remove(level);
      level = ladder.best();
    } while (level !== NONE && reason === NO_REASON && this.orders.shownQty(taker) > 0);
    return reason;
  }

  /** Fills a taker against one level, first in first out. */
  private fillLevel(taker: number, level: number, book: OrderBook, side: number): number {
    const { levels, registers, listener } = this;
    const words = this.orders.words;
    const takerWord = taker << ORDER_WORDS;
    const prevention = this.orders.selfTradePrevention(taker);
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
        wanted = Math.min(wanted, this.affordableQty());
        if (wanted === 0) {
          reason = CancelReason.AmountSpent;
          break;
        }
      }
      if (owner !== 0 && words[makerWord + OWNER]! === owner) {
        reason = this.preventSelfTrade(prevention, taker, maker, level);
        if (reason !== NO_REASON) break;
        maker = levels.head(level);
        continue;
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
      this.countTrade();
      listener.onFill(maker, taker);
      if (qty !== shown) break;
      if (words[makerWord + HIDDEN]! > 0) this.refill(maker);
      else {
        levels.unlinkHead(level, maker);
        this.close(maker);
      }
      maker = levels.head(level);
    }
    if (filledQty > 0) {
      levels.addQty(level, -filledQty, 0);
      book.addOpenQty(oppositeOf(side), -filledQty);
      book.lastPrice = registers[REGISTERS.fillPrice]!;
      this.noteTradePrice(registers[REGISTERS.fillPrice]!);
    }
    return reason;
  }

  private affordableQty(): number {
    const registers = this.registers;
    return Math.floor(registers[REGISTERS.budget]! / registers[REGISTERS.fillPrice]!);
  }

  /** The taker has reached an order of its owner; returns why it may not go on, if so. */
  private preventSelfTrade(
    prevention: number,
    taker: number,
    maker: number,
    level: number,
  ): number {
    if (prevention === SelfTradePrevention.CancelTaker) return CancelReason.SelfTrade;
    this.levels.touch(level);
    if (prevention === SelfTradePrevention.Decrement) {
      return this.decrement(taker, maker, level);
    }
    const { orders, levels } = this;
    levels.leave(maker);
    this.bookOf(maker).addOpenQty(orders.side(maker), -orders.leavesQty(maker));
    this.end(maker, Canceled, CancelReason.SelfTrade);
    return prevention === SelfTradePrevention.CancelBoth ? CancelReason.SelfTrade : NO_REASON;
  }

  /** Both lose what would have traded; the one that has nothing left ends. */
  private decrement(taker: number, maker: number, level: number): number {
    const { orders, levels } = this;
    const words = orders.words;
    const makerWord = maker << ORDER_WORDS;
    const takerWord = taker << ORDER_WORDS;
    const qty = Math.min(words[takerWord + SHOWN]!, words[makerWord + SHOWN]!);
    const isMakerDone = words[makerWord + SHOWN]! + words[makerWord + HIDDEN]! === qty;
    const isTakerDone = words[takerWord + SHOWN]! === qty;
    levels.addQty(level, -qty, 0);
    this.bookOf(maker).addOpenQty(orders.side(maker), -qty);
    if (isMakerDone) {
      levels.unlink(maker);
      this.end(maker, Canceled, CancelReason.SelfTrade);
    } else {
      words[makerWord + SHOWN]! -= qty;
      this.listener.onReport(maker, Restated, 0);
      if (words[makerWord + SHOWN] === 0) this.refill(maker);
    }
    // An order that ends here ends with these lots canceled, as the caller tells.
    if (isTakerDone) return CancelReason.SelfTrade;
    words[takerWord + SHOWN]! -= qty;
    this.listener.onReport(taker, Restated, 0);
    return NO_REASON;
  }

  /** Fills a buy and a sell at an auction's price. */
  protected fillInAuction(book: OrderBook, buy: number, sell: number, most: number): number {
    const { levels, registers } = this;
    const words = this.orders.words;
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
    this.countTrade();
    this.isAuction = true;
    this.listener.onFill(buy, sell);
    this.isAuction = false;
    this.afterAuctionFill(book, buy, bid);
    this.afterAuctionFill(book, sell, ask);
    return qty;
  }

  private afterAuctionFill(book: OrderBook, order: number, level: number): void {
    const words = this.orders.words;
    const word = order << ORDER_WORDS;
    if (words[word + SHOWN] !== 0) return;
    if (words[word + HIDDEN]! > 0) {
      this.refill(order);
      return;
    }
    const side = this.orders.side(order);
    this.levels.unlink(order);
    this.close(order);
    this.removeIfEmpty(book, side, level);
  }

  /** Fires the stops that this command's trades have hit, and those that these hit in turn. */
  protected fireStops(book: OrderBook): void {
    const { orders, registers } = this;
    while (book.hasStops) {
      let order = book.buyStops.first();
      if (order === NONE || orders.stopPrice(order) > registers[REGISTERS.highPrice]!) {
        order = book.sellStops.first();
        if (order === NONE || orders.stopPrice(order) < registers[REGISTERS.lowPrice]!) return;
      }
      this.takeOut(order);
      if (orders.orderType(order) === Stop) {
        orders.setPrice(order, book.collar(orders.side(order)));
      }
      this.listener.onReport(order, Triggered, 0);
      this.enter(order);
    }
  }
}

function actsAsMarket(orderType: number): boolean {
  return orderType === Market || orderType === Stop;
}
