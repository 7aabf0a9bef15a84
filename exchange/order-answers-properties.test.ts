/**
 * Client order ids against a plain memory: whatever comes, each id is answered as that says, and a
 * replay knows the same. `HOGA_TEST_SEED=<seed>` runs the same again.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Side } from '../protocol/enums.ts';
import { RejectReason } from '../protocol/reject-reason.ts';
import { testSeed } from '../test/support/seed.ts';
import { EventBuffer } from './event-sink.ts';
import { Exchange } from './exchange.ts';
import { hashState } from './state-hash.ts';
import { orderedBalances, orderedOrders } from './state-view.ts';
import { type Answer, firstAnswer, repeatedAnswer } from './testing/order-answers-told.ts';
import {
  BTC,
  describe,
  type EventView,
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
      const replayed = new Exchange(new EventBuffer(), { openOrders: 4_096, accounts: 1_000 });
      for (const record of venue.history) replayed.execute(record, 0);
      assert.equal(`${replayed.events.hash}`, `${venue.exchange.events.hash}`);
      assert.equal(hashState(replayed), hashState(venue.exchange));
    }),
    { seed: testSeed(t), numRuns: 150 },
  );
  for (const [what, count] of Object.entries(seen)) assert.ok(count > 50, `${count} ${what}`);
});
