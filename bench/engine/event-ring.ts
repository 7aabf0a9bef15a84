/**
 * Where the benchmark's listener puts what the engine tells: every event with all of its fields, in a
 * ring of slots as large as the largest event, as an exchange's outgoing ring would hold them.
 *
 * ```
 *   0        4        8         12    16         20           24      28         32      36
 *   | event  | type   | symbol  | side | order    | time in   | status | liquidity| reason | 0 |
 *   |        |        |         |      | type     | force     |        | / count  |        |   |
 *   40       48        56       64     72          80        88        96       104  112   120
 *   | order  | account | client | price| stopPrice | qty      | display | cum     |leaves|last | last |
 *   |        | / other | order  |      |           |          |         |         |      |price| qty  |
 * ```
 */

import type { EngineListener, MatchingEngine, OrderTicket } from '../../engine/index.ts';
import { ORDER, orderTypeOf, sideOf, timeInForceOf } from '../../engine/orders.ts';
import { ExecType, Liquidity, OrderStatus, OrderType } from '../../protocol/enums.ts';

const { ORDER_WORDS, ORDER_LINKS } = ORDER;
const {
  FLAGS: OF_FLAGS,
  CUM: OF_CUM,
  SHOWN: OF_SHOWN,
  HIDDEN: OF_HIDDEN,
  SYMBOL_INDEX: OF_SYMBOL_INDEX,
  ORDER_ID: OF_ORDER_ID,
  ACCOUNT_ID: OF_ACCOUNT_ID,
  CLIENT_ORDER_ID: OF_CLIENT_ORDER_ID,
  PRICE: OF_PRICE,
  STOP_PRICE: OF_STOP_PRICE,
  DISPLAY: OF_DISPLAY,
} = ORDER;
const { New: NEW, PartiallyFilled: PARTIALLY_FILLED, Filled: FILLED } = OrderStatus;
const { Market: MARKET, Stop: STOP } = OrderType;

const SLOT_BYTES = 128;
const SLOTS = 8_192;
const INTS = SLOT_BYTES / 4;
const NUMBERS = SLOT_BYTES / 8;

const Event = { ExecutionReport: 1, Trade: 2, BookLevel: 3, TradingState: 4 } as const;

/** Ints of a slot. */
const EVENT = 0;
const EXEC_TYPE = 1;
const SYMBOL = 2;
const SIDE = 3;
const ORDER_TYPE = 4;
const TIME_IN_FORCE = 5;
const STATUS = 6;
const LIQUIDITY = 7;
const REASON = 8;
/** Numbers of a slot. */
const ORDER_ID = 5;
const ACCOUNT_ID = 6;
const CLIENT_ORDER_ID = 7;
const PRICE = 8;
const STOP_PRICE = 9;
const QTY = 10;
const DISPLAY_QTY = 11;
const CUM_QTY = 12;
const LEAVES_QTY = 13;
const LAST_PRICE = 14;
const LAST_QTY = 15;

export class EventRing implements EngineListener {
  trades = 0;
  private engine: MatchingEngine | undefined;
  private readonly numbers = new Float64Array(SLOTS * NUMBERS);
  private readonly ints = new Int32Array(this.numbers.buffer);
  private next = 0;
  /** A sum in a lane, which is never boxed. */
  private readonly sums = new Float64Array(1);

  /** Must be called with the engine that tells; counts begin anew. */
  listenTo(engine: MatchingEngine): void {
    this.engine = engine;
    this.trades = 0;
    this.sums[0] = 0;
  }

  get tradedQty(): number {
    return this.sums[0]!;
  }

  onRejected(ticket: OrderTicket, rejectReason: number): void {
    const { numbers, ints } = this;
    const slot = this.claim();
    const int = slot * INTS;
    const number = slot * NUMBERS;
    ints[int + EVENT] = Event.ExecutionReport;
    ints[int + EXEC_TYPE] = ExecType.Rejected;
    ints[int + SYMBOL] = ticket.symbolId;
    ints[int + SIDE] = ticket.side;
    ints[int + ORDER_TYPE] = ticket.orderType;
    ints[int + TIME_IN_FORCE] = ticket.timeInForce;
    ints[int + STATUS] = OrderStatus.Rejected;
    ints[int + LIQUIDITY] = Liquidity.None;
    ints[int + REASON] = rejectReason;
    numbers[number + ORDER_ID] = ticket.orderId;
    numbers[number + ACCOUNT_ID] = ticket.accountId;
    numbers[number + CLIENT_ORDER_ID] = ticket.clientOrderId;
    numbers[number + PRICE] = ticket.price;
    numbers[number + STOP_PRICE] = ticket.stopPrice;
    numbers[number + QTY] = ticket.qty;
    numbers[number + DISPLAY_QTY] = ticket.displayQty;
    numbers[number + CUM_QTY] = 0;
    numbers[number + LEAVES_QTY] = 0;
    numbers[number + LAST_PRICE] = 0;
    numbers[number + LAST_QTY] = 0;
  }

  onReport(order: number, execType: number, reason: number): void {
    const slot = this.report(order, execType, Liquidity.None);
    const number = slot * NUMBERS;
    const int = slot * INTS;
    this.ints[int + REASON] = reason;
    this.numbers[number + LAST_PRICE] = 0;
    this.numbers[number + LAST_QTY] = 0;
    if (execType !== ExecType.Canceled && execType !== ExecType.Expired) return;
    this.ints[int + STATUS] =
      execType === ExecType.Canceled ? OrderStatus.Canceled : OrderStatus.Expired;
    this.numbers[number + LEAVES_QTY] = 0;
  }

  onFill(maker: number, taker: number): void {
    const { numbers, ints } = this;
    const engine = this.engine!;
    const { orders, isAuction } = engine;
    this.trades++;
    this.sums[0]! += engine.fillQty;
    const slot = this.claim();
    const int = slot * INTS;
    const number = slot * NUMBERS;
    ints[int + EVENT] = Event.Trade;
    ints[int + SYMBOL] = engine.bookOf(maker).symbolId;
    ints[int + SIDE] = isAuction ? 0 : orders.side(taker);
    numbers[number + ORDER_ID] = orders.orderId(maker);
    numbers[number + ACCOUNT_ID] = orders.orderId(taker);
    numbers[number + CLIENT_ORDER_ID] = engine.lastTradeId;
    numbers[number + PRICE] = engine.fillPrice;
    numbers[number + QTY] = engine.fillQty;
    if (isAuction) {
      this.reportFill(maker, Liquidity.Auction);
      this.reportFill(taker, Liquidity.Auction);
    } else {
      this.reportFill(taker, Liquidity.Taker);
      this.reportFill(maker, Liquidity.Maker);
    }
  }

  onLevel(level: number): void {
    const { numbers, ints } = this;
    const { levels, books } = this.engine!;
    const slot = this.claim();
    const int = slot * INTS;
    ints[int + EVENT] = Event.BookLevel;
    ints[int + SYMBOL] = books[levels.symbolIndex(level)]!.symbolId;
    ints[int + SIDE] = levels.side(level);
    ints[int + LIQUIDITY] = levels.orderCount(level);
    numbers[slot * NUMBERS + PRICE] = levels.price(level);
    numbers[slot * NUMBERS + QTY] = levels.shownQty(level);
  }

  onTradingState(symbolIndex: number, state: number): void {
    const { numbers, ints } = this;
    const book = this.engine!.books[symbolIndex]!;
    const slot = this.claim();
    const int = slot * INTS;
    ints[int + EVENT] = Event.TradingState;
    ints[int + SYMBOL] = book.symbolId;
    ints[int + STATUS] = state;
    numbers[slot * NUMBERS + PRICE] = book.auctionPrice;
    numbers[slot * NUMBERS + QTY] = book.auctionQty;
  }

  private reportFill(order: number, liquidity: number): void {
    const slot = this.report(order, ExecType.Trade, liquidity);
    this.ints[slot * INTS + REASON] = 0;
    this.numbers[slot * NUMBERS + LAST_PRICE] = this.engine!.fillPrice;
    this.numbers[slot * NUMBERS + LAST_QTY] = this.engine!.fillQty;
  }

  /** An order's report but for reason and last fill; returns its slot. */
  private report(order: number, execType: number, liquidity: number): number {
    const { numbers, ints } = this;
    const { orders, books } = this.engine!;
    const { words, links } = orders;
    const word = order << ORDER_WORDS;
    const link = order << ORDER_LINKS;
    const flags = links[link + OF_FLAGS]!;
    const orderType = orderTypeOf(flags);
    const cumQty = words[word + OF_CUM]!;
    const leavesQty = words[word + OF_SHOWN]! + words[word + OF_HIDDEN]!;
    const slot = this.claim();
    const int = slot * INTS;
    const number = slot * NUMBERS;
    ints[int + EVENT] = Event.ExecutionReport;
    ints[int + EXEC_TYPE] = execType;
    ints[int + SYMBOL] = books[links[link + OF_SYMBOL_INDEX]!]!.symbolId;
    ints[int + SIDE] = sideOf(flags);
    ints[int + ORDER_TYPE] = orderType;
    ints[int + TIME_IN_FORCE] = timeInForceOf(flags);
    ints[int + STATUS] = cumQty === 0 ? NEW : leavesQty === 0 ? FILLED : PARTIALLY_FILLED;
    ints[int + LIQUIDITY] = liquidity;
    numbers[number + ORDER_ID] = words[word + OF_ORDER_ID]!;
    numbers[number + ACCOUNT_ID] = words[word + OF_ACCOUNT_ID]!;
    numbers[number + CLIENT_ORDER_ID] = words[word + OF_CLIENT_ORDER_ID]!;
    numbers[number + PRICE] =
      orderType === MARKET || orderType === STOP ? 0 : words[word + OF_PRICE]!;
    numbers[number + STOP_PRICE] = words[word + OF_STOP_PRICE]!;
    numbers[number + QTY] = cumQty + leavesQty;
    numbers[number + DISPLAY_QTY] = words[word + OF_DISPLAY]!;
    numbers[number + CUM_QTY] = cumQty;
    numbers[number + LEAVES_QTY] = leavesQty;
    return slot;
  }

  private claim(): number {
    const slot = this.next;
    this.next = (slot + 1) % SLOTS;
    return slot;
  }
}
