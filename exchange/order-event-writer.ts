/**
 * Writes what happens to orders: ExecutionReport, Trade and BookLevel. Every word of a record is
 * written once; several fields of less than 32 bits share a word, lowest byte first. Made of
 * closures over the engine's slabs (ADR 0009). Hot path.
 */
import { NO_SLOT } from '../collections/id-table.ts';
import { type EngineState, REGISTERS } from '../engine/engine-state.ts';
import { limitOf, statusOf } from '../engine/event-recorder.ts';
import { ORDER } from '../engine/orders.ts';
import type { NewOrder } from '../protocol/commands.ts';
import { ExecType, Liquidity, OrderStatus, TakerSide } from '../protocol/enums.ts';
import { BOOK_LEVEL, EXECUTION_REPORT, TRADE } from '../protocol/event-layout.ts';
import { headerWord, setInt64, setInt64From } from '../protocol/record.ts';
import { RISK_REGISTERS, type RiskState } from '../risk/risk-state.ts';
import type { EventFrame } from './event-frame.ts';
import type { OrderAnswers } from './order-answers.ts';

const { Rejected, Canceled, Expired } = ExecType;
const FILLED_BY_TRADE = ExecType.Trade;

const REPORT = headerWord(EXECUTION_REPORT);
const ORDER_ID = EXECUTION_REPORT.orderId >> 2;
const CLIENT_ORDER_ID = EXECUTION_REPORT.clientOrderId >> 2;
const ACCOUNT_ID = EXECUTION_REPORT.accountId >> 2;
const PRICE = EXECUTION_REPORT.price >> 2;
const QTY = EXECUTION_REPORT.qty >> 2;
const LAST_PRICE = EXECUTION_REPORT.lastPrice >> 2;
const LAST_QTY = EXECUTION_REPORT.lastQty >> 2;
const CUM_QTY = EXECUTION_REPORT.cumQty >> 2;
const LEAVES_QTY = EXECUTION_REPORT.leavesQty >> 2;
const FEE = EXECUTION_REPORT.fee >> 2;
const TRADE_ID = EXECUTION_REPORT.tradeId >> 2;
const SYMBOL_ID = EXECUTION_REPORT.symbolId >> 2;
/** execType, orderStatus, side, orderType. */
const KIND = EXECUTION_REPORT.execType >> 2;
/** timeInForce, liquidity, rejectReason of 16 bits. */
const VALIDITY = EXECUTION_REPORT.timeInForce >> 2;
/** cancelReason, postOnly, selfTradePrevention. */
const CONDITIONS = EXECUTION_REPORT.cancelReason >> 2;
const STOP_PRICE = EXECUTION_REPORT.stopPrice >> 2;
const DISPLAY_QTY = EXECUTION_REPORT.displayQty >> 2;
const AMOUNT = EXECUTION_REPORT.amount >> 2;
const EXPIRE_TIME = EXECUTION_REPORT.expireTime >> 2;
const GROUP_ID = EXECUTION_REPORT.groupId >> 2;

const FILL = headerWord(TRADE);
const FILL_TRADE_ID = TRADE.tradeId >> 2;
const FILL_PRICE = TRADE.price >> 2;
const FILL_QTY = TRADE.qty >> 2;
const MAKER_ORDER_ID = TRADE.makerOrderId >> 2;
const TAKER_ORDER_ID = TRADE.takerOrderId >> 2;
const MAKER_ACCOUNT_ID = TRADE.makerAccountId >> 2;
const TAKER_ACCOUNT_ID = TRADE.takerAccountId >> 2;
const MAKER_FEE = TRADE.makerFee >> 2;
const TAKER_FEE = TRADE.takerFee >> 2;
const FILL_SYMBOL_ID = TRADE.symbolId >> 2;
const TAKER_SIDE = TRADE.takerSide >> 2;

const LEVEL = headerWord(BOOK_LEVEL);
const LEVEL_PRICE = BOOK_LEVEL.price >> 2;
const LEVEL_QTY = BOOK_LEVEL.qty >> 2;
const LEVEL_SYMBOL_ID = BOOK_LEVEL.symbolId >> 2;
const ORDER_COUNT = BOOK_LEVEL.orderCount >> 2;
const LEVEL_SIDE = BOOK_LEVEL.side >> 2;

/** An order's own words, in the engine's slab. */
const { CUM, DISPLAY, ORDER_WORDS, OWNER } = ORDER;
const OWN_ACCOUNT_ID = ORDER.ACCOUNT_ID;
const OWN_CLIENT_ORDER_ID = ORDER.CLIENT_ORDER_ID;
const OWN_EXPIRE_TIME = ORDER.EXPIRE_TIME;
const OWN_ORDER_ID = ORDER.ORDER_ID;
const OWN_STOP_PRICE = ORDER.STOP_PRICE;

/** An amount, as a lane. */
const NOTHING = new Float64Array(1);

const { fillPrice, fillQty, tradeId, isAuction } = REGISTERS;
const { makerFee, takerFee } = RISK_REGISTERS;

/** @param answers hears of every ExecutionReport */
export function createOrderEventWriter(
  frame: EventFrame,
  state: EngineState,
  risk: RiskState,
  answers: OrderAnswers,
) {
  const { registers: amounts } = risk;
  const { books, levels, orders, registers } = state;
  const { begin, finish } = frame;
  /** The order by amount in execution: the engine knows only what is left of its amount. */
  const amountOrder = new Int32Array([NO_SLOT]);
  const amount = new Float64Array(1);
  const { words: terms } = orders;
  const group = new Float64Array(1);

  /** A report's words but for those that differ by its cause, which the caller writes. */
  function writeTerms(words: Int32Array, at: number, order: number): void {
    const own = order << ORDER_WORDS;
    setInt64From(words, at + ORDER_ID, terms, own + OWN_ORDER_ID);
    setInt64From(words, at + CLIENT_ORDER_ID, terms, own + OWN_CLIENT_ORDER_ID);
    setInt64From(words, at + ACCOUNT_ID, terms, own + OWN_ACCOUNT_ID);
    setInt64(words, at + PRICE, limitOf(orders, order));
    setInt64(words, at + QTY, orders.qty(order));
    setInt64From(words, at + CUM_QTY, terms, own + CUM);
    words[at + SYMBOL_ID] = books[orders.symbolIndex(order)]!.symbolId;
    setInt64From(words, at + STOP_PRICE, terms, own + OWN_STOP_PRICE);
    setInt64From(words, at + DISPLAY_QTY, terms, own + DISPLAY);
    setInt64From(words, at + AMOUNT, order === amountOrder[0] ? amount : NOTHING, 0);
    setInt64From(words, at + EXPIRE_TIME, terms, own + OWN_EXPIRE_TIME);
    // The engine keeps an order's owner: minus its group, if it has one.
    group[0] = Math.max(0, -terms[own + OWNER]!);
    setInt64From(words, at + GROUP_ID, group, 0);
  }

  function kindOf(order: number, execType: number, status: number): number {
    return execType | (status << 8) | (orders.side(order) << 16) | (orders.orderType(order) << 24);
  }

  function conditionsOf(order: number, cancelReason: number): number {
    const postOnly = orders.isPostOnly(order) ? 1 << 8 : 0;
    return cancelReason | postOnly | (orders.selfTradePrevention(order) << 16);
  }

  function finishReport(words: Int32Array, at: number): void {
    finish(at, REPORT);
    answers.onReport(words, at);
  }

  return {
    forgetAmount(): void {
      amountOrder[0] = NO_SLOT;
    },

    /** The current command's order is one by amount. */
    beginAmount(order: number, itsAmount: number): void {
      amountOrder[0] = order;
      amount[0] = itsAmount;
    },

    writeRejected(order: NewOrder, rejectReason: number): void {
      const at = begin(REPORT);
      const words = frame.words();
      words[at + ORDER_ID] = words[at + 2]!;
      words[at + ORDER_ID + 1] = words[at + 3]!;
      setInt64(words, at + CLIENT_ORDER_ID, order.clientOrderId);
      setInt64(words, at + ACCOUNT_ID, order.accountId);
      setInt64(words, at + PRICE, order.price);
      setInt64(words, at + QTY, order.qty);
      setInt64(words, at + LAST_PRICE, 0);
      setInt64(words, at + LAST_QTY, 0);
      setInt64(words, at + CUM_QTY, 0);
      setInt64(words, at + LEAVES_QTY, 0);
      setInt64(words, at + FEE, 0);
      setInt64(words, at + TRADE_ID, 0);
      words[at + SYMBOL_ID] = order.symbolId;
      words[at + KIND] =
        Rejected | (OrderStatus.Rejected << 8) | (order.side << 16) | (order.orderType << 24);
      words[at + VALIDITY] = order.timeInForce | (rejectReason << 16);
      words[at + CONDITIONS] = (order.postOnly << 8) | (order.selfTradePrevention << 16);
      setInt64(words, at + STOP_PRICE, order.stopPrice);
      setInt64(words, at + DISPLAY_QTY, order.displayQty);
      setInt64(words, at + AMOUNT, order.amount);
      setInt64(words, at + EXPIRE_TIME, order.expireTime);
      setInt64(words, at + GROUP_ID, order.groupId);
      finishReport(words, at);
    },

    /** New, Replaced, Canceled, Expired, Triggered or Restated. */
    writeReport(order: number, execType: number, reason: number): void {
      const at = begin(REPORT);
      const words = frame.words();
      const hasEnded = execType === Canceled || execType === Expired;
      const leavesQty = orders.leavesQty(order);
      let status = statusOf(orders.cumQty(order), leavesQty);
      if (execType === Canceled) status = OrderStatus.Canceled;
      else if (execType === Expired) status = OrderStatus.Expired;
      writeTerms(words, at, order);
      setInt64(words, at + LAST_PRICE, 0);
      setInt64(words, at + LAST_QTY, 0);
      setInt64(words, at + LEAVES_QTY, hasEnded ? 0 : leavesQty);
      setInt64(words, at + FEE, 0);
      setInt64(words, at + TRADE_ID, 0);
      words[at + KIND] = kindOf(order, execType, status);
      words[at + VALIDITY] = orders.timeInForce(order) | (Liquidity.None << 8);
      words[at + CONDITIONS] = conditionsOf(order, hasEnded ? reason : 0);
      finishReport(words, at);
    },

    /** An order's part of the engine's latest fill; its fee is at a place of risk's registers. */
    writeFill(order: number, liquidity: number, feeAt: number): void {
      const at = begin(REPORT);
      const words = frame.words();
      const leavesQty = orders.leavesQty(order);
      const status = statusOf(orders.cumQty(order), leavesQty);
      writeTerms(words, at, order);
      setInt64From(words, at + LAST_PRICE, registers, fillPrice);
      setInt64From(words, at + LAST_QTY, registers, fillQty);
      setInt64(words, at + LEAVES_QTY, leavesQty);
      setInt64From(words, at + FEE, amounts, feeAt);
      setInt64From(words, at + TRADE_ID, registers, tradeId);
      words[at + KIND] = kindOf(order, FILLED_BY_TRADE, status);
      words[at + VALIDITY] = orders.timeInForce(order) | (liquidity << 8);
      words[at + CONDITIONS] = conditionsOf(order, 0);
      finishReport(words, at);
    },

    /** The engine's latest fill. */
    writeTrade(maker: number, taker: number): void {
      const at = begin(FILL);
      const words = frame.words();
      const ofMaker = maker << ORDER_WORDS;
      const ofTaker = taker << ORDER_WORDS;
      setInt64From(words, at + FILL_TRADE_ID, registers, tradeId);
      setInt64From(words, at + FILL_PRICE, registers, fillPrice);
      setInt64From(words, at + FILL_QTY, registers, fillQty);
      setInt64From(words, at + MAKER_ORDER_ID, terms, ofMaker + OWN_ORDER_ID);
      setInt64From(words, at + TAKER_ORDER_ID, terms, ofTaker + OWN_ORDER_ID);
      setInt64From(words, at + MAKER_ACCOUNT_ID, terms, ofMaker + OWN_ACCOUNT_ID);
      setInt64From(words, at + TAKER_ACCOUNT_ID, terms, ofTaker + OWN_ACCOUNT_ID);
      setInt64From(words, at + MAKER_FEE, amounts, makerFee);
      setInt64From(words, at + TAKER_FEE, amounts, takerFee);
      words[at + FILL_SYMBOL_ID] = books[orders.symbolIndex(taker)]!.symbolId;
      words[at + TAKER_SIDE] = registers[isAuction] !== 0 ? TakerSide.None : orders.side(taker);
      finish(at, FILL);
    },

    writeLevel(level: number): void {
      const at = begin(LEVEL);
      const words = frame.words();
      setInt64(words, at + LEVEL_PRICE, levels.price(level));
      setInt64(words, at + LEVEL_QTY, levels.shownQty(level));
      words[at + LEVEL_SYMBOL_ID] = books[levels.symbolIndex(level)]!.symbolId;
      words[at + ORDER_COUNT] = levels.orderCount(level);
      words[at + LEVEL_SIDE] = levels.side(level);
      words[at + LEVEL_SIDE + 1] = 0;
      finish(at, LEVEL);
    },
  };
}
