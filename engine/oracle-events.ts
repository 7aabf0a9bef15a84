/**
 * What the oracle tells while it works on one command, and which levels that command has touched.
 */
import type { EngineEvent } from './engine-events.ts';
import { leavesQty, type OracleOrder } from './oracle-orders.ts';

/** What a report says beside the order itself. */
export interface ReportDetails {
  readonly reason?: number;
  readonly lastPrice?: number;
  readonly lastQty?: number;
  readonly liquidity?: number;
}

export interface TouchedLevel {
  readonly symbolId: number;
  readonly side: number;
  readonly price: number;
  readonly qtyBefore: number;
  readonly orderCountBefore: number;
}

export class OracleEvents {
  events: EngineEvent[] = [];
  /** In the order in which they were first touched. */
  touched: TouchedLevel[] = [];
  private tradeCount = 0;

  startCommand(): void {
    this.events = [];
    this.touched = [];
  }

  /** @param hasEnded true after Canceled, Expired and Rejected: nothing is left open */
  report(
    execType: number,
    order: OracleOrder,
    hasEnded: boolean,
    { reason = 0, lastPrice = 0, lastQty = 0, liquidity = 0 }: ReportDetails = {},
  ): void {
    this.events.push({
      event: 'report',
      execType,
      orderId: order.orderId,
      accountId: order.accountId,
      symbolId: order.symbolId,
      side: order.side,
      orderType: order.orderType,
      timeInForce: order.timeInForce,
      status: order.status,
      price: order.price,
      stopPrice: order.stopPrice,
      qty: order.qty,
      displayQty: order.displayQty,
      cumQty: order.cumQty,
      leavesQty: hasEnded ? 0 : leavesQty(order),
      lastPrice,
      lastQty,
      liquidity,
      reason,
    });
  }

  trade(
    maker: OracleOrder,
    taker: OracleOrder,
    takerSide: number,
    price: number,
    qty: number,
  ): void {
    this.tradeCount++;
    this.events.push({
      event: 'trade',
      tradeId: this.tradeCount,
      symbolId: maker.symbolId,
      price,
      qty,
      makerOrderId: maker.orderId,
      takerOrderId: taker.orderId,
      takerSide,
    });
  }

  /** To be called before a level is changed; what it was is remembered the first time. */
  touch(level: TouchedLevel): void {
    const isKnown = this.touched.some(
      ({ symbolId, side, price }) =>
        symbolId === level.symbolId && side === level.side && price === level.price,
    );
    if (!isKnown) this.touched.push(level);
  }
}
