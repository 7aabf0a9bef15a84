/**
 * Client order ids: an order that is sent again is told its first answer and does nothing, another
 * order under the same id is refused, and at the limit new ids are, but never is one forgotten
 * before its time.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OrderType, Side, TimeInForce } from '../protocol/enums.ts';
import { OrderAnswer } from '../protocol/order-answer.ts';
import type { Exchange } from './exchange.ts';
import { hashState } from './state-hash.ts';
import { orderedBalances, orderedOrders } from './state-view.ts';
import { firstAnswer, repeatedAnswer } from './testing/order-answers-told.ts';
import {
  BTC,
  BTC_EUR,
  describe,
  type EventView,
  type OrderTerms,
  RecordedExchange,
  USD,
} from './testing/recorded-exchange.ts';

const { Buy, Sell } = Side;
const [ALICE, BOB] = [1, 2];
const SECOND = 1_000_000;

/** Alice has USD, Bob BTC; ids are remembered for 10 s, at most 100. */
function openVenue(limits: Partial<Exchange['limits']> = {}): RecordedExchange {
  const venue = new RecordedExchange();
  venue.setLimits({ clientOrderIdSeconds: 10, maxClientOrderIds: 100, ...limits });
  venue.deposit(ALICE, USD, 10_000_000);
  venue.deposit(BOB, BTC, 10_000_000);
  return venue;
}

function moneyAndOrders({ exchange }: RecordedExchange): object {
  return [orderedBalances(exchange), [...orderedOrders(exchange)], exchange.lastTradeId];
}

function outcomeOf(events: readonly EventView[]): string {
  return describe(events.at(-1)!);
}

type Order = (venue: RecordedExchange) => EventView[];

const FIRST_ANSWERS: Readonly<Record<string, Order>> = {
  'one that rests': (v) => v.order(ALICE, Buy, 50, 5, { clientOrderId: 7 }),
  'one that fills in parts, the rest canceled': (v) =>
    v.order(ALICE, Buy, 61, 9, { clientOrderId: 7, timeInForce: TimeInForce.IOC }),
  'a market order': (v) => v.marketOrder(ALICE, Buy, 3, { clientOrderId: 7 }),
  'one refused for funds': (v) => v.order(BOB, Buy, 50, 5, { clientOrderId: 7 }),
  'one in no market': (v) => v.order(ALICE, Buy, 50, 5, { clientOrderId: 7, symbolId: 99 }),
};

for (const [what, order] of Object.entries(FIRST_ANSWERS)) {
  test(`${what}: sent again, it gets the first answer and does nothing`, () => {
    const venue = openVenue();
    venue.order(BOB, Sell, 60, 2);
    venue.order(BOB, Sell, 61, 2);
    const { time } = venue;
    const events = order(venue);
    const first = firstAnswer(events);
    assert.equal(first.orderId, venue.exchange.sequence);
    // Whatever happens to the account, the market and the order meanwhile.
    venue.deposit(9, USD, 1_000_000);
    venue.deposit(BOB, USD, 1_000_000);
    venue.massCancel(ALICE);
    venue.time += 3 * SECOND;
    const before = moneyAndOrders(venue);
    for (let round = 0; round < 2; round++) {
      const again = order(venue);
      assert.deepEqual(repeatedAnswer(again), first);
      assert.equal(outcomeOf(again), outcomeOf(events));
      const [answer] = again;
      assert.ok(answer instanceof OrderAnswer);
      assert.deepEqual([answer.clientOrderId, answer.time], [7, time]);
    }
    assert.deepEqual(moneyAndOrders(venue), before);
  });
}

const OTHER_CONTENT: Readonly<Record<string, Order>> = {
  price: (v) => v.order(ALICE, Buy, 51, 5, { clientOrderId: 7 }),
  qty: (v) => v.order(ALICE, Buy, 50, 6, { clientOrderId: 7 }),
  side: (v) => v.order(ALICE, Sell, 50, 5, { clientOrderId: 7 }),
  market: (v) => v.order(ALICE, Buy, 50, 5, { clientOrderId: 7, symbolId: BTC_EUR }),
  'time in force': (v) =>
    v.order(ALICE, Buy, 50, 5, { clientOrderId: 7, timeInForce: TimeInForce.IOC }),
  type: (v) => v.marketOrder(ALICE, Buy, 5, { clientOrderId: 7 }),
  'stop price': (v) =>
    v.order(ALICE, Buy, 50, 5, {
      clientOrderId: 7,
      orderType: OrderType.StopLimit,
      stopPrice: 60,
    }),
  'shown quantity': (v) => v.order(ALICE, Buy, 50, 5, { clientOrderId: 7, displayQty: 1 }),
  'post-only': (v) => v.order(ALICE, Buy, 50, 5, { clientOrderId: 7, postOnly: 1 }),
  group: (v) => v.order(ALICE, Buy, 50, 5, { clientOrderId: 7, groupId: 2 ** 40 }),
};

for (const [what, order] of Object.entries(OTHER_CONTENT)) {
  test(`another ${what} under a known client order id is a conflict`, () => {
    const venue = openVenue();
    venue.order(ALICE, Buy, 50, 5, { clientOrderId: 7 });
    const before = moneyAndOrders(venue);
    const events = order(venue);
    assert.equal(outcomeOf(events), 'CommandDone ClientOrderIdConflict');
    assert.equal(firstAnswer(events).orderId, venue.exchange.sequence);
    assert.deepEqual(moneyAndOrders(venue), before);
    assert.ok(venue.order(ALICE, Buy, 50, 5, { clientOrderId: 7 })[0] instanceof OrderAnswer);
  });
}

test('an account that is not there is not remembered: it could fill the memory for nothing', () => {
  const venue = openVenue({ maxClientOrderIds: 2 });
  for (let id = 1; id < 5; id++) {
    const events = venue.order(9, Buy, 50, 5, { clientOrderId: id });
    assert.equal(outcomeOf(events), 'CommandDone UnknownAccount');
  }
  assert.equal(outcomeOf(venue.order(ALICE, Buy, 50, 5, { clientOrderId: 1 })), 'CommandDone None');
});

test('an answer tells quantities of any size', () => {
  const venue = openVenue();
  venue.deposit(ALICE, USD, 2 ** 45);
  const sell = { clientOrderId: 1, timeInForce: TimeInForce.GTC };
  const order = () => venue.order(ALICE, Buy, 1, 2 ** 33 + 5, sell);
  const first = firstAnswer(order());
  assert.equal(first.leavesQty, 2 ** 33 + 5);
  assert.deepEqual(repeatedAnswer(order()), first);
});

test('client order ids are each account’s own, and orders without one are all new', () => {
  const venue = openVenue();
  venue.deposit(BOB, USD, 1_000_000);
  const own = { clientOrderId: 2 ** 52 + 1 };
  for (const [account, terms] of [
    [ALICE, own],
    [BOB, own],
    [ALICE, {}],
    [ALICE, {}],
  ] as const) {
    const events = venue.order(account, Buy, 50, 5, terms);
    assert.equal(describe(events[0]!), `New ${venue.exchange.sequence}: New 0 + 5`);
  }
});

test('an id is known until its time has passed, and not a microsecond longer', () => {
  const venue = openVenue();
  const { time } = venue;
  const order = () => venue.order(ALICE, Buy, 50, 5, { clientOrderId: 7 });
  order();
  venue.massCancel(ALICE);
  venue.time = time + 10 * SECOND - 1;
  assert.ok(order()[0] instanceof OrderAnswer);
  assert.equal(venue.time, time + 10 * SECOND);
  assert.equal(describe(order()[0]!), `New ${venue.exchange.sequence}: New 0 + 5`);
  // The second one counts from its own time.
  venue.time = time + 20 * SECOND - 1;
  assert.ok(order()[0] instanceof OrderAnswer);
});

test('an id whose time has passed is still taken by an order that is open', () => {
  const venue = openVenue();
  venue.order(ALICE, Buy, 50, 5, { clientOrderId: 7 });
  venue.time += 10 * SECOND;
  const events = venue.order(ALICE, Buy, 50, 5, { clientOrderId: 7 });
  assert.equal(outcomeOf(events), 'CommandDone DuplicateClientOrderId');
});

test('at the limit new ids are refused until the oldest one’s time has passed', () => {
  const venue = openVenue({ maxClientOrderIds: 3 });
  const order = (clientOrderId: number) => venue.order(ALICE, Buy, 50, 1, { clientOrderId });
  for (const id of [1, 2, 3]) {
    order(id);
    venue.time += SECOND;
  }
  for (const id of [4, 5]) assert.equal(outcomeOf(order(id)), 'CommandDone TooManyClientOrderIds');
  // What is known is still answered, and an order without an id needs no room.
  for (const id of [1, 2, 3]) assert.ok(order(id)[0] instanceof OrderAnswer);
  assert.equal(outcomeOf(order(0)), 'CommandDone None');
  venue.time += 7 * SECOND;
  assert.equal(outcomeOf(order(4)), 'CommandDone None');
  assert.equal(outcomeOf(order(5)), 'CommandDone TooManyClientOrderIds');
  for (const id of [2, 3, 4]) assert.ok(order(id)[0] instanceof OrderAnswer);
});

test('four fills for each id are remembered; an answer with more leaves the less room', () => {
  const venue = openVenue({ maxClientOrderIds: 2 });
  for (let i = 0; i < 8; i++) venue.order(BOB, Sell, 50 + i, 1);
  const sweep = () => venue.order(ALICE, Buy, 60, 8, { clientOrderId: 1 });
  const first = firstAnswer(sweep());
  assert.equal(first.fills.length, 8);
  const next = () => venue.order(ALICE, Buy, 50, 1, { clientOrderId: 2 });
  assert.equal(outcomeOf(next()), 'CommandDone TooManyClientOrderIds');
  assert.deepEqual(repeatedAnswer(sweep()), first);
  venue.time += 10 * SECOND;
  assert.equal(outcomeOf(next()), 'CommandDone None');
});

test('limits are commands: a shorter time forgets, a smaller count not, 0 s forget all', () => {
  const venue = openVenue();
  const order = (clientOrderId: number) =>
    venue.order(ALICE, Buy, 50, 1, { clientOrderId, timeInForce: TimeInForce.IOC })[0];
  const isKnown = (id: number) => order(id) instanceof OrderAnswer;
  for (const id of [1, 2, 3]) {
    order(id);
    venue.time += SECOND;
  }
  venue.setLimits({ maxClientOrderIds: 1 });
  assert.deepEqual([1, 2, 3].map(isKnown), [true, true, true]);
  venue.setLimits({ clientOrderIdSeconds: 2, maxClientOrderIds: 100 });
  assert.deepEqual([1, 2, 3].map(isKnown), [false, false, true]);
  venue.setLimits({ clientOrderIdSeconds: 0 });
  assert.deepEqual([1, 2, 3].map(isKnown), [false, false, false]);
  venue.setLimits({ clientOrderIdSeconds: 10 });
  assert.deepEqual([1, 2, 3].map(isKnown), [false, false, false]);
});

test('what is remembered is part of the state, what is forgotten is not', () => {
  const hashAfter = (orders: readonly OrderTerms[], wait = 0) => {
    const venue = openVenue();
    const { sequence } = venue.exchange;
    for (const terms of orders) {
      venue.order(ALICE, Buy, 50, 1, { ...terms, timeInForce: TimeInForce.IOC });
    }
    while (venue.exchange.sequence < sequence + 3) venue.tick();
    venue.time = 100 * SECOND;
    venue.tick();
    venue.time += wait;
    venue.tick();
    return hashState(venue.exchange);
  };
  const ids = [{ clientOrderId: 1 }, { clientOrderId: 2 }];
  const wait = 10 * SECOND;
  assert.equal(hashAfter(ids, wait), hashAfter([], wait));
  const late = (orders: readonly OrderTerms[]) => {
    const venue = openVenue();
    for (const terms of orders) {
      venue.order(ALICE, Buy, 50, 1, { timeInForce: TimeInForce.IOC, ...terms });
    }
    return hashState(venue.exchange);
  };
  const hashes = [
    late([{ clientOrderId: 1 }, { clientOrderId: 2 }]),
    late([{ clientOrderId: 2 }, { clientOrderId: 1 }]),
    late([{ clientOrderId: 1 }, {}]),
    late([{}, {}]),
    late([{ clientOrderId: 1 }, { clientOrderId: 2, groupId: 5 }]),
  ];
  assert.equal(new Set(hashes).size, hashes.length);
});
