/**
 * Where the benchmark's listener puts what the engine tells: every event with all of its fields,
 * one behind the other, as an exchange's outgoing ring holds them. Lengths are in words of 8 bytes;
 * the small numbers of an event share an int32.
 *
 * ```
 * ExecutionReport, 96 bytes
 *  0                                     4             8                  12
 *  event, exec, liquidity, status, reason symbol index the order's flags  0
 *  16       24         32           40    48        56      64  72     80        88
 *  order id account id client order price stopPrice display cum leaves lastPrice lastQty
 * Trade  48        event, symbol index, side | trade id | maker | taker | price | qty
 * BookLevel 32     event, market and side, count | price | qty
 * TradingState 32  event, symbol index, state | auction price | auction qty
 * ```
 */

import type { EngineListener, EngineState, OrderTicket } from '../../engine/index.ts';
import { FLAGS_OF, ORDER } from '../../engine/orders.ts';
import { ExecType, Liquidity, OrderStatus, OrderType } from '../../protocol/enums.ts';

const {
  ACCOUNT_ID,
  CLIENT_ORDER_ID,
  CUM,
  DISPLAY,
  FLAGS,
  HIDDEN,
  ORDER_ID,
  ORDER_LINKS,
  ORDER_WORDS,
  PRICE,
  SHOWN,
  STOP_PRICE,
  SYMBOL_INDEX,
} = ORDER;
const { orderTypeOf, sideOf } = FLAGS_OF;
const { Canceled, Expired, Rejected, Trade } = ExecType;
const { Market, Stop } = OrderType;

/** Words in the ring. */
const LENGTH = 1 << 15;
const REPORT = 12;
const TRADE = 6;
const LEVEL = 4;
const STATE = 4;

const Event = { ExecutionReport: 1, Trade: 2, BookLevel: 3, TradingState: 4 } as const;
const EXEC_TYPE_SHIFT = 4;
const LIQUIDITY_SHIFT = 8;
const STATUS_SHIFT = 12;
const REASON_SHIFT = 16;

/** Places of `counts`. */
const NEXT = 0;
const TRADES = 1;

export type EventRing = ReturnType<typeof createEventRing>;

/** @param state of the engine that tells */
export function createEventRing(state: EngineState) {
  const { books, levels, orders } = state;
  const { words, links } = orders;
  const numbers = new Float64Array(LENGTH);
  const ints = new Int32Array(numbers.buffer);
  /** The next word, and the trades so far. */
  const counts = new Int32Array(2);
  const tradedQty = new Float64Array(1);

  function claim(length: number): number {
    const next = counts[NEXT]!;
    const at = next + length > LENGTH ? 0 : next;
    counts[NEXT] = at + length;
    return at;
  }

  function report(
    order: number,
    execType: number,
    liquidity: number,
    reason: number,
    lastPrice: number,
    lastQty: number,
  ): void {
    const word = order << ORDER_WORDS;
    const link = order << ORDER_LINKS;
    const flags = links[link + FLAGS]!;
    const orderType = orderTypeOf(flags);
    const cumQty = words[word + CUM]!;
    const hasEnded = execType === Canceled || execType === Expired;
    const leavesQty = hasEnded ? 0 : words[word + SHOWN]! + words[word + HIDDEN]!;
    const status = hasEnded ? endStatusOf(execType) : openStatusOf(cumQty, leavesQty);
    const at = claim(REPORT);
    const int = at * 2;
    ints[int] =
      Event.ExecutionReport |
      (execType << EXEC_TYPE_SHIFT) |
      (liquidity << LIQUIDITY_SHIFT) |
      (status << STATUS_SHIFT) |
      (reason << REASON_SHIFT);
    ints[int + 1] = links[link + SYMBOL_INDEX]!;
    ints[int + 2] = flags;
    numbers[at + 2] = words[word + ORDER_ID]!;
    numbers[at + 3] = words[word + ACCOUNT_ID]!;
    numbers[at + 4] = words[word + CLIENT_ORDER_ID]!;
    numbers[at + 5] = orderType === Market || orderType === Stop ? 0 : words[word + PRICE]!;
    numbers[at + 6] = words[word + STOP_PRICE]!;
    numbers[at + 7] = words[word + DISPLAY]!;
    numbers[at + 8] = cumQty;
    numbers[at + 9] = leavesQty;
    numbers[at + 10] = lastPrice;
    numbers[at + 11] = lastQty;
  }

  const listener: EngineListener = {
    onRejected(ticket: OrderTicket, rejectReason: number): void {
      const at = claim(REPORT);
      const int = at * 2;
      ints[int] =
        Event.ExecutionReport |
        (Rejected << EXEC_TYPE_SHIFT) |
        (OrderStatus.Rejected << STATUS_SHIFT) |
        (rejectReason << REASON_SHIFT);
      ints[int + 1] = ticket.symbolId;
      ints[int + 2] = ticket.side;
      numbers[at + 2] = ticket.orderId;
      numbers[at + 3] = ticket.accountId;
      numbers[at + 4] = ticket.clientOrderId;
      numbers[at + 5] = ticket.price;
      numbers[at + 6] = ticket.stopPrice;
      numbers[at + 7] = ticket.displayQty;
      numbers[at + 8] = 0;
      numbers[at + 9] = 0;
      numbers[at + 10] = 0;
      numbers[at + 11] = 0;
    },

    onReport(order: number, execType: number, reason: number): void {
      report(order, execType, Liquidity.None, reason, 0, 0);
    },

    onFill(maker: number, taker: number): void {
      const price = state.fillPrice();
      const qty = state.fillQty();
      const isAuction = state.isAuction();
      counts[TRADES]!++;
      tradedQty[0]! += qty;
      const at = claim(TRADE);
      const int = at * 2;
      const link = taker << ORDER_LINKS;
      ints[int] = Event.Trade | ((isAuction ? 0 : sideOf(links[link + FLAGS]!)) << EXEC_TYPE_SHIFT);
      ints[int + 1] = links[link + SYMBOL_INDEX]!;
      numbers[at + 1] = state.lastTradeId();
      numbers[at + 2] = words[(maker << ORDER_WORDS) + ORDER_ID]!;
      numbers[at + 3] = words[(taker << ORDER_WORDS) + ORDER_ID]!;
      numbers[at + 4] = price;
      numbers[at + 5] = qty;
      if (isAuction) {
        report(maker, Trade, Liquidity.Auction, 0, price, qty);
        report(taker, Trade, Liquidity.Auction, 0, price, qty);
      } else {
        report(taker, Trade, Liquidity.Taker, 0, price, qty);
        report(maker, Trade, Liquidity.Maker, 0, price, qty);
      }
    },

    onLevel(level: number): void {
      const at = claim(LEVEL);
      const int = at * 2;
      ints[int] = Event.BookLevel | (levels.side(level) << EXEC_TYPE_SHIFT);
      ints[int + 1] = levels.symbolIndex(level);
      ints[int + 2] = levels.orderCount(level);
      numbers[at + 2] = levels.price(level);
      numbers[at + 3] = levels.shownQty(level);
    },

    onTradingState(symbolIndex: number, tradingState: number): void {
      const book = books[symbolIndex]!;
      const at = claim(STATE);
      const int = at * 2;
      ints[int] = Event.TradingState | (tradingState << STATUS_SHIFT);
      ints[int + 1] = symbolIndex;
      numbers[at + 2] = book.auctionPrice;
      numbers[at + 3] = book.auctionQty;
    },
  };

  return {
    listener,
    trades: (): number => counts[TRADES]!,
    tradedQty: (): number => tradedQty[0]!,
  };
}

function endStatusOf(execType: number): number {
  return execType === Canceled ? OrderStatus.Canceled : OrderStatus.Expired;
}

function openStatusOf(cumQty: number, leavesQty: number): number {
  if (cumQty === 0) return OrderStatus.New;
  return leavesQty === 0 ? OrderStatus.Filled : OrderStatus.PartiallyFilled;
}
