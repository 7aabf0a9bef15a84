/**
 * The matching engine as a library, `hoga/engine`: order books and price-time matching without
 * threads, risk or journal.
 *
 * `PlainEngine` speaks plain objects and checks them: what is invalid throws a RangeError that
 * names field, value and what is allowed, and changes nothing. `MatchingEngine` with an
 * `OrderTicket` is the fast way. It trusts its caller and checks neither capacity nor ids nor
 * terms: what is invalid there corrupts the book or never ends. `assertTicket` checks a ticket
 * whose origin is in doubt.
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
export {
  createEngineState,
  DEFAULT_ENGINE_CAPACITY,
  type EngineCapacity,
  type EngineState,
  MAX_ENGINE_ORDERS,
} from './engine-state.ts';
export { EventRecorder } from './event-recorder.ts';
export { MatchingEngine } from './matching-engine.ts';
export { OrderTicket } from './order-ticket.ts';
export { PlainEngine } from './plain-engine.ts';
export { assertTicket } from './terms-validation.ts';
