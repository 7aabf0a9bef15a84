/** Hoga's engine under test: all order types compiled in, every event written into a ring. */
import { MatchingEngine, OrderTicket, Side, TimeInForce } from '../../engine/index.ts';
import { RejectReason } from '../../protocol/reject-reason.ts';
import { EngineUnderTest } from './engine-under-test.ts';
import { EventRing } from './event-ring.ts';
import { Kind, type OrderFlow, type Totals } from './order-flow.ts';

const SYMBOL_ID = 1;

class Hoga extends EngineUnderTest {
  private readonly ring: EventRing;
  private readonly engine: MatchingEngine;
  private readonly ticket = new OrderTicket();
  private refused = 0;

  constructor(flow: OrderFlow, ring: EventRing) {
    super(flow);
    this.ring = ring;
    this.engine = new MatchingEngine(ring);
    ring.listenTo(this.engine);
    this.engine.addSymbol(SYMBOL_ID);
  }

  protected override execute(at: number): void {
    const flow = this.flow;
    const orderId = flow.orderId[at]!;
    const kind = flow.kind[at]!;
    let reason: number;
    if (kind === Kind.Cancel) reason = this.engine.cancel(orderId);
    else {
      const { ticket } = this;
      const account = flow.account[at]!;
      ticket.limit(orderId, account, SYMBOL_ID, flow.side[at]!, flow.price[at]!, flow.qty[at]!);
      if (kind === Kind.Cross) ticket.timeInForce = TimeInForce.IOC;
      reason = this.engine.submit(ticket);
    }
    if (reason !== RejectReason.None) this.refused++;
  }

  override totals(): Totals {
    if (this.refused > 0) throw new Error(`hoga refused ${this.refused} operations`);
    const { trades, tradedQty } = this.ring;
    const { engine } = this;
    const book = engine.books[0]!;
    let openQty = 0;
    for (const side of [Side.Buy, Side.Sell]) {
      for (const order of engine.restingOrders(book, side))
        openQty += engine.orders.leavesQty(order);
    }
    return { trades, tradedQty, openOrders: engine.openOrderCount, openQty };
  }
}

export const makeHoga = (flow: OrderFlow) => {
  const ring = new EventRing();
  return () => new Hoga(flow, ring);
};
