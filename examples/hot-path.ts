/**
 * The fast way: a listener reads what it needs from the engine's own memory, and one ticket serves
 * all orders, so that nothing is allocated per order. Run it with `npx node examples/hot-path.ts`.
 */
import {
  type EngineListener,
  ExecType,
  MatchingEngine,
  OrderTicket,
  RejectReason,
  Side,
  TimeInForce,
} from 'hoga/engine';

const totals = { trades: 0, lots: 0, canceledLots: 0, rejected: 0, levelChanges: 0 };

/**
 * Orders and levels come as slots: valid during the call, their fields are read from the engine.
 */
const listener: EngineListener = {
  onRejected: () => {
    totals.rejected++;
  },
  onReport: (order, execType) => {
    if (execType === ExecType.Canceled) totals.canceledLots += engine.orders.leavesQty(order);
  },
  onFill: () => {
    totals.trades++;
    totals.lots += engine.fillQty;
  },
  onLevel: () => {
    totals.levelChanges++;
  },
  onTradingState: () => {},
};
const engine: MatchingEngine = new MatchingEngine(listener);
engine.addSymbol(1);

const ACCOUNT = 7;
const ticket = new OrderTicket();
// A thousand offers, ten at each price from 1,000 to 1,099.
for (let orderId = 1; orderId <= 1_000; orderId++) {
  const price = 1_000 + Math.floor((orderId - 1) / 10);
  engine.submit(ticket.limit(orderId, ACCOUNT, 1, Side.Sell, price, 5));
}
// One order takes what is offered at 1,049 or less; what it cannot get is canceled.
ticket.limit(1_001, ACCOUNT, 1, Side.Buy, 1_049, 3_000);
ticket.timeInForce = TimeInForce.IOC;
engine.submit(ticket);
engine.cancel(1_000);
engine.replace(999, 1_200, 8);

// The ticket's terms must be valid, the fast way checks none of them (`assertTicket` does); whether
// the market takes the order is what `submit` returns.
const reason = engine.submit(ticket.limit(501, ACCOUNT, 1, Side.Sell, 1_100, 5));
if (reason !== RejectReason.DuplicateOrderId) throw new Error('order 501 is open');

console.log(`${totals.trades} trades of ${totals.lots} lots, ${totals.canceledLots} lots canceled`);
console.log(`${engine.openOrderCount} orders are open, ${totals.rejected} was rejected`);
console.log(`${totals.levelChanges} changes of a price level were told`);
