/**
 * The npm package nodejs-order-book under test, on its shortest ordinary way: `limit` and `cancel`,
 * no journaling, no self-trade prevention. Its ids are strings, which are made beforehand.
 */
import { type LimitOrderOptions, OrderBook, Side as RivalSide } from 'nodejs-order-book';
import { Side } from '../../protocol/enums.ts';
import type { Totals } from '../measuring/totals.ts';
import { createEngineUnderTest, type EngineUnderTest } from './engine-under-test.ts';
import { Kind, type OrderFlow } from './order-flow.ts';

type TimeInForce = NonNullable<LimitOrderOptions['timeInForce']>;
/** The package does not export its enumeration. */
const IOC = 'IOC' as TimeInForce;

export function createNodejsOrderBook(flow: OrderFlow): EngineUnderTest {
  const ids = Array.from({ length: flow.length + 1 }, (_, id) => `o${id}`);
  const book = new OrderBook();
  let trades = 0;
  let tradedQty = 0;
  let refused = 0;

  function execute(at: number): void {
    const kind = flow.kind[at]!;
    const id = ids[flow.orderId[at]!]!;
    if (kind === Kind.Cancel) {
      if (book.cancel(id) === undefined) refused++;
      return;
    }
    const side = flow.side[at] === Side.Buy ? RivalSide.BUY : RivalSide.SELL;
    const price = flow.price[at]!;
    const size = flow.qty[at]!;
    if (kind === Kind.Add) {
      const { err } = book.limit({ id, side, size, price });
      if (err !== null) refused++;
      return;
    }
    const told = book.limit({ id, side, size, price, timeInForce: IOC });
    if (told.err !== null) refused++;
    tradedQty += size - told.quantityLeft;
    // Filled makers are in `done`, and so is the taker when it is filled, which alone leaves a
    // maker filled in part; `partial` of a taker that is not filled is itself.
    if (told.quantityLeft > 0) trades += told.done.length;
    else trades += told.done.length - 1 + (told.partialQuantityProcessed > 0 ? 1 : 0);
  }

  function totals(): Totals {
    if (refused > 0) throw new Error(`nodejs-order-book refused ${refused} operations`);
    const { bids, asks } = book.snapshot();
    const open = [...bids, ...asks].flatMap(({ orders }) => orders);
    const openQty = open.reduce((sum, { size }) => sum + size, 0);
    return { trades, tradedQty, openOrders: open.length, openQty };
  }

  return createEngineUnderTest(execute, totals);
}
