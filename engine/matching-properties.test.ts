/**
 * The engine against the oracle: random orders, cancels and replaces in two markets; after each
 * command its outcomes and the whole book are compared, and what must always hold is checked.
 *
 * A failure prints its seed and commands; `HOGA_TEST_SEED=<seed>` runs the same again.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Side, TimeInForce } from '../protocol/enums.ts';
import { testSeed } from '../test/support/seed.ts';
import { OracleBook, type OracleOrder, type Outcome } from './oracle.ts';
import { NONE } from './orders.ts';
import { RecordedEngine } from './testing/recorded-engine.ts';

const MARKETS = 2;
/** Order ids are given anew this soon, if their order has ended. */
const ID_SPAN = 40;

/** What became of an order's quantity, by the outcomes alone. */
interface Ledger {
  qty: number;
  filled: number;
  canceled: number;
}

class Model {
  readonly books = Array.from({ length: MARKETS }, () => new OracleBook());
  readonly ledgers = new Map<number, Ledger>();

  openOrders(): { readonly market: number; readonly order: OracleOrder }[] {
    return this.books.flatMap((book, market) =>
      [Side.Buy, Side.Sell].flatMap((side) =>
        book.orders(side).map((order) => ({ market, order })),
      ),
    );
  }

  /** The open order that a number stands for. */
  pick(pick: number): { readonly market: number; readonly order: OracleOrder } {
    const open = this.openOrders();
    return open[pick % open.length]!;
  }

  freeId(pick: number): number {
    const taken = new Set(this.openOrders().map(({ order }) => order.orderId));
    let orderId = (pick % ID_SPAN) + 1;
    while (taken.has(orderId)) orderId++;
    return orderId;
  }
}

type MarketCommand = fc.Command<Model, RecordedEngine>;

class NewOrder implements MarketCommand {
  private readonly market: number;
  private readonly side: number;
  private readonly timeInForce: number;
  /** undefined: a market order. */
  private readonly limit: number | undefined;
  private readonly qty: number;
  private readonly idPick: number;

  constructor(
    market: number,
    side: number,
    timeInForce: number,
    limit: number | undefined,
    qty: number,
    idPick: number,
  ) {
    this.market = market;
    this.side = side;
    this.timeInForce = timeInForce;
    this.limit = limit;
    this.qty = qty;
    this.idPick = idPick;
  }

  check(): boolean {
    return true;
  }

  run(model: Model, real: RecordedEngine): void {
    const { market, side, qty } = this;
    const book = model.books[market]!;
    const sweepPrice = book.sweepPrice(side, qty);
    assert.equal(real.engine.sweepPrice(market, side, qty), sweepPrice);
    const price = this.limit ?? sweepPrice;
    if (price === 0) return;
    const timeInForce = this.limit === undefined ? TimeInForce.IOC : this.timeInForce;
    const orderId = model.freeId(this.idPick);
    model.ledgers.set(orderId, { qty, filled: 0, canceled: 0 });
    const expected = book.newOrder(orderId, side, timeInForce, price, qty);
    const terms = { timeInForce, market, accountId: 1 + (orderId % 2), clientOrderId: orderId };
    compare(model, real, market, real.order(orderId, side, price, qty, terms), expected);
  }

  toString(): string {
    const { market, side, timeInForce, limit, qty, idPick } = this;
    return `new(${[market, side, timeInForce, limit ?? 'market', qty, idPick].join(', ')})`;
  }
}

class CancelOrder implements MarketCommand {
  private readonly orderPick: number;

  constructor(orderPick: number) {
    this.orderPick = orderPick;
  }

  check(model: Readonly<Model>): boolean {
    return model.openOrders().length > 0;
  }

  run(model: Model, real: RecordedEngine): void {
    const { market, order } = model.pick(this.orderPick);
    const expected = model.books[market]!.cancel(order.orderId);
    compare(model, real, market, real.cancel(order.orderId), expected);
  }

  toString(): string {
    return `cancel(${this.orderPick})`;
  }
}

class ReplaceOrder implements MarketCommand {
  private readonly orderPick: number;
  /** undefined: the order keeps its price. */
  private readonly limit: number | undefined;
  private readonly leavesQty: number;

  constructor(orderPick: number, limit: number | undefined, leavesQty: number) {
    this.orderPick = orderPick;
    this.limit = limit;
    this.leavesQty = leavesQty;
  }

  check(model: Readonly<Model>): boolean {
    return model.openOrders().length > 0;
  }

  run(model: Model, real: RecordedEngine): void {
    const { market, order } = model.pick(this.orderPick);
    const price = this.limit ?? order.price;
    const qty = order.cumQty + this.leavesQty;
    model.ledgers.get(order.orderId)!.qty = qty;
    const expected = model.books[market]!.replace(order.orderId, price, qty);
    compare(model, real, market, real.replace(order.orderId, price, qty), expected);
  }

  toString(): string {
    return `replace(${this.orderPick}, ${this.limit ?? 'same price'}, ${this.leavesQty})`;
  }
}

function compare(
  model: Model,
  real: RecordedEngine,
  market: number,
  outcomes: Outcome[],
  expected: Outcome[],
): void {
  assert.deepEqual(outcomes, expected);
  assert.ok(real.levelMarkets.every((told) => told === market));
  const told = outcomes.flatMap((o) => (o.event === 'level' ? [`${o.side} ${o.price}`] : []));
  assert.equal(new Set(told).size, told.length, 'each changed level is told once');
  model.books.forEach((book, index) => {
    const [bids, asks] = [real.book(Side.Buy, index), real.book(Side.Sell, index)];
    assert.deepEqual(bids, book.orders(Side.Buy));
    assert.deepEqual(asks, book.orders(Side.Sell));
    if (bids[0] && asks[0]) assert.ok(bids[0].price < asks[0].price, 'the book is not crossed');
  });
  checkLedgers(model, outcomes);
  checkIndexes(model, real);
}

/** filled + leaves + cancelled = the order's quantity. */
function checkLedgers(model: Model, outcomes: Outcome[]): void {
  const { ledgers } = model;
  for (const outcome of outcomes) {
    if (outcome.event === 'fill') {
      ledgers.get(outcome.makerId)!.filled += outcome.qty;
      ledgers.get(outcome.takerId)!.filled += outcome.qty;
    } else if (outcome.event === 'canceled') {
      ledgers.get(outcome.orderId)!.canceled += outcome.leavesQty;
    }
  }
  const leaves = new Map<number, number>();
  for (const { order } of model.openOrders()) leaves.set(order.orderId, order.qty - order.cumQty);
  for (const [orderId, { qty, filled, canceled }] of ledgers) {
    assert.equal(filled + canceled + (leaves.get(orderId) ?? 0), qty, `order ${orderId}`);
  }
}

/** Open orders are found by both ids, ended ones by neither, and hold no slot. */
function checkIndexes(model: Model, real: RecordedEngine): void {
  const { engine } = real;
  const open = new Set(model.openOrders().map(({ order }) => order.orderId));
  for (const orderId of model.ledgers.keys()) {
    const slot = engine.findOrder(orderId);
    assert.equal(engine.findClientOrder(1 + (orderId % 2), orderId), slot);
    if (open.has(orderId)) assert.equal(engine.orders.orderId[slot], orderId);
    else assert.equal(slot, NONE);
  }
  assert.deepEqual([engine.openOrderCount, engine.orders.count], [open.size, open.size]);
}

/** Prices meet often around 100; some lie far outside any window of ticks. */
const price = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 95, max: 105 }) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 200_000 }) },
);
const qty = fc.integer({ min: 1, max: 20 });
const pick = fc.nat(1_000);
const market = fc.nat(MARKETS - 1);
const side = fc.constantFrom(Side.Buy, Side.Sell);
const timeInForce = fc.constantFrom(TimeInForce.GTC, TimeInForce.GTC, TimeInForce.IOC);

const newLimitOrder = fc
  .tuple(market, side, timeInForce, price, qty, pick)
  .map((drawn): MarketCommand => new NewOrder(...drawn));
const newMarketOrder = fc
  .tuple(market, side, fc.constant(TimeInForce.IOC), fc.constant(undefined), qty, pick)
  .map((drawn): MarketCommand => new NewOrder(...drawn));
const cancelOrder = pick.map((drawn): MarketCommand => new CancelOrder(drawn));
const replaceOrder = fc
  .tuple(pick, fc.option(price, { nil: undefined }), qty)
  .map((drawn): MarketCommand => new ReplaceOrder(...drawn));

/** Named more than once: drawn more often, so that the book fills. */
const commands = fc.commands(
  [newLimitOrder, newLimitOrder, newLimitOrder, newMarketOrder, cancelOrder, replaceOrder],
  { maxCommands: 100, size: 'max' },
);

test('any orders, cancels and replaces trade and rest as in the oracle', (t) => {
  fc.assert(
    fc.property(commands, (drawn) => {
      fc.modelRun(() => ({ model: new Model(), real: new RecordedEngine(MARKETS) }), drawn);
    }),
    { seed: testSeed(t), numRuns: 500 },
  );
});
