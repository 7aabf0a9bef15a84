/** Writes an order flow operation by operation, and keeps a model of the book that it makes. */
import type { Random } from '../../test/support/seed.ts';
import { ModelBook } from '../measuring/model-book.ts';
import { Kind, type OrderFlow } from './order-flow.ts';

/** Sizes of resting orders are uniform from 1 to this. */
export const MAX_QTY = 100;
const ACCOUNTS = 1_000;

export class FlowWriter {
  readonly book: ModelBook;
  readonly random: Random;
  /** Operations written. */
  length = 0;
  private orderId = 1;
  private readonly kind: Uint8Array;
  private readonly orderIds: Int32Array;
  private readonly side: Uint8Array;
  private readonly price: Int32Array;
  private readonly qty: Int32Array;
  private readonly account: Int32Array;

  constructor(length: number, priceLimit: number, random: Random) {
    this.book = new ModelBook(priceLimit, length + 1);
    this.random = random;
    this.kind = new Uint8Array(length);
    this.orderIds = new Int32Array(length);
    this.side = new Uint8Array(length);
    this.price = new Int32Array(length);
    this.qty = new Int32Array(length);
    this.account = new Int32Array(length);
  }

  /** A limit order of some size that rests. */
  add(side: number, price: number): void {
    const qty = 1 + this.random(MAX_QTY);
    this.book.add(this.orderId, side, price, qty);
    this.write(Kind.Add, this.orderId++, side, price, qty);
  }

  cancel(orderId: number): void {
    const side = this.book.sideOf(orderId);
    this.book.cancel(orderId);
    this.write(Kind.Cancel, orderId, side, 0, 0);
  }

  /** A limit order that trades at once what it can get; the rest of it is canceled. */
  cross(side: number, limit: number, qty: number): void {
    this.book.cross(side, limit, qty);
    this.write(Kind.Cross, this.orderId++, side, limit, qty);
  }

  /** The flow, whose operations are measured from `measuredFrom` on. */
  finish(buildUp: number, measuredFrom: number): OrderFlow {
    const { trades, tradedQty, openOrderCount: openOrders, openQty } = this.book;
    return {
      length: this.length,
      buildUp,
      measuredFrom,
      kind: this.kind,
      orderId: this.orderIds,
      side: this.side,
      price: this.price,
      qty: this.qty,
      account: this.account,
      totals: { trades, tradedQty, openOrders, openQty },
    };
  }

  private write(kind: number, orderId: number, side: number, price: number, qty: number): void {
    const at = this.length++;
    this.kind[at] = kind;
    this.orderIds[at] = orderId;
    this.side[at] = side;
    this.price[at] = price;
    this.qty[at] = qty;
    this.account[at] = 1 + this.random(ACCOUNTS);
  }
}
