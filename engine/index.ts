/**
 * The matching engine as a library, `hoga/engine`: order books and price-time matching without
 * threads, risk or journal. `PlainEngine` speaks plain objects; `MatchingEngine` is the fast way.
 */
export {
  CancelReason,
  ExecType,
  Liquidity,
  nameOf,
  OrderStatus,
  OrderType,
  QtyMeaning,
  SelfTradePrevention,
  Side,
  TimeInForce,
  TradingState,
} from '../protocol/enums.ts';
export { describeRejectReason, RejectReason } from '../protocol/reject-reason.ts';
export type * from './engine-commands.ts';
export type * from './engine-events.ts';
export type { EngineListener } from './engine-listener.ts';
export { EventRecorder } from './event-recorder.ts';
export { MatchingEngine } from './matching-engine.ts';
export type { EngineCapacity } from './order-keeper.ts';
export { OrderTicket } from './order-ticket.ts';
export { PlainEngine } from './plain-engine.ts';
export { assertTicket } from './terms-validation.ts';
