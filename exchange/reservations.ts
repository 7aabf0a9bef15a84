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
 * | stop | quantity × the band's end, beyond which it does not trade when it fires |
 *
 * A sell reserves what it delivers; a market order to sell only what the book can take. A market
 * order in continuous trading is not bound by its reservation, which covers all possible fills.
 */
import { NO_SLOT } from '../collections/id-table.ts';
import { MarketSweep } from '../engine/market-sweep.ts';
import type { MatchingEngine } from '../engine/matching-engine.ts';
import type { OrderBook } from '../engine/order-book.ts';
import type { OrderTicket } from '../engine/order-ticket.ts';
import { CancelReason, OrderType, Side, TradingState } from '../protocol/enums.ts';
import { RejectReason } from '../protocol/reject-reason.ts';
import type { RiskEngine } from '../risk/risk-engine.ts';

const { Market, Stop } = OrderType;
const { Buy } = Side;
const ACCEPTED: number = RejectReason.None;

export class Reservations {
  /** The slot of the order that `admit` accepted last. */
  order: number = NO_SLOT;
  private readonly engine: MatchingEngine;
  private readonly risk: RiskEngine;
  private readonly sweep = new MarketSweep();
  /** The market order in execution, and what others' orders can still fill of it. */
  private sweptOrder: number = NO_SLOT;
  private fillableQty = 0;
  /** The order by amount in execution, and what it may still spend, in ticks × lots. */
  private amountOrder: number = NO_SLOT;
  private amountLeft = 0;

  constructor(engine: MatchingEngine, risk: RiskEngine) {
    this.engine = engine;
    this.risk = risk;
  }

  /** A new command: what was said of the last one's order is no longer true. */
  begin(): void {
    this.sweptOrder = NO_SLOT;
    this.amountOrder = NO_SLOT;
  }

  /**
   * Gives a new order that the engine has checked its slot and its reservation; or says why not.
   */
  admit(ticket: OrderTicket, symbolIndex: number): number {
    const { engine, risk } = this;
    const { accountId, side, amount } = ticket;
    const book = engine.books[symbolIndex]!;
    const isStop = ticket.orderType === Stop;
    if (isStop && side === Buy && !book.hasBand) return RejectReason.NoPriceBand;
    const order = engine.admit(ticket);
    let price = isStop ? book.collar(side) : engine.orders.price(order);
    let { qty } = ticket;
    if (amount !== 0) {
      price = amount;
      qty = 1;
    } else if (sweeps(ticket, book)) {
      this.sweep.run(engine, book, ticket);
      price = this.sweep.price;
      qty = this.sweep.qty;
      this.sweptOrder = order;
      this.fillableQty = qty;
    }
    const reason = risk.reserve(order, accountId, symbolIndex, side, price, qty);
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

  /** Reserves for new terms, of which `qty` is the new total; or says why not. */
  replace(order: number, price: number, qty: number): number {
    const { orders } = this.engine;
    // A stop has no limit: it stays bounded by the price that it was accepted at.
    const bound = orders.orderType(order) === Stop ? this.risk.reservedPrice(order) : price;
    const leavesQty = qty - orders.cumQty(order);
    return this.risk.adjust(order, orders.symbolIndex(order), orders.side(order), bound, leavesQty);
  }

  /** An order lost some of its open quantity without a trade. */
  shrink(order: number): void {
    if (order === this.amountOrder) return;
    const { orders } = this.engine;
    const price = this.risk.reservedPrice(order);
    const side = orders.side(order);
    this.risk.adjust(order, orders.symbolIndex(order), side, price, this.coveredQty(order));
  }

  /** A stop that fires may not pay more than it reserved, even if the band has moved since. */
  boundTriggered(order: number): void {
    const { orders } = this.engine;
    if (orders.orderType(order) !== Stop || orders.side(order) !== Buy) return;
    const bound = this.risk.reservedPrice(order);
    if (bound < orders.price(order)) orders.setPrice(order, bound);
  }

  /**
   * Why an order was canceled. The engine knows no bound but the band: where it finds no order that
   * the order may trade with, though one stands in the band, its reservation kept it from it.
   */
  cancelReason(order: number, reason: number): number {
    if (reason !== CancelReason.NoLiquidity) return reason;
    const { books, orders } = this.engine;
    const book = books[orders.symbolIndex(order)]!;
    const isLiquidityLeft = book.opposite(orders.side(order)).best() !== NO_SLOT;
    return isLiquidityLeft ? CancelReason.ProtectionPrice : reason;
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

/** Whether an order takes what the book has now, at any price. */
function sweeps(ticket: OrderTicket, book: OrderBook): boolean {
  const isMarket = ticket.orderType === Market && ticket.amount === 0;
  return isMarket && book.state === TradingState.Continuous;
}
