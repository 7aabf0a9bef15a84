/**
 * What each kind of order reserves, and how its fills, changes and end draw on that: where engine
 * and risk meet. What a new order reserves is in `admission.ts`. Made of closures (ADR 0009). Hot
 * path.
 *
 * | order | a buy reserves, each with the worst fee |
 * |---|---|
 * | limit, stop-limit | quantity × limit |
 * | market | what the book can fill × the worst price of that (`engine/market-sweep.ts`) |
 * | market by amount | the amount |
 * | market in PreOpen | quantity × the band's end, at which it rests |
 * | stop | quantity × its protection price, beyond which it does not trade when it fires |
 *
 * A sell reserves what it delivers; a market order to sell only what the book can take. A market
 * order in continuous trading is not bound by its reservation, which covers all possible fills. A
 * stop's protection price is as far behind its stop price as it may slip, or else the band's end;
 * a new stop price brings a new one. An order that loses its place by new terms is charged as a new
 * one: its worst fee is the market's now.
 */
import { NO_SLOT } from '../collections/id-table.ts';
import { type EngineState, REGISTERS } from '../engine/engine-state.ts';
import { crosses } from '../engine/order-book.ts';
import { CancelReason, OrderType, Side } from '../protocol/enums.ts';
import { RejectReason } from '../protocol/reject-reason.ts';
import type { RiskEngine } from '../risk/risk-engine.ts';
import { RISK_REGISTERS } from '../risk/risk-state.ts';
import { RULE, type Rules } from './rules.ts';
import { isUnbounded, protectionPrice } from './slippage.ts';

const ACCEPTED: number = RejectReason.None;
const { Market, Stop } = OrderType;
const { Buy } = Side;
const { fillPrice, fillQty, tradeId, isAuction } = REGISTERS;
const PRICE = RISK_REGISTERS.price;
const QTY = RISK_REGISTERS.qty;
const COVERED_QTY = RISK_REGISTERS.coveredQty;
const REFERENCE_ID = RISK_REGISTERS.referenceId;

/** Places of `special`: the market order, and the order by amount, in execution. */
const SWEPT = 0;
const BY_AMOUNT = 1;
/**
 * Places of `left`: what others' orders can still fill of the one, in lots, and what the other may
 * still spend, in ticks × lots.
 */
const FILLABLE_QTY = 0;
const AMOUNT = 1;

export type Reservations = ReturnType<typeof createReservations>;

export function createReservations(engine: EngineState, risk: RiskEngine, rules: Rules) {
  const { books, levels, orders, registers: fill } = engine;
  const { adjust, setReservedPrice } = risk;
  const { holds, markets, registers } = risk.state;
  const settleFill = risk.settle;
  const special = new Int32Array([NO_SLOT, NO_SLOT]);
  const left = new Float64Array(2);
  /** How far a stop may slip, by its slot; 0: to the band's end. */
  const stopSlippage = new Int32Array(orders.capacity);

  /** The open quantity that the reservation is for. */
  function coveredQtyOf(order: number): number {
    const leavesQty = orders.leavesQty(order);
    return order === special[SWEPT] ? Math.min(leavesQty, left[FILLABLE_QTY]!) : leavesQty;
  }

  /** Whether what an order by amount may still spend buys no lot at a level. */
  function isSpent(order: number, level: number): boolean {
    return order === special[BY_AMOUNT] && left[AMOUNT]! < levels.price(level);
  }

  /** Whether so many lots more of an account's open orders in a market are within its limits. */
  function checkPosition(account: number, market: number, side: number, more: number): number {
    if (side !== Buy || more <= 0 || risk.preTrade.limits.isEmpty) return ACCEPTED;
    const isBeyond = rules.has(RULE.exactPositions)
      ? risk.positions.exceeds(account, market, more)
      : risk.positions.exceedsInWholeLots(account, market, more);
    return isBeyond ? RejectReason.PositionLimit : ACCEPTED;
  }

  return {
    checkPosition,

    /** A new command: what was said of the last one's order is no longer true. */
    begin(): void {
      special[SWEPT] = NO_SLOT;
      special[BY_AMOUNT] = NO_SLOT;
    },

    /** The command's order is a market order, of which others' orders can fill so much. */
    beginSwept(order: number, fillableQty: number): void {
      special[SWEPT] = order;
      left[FILLABLE_QTY] = fillableQty;
    },

    /** The command's order is one by amount, in ticks × lots. */
    beginAmount(order: number, amount: number): void {
      special[BY_AMOUNT] = order;
      left[AMOUNT] = amount;
    },

    /** A stop is bounded by what it may slip from its stop price, in hundredths of a percent. */
    setStopSlippage(order: number, slippageBps: number): void {
      stopSlippage[order] = slippageBps;
    },
    stopSlippage(order: number): number {
      return orders.orderType(order) === Stop ? stopSlippage[order]! : 0;
    },

    /**
     * Reserves for new terms, of which `qty` is the new total, and `stopPrice` 0 as it was; or says
     * why not.
     */
    replace(order: number, price: number, qty: number, stopPrice: number): number {
      const market = orders.symbolIndex(order);
      const side = orders.side(order);
      const isStop = orders.orderType(order) === Stop;
      const isStopMoved = stopPrice !== 0 && stopPrice !== orders.stopPrice(order);
      let bound = price;
      if (isStop) {
        const slippageBps = stopSlippage[order]!;
        const book = books[market]!;
        bound = isStopMoved
          ? protectionPrice(side, stopPrice, book, slippageBps)
          : holds.price(order);
        if (isStopMoved && isUnbounded(side, book, slippageBps)) return RejectReason.NoPriceBand;
      }
      const leavesQty = qty - orders.cumQty(order);
      const isSellStop = isStop && side !== Buy;
      const costPrice = isSellStop ? stopPrice || orders.stopPrice(order) : bound;
      const account = holds.account(order);
      const refused =
        risk.checkNewTerms(account, market, costPrice, qty) ||
        checkPosition(account, market, side, leavesQty - holds.openQty(order));
      if (refused !== ACCEPTED) return refused;
      const keepsPlace = bound === holds.price(order) && qty <= orders.qty(order) && !isStopMoved;
      if (keepsPlace) return adjust(order, market, side, bound, leavesQty, leavesQty);
      const before = holds.worstPpm(order);
      holds.setWorstPpm(order, markets.worstPpm(market));
      const unfunded = adjust(order, market, side, bound, leavesQty, leavesQty);
      if (unfunded !== ACCEPTED) holds.setWorstPpm(order, before);
      return unfunded;
    },

    /** An order lost some of its open quantity without a trade. */
    shrink(order: number): void {
      const side = orders.side(order);
      const leavesQty = orders.leavesQty(order);
      // What it may still spend is reserved, whatever quantity that buys.
      if (order === special[BY_AMOUNT]) holds.setOpenQty(order, side, leavesQty);
      else {
        const market = orders.symbolIndex(order);
        adjust(order, market, side, holds.price(order), coveredQtyOf(order), leavesQty);
      }
    },

    /** A stop that fires trades no further than its protection price, wherever the band is now. */
    boundTriggered(order: number): void {
      if (orders.orderType(order) !== Stop) return;
      const bound = holds.price(order);
      if (crosses(orders.side(order), orders.price(order), bound)) orders.setPrice(order, bound);
    },

    /**
     * Why an order was canceled. The engine knows no bound but the band: where it finds no order
     * that the order may trade with, though one stands in the band, what it may slip kept it from
     * it; or, of an order by amount, that what is left buys no lot of it.
     */
    cancelReason(order: number, reason: number): number {
      if (reason !== CancelReason.NoLiquidity) return reason;
      const book = books[orders.symbolIndex(order)]!;
      const best = book.opposite(orders.side(order)).best();
      if (best === NO_SLOT) return reason;
      if (isSpent(order, best) && rules.has(RULE.spentBeforeSlippage)) {
        return CancelReason.AmountSpent;
      }
      const isMarket = orders.orderType(order) === Market;
      return isMarket ? CancelReason.Slippage : CancelReason.ProtectionPrice;
    },

    /** Settles the engine's latest fill. In an auction the maker is the buyer. */
    settle(maker: number, taker: number): void {
      const takerSide = orders.side(taker);
      const buyer = takerSide === Buy ? taker : maker;
      const qty = fill[fillQty]!;
      if (taker === special[SWEPT]) left[FILLABLE_QTY]! -= qty;
      let coveredQty = coveredQtyOf(buyer);
      if (buyer === special[BY_AMOUNT]) {
        left[AMOUNT]! -= fill[fillPrice]! * qty;
        setReservedPrice(buyer, left[AMOUNT]!);
        coveredQty = coveredQty === 0 ? 0 : 1;
      }
      registers[PRICE] = fill[fillPrice]!;
      registers[QTY] = qty;
      registers[COVERED_QTY] = coveredQty;
      registers[REFERENCE_ID] = fill[tradeId]!;
      settleFill(orders.symbolIndex(taker), takerSide, maker, taker, fill[isAuction] !== 0);
    },
  };
}
