/**
 * What holds after any command: money is conserved, locks are what open orders need, no book is
 * crossed in continuous trading, a refused command changed nothing, and whoever follows the events
 * knows the state. Two exchanges with different initial capacities stay the same.
 *
 * A failure prints its seed and commands; `HOGA_TEST_SEED=<seed>` runs the same again.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { OrderType, Side, TradingState } from '../protocol/enums.ts';
import { Balance, BookLevel, CommandDone, Transfer } from '../protocol/events.ts';
import { RejectReason } from '../protocol/reject-reason.ts';
import { FIRST_CUSTOMER } from '../risk/accounts.ts';
import { testSeed } from '../test/support/seed.ts';
import { EventBuffer } from './event-sink.ts';
import { Exchange } from './exchange.ts';
import { hashState } from './state-hash.ts';
import {
  levelView,
  type OrderView,
  orderedBalances,
  orderedLevels,
  orderedOrders,
} from './state-view.ts';
import { ACCOUNTS, CURRENCIES, command, send } from './testing/drawn-commands.ts';
import {
  type EventView,
  LOT_SIZE,
  RecordedExchange,
  TICK_VALUE,
} from './testing/recorded-exchange.ts';

const LARGE_CAPACITY = { openOrders: 4_096, accounts: 1_000 };

/** [currency, exact amount] that an open order must have locked. */
function requirementOf(exchange: Exchange, order: OrderView): readonly [number, bigint] {
  const market = exchange.symbols.find((symbol) => symbol.symbolId === order.symbolId)!;
  const leaves = BigInt(order.qty - order.cumQty);
  if (order.side === Side.Sell) return [market.baseCurrencyId, leaves * BigInt(LOT_SIZE)];
  const isLimit = order.orderType === OrderType.Limit || order.orderType === OrderType.StopLimit;
  if (isLimit) assert.equal(order.reservedPrice, order.price, 'reserved at the limit');
  const notional = BigInt(order.reservedPrice) * leaves * BigInt(TICK_VALUE);
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
    if (!bests.has(place) && order.isWaiting === 0) bests.set(place, order.price);
  }
  for (const { symbolId, state } of exchange.engine.books) {
    if (state !== TradingState.Continuous) continue;
    const bid = bests.get(`${symbolId} ${Side.Buy}`) ?? 0;
    const ask = bests.get(`${symbolId} ${Side.Sell}`) ?? Number.POSITIVE_INFINITY;
    assert.ok(bid < ask, `market ${symbolId} is crossed: ${bid} ${ask}`);
  }
  const totals = new Map(CURRENCIES.map((currency) => [currency, 0n]));
  for (const { accountId, currencyId, available, locked } of orderedBalances(exchange)) {
    totals.set(currencyId, totals.get(currencyId)! + BigInt(available) + BigInt(locked));
    if (accountId > 0) assert.ok(available >= 0, `${accountId} owes`);
    assert.equal(BigInt(locked), locks.get(`${accountId} ${currencyId}`) ?? 0n, 'locked');
  }
  assert.deepEqual([...totals.values()], [0n, 0n, 0n], 'each currency sums to zero');
  assertExposures(exchange);
}

/** What limits are held against is what the open orders come to. */
function assertExposures(exchange: Exchange): void {
  const { accounts, state } = exchange.risk;
  const { exposures } = state;
  const orders = [...orderedOrders(exchange)];
  for (let account = FIRST_CUSTOMER; account < accounts.count; account++) {
    const own = orders.filter(({ accountId }) => accountId === accounts.accountId[account]);
    assert.equal(exposures.openOrdersOf(account), own.length, 'open orders in all markets');
    const openBuys = (base: number) =>
      exchange.symbols
        .filter(({ baseCurrencyId }) => baseCurrencyId === base)
        .map(({ symbolId, lotSize }) => lotSize * openQtyOf(own, symbolId, Side.Buy))
        .reduce((sum, amount) => sum + amount, 0);
    for (const [market, { symbolId, baseCurrencyId }] of exchange.symbols.entries()) {
      const here = own.filter((order) => order.symbolId === symbolId);
      const slot = exposures.findOrOpen(account, market);
      assert.equal(exposures.openOrders(slot), here.length, 'open orders in a market');
      const openQty = (side: number) => openQtyOf(own, symbolId, side);
      assert.equal(exposures.openBuyQty(slot), openQty(Side.Buy), 'open buys');
      assert.equal(exposures.openSellQty(slot), openQty(Side.Sell), 'open sells');
      assert.equal(exposures.openBuyAmount(slot), openBuys(baseCurrencyId), 'in all markets');
    }
  }
}

/** Lots that orders have left in a market on a side. */
function openQtyOf(orders: readonly OrderView[], symbolId: number, side: number): number {
  const here = orders.filter((order) => order.symbolId === symbolId && order.side === side);
  return here.reduce((sum, { qty, cumQty }) => sum + qty - cumQty, 0);
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

/** The recorded commands lead another exchange to the same state, by the same events. */
function assertReplays(venue: RecordedExchange): void {
  const sink = new EventBuffer();
  const replayed = new Exchange(sink, LARGE_CAPACITY);
  for (const record of venue.history) {
    sink.clear();
    replayed.execute(record, 0);
  }
  assert.equal(`${replayed.events.hash}`, `${venue.exchange.events.hash}`);
  assert.equal(hashState(replayed), hashState(venue.exchange));
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
        follower.apply(venue.tickIfDue());
        twin.tickIfDue();
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
      assertReplays(venue);
    }),
    { seed: testSeed(t), numRuns: 300 },
  );
});
