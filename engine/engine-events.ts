/**
 * What the engine tells, as plain objects: what `EventRecorder` collects and the oracle returns.
 */

export interface ReportEvent {
  readonly event: 'report';
  /** ExecType. */
  readonly execType: number;
  readonly orderId: number;
  readonly accountId: number;
  readonly symbolId: number;
  readonly side: number;
  readonly orderType: number;
  readonly timeInForce: number;
  /** OrderStatus after the change. */
  readonly status: number;
  /** Limit in ticks; 0 for Market and Stop. */
  readonly price: number;
  readonly stopPrice: number;
  /** Total in lots. */
  readonly qty: number;
  readonly displayQty: number;
  readonly cumQty: number;
  readonly leavesQty: number;
  /** Of the fill that is reported, else 0. */
  readonly lastPrice: number;
  readonly lastQty: number;
  /** Liquidity of the fill that is reported, else None. */
  readonly liquidity: number;
  /** RejectReason of Rejected, CancelReason of Canceled, else 0. */
  readonly reason: number;
}

export interface TradeEvent {
  readonly event: 'trade';
  /** Counts from 1 over all markets. */
  readonly tradeId: number;
  readonly symbolId: number;
  readonly price: number;
  readonly qty: number;
  /** The resting order; in an auction the buyer's. */
  readonly makerOrderId: number;
  /** The incoming order; in an auction the seller's. */
  readonly takerOrderId: number;
  /** Side of the incoming order; 0 in an auction. */
  readonly takerSide: number;
}

export interface LevelEvent {
  readonly event: 'level';
  readonly symbolId: number;
  readonly side: number;
  readonly price: number;
  /** Shown lots; 0: the level is gone. */
  readonly qty: number;
  readonly orderCount: number;
}

export interface StateEvent {
  readonly event: 'state';
  readonly symbolId: number;
  /** TradingState. */
  readonly state: number;
  /** Of the auction that the change made; 0 if nothing was uncrossed. */
  readonly auctionPrice: number;
  readonly auctionQty: number;
}

export type EngineEvent = ReportEvent | TradeEvent | LevelEvent | StateEvent;
