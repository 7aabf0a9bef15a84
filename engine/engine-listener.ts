/**
 * What the engine tells while it executes a command: in the order of docs/matching.md, by slots of
 * orders and levels, whose fields are read from the engine. A slot is freed after the last call
 * that names it. Numbers that may be large do not travel as arguments, where they would be boxed.
 */
import type { OrderTicket } from './order-ticket.ts';

export interface EngineListener {
  /** `rejectReason` is a RejectReason; the order never had a slot. */
  onRejected(ticket: OrderTicket, rejectReason: number): void;
  /**
   * New, Replaced, Canceled, Expired, Triggered or Restated. `reason` is the CancelReason of a
   * Canceled, else 0. Of an order that ends, `leavesQty` is still what is canceled.
   */
  onReport(order: number, execType: number, reason: number): void;
  /**
   * A fill at `fillPrice` of `fillQty`, which both orders' quantities include already. With
   * `isAuction`, `maker` is the buyer and `taker` the seller. The level's quantity and the market's
   * last price are what they were before until the level is done.
   */
  onFill(maker: number, taker: number): void;
  /** A level's new totals; with no orders it is gone. */
  onLevel(level: number): void;
  onTradingState(symbolIndex: number, state: number): void;
}
