/**
 * The yardstick of matching: one market's book, naive and obviously right. Two arrays of plain
 * orders, best price first and then first come first, always searched from the front. It shares
 * nothing with the engine but the enumerations; tests hold the engine's outcomes and its whole book
 * against it.
 */
import { Side, TimeInForce } from '../protocol/enums.ts';

export interface OracleOrder {
  readonly orderId: number;
  readonly side: number;
  readonly timeInForce: number;
  /** Limit in ticks. */
  price: number;
  /** Total in lots, of which `cumQty` are filled. */
  qty: number;
  cumQty: number;
}

export interface OracleLevel {
  readonly price: number;
  readonly qty: number;
  readonly orderCount: number;
}

/** What a command did, in the order it happened. */
export type Outcome =
  | {
      readonly event: 'fill';
      readonly makerId: number;
      readonly takerId: number;
      readonly price: number;
      readonly qty: number;
    }
  | { readonly event: 'canceled'; readonly orderId: number; readonly leavesQty: number }
  | {
      readonly event: 'replaced';
      readonly orderId: number;
      readonly price: number;
      readonly qty: number;
    }
  | ({ readonly event: 'level'; readonly side: number } & OracleLevel);

export class OracleBook {
  private readonly bids: OracleOrder[] = [];
  private readonly asks: OracleOrder[] = [];

  /** A side's open orders in the order in which they would trade. */
  orders(side: number): readonly OracleOrder[] {
    return this.queue(side);
  }

  /** A side's price levels, best first. */
  levels(side: number): OracleLevel[] {
    const prices = [...new Set(this.queue(side).map((order) => order.price))];
    return prices.map((price) => this.level(side, price));
  }

  find(orderId: number): OracleOrder | undefined {
    return [...this.bids, ...this.asks].find((order) => order.orderId === orderId);
  }

  /** The worst price at which `qty` fills now, or fills what it can; 0 without a counterparty. */
  sweepPrice(side: number, qty: number): number {
    let price = 0;
    let leaves = qty;
    for (const maker of this.queue(oppositeOf(side))) {
      if (leaves <= 0) break;
      price = maker.price;
      leaves -= leavesQty(maker);
    }
    return price;
  }

  /** Trades what it can; what is left rests (GTC) or is cancelled (IOC). */
  newOrder(
    orderId: number,
    side: number,
    timeInForce: number,
    price: number,
    qty: number,
  ): Outcome[] {
    const order: OracleOrder = { orderId, side, timeInForce, price, qty, cumQty: 0 };
    const outcomes = this.match(order);
    if (leavesQty(order) === 0) return outcomes;
    if (timeInForce === TimeInForce.IOC) return [...outcomes, canceled(order)];
    return [...outcomes, this.rest(order)];
  }

  cancel(orderId: number): Outcome[] {
    const order = this.find(orderId)!;
    this.takeOut(order);
    return [canceled(order), this.levelOutcome(order.side, order.price)];
  }

  /**
   * Gives an open order a new price and total quantity. It keeps its place only if the price is
   * unchanged and the total not increased; else it is an incoming order again.
   */
  replace(orderId: number, price: number, qty: number): Outcome[] {
    const order = this.find(orderId)!;
    const oldPrice = order.price;
    const keepsPlace = price === oldPrice && qty <= order.qty;
    if (!keepsPlace) this.takeOut(order);
    order.price = price;
    order.qty = qty;
    const outcomes: Outcome[] = [{ event: 'replaced', orderId, price, qty }];
    if (keepsPlace) return [...outcomes, this.levelOutcome(order.side, price)];
    // At an unchanged price the order comes back to its level, which is told once.
    if (price !== oldPrice) outcomes.push(this.levelOutcome(order.side, oldPrice));
    outcomes.push(...this.match(order));
    if (leavesQty(order) > 0) outcomes.push(this.rest(order));
    return outcomes;
  }

  private match(taker: OracleOrder): Outcome[] {
    const outcomes: Outcome[] = [];
    const makers = this.queue(oppositeOf(taker.side));
    while (leavesQty(taker) > 0 && makers[0] !== undefined && crosses(taker, makers[0].price)) {
      const maker = makers[0];
      const qty = Math.min(leavesQty(maker), leavesQty(taker));
      maker.cumQty += qty;
      taker.cumQty += qty;
      outcomes.push({
        event: 'fill',
        makerId: maker.orderId,
        takerId: taker.orderId,
        price: maker.price,
        qty,
      });
      if (leavesQty(maker) === 0) makers.shift();
      const isDoneWithLevel = leavesQty(taker) === 0 || makers[0]?.price !== maker.price;
      if (isDoneWithLevel) outcomes.push(this.levelOutcome(maker.side, maker.price));
    }
    return outcomes;
  }

  /** Behind all orders at its price: the sort is stable. */
  private rest(order: OracleOrder): Outcome {
    const queue = this.queue(order.side);
    queue.push(order);
    queue.sort((a, b) => (order.side === Side.Buy ? b.price - a.price : a.price - b.price));
    return this.levelOutcome(order.side, order.price);
  }

  private takeOut(order: OracleOrder): void {
    const queue = this.queue(order.side);
    queue.splice(queue.indexOf(order), 1);
  }

  private level(side: number, price: number): OracleLevel {
    const orders = this.queue(side).filter((order) => order.price === price);
    const qty = orders.reduce((sum, order) => sum + leavesQty(order), 0);
    return { price, qty, orderCount: orders.length };
  }

  private levelOutcome(side: number, price: number): Outcome {
    return { event: 'level', side, ...this.level(side, price) };
  }

  private queue(side: number): OracleOrder[] {
    return side === Side.Buy ? this.bids : this.asks;
  }
}

function canceled(order: OracleOrder): Outcome {
  return { event: 'canceled', orderId: order.orderId, leavesQty: leavesQty(order) };
}

function crosses(taker: OracleOrder, makerPrice: number): boolean {
  return taker.side === Side.Buy ? makerPrice <= taker.price : makerPrice >= taker.price;
}

function leavesQty(order: OracleOrder): number {
  return order.qty - order.cumQty;
}

function oppositeOf(side: number): number {
  return side === Side.Buy ? Side.Sell : Side.Buy;
}
