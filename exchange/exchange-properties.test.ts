/**
 * What holds after any command: money is conserved, locks are what open orders need, no book is
 * crossed, a refused command changed nothing, and whoever follows the events knows the state. Two
 * exchanges with different initial capacities stay the same.
 *
 * A failure prints its seed and commands; `HOGA_TEST_SEED=<seed>` runs the same again.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { QtyMeaning, Side, SystemAccount, TimeInForce } from '../protocol/enums.ts';
import { Balance, BookLevel, CommandDone, Transfer } from '../protocol/events.ts';
import { RejectReason } from '../protocol/reject-reason.ts';
import { testSeed } from '../test/support/seed.ts';
import type { Exchange } from './exchange.ts';
import { hashState } from './state-hash.ts';
import {
  levelView,
  type OrderView,
  orderedBalances,
  orderedLevels,
  orderedOrders,
} from './state-view.ts';
import {
  BTC,
  BTC_EUR,
  BTC_USD,
  EUR,
  type EventView,
  LOT_SIZE,
  RecordedExchange,
  TICK_VALUE,
  USD,
} from './testing/recorded-exchange.ts';

const ACCOUNTS = [1, 2, Number.MAX_SAFE_INTEGER];
const CURRENCIES = [BTC, USD, EUR];
const LARGE_CAPACITY = { orders: 1_000, levels: 1_000, accounts: 1_000 };

const accountId = fc.constantFrom(...ACCOUNTS);
const currencyId = fc.constantFrom(...CURRENCIES);
const symbolId = fc.constantFrom(BTC_USD, BTC_USD, BTC_EUR);
const amount = fc.integer({ min: 1, max: 60_000 });
const side = fc.constantFrom(Side.Buy, Side.Sell);
/** Prices meet often around 50; some lie outside any window of ticks. */
const price = fc.oneof(
  { weight: 9, arbitrary: fc.integer({ min: 46, max: 54 }) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 100_000 }) },
);
const qty = fc.oneof(
  { weight: 20, arbitrary: fc.integer({ min: 1, max: 30 }) },
  { weight: 1, arbitrary: fc.constant(Number.MAX_SAFE_INTEGER) },
);
const timeInForce = fc.constantFrom(TimeInForce.GTC, TimeInForce.GTC, TimeInForce.IOC);
/** Few, so that some are in use. */
const clientOrderId = fc.integer({ min: 0, max: 4 });
const pick = fc.nat(1_000);
const qtyMeaning = fc.constantFrom(QtyMeaning.Total, QtyMeaning.Open);

const command = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('deposit'), accountId, currencyId, amount }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('withdraw'), accountId, currencyId, amount }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('order'),
      accountId,
      side,
      price,
      qty,
      terms: fc.record({ symbolId, timeInForce, clientOrderId }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('market order'), accountId, side, qty, symbolId }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('cancel'), pick }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('cancel by client order id'),
      accountId,
      clientOrderId,
      symbolId,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('replace'), pick, price, qty, qtyMeaning }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('limit open orders'),
      maxOpenOrders: fc.constantFrom(2, 10, 1_000_000),
    }),
  },
);
type DrawnCommand = typeof command extends fc.Arbitrary<infer T> ? T : never;

/** The open order that a number stands for, or one that nobody has. */
function pickOrder(exchange: Exchange, pick: number): Partial<OrderView> {
  const open = [...orderedOrders(exchange)];
  return open[pick % (open.length + 1)] ?? { accountId: 1, orderId: 1, symbolId: BTC_USD };
}

function send(venue: RecordedExchange, drawn: DrawnCommand): EventView[] {
  switch (drawn.kind) {
    case 'deposit':
      return venue.deposit(drawn.accountId, drawn.currencyId, drawn.amount);
    case 'withdraw':
      return venue.withdraw(drawn.accountId, drawn.currencyId, drawn.amount);
    case 'order':
      return venue.order(drawn.accountId, drawn.side, drawn.price, drawn.qty, drawn.terms);
    case 'market order':
      return venue.marketOrder(drawn.accountId, drawn.side, drawn.qty, {
        symbolId: drawn.symbolId,
      });
    case 'cancel by client order id':
      return venue.cancel(drawn.accountId, 0, drawn);
    case 'limit open orders':
      return venue.setLimits({ maxOpenOrders: drawn.maxOpenOrders });
    default: {
      const order = pickOrder(venue.exchange, drawn.pick);
      const [account, orderId, market] = [order.accountId!, order.orderId!, order.symbolId!];
      if (drawn.kind === 'cancel') return venue.cancel(account, orderId, { symbolId: market });
      const name = { symbolId: market, qtyMeaning: drawn.qtyMeaning };
      return venue.replace(account, orderId, drawn.price, drawn.qty, name);
    }
  }
}

/** [currency, exact amount] that an open order must have locked. */
function requirementOf(exchange: Exchange, order: OrderView): readonly [number, bigint] {
  const market = exchange.symbols.find((symbol) => symbol.symbolId === order.symbolId)!;
  const leaves = BigInt(order.qty - order.cumQty);
  if (order.side === Side.Sell) return [market.baseCurrencyId, leaves * BigInt(LOT_SIZE)];
  const notional = BigInt(order.price) * leaves * BigInt(TICK_VALUE);
  const ppm = BigInt(Math.max(market.makerFeePpm, market.takerFeePpm));
  return [market.quoteCurrencyId, notional + (notional * ppm) / 1_000_000n];
}

function assertSound(exchange: Exchange): void {
  const locks = new Map<string, bigint>();
  const bests = new Map<string, number>();
  for (const order of orderedOrders(exchange)) {
    assert.ok(order.cumQty < order.qty, 'an open order has something to fill');
    const [currency, required] = requirementOf(exchange, order);
    const key = `${order.accountId} ${currency}`;
    locks.set(key, (locks.get(key) ?? 0n) + required);
    const place = `${order.symbolId} ${order.side}`;
    if (!bests.has(place)) bests.set(place, order.price);
  }
  for (const { symbolId } of exchange.symbols) {
    const bid = bests.get(`${symbolId} ${Side.Buy}`) ?? 0;
    const ask = bests.get(`${symbolId} ${Side.Sell}`) ?? Number.POSITIVE_INFINITY;
    assert.ok(bid < ask, `market ${symbolId} is crossed: ${bid} ${ask}`);
  }
  const totals = new Map(CURRENCIES.map((currency) => [currency, 0n]));
  for (const { accountId, currencyId, available, locked } of orderedBalances(exchange)) {
    totals.set(currencyId, totals.get(currencyId)! + BigInt(available) + BigInt(locked));
    if (accountId !== SystemAccount.External) assert.ok(available >= 0, `${accountId} owes`);
    assert.equal(BigInt(locked), locks.get(`${accountId} ${currencyId}`) ?? 0n, 'locked');
  }
  assert.deepEqual([...totals.values()], [0n, 0n, 0n], 'each currency sums to zero');
}

/** Knows balances and levels from the events alone. */
class Follower {
  private readonly balances = new Map<string, readonly [available: number, locked: number]>();
  private readonly holdings = new Map<string, number>();
  private readonly levels = new Map<string, object>();

  apply(events: EventView[]): void {
    for (const event of events) {
      if (event instanceof Balance) {
        const { accountId, currencyId, available, locked } = event;
        this.balances.set(`${accountId} ${currencyId}`, [available, locked]);
      } else if (event instanceof Transfer) {
        this.move(`${event.debitAccountId} ${event.currencyId}`, -event.amount);
        this.move(`${event.creditAccountId} ${event.currencyId}`, event.amount);
      } else if (event instanceof BookLevel) {
        const { symbolId, side, price, qty, orderCount } = event;
        const key = `${symbolId} ${side} ${price}`;
        if (orderCount === 0) this.levels.delete(key);
        else this.levels.set(key, { side, price, qty, orderCount });
      }
    }
  }

  private move(key: string, amount: number): void {
    this.holdings.set(key, (this.holdings.get(key) ?? 0) + amount);
  }

  assertKnows(exchange: Exchange): void {
    const balances = orderedBalances(exchange);
    assert.equal(this.balances.size, balances.length);
    for (const { accountId, currencyId, available, locked } of balances) {
      const key = `${accountId} ${currencyId}`;
      assert.deepEqual(this.balances.get(key), [available, locked]);
      assert.equal(this.holdings.get(key), available + locked);
    }
    let levelCount = 0;
    for (const [index, { symbolId }] of exchange.symbols.entries()) {
      for (const side of [Side.Buy, Side.Sell]) {
        for (const level of orderedLevels(exchange, index, side)) {
          const view = levelView(exchange, side, level);
          assert.deepEqual(this.levels.get(`${symbolId} ${side} ${view.price}`), view);
          levelCount++;
        }
      }
    }
    assert.equal(this.levels.size, levelCount);
  }
}

function stateOf(exchange: Exchange): object {
  return [orderedBalances(exchange), [...orderedOrders(exchange)], exchange.lastTradeId];
}

test('after any command money is conserved, books are sound and the events tell the state', (t) => {
  fc.assert(
    fc.property(fc.array(command, { maxLength: 100, size: 'max' }), (commands) => {
      const venue = new RecordedExchange();
      const twin = new RecordedExchange(LARGE_CAPACITY);
      const follower = new Follower();
      for (const account of ACCOUNTS) {
        for (const currency of CURRENCIES) {
          follower.apply(venue.deposit(account, currency, 30_000));
          twin.deposit(account, currency, 30_000);
        }
      }
      for (const drawn of commands) {
        const before = stateOf(venue.exchange);
        const events = send(venue, drawn);
        const done = events.at(-1);
        assert.ok(done instanceof CommandDone);
        if (done.rejectReason !== RejectReason.None) {
          assert.deepEqual(stateOf(venue.exchange), before);
        }
        follower.apply(events);
        assertSound(venue.exchange);
        follower.assertKnows(venue.exchange);
        send(twin, drawn);
      }
      assert.equal(`${twin.exchange.events.hash}`, `${venue.exchange.events.hash}`);
      assert.equal(hashState(twin.exchange), hashState(venue.exchange));
    }),
    { seed: testSeed(t), numRuns: 300 },
  );
});
