/** Hoga's engine under test: all order types compiled in, every event written into a ring. */
import {
  createEngineState,
  MatchingEngine,
  OrderTicket,
  Side,
  TimeInForce,
} from '../../engine/index.ts';
import { RejectReason } from '../../protocol/reject-reason.ts';
import type { Totals } from '../measuring/totals.ts';
import { createEngineUnderTest, type EngineUnderTest } from './engine-under-test.ts';
import { createEventRing } from './event-ring.ts';
import { Kind, type OrderFlow } from './order-flow.ts';

const SYMBOL_ID = 1;
const ACCEPTED: number = RejectReason.None;
const { Cancel, Cross } = Kind;
const { IOC } = TimeInForce;

export function createHoga(flow: OrderFlow): EngineUnderTest {
  const { kind, orderId, account, side, price, qty } = flow;
  const state = createEngineState();
  const ring = createEventRing(state);
  const engine = new MatchingEngine(ring.listener, state);
  const ticket = new OrderTicket();
  let refused = 0;
  engine.addSymbol(SYMBOL_ID);

  function execute(at: number): void {
    let reason: number;
    if (kind[at] === Cancel) reason = engine.cancel(orderId[at]!);
    else {
      ticket.limit(orderId[at]!, account[at]!, SYMBOL_ID, side[at]!, price[at]!, qty[at]!);
      if (kind[at] === Cross) ticket.timeInForce = IOC;
      reason = engine.submit(ticket);
    }
    if (reason !== ACCEPTED) refused++;
  }

  function totals(): Totals {
    if (refused > 0) throw new Error(`hoga refused ${refused} operations`);
    const book = engine.books[0]!;
    let openQty = 0;
    for (const each of [Side.Buy, Side.Sell]) {
      for (const order of engine.restingOrders(book, each)) {
        openQty += engine.orders.leavesQty(order);
      }
    }
    const openOrders = engine.openOrderCount;
    return { trades: ring.trades(), tradedQty: ring.tradedQty(), openOrders, openQty };
  }

  return createEngineUnderTest(execute, totals);
}
