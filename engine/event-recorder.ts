/** An engine listener that collects what it hears as plain objects: for people, tools and tests. */
import { ExecType, Liquidity, OrderStatus, OrderType } from '../protocol/enums.ts';
import type { EngineEvent, ReportEvent } from './engine-events.ts';
import type { EngineListener } from './engine-listener.ts';
import type { EngineState } from './engine-state.ts';
import type { OrderTicket } from './order-ticket.ts';
import type { Orders } from './orders.ts';

export class EventRecorder implements EngineListener {
  events: EngineEvent[] = [];
  private readonly state: EngineState;

  /** @param state of the engine that tells */
  constructor(state: EngineState) {
    this.state = state;
  }

  /** What was told since the last call. */
  take(): EngineEvent[] {
    const events = this.events;
    this.events = [];
    return events;
  }

  onRejected(ticket: OrderTicket, rejectReason: number): void {
    this.events.push({
      event: 'report',
      execType: ExecType.Rejected,
      orderId: ticket.orderId,
      accountId: ticket.accountId,
      symbolId: ticket.symbolId,
      side: ticket.side,
      orderType: ticket.orderType,
      timeInForce: ticket.timeInForce,
      status: OrderStatus.Rejected,
      price: ticket.price,
      stopPrice: ticket.stopPrice,
      qty: ticket.qty,
      displayQty: ticket.displayQty,
      cumQty: 0,
      leavesQty: 0,
      lastPrice: 0,
      lastQty: 0,
      liquidity: Liquidity.None,
      reason: rejectReason,
    });
  }

  onReport(order: number, execType: number, reason: number): void {
    const report = this.report(order, execType);
    if (execType === ExecType.Canceled) {
      this.events.push({ ...report, status: OrderStatus.Canceled, leavesQty: 0, reason });
    } else if (execType === ExecType.Expired) {
      this.events.push({ ...report, status: OrderStatus.Expired, leavesQty: 0 });
    } else this.events.push(report);
  }

  onFill(maker: number, taker: number): void {
    const { state } = this;
    const { orders } = state;
    const [price, qty, isAuction] = [state.fillPrice(), state.fillQty(), state.isAuction()];
    this.events.push({
      event: 'trade',
      tradeId: state.lastTradeId(),
      symbolId: state.bookOf(maker).symbolId,
      price,
      qty,
      makerOrderId: orders.orderId(maker),
      takerOrderId: orders.orderId(taker),
      takerSide: isAuction ? 0 : orders.side(taker),
    });
    const fill = { lastPrice: price, lastQty: qty };
    const [first, second] = isAuction ? [maker, taker] : [taker, maker];
    const asTaker = isAuction ? Liquidity.Auction : Liquidity.Taker;
    const asMaker = isAuction ? Liquidity.Auction : Liquidity.Maker;
    this.events.push({ ...this.report(first, ExecType.Trade), ...fill, liquidity: asTaker });
    this.events.push({ ...this.report(second, ExecType.Trade), ...fill, liquidity: asMaker });
  }

  onLevel(level: number): void {
    const { levels, books } = this.state;
    this.events.push({
      event: 'level',
      symbolId: books[levels.symbolIndex(level)]!.symbolId,
      side: levels.side(level),
      price: levels.price(level),
      qty: levels.shownQty(level),
      orderCount: levels.orderCount(level),
    });
  }

  onTradingState(symbolIndex: number, state: number): void {
    const { symbolId, auctionPrice, auctionQty } = this.state.books[symbolIndex]!;
    this.events.push({ event: 'state', symbolId, state, auctionPrice, auctionQty });
  }

  private report(order: number, execType: number): ReportEvent {
    const { state } = this;
    const { orders } = state;
    const [cumQty, leavesQty] = [orders.cumQty(order), orders.leavesQty(order)];
    return {
      event: 'report',
      execType,
      orderId: orders.orderId(order),
      accountId: orders.accountId(order),
      symbolId: state.bookOf(order).symbolId,
      side: orders.side(order),
      orderType: orders.orderType(order),
      timeInForce: orders.timeInForce(order),
      status: statusOf(cumQty, leavesQty),
      price: limitOf(orders, order),
      stopPrice: orders.stopPrice(order),
      qty: cumQty + leavesQty,
      displayQty: orders.displayQty(order),
      cumQty,
      leavesQty,
      lastPrice: 0,
      lastQty: 0,
      liquidity: Liquidity.None,
      reason: 0,
    };
  }
}

/** The price that an order was given: 0 for one without a limit. */
export function limitOf(orders: Orders, order: number): number {
  const orderType = orders.orderType(order);
  const hasLimit = orderType === OrderType.Limit || orderType === OrderType.StopLimit;
  return hasLimit ? orders.price(order) : 0;
}

/** OrderStatus of an order that has not ended otherwise than by being filled. */
export function statusOf(cumQty: number, leavesQty: number): number {
  if (cumQty === 0) return OrderStatus.New;
  return leavesQty === 0 ? OrderStatus.Filled : OrderStatus.PartiallyFilled;
}
