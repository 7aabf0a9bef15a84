/**
 * An exchange that was cleared is as a new one, whatever it executed or was restored from before:
 * the same bytes of events for whatever commands come, the same state, the same snapshots.
 *
 * A failure prints its seed and commands; `HOGA_TEST_SEED=<seed>` runs the same again.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import {
  OrderType,
  Side,
  TimeInForce,
  TradingState,
  TransferMode,
  VenueMode,
} from '../protocol/enums.ts';
import type { CommandDone } from '../protocol/events.ts';
import type { RecordBuffer } from '../protocol/record.ts';
import { RejectReason } from '../protocol/reject-reason.ts';
import { SetRiskLimits } from '../protocol/risk-commands.ts';
import { testSeed } from '../test/support/seed.ts';
import { EventBuffer } from './event-sink.ts';
import { Exchange, type ExchangeCapacity } from './exchange.ts';
import { loadExchange, saveExchange } from './snapshot/snapshot.ts';
import { hashState } from './state-hash.ts';
import { anyCommand, deposits, sendAll } from './testing/drawn-desk-commands.ts';
import { BTC, BTC_EUR, EUR, RecordedExchange, USD } from './testing/recorded-exchange.ts';
import { StateInMemory } from './testing/restored-exchange.ts';

const CAPACITY = { openOrders: 256, accounts: 1 };

/** Few commands, so that most runs are about what one of them leaves behind. */
const drawnHistory = fc.array(anyCommand, { maxLength: 60, size: 'max' });

function stateOf(exchange: Exchange): number[] {
  const state = new StateInMemory();
  saveExchange(exchange, state);
  return state.numbers;
}

/** The bytes of each command's events. */
function eventsOf(exchange: Exchange, commands: readonly RecordBuffer[]): Buffer[] {
  return commands.map((record) => {
    const events = new EventBuffer(256);
    exchange.events.redirect(events);
    exchange.execute(record, 0);
    return Buffer.from(events.record.bytes.slice(0, events.length));
  });
}

/** Without `deepEqual`, which takes minutes to show what differs. */
function assertSameEvents(events: readonly Buffer[], expected: readonly Buffer[]): void {
  for (const [i, bytes] of expected.entries()) {
    assert.ok(bytes.equals(events[i]!), `the events of command ${i + 1}`);
  }
}

function assertAsNew(exchange: Exchange, ofCapacity: ExchangeCapacity = CAPACITY): void {
  const fresh = new Exchange(new EventBuffer(), ofCapacity);
  assertSame(exchange, fresh);
  assert.equal(exchange.engine.orders.countInUse(), 0, 'slots in use');
}

function assertSame(exchange: Exchange, expected: Exchange): void {
  assert.ok(isDeepStrictEqual(stateOf(exchange), stateOf(expected)), 'snapshot');
  assert.equal(hashState(exchange), hashState(expected), 'state');
  assert.equal(`${exchange.events.hash}`, `${expected.events.hash}`, 'hash of the events');
  assert.equal(exchange.nextExpireTime, expected.nextExpireTime, 'what is due');
}

/** The commands of a day that nothing came before, and the state behind the first so many. */
function record(commands: Parameters<typeof sendAll>[1], ofCapacity: ExchangeCapacity) {
  const venue = new RecordedExchange(ofCapacity);
  deposits(venue);
  sendAll(venue, commands);
  return venue;
}

function sellsAt(prices: readonly number[]): RecordedExchange {
  const venue = record([], CAPACITY);
  for (const price of prices) venue.order(1, Side.Sell, price, 1);
  return venue;
}

test('cleared, an exchange does what a new one does', (t) => {
  fc.assert(
    fc.property(drawnHistory, drawnHistory, (before, after) => {
      const { exchange } = record(before, CAPACITY);
      exchange.clear();
      assertAsNew(exchange);
      const expected = record(after, CAPACITY);
      const fresh = new Exchange(new EventBuffer(), CAPACITY);
      const { history } = expected;
      assertSameEvents(eventsOf(exchange, history), eventsOf(fresh, history));
      assertSame(exchange, expected.exchange);
    }),
    { seed: testSeed(t), numRuns: 150 },
  );
});

test('cleared, an exchange can be restored, also where restoring failed half way', (t) => {
  fc.assert(
    fc.property(drawnHistory, drawnHistory, fc.nat(10_000), (before, after, cut) => {
      const { exchange } = record(before, CAPACITY);
      const damaged = stateOf(exchange);
      damaged.length = cut % damaged.length;
      exchange.clear();
      assert.throws(() => loadExchange(exchange, new StateInMemory(damaged)), /ends too early/);
      exchange.clear();
      assertAsNew(exchange);
      const venue = record(after, CAPACITY);
      const state = stateOf(venue.exchange);
      const { length } = venue.history;
      sendAll(venue, before);
      const commands = venue.history.slice(length);
      const fresh = new Exchange(new EventBuffer(), CAPACITY);
      for (const each of [exchange, fresh]) loadExchange(each, new StateInMemory(state));
      assertSameEvents(eventsOf(exchange, commands), eventsOf(fresh, commands));
      assertSame(exchange, fresh);
    }),
    { seed: testSeed(t), numRuns: 60 },
  );
});

test('to clear a new exchange, or a cleared one again, changes nothing', () => {
  const exchange = new Exchange(new EventBuffer(), CAPACITY);
  exchange.clear();
  assertAsNew(exchange);
  const venue = record([], CAPACITY);
  venue.exchange.clear();
  venue.exchange.clear();
  assertAsNew(venue.exchange);
});

test('a cleared venue takes everything again that one in cancel-only refuses', () => {
  const venue = new RecordedExchange(CAPACITY);
  venue.setMode(VenueMode.CancelOnly);
  venue.exchange.clear();
  assertAsNew(venue.exchange);
  assert.equal(venue.exchange.venue.mode, VenueMode.Normal);
});

test('the first commands of a cleared exchange find nothing of what was', () => {
  const venue = new RecordedExchange(CAPACITY);
  venue.setState(TradingState.Halted);
  venue.exchange.clear();
  const done = venue.setState(TradingState.Halted).at(-1) as CommandDone;
  assert.equal(done.rejectReason, RejectReason.UnknownSymbol);
});

test('what a cleared exchange is restored to trades by its first command', () => {
  const { exchange } = record([], CAPACITY);
  const venue = record([], CAPACITY);
  const { Buy, Sell } = Side;
  venue.order(1, Sell, 50, 2);
  venue.order(2, Buy, 40, 2);
  const buy = venue.exchange.sequence;
  exchange.clear();
  loadExchange(exchange, new StateInMemory(stateOf(venue.exchange)));
  venue.replace(2, buy, 50, 2);
  eventsOf(exchange, venue.history.slice(buy));
  assertSame(exchange, venue.exchange);
  assert.equal(exchange.lastTradeId, 1);
});

test('a cleared exchange has no levels where some stood', () => {
  const { exchange } = sellsAt([50, 51, 52, 53]);
  exchange.clear();
  const venue = sellsAt([49, 60]);
  venue.order(2, Side.Buy, 60, 2);
  eventsOf(exchange, venue.history);
  assertSame(exchange, venue.exchange);
  assert.equal(exchange.lastTradeId, 2);
});

test('all that a small venue holds finds room again each time', () => {
  const small = { openOrders: 4, accounts: 1 };
  const venue = new RecordedExchange(small);
  const answered = { clientOrderIdSeconds: 100, maxClientOrderIds: 10 };
  venue.setLimits({ ...answered, maxOpenOrders: small.openOrders, maxTransfers: 2 });
  venue.setBand(50, 10);
  venue.deposit(1, EUR, 1);
  venue.send(new SetRiskLimits(), { accountId: 1, maxOpenOrders: small.openOrders });
  const terms = { transferId: 1, mode: TransferMode.Pending, expireTime: venue.time + 9_000 };
  for (const account of [1, 2]) {
    venue.deposit(account, BTC, 1_000_000);
    venue.deposit(account, USD, 1_000_000);
  }
  venue.withdraw(1, USD, 10, terms);
  // The last order has the home of this one, which stays, in the index of open orders.
  venue.order(1, Side.Buy, 41, 2, { clientOrderId: 1 });
  const first = venue.exchange.sequence;
  venue.order(2, Side.Sell, 41, 1, { timeInForce: TimeInForce.IOC, clientOrderId: 5 });
  for (let n = 0; n < 40; n++) venue.order(2, Side.Sell, 50, 1, { timeInForce: TimeInForce.IOC });
  const gtd = { timeInForce: TimeInForce.GTD, expireTime: venue.time + 9_000 };
  venue.order(1, Side.Buy, 42, 1, { ...gtd, clientOrderId: 2 });
  venue.order(1, Side.Sell, 0, 1, { orderType: OrderType.Stop, stopPrice: 40, clientOrderId: 3 });
  while ((venue.exchange.sequence + 1 - first) % 16 !== 0) venue.tick();
  venue.order(2, Side.Sell, 55, 1, { clientOrderId: 4 });
  const { exchange, history } = venue;
  assert.equal(exchange.engine.openOrderCount, small.openOrders);
  const fresh = new Exchange(new EventBuffer(), small);
  const expected = eventsOf(fresh, history);
  for (let round = 1; round <= 20; round++) {
    exchange.clear();
    assertAsNew(exchange, small);
    assertSameEvents(eventsOf(exchange, history), expected);
    assertSame(exchange, fresh);
  }
});

test('tables that have grown are as good as new ones', () => {
  const venue = new RecordedExchange({ openOrders: 4_000, accounts: 1 });
  const trade = () => {
    for (let account = 1; account <= 700; account++) {
      venue.deposit(account, 1, 1_000_000, { transferId: account });
      venue.deposit(account, 3, 1_000_000);
      const terms = { symbolId: BTC_EUR, clientOrderId: account };
      for (let order = 0; order < 3; order++) {
        const side = account % 2 === 0 ? Side.Buy : Side.Sell;
        venue.order(account, side, side === Side.Buy ? 10 + order : 20 + account, 1, terms);
      }
    }
  };
  trade();
  const before = venue.history.length;
  venue.exchange.clear();
  const commands = venue.history.slice(0, before);
  const fresh = new Exchange(new EventBuffer(), { openOrders: 4_000, accounts: 1 });
  assertSameEvents(eventsOf(venue.exchange, commands), eventsOf(fresh, commands));
  assertSame(venue.exchange, fresh);
});
