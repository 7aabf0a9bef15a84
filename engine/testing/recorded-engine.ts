/**
 * The engine with a listener that writes down what it hears, by order id, in the oracle's terms: for
 * tests. Reading the book checks its structure on the way.
 */
import assert from 'node:assert/strict';
import { OrderType, TimeInForce } from '../../protocol/enums.ts';
import type { EngineListener } from '../engine-listener.ts';
import { MatchingEngine } from '../matching-engine.ts';
import type { OracleOrder, Outcome } from '../oracle.ts';
import { NONE } from '../orders.ts';

export class RecordedEngine implements EngineListener {
  readonly engine: MatchingEngine;
  outcomes: Outcome[] = [];
  /** The market of each level outcome. */
  levelMarkets: number[] = [];

  /** Capacities of one make everything grow. */
  constructor(markets = 1) {
    this.engine = new MatchingEngine(this, { orders: 1, levels: 1 });
    for (let index = 0; index < markets; index++) this.engine.addSymbol(100 + index);
  }

  onFill(maker: number, taker: number, price: number, qty: number): void {
    const { orderId, cumQty } = this.engine.orders;
    assert.ok(cumQty[maker]! >= qty && cumQty[taker]! >= qty, 'cumulative quantities come first');
    const [makerId, takerId] = [orderId[maker]!, orderId[taker]!];
    this.outcomes.push({ event: 'fill', makerId, takerId, price, qty });
  }

  onCanceled(order: number): void {
    const { orders } = this.engine;
    const [orderId, leavesQty] = [orders.orderId[order]!, orders.leavesQty(order)];
    this.outcomes.push({ event: 'canceled', orderId, leavesQty });
  }

  onReplaced(order: number): void {
    const { orderId, price, qty } = this.engine.orders;
    this.outcomes.push({
      event: 'replaced',
      orderId: orderId[order]!,
      price: price[order]!,
      qty: qty[order]!,
    });
  }

  onLevel(symbolIndex: number, side: number, price: number, qty: number, orderCount: number): void {
    this.levelMarkets.push(symbolIndex);
    this.outcomes.push({ event: 'level', side, price, qty, orderCount });
  }

  order(
    orderId: number,
    side: number,
    price: number,
    qty: number,
    { timeInForce = TimeInForce.GTC as number, accountId = 1, clientOrderId = 0, market = 0 } = {},
  ): Outcome[] {
    return this.told(() => {
      const { Limit } = OrderType;
      this.engine.execute(
        this.engine.admit(
          orderId,
          accountId,
          clientOrderId,
          market,
          side,
          Limit,
          timeInForce,
          price,
          qty,
        ),
      );
    });
  }

  cancel(orderId: number): Outcome[] {
    return this.told(() => this.engine.cancel(this.engine.findOrder(orderId)));
  }

  replace(orderId: number, price: number, qty: number): Outcome[] {
    return this.told(() => this.engine.replace(this.engine.findOrder(orderId), price, qty));
  }

  /** A side's open orders in queue order, read through ladder, levels and links. */
  book(side: number, market = 0): OracleOrder[] {
    const { orders, levels, books } = this.engine;
    const ladder = books[market]!.side(side);
    const found: OracleOrder[] = [];
    let levelCount = 0;
    for (let at = ladder.best(); at !== NONE; at = ladder.nextBehind(levels.price[at]!)) {
      levelCount++;
      let [qty, orderCount, last] = [0, 0, NONE];
      for (let slot = levels.head[at]!; slot !== NONE; slot = orders.next[slot]!) {
        assert.equal(orders.previous[slot], last, 'links lead back as they lead on');
        assert.equal(orders.price[slot], levels.price[at], 'an order stands at its price');
        last = slot;
        orderCount++;
        qty += orders.leavesQty(slot);
        found.push({
          orderId: orders.orderId[slot]!,
          side: orders.side[slot]!,
          timeInForce: orders.timeInForce[slot]!,
          price: orders.price[slot]!,
          qty: orders.qty[slot]!,
          cumQty: orders.cumQty[slot]!,
        });
      }
      assert.equal(levels.tail[at], last);
      assert.ok(orderCount > 0, 'no level is empty');
      assert.deepEqual([levels.qty[at], levels.orderCount[at]], [qty, orderCount]);
    }
    assert.equal(ladder.levelCount, levelCount);
    return found;
  }

  queue(side: number): number[] {
    return this.book(side).map((order) => order.orderId);
  }

  private told(command: () => void): Outcome[] {
    this.outcomes = [];
    this.levelMarkets = [];
    command();
    return this.outcomes;
  }
}
