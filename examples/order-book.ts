/**
 * The shortest useful program: a market, some orders, the trades and the book. Run it with
 * `npx node examples/order-book.ts`.
 */
import { OrderType, PlainEngine, Side } from 'hoga/engine';

const engine = new PlainEngine();
engine.addSymbol(1);

// Prices are ticks, quantities lots: whole numbers. Without an order type it is a limit order, GTC.
engine.execute({ command: 'new', orderId: 1, symbolId: 1, side: Side.Sell, price: 102, qty: 5 });
engine.execute({ command: 'new', orderId: 2, symbolId: 1, side: Side.Sell, price: 101, qty: 3 });
engine.execute({ command: 'new', orderId: 3, symbolId: 1, side: Side.Buy, price: 99, qty: 4 });
engine.execute({ command: 'new', orderId: 4, symbolId: 1, side: Side.Buy, price: 99, qty: 6 });

const { events } = engine.execute({
  command: 'new',
  orderId: 5,
  symbolId: 1,
  side: Side.Buy,
  orderType: OrderType.Market,
  qty: 4,
});
for (const event of events) {
  if (event.event !== 'trade') continue;
  console.log(`${event.qty} traded at ${event.price}, offered by order ${event.makerOrderId}`);
}

engine.execute({ command: 'cancel', orderId: 3 });

for (const { price, qty } of engine.levels(1, Side.Sell).reverse()) {
  console.log(`ask ${price} x ${qty}`);
}
for (const { price, qty } of engine.levels(1, Side.Buy)) console.log(`bid ${price} x ${qty}`);
