/**
 * Client order ids: an order that is sent again is told its first answer and does nothing, another
 * order under the same id is refused, and at the limit new ids are, but never is one forgotten
 * before its time.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ExecType, OrderType, Side, TimeInForce } from '../protocol/enums.ts';
import { CommandDone } from '../protocol/events.ts';
import { ExecutionReport } from '../protocol/execution-report.ts';
import { OrderAnswer, OrderAnswerFill } from '../protocol/order-answer.ts';
import { RejectReason } from '../protocol/reject-reason.ts';
import { testSeed } from '../test/support/seed.ts';
import { EventBuffer } from './event-sink.ts';
import { Exchange } from './exchange.ts';
import { hashState } from './state-hash.ts';
import { orderedBalances, orderedOrders } from './state-view.ts';
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

/** What events say an order was answered: of its own command, or told again. */
interface Answer {
  readonly orderId: number;
  readonly rejectReason: number;
  readonly orderStatus: number;
  readonly leavesQty: number;
  readonly cancelReason: number;
  readonly fills: readonly (readonly number[])[];
}

function firstAnswer(events: readonly EventView[]): Answer {
  const own = events.filter((event) => event instanceof ExecutionReport);
  const { orderId } = own[0]!;
  const reports = own.filter((report) => report.orderId === orderId);
  const { rejectReason, orderStatus, leavesQty, cancelReason } = reports.at(-1)!;
  const fills = reports
    .filter(({ execType }) => execType === ExecType.Trade)
    .map(({ tradeId, lastPrice, lastQty, fee }) => [tradeId, lastPrice, lastQty, fee]);
  return { orderId, rejectReason, orderStatus, leavesQty, cancelReason, fills };
}

function repeatedAnswer(events: readonly EventView[]): Answer {
  const [answer, ...rest] = events;
  assert.ok(answer instanceof OrderAnswer, `${describe(answer!)} is no answer told again`);
  const { orderId, rejectReason, orderStatus, leavesQty, cancelReason } = answer;
  const told = rest.slice(0, -1).map((event) => {
    assert.ok(event instanceof OrderAnswerFill);
    return event;
  });
  assert.equal(answer.fillCount, told.length);
  const fills = told.map(({ tradeId, price, qty, fee }) => [tradeId, price, qty, fee]);
  const done = rest.at(-1)!;
  assert.ok(done instanceof CommandDone);
  assert.equal(done.rejectReason, rejectReason);
  return { orderId, rejectReason, orderStatus, leavesQty, cancelReason, fills };
}

type Order = (venue: RecordedExchange) => EventView[];

const FIRST_ANSWERS: Readonly<Record<string, Order>> = {
  'one that rests': (v) => v.order(ALICE, Buy, 50, 5, { clientOrderId: 7 }),
  'one that fills in parts, the rest canceled': (v) =>
    v.order(ALICE, Buy, 61, 9, { clientOrderId: 7, timeInForce: TimeInForce.IOC }),
  'a market order': (v) => v.marketOrder(ALICE, Buy, 3, { clientOrderId: 7 }),
  'one refused for funds': (v) => v.order(BOB, Buy, 50, 5, { clientOrderId: 7 }),
  'one of an account that is not there': (v) => v.order(9, Buy, 50, 5, { clientOrderId: 7 }),
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

test('client order ids are each account’s own, and orders without one are all new', () => {
  const venue = openVenue();
  venue.deposit(BOB, USD, 1_000_000);
  for (const account of [ALICE, BOB]) {
    const events = venue.order(account, Buy, 50, 5, { clientOrderId: 2 ** 52 + 1 });
    assert.equal(describe(events[0]!), `New ${venue.exchange.sequence}: New 0 + 5`);
  }
  for (let round = 0; round < 3; round++) {
    const events = venue.order(ALICE, Buy, 50, 5);
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

/** What a venue must remember, kept plainly. */
class Memory {
  private known: { key: string; content: string; time: number; answer: Answer }[] = [];
  windowUs = 0;
  most = 1;

  forget(now: number): void {
    this.known = this.known.filter(({ time }) => time + this.windowUs > now);
  }

  find(key: string) {
    return this.known.find((each) => each.key === key);
  }

  get isFull(): boolean {
    const fills = this.known.reduce((sum, { answer }) => sum + answer.fills.length, 0);
    return this.known.length >= this.most || fills >= this.most * 4;
  }

  add(key: string, content: string, time: number, answer: Answer): void {
    this.known.push({ key, content, time, answer });
  }
}

const drawnOrder = fc.record({
  kind: fc.constant('order'),
  account: fc.constantFrom(ALICE, BOB),
  clientOrderId: fc.integer({ min: 0, max: 6 }),
  side: fc.constantFrom(Buy, Sell),
  price: fc.integer({ min: 49, max: 51 }),
  qty: fc.constantFrom(1, 1, 40),
});
const drawn = fc.oneof(
  { weight: 30, arbitrary: drawnOrder },
  { weight: 10, arbitrary: fc.record({ kind: fc.constant('again'), pick: fc.nat(50) }) },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('wait'),
      us: fc.constantFrom(1, SECOND / 2, SECOND - 1, SECOND, 3 * SECOND),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('limits'),
      clientOrderIdSeconds: fc.constantFrom(0, 1, 2, 5),
      maxClientOrderIds: fc.constantFrom(1, 3, 5, 1_000),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('cancel all') }) },
);

test('whatever comes, each id is answered as a plain memory says; a replay knows the same', (t) => {
  const seen = { repeats: 0, conflicts: 0, full: 0 };
  fc.assert(
    fc.property(fc.array(drawn, { maxLength: 150, size: 'max' }), (commands) => {
      const venue = openVenue({ clientOrderIdSeconds: 2, maxClientOrderIds: 5 });
      venue.deposit(BOB, USD, 100_000);
      venue.deposit(ALICE, BTC, 10_000);
      const memory = new Memory();
      Object.assign(memory, { windowUs: 2 * SECOND, most: 5 });
      const sent: (typeof drawnOrder extends fc.Arbitrary<infer T> ? T : never)[] = [];
      const send = (order: (typeof sent)[number]) => {
        const { account, clientOrderId, side, price, qty } = order;
        const { time } = venue;
        const key = `${account} ${clientOrderId}`;
        const content = JSON.stringify(order);
        memory.forget(time);
        const isConcerned = memory.windowUs > 0 && clientOrderId !== 0;
        const known = isConcerned ? memory.find(key) : undefined;
        const { isFull } = memory;
        const before = moneyAndOrders(venue);
        const events = venue.order(account, side, price, qty, { clientOrderId });
        if (known?.content === content) {
          seen.repeats++;
          assert.deepEqual(repeatedAnswer(events), known.answer);
          assert.deepEqual(moneyAndOrders(venue), before);
        } else if (known !== undefined) {
          seen.conflicts++;
          assert.equal(outcomeOf(events), 'CommandDone ClientOrderIdConflict');
          assert.deepEqual(moneyAndOrders(venue), before);
        } else if (isConcerned && isFull) {
          seen.full++;
          assert.equal(outcomeOf(events), 'CommandDone TooManyClientOrderIds');
          assert.deepEqual(moneyAndOrders(venue), before);
        } else {
          const answer = firstAnswer(events);
          const { TooManyClientOrderIds, ClientOrderIdConflict } = RejectReason;
          assert.notEqual(answer.rejectReason, TooManyClientOrderIds);
          assert.notEqual(answer.rejectReason, ClientOrderIdConflict);
          if (isConcerned) memory.add(key, content, time, answer);
        }
      };
      for (const each of commands) {
        if (each.kind === 'order') sent.push(each);
        if (each.kind === 'order') send(each);
        else if (each.kind === 'again') {
          if (sent.length > 0) send(sent[each.pick % sent.length]!);
        } else if (each.kind === 'wait') venue.time += each.us;
        else if (each.kind === 'cancel all') venue.massCancel(ALICE);
        else {
          const { clientOrderIdSeconds, maxClientOrderIds } = each;
          memory.forget(venue.time);
          memory.windowUs = clientOrderIdSeconds * SECOND;
          memory.most = maxClientOrderIds;
          memory.forget(venue.time);
          venue.setLimits({ clientOrderIdSeconds, maxClientOrderIds });
        }
      }
      const replayed = new Exchange(new EventBuffer());
      for (const record of venue.history) replayed.execute(record, 0);
      assert.equal(`${replayed.events.hash}`, `${venue.exchange.events.hash}`);
      assert.equal(hashState(replayed), hashState(venue.exchange));
    }),
    { seed: testSeed(t), numRuns: 150 },
  );
  for (const [what, count] of Object.entries(seen)) assert.ok(count > 50, `${count} ${what}`);
});
