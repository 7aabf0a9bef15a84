/**
 * Writes a flow of commands one by one, and keeps a model of the books that they make, so that a
 * cancel or replace names an order that is open at that point.
 */
import type { Random } from '../../test/support/seed.ts';
import { ModelBook } from '../measuring/model-book.ts';
import { type CommandFlow, Kind } from './command-flow.ts';

export interface FlowSize {
  readonly symbols: number;
  readonly accounts: number;
  /** Commands. */
  readonly length: number;
  /** Above every price. */
  readonly priceLimit: number;
}

export class FlowWriter {
  readonly random: Random;
  readonly books: readonly ModelBook[];
  /** Commands written. */
  length = 0;
  private tradingCommands = 0;
  private readonly size: FlowSize;
  /** By market: how many orders it had, and the place of the command that made each of them. */
  private readonly orderCounts: Int32Array;
  private readonly places: readonly Int32Array[];
  private readonly kind: Uint8Array;
  private readonly symbol: Uint8Array;
  private readonly side: Uint8Array;
  private readonly account: Int32Array;
  private readonly order: Int32Array;
  private readonly price: Int32Array;
  private readonly qty: Int32Array;

  constructor(size: FlowSize, random: Random) {
    const { symbols, length, priceLimit } = size;
    this.size = size;
    this.random = random;
    // Each command goes to any market alike: none gets so many more than its share.
    const share = length / symbols;
    const orderLimit = Math.ceil(Math.min(length, share + 10 * Math.sqrt(share) + 100)) + 1;
    this.books = Array.from({ length: symbols }, () => new ModelBook(priceLimit, orderLimit));
    this.places = this.books.map(() => new Int32Array(orderLimit));
    this.orderCounts = new Int32Array(symbols);
    this.kind = new Uint8Array(length);
    this.symbol = new Uint8Array(length);
    this.side = new Uint8Array(length);
    this.account = new Int32Array(length);
    this.order = new Int32Array(length);
    this.price = new Int32Array(length);
    this.qty = new Int32Array(length);
  }

  /** A limit order that rests with what it cannot trade at once. */
  add(symbol: number, side: number, price: number, qty: number): void {
    const id = this.begin(symbol);
    this.enter(symbol, id, side, price, qty);
    this.write(Kind.New, symbol, side, id, price, qty);
  }

  /** A limit order of which is canceled what it cannot trade at once. */
  immediateOrCancel(symbol: number, side: number, price: number, qty: number): void {
    const id = this.begin(symbol);
    this.trade(symbol, side, price, qty);
    this.write(Kind.ImmediateOrCancel, symbol, side, id, price, qty);
  }

  cancel(symbol: number, id: number): void {
    const book = this.books[symbol]!;
    const side = book.sideOf(id);
    book.cancel(id);
    this.write(Kind.Cancel, symbol, side, id, 0, 0);
  }

  /** New terms: less at the same price leaves the order in its place. */
  replace(symbol: number, id: number, price: number, openQty: number): void {
    const book = this.books[symbol]!;
    const side = book.sideOf(id);
    if (price === book.priceOf(id) && openQty <= book.leavesOf(id)) book.reduce(id, openQty);
    else {
      book.cancel(id);
      this.enter(symbol, id, side, price, openQty);
    }
    this.write(Kind.Replace, symbol, side, id, price, openQty);
  }

  /** The flow, whose commands are measured from `measuredFrom` on. */
  finish(buildUp: number, measuredFrom: number): CommandFlow {
    const sum = (count: (book: ModelBook) => number) =>
      this.books.reduce((total, book) => total + count(book), 0);
    return {
      symbols: this.size.symbols,
      accounts: this.size.accounts,
      length: this.length,
      buildUp,
      measuredFrom,
      kind: this.kind,
      symbol: this.symbol,
      side: this.side,
      account: this.account,
      order: this.order,
      price: this.price,
      qty: this.qty,
      totals: {
        trades: sum(({ trades }) => trades),
        tradedQty: sum(({ tradedQty }) => tradedQty),
        openOrders: sum(({ openOrderCount }) => openOrderCount),
        openQty: sum(({ openQty }) => openQty),
        tradingCommands: this.tradingCommands,
      },
    };
  }

  /** The id in its market of the order that the next command makes, for any account. */
  private begin(symbol: number): number {
    this.orderCounts[symbol]!++;
    const id = this.orderCounts[symbol]!;
    this.places[symbol]![id] = this.length;
    this.account[this.length] = 1 + this.random(this.size.accounts);
    return id;
  }

  private enter(symbol: number, id: number, side: number, price: number, qty: number): void {
    const left = this.trade(symbol, side, price, qty);
    if (left > 0) this.books[symbol]!.add(id, side, price, left);
  }

  /** Returns what could not trade. */
  private trade(symbol: number, side: number, price: number, qty: number): number {
    const left = this.books[symbol]!.cross(side, price, qty);
    if (left < qty) this.tradingCommands++;
    return left;
  }

  private write(
    kind: number,
    symbol: number,
    side: number,
    id: number,
    price: number,
    qty: number,
  ): void {
    const at = this.length++;
    const order = this.places[symbol]![id]!;
    this.kind[at] = kind;
    this.symbol[at] = symbol;
    this.side[at] = side;
    this.account[at] = this.account[order]!;
    this.order[at] = order;
    this.price[at] = price;
    this.qty[at] = qty;
  }
}
