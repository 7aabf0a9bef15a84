/**
 * What each kind of order reserves, and how its fills, changes and end draw on that: where engine
 * and risk meet. Hot path.
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
 * stop's protection price is as far behind its stop price as it may slip, or else the band's end.
 */
import { NO_SLOT } from '../collections/id-table.ts';
import { MarketSweep } from '../engine/market-sweep.ts';
import type { MatchingEngine } from '../engine/matching-engine.ts';
import { crosses, type OrderBook } from '../engine/order-book.ts';
import { mayRest, type OrderTicket } from '../engine/order-ticket.ts';
import type { NewOrder } from '../protocol/commands.ts';
import { CancelReason, OrderType, Side, SlippageAction, TradingState } from '../protocol/enums.ts';
import { RejectReason } from '../protocol/reject-reason.ts';
import type { RiskEngine } from '../risk/risk-engine.ts';
import type { RiskDesk } from './risk-desk.ts';
import { slippageBound } from './slippage.ts';

const { Market, Stop } = OrderType;
const { Buy } = Side;
const ACCEPTED: number = RejectReason.None;

export class Reservations {
  /** The slot of the order that `admit` accepted last. */
  order: number = NO_SLOT;
  private readonly engine: MatchingEngine;
  private readonly risk: RiskEngine;
  private readonly desk: RiskDesk;
  private readonly sweep = new MarketSweep();
  /** The market order in execution, and what others' orders can still fill of it. */
  private sweptOrder: number = NO_SLOT;
  private fillableQty = 0;
  /** The order by amount in execution, and what it may still spend, in ticks × lots. */
  private amountOrder: number = NO_SLOT;
  private amountLeft = 0;

  constructor(engine: MatchingEngine, risk: RiskEngine, desk: RiskDesk) {
    this.engine = engine;
    this.risk = risk;
    this.desk = desk;
  }

  /** A new command: what was said of the last one's order is no longer true. */
  begin(): void {
    this.sweptOrder = NO_SLOT;
    this.amountOrder = NO_SLOT;
  }

  /**
   * Gives a new order that the engine has checked its slot and its reservation; or says why not.
   */
  admit(ticket: OrderTicket, symbolIndex: number, command: NewOrder): number {
    const { engine, risk } = this;
    const { accountId, side, amount } = ticket;
    const book = engine.books[symbolIndex]!;
    const isContinuous = book.state === TradingState.Continuous;
    const isSwept = ticket.orderType === Market && isContinuous;
    const isStop = ticket.orderType === Stop;
    const slippageBps = command.maxSlippageBps || (this.desk.maxSlippageBps[symbolIndex] ?? 0);
    if (isStop && side === Buy && !book.hasBand && slippageBps === 0) {
      return RejectReason.NoPriceBand;
    }
    if (isSwept) {
      if (slippageBps !== 0) {
        ticket.price = slippageBound(side, bestOpposite(engine, book, side), slippageBps);
      }
      this.sweep.run(engine, book, ticket);
      if (this.sweep.isCut && command.slippageAction === SlippageAction.Reject) {
        return RejectReason.SlippageExceeded;
      }
    }
    const order = engine.admit(ticket);
    let price = isStop ? protectionPrice(ticket, book, slippageBps) : engine.orders.price(order);
    let coveredQty = ticket.qty;
    if (amount !== 0) {
      price = amount;
      coveredQty = 1;
    } else if (isSwept) {
      price = this.sweep.price;
      coveredQty = this.sweep.qty;
      this.sweptOrder = order;
      this.fillableQty = coveredQty;
    }
    const qty = engine.orders.leavesQty(order);
    const costPrice = isStop && side !== Buy ? ticket.stopPrice : price;
    const rests = mayRest(ticket.timeInForce) || !isContinuous;
    const reason =
      risk.checkLimits(accountId, symbolIndex, side, qty, costPrice, coveredQty, rests) ||
      risk.reserve(order, accountId, symbolIndex, side, price, coveredQty, qty);
    if (reason !== ACCEPTED) {
      engine.discard(order);
      return reason;
    }
    this.order = order;
    if (amount !== 0) {
      this.amountOrder = order;
      this.amountLeft = amount;
    }
    return ACCEPTED;
  }

  /**
   * Reserves for new terms, of which `qty` is the new total, and `stopPrice` 0 as it was; or says
   * why not.
   */
  replace(order: number, price: number, qty: number, stopPrice: number): number {
    const { orders } = this.engine;
    const isStop = orders.orderType(order) === Stop;
    // A stop has no limit: it stays bounded by the price that it was accepted at.
    const bound = isStop ? this.risk.reservedPrice(order) : price;
    const leavesQty = qty - orders.cumQty(order);
    const market = orders.symbolIndex(order);
    const side = orders.side(order);
    const isSellStop = isStop && side !== Buy;
    const costPrice = isSellStop ? stopPrice || orders.stopPrice(order) : bound;
    return (
      this.risk.checkNewTerms(order, market, side, costPrice, qty, leavesQty) ||
      this.risk.adjust(order, market, side, bound, leavesQty, leavesQty)
    );
  }

  /** An order lost some of its open quantity without a trade. */
  shrink(order: number): void {
    const { orders } = this.engine;
    const side = orders.side(order);
    const leavesQty = orders.leavesQty(order);
    // What it may still spend is reserved, whatever quantity that buys.
    if (order === this.amountOrder) {
      this.risk.setOpenQty(order, side, leavesQty);
      return;
    }
    const price = this.risk.reservedPrice(order);
    const coveredQty = this.coveredQty(order);
    this.risk.adjust(order, orders.symbolIndex(order), side, price, coveredQty, leavesQty);
  }

  /** A stop that fires trades no further than its protection price, wherever the band is now. */
  boundTriggered(order: number): void {
    const { orders } = this.engine;
    if (orders.orderType(order) !== Stop) return;
    const bound = this.risk.reservedPrice(order);
    if (crosses(orders.side(order), orders.price(order), bound)) orders.setPrice(order, bound);
  }

  /**
   * Why an order was canceled. The engine knows no bound but the band: where it finds no order that
   * the order may trade with, though one stands in the band, what it may slip kept it from it.
   */
  cancelReason(order: number, reason: number): number {
    if (reason !== CancelReason.NoLiquidity) return reason;
    const { books, orders } = this.engine;
    const book = books[orders.symbolIndex(order)]!;
    const isLiquidityLeft = book.opposite(orders.side(order)).best() !== NO_SLOT;
    if (!isLiquidityLeft) return reason;
    const isMarket = orders.orderType(order) === Market;
    return isMarket ? CancelReason.Slippage : CancelReason.ProtectionPrice;
  }

  /** Settles the engine's latest fill. In an auction the maker is the buyer. */
  settle(maker: number, taker: number): void {
    const { orders, fillPrice, fillQty, lastTradeId, isAuction } = this.engine;
    const takerSide = orders.side(taker);
    const buyer = takerSide === Buy ? taker : maker;
    if (taker === this.sweptOrder) this.fillableQty -= fillQty;
    let buyerCoveredQty = this.coveredQty(buyer);
    if (buyer === this.amountOrder) {
      this.amountLeft -= fillPrice * fillQty;
      this.risk.setReservedPrice(buyer, this.amountLeft);
      buyerCoveredQty = buyerCoveredQty === 0 ? 0 : 1;
    }
    this.risk.settle(
      orders.symbolIndex(taker),
      takerSide,
      maker,
      taker,
      fillPrice,
      fillQty,
      buyerCoveredQty,
      lastTradeId,
      isAuction,
    );
  }

  /** The open quantity that the reservation is for. */
  private coveredQty(order: number): number {
    const leavesQty = this.engine.orders.leavesQty(order);
    return order === this.sweptOrder ? Math.min(leavesQty, this.fillableQty) : leavesQty;
  }
}

/** The best opposite price; the engine has found that there is one. */
function bestOpposite({ levels }: MatchingEngine, book: OrderBook, side: number): number {
  return levels.price(book.opposite(side).best());
}

/** The worst price that a stop may trade at, whenever it fires; for a sell without bounds, 1. */
function protectionPrice(ticket: OrderTicket, book: OrderBook, slippageBps: number): number {
  const { side, stopPrice } = ticket;
  if (slippageBps === 0) return side === Buy ? book.collar(side) : 1;
  const bound = slippageBound(side, stopPrice, slippageBps);
  const collar = book.collar(side);
  return crosses(side, collar, bound) ? bound : collar;
}
