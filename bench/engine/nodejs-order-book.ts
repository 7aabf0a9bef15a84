/**
 * The npm package nodejs-order-book under test, on its shortest ordinary way: `limit` and `cancel`,
 * no journaling, no self-trade prevention. Its ids are strings, which are made beforehand.
 */
import { type LimitOrderOptions, OrderBook, Side as RivalSide } from 'nodejs-order-book';
import { Side } from '../../protocol/enums.ts';
import { EngineUnderTest } from './engine-under-test.ts';
import { Kind, type OrderFlow, type Totals } from './order-flow.ts';

type TimeInForce = NonNullable<LimitOrderOptions['timeInForce']>;
/** The package does not export its enumeration. */
const IOC = 'IOC' as TimeInForce;

class NodejsOrderBook extends EngineUnderTest {
  private readonly ids: readonly string[];
  private readonly book = new OrderBook();
  private trades = 0;
  private tradedQty = 0;
  private refused = 0;

  constructor(flow: OrderFlow, ids: readonly string[]) {
    super(flow);
    this.ids = ids;
  }

  protected override execute(at: number): void {
    const flow = this.flow;
    const kind = flow.kind[at]!;
    const id = this.ids[flow.orderId[at]!]!;
    if (kind === Kind.Cancel) {
      if (this.book.cancel(id) === undefined) this.refused++;
      return;
    }
    const side = flow.side[at] === Side.Buy ? RivalSide.BUY : RivalSide.SELL;
    const price = flow.price[at]!;
    const size = flow.qty[at]!;
    if (kind === Kind.Add) {
      const { err } = this.book.limit({ id, side, size, price });
      if (err !== null) this.refused++;
      return;
    }
    const told = this.book.limit({ id, side, size, price, timeInForce: IOC });
    if (told.err !== null) this.refused++;
    this.tradedQty += size - told.quantityLeft;
    // Filled makers are in `done`, and so is the taker when it is filled, which alone leaves a maker
    // filled in part; `partial` of a taker that is not filled is itself.
    if (told.quantityLeft > 0) this.trades += told.done.length;
    else this.trades += told.done.length - 1 + (told.partialQuantityProcessed > 0 ? 1 : 0);
  }

  override totals(): Totals {
    if (this.refused > 0) throw new Error(`nodejs-order-book refused ${this.refused} operations`);
    const { bids, asks } = this.book.snapshot();
    const open = [...bids, ...asks].flatMap(({ orders }) => orders);
    const openQty = open.reduce((sum, { size }) => sum + size, 0);
    return { trades: this.trades, tradedQty: this.tradedQty, openOrders: open.length, openQty };
  }
}

export const makeNodejsOrderBook = (flow: OrderFlow) => {
  const ids = Array.from({ length: flow.length + 1 }, (_, id) => `o${id}`);
  return () => new NodejsOrderBook(flow, ids);
};
