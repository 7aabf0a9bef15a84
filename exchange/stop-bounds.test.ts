/**
 * Where stops stop: their protection prices when they come, when their stop price is changed, and
 * when the band has moved; and which fees changed orders pay. In BTC_EUR, which is free of fees.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CancelReason, OrderType, Side } from '../protocol/enums.ts';
import type { CommandDone } from '../protocol/events.ts';
import { ExecutionReport } from '../protocol/execution-report.ts';
import { RejectReason } from '../protocol/reject-reason.ts';
import { SetFees } from '../protocol/risk-commands.ts';
import { orderedBalances } from './state-view.ts';
import {
  BTC,
  BTC_EUR,
  EUR,
  type EventView,
  type OrderTerms,
  RecordedExchange,
} from './testing/recorded-exchange.ts';

const { Buy, Sell } = Side;
const { Stop } = OrderType;
const OWNER = 1;
const OTHER = 2;
const THIRD = 3;
const MONEY = 1_000_000;

function open(): RecordedExchange {
  const venue = new RecordedExchange();
  for (const account of [OWNER, OTHER, THIRD]) {
    for (const currency of [BTC, EUR]) venue.deposit(account, currency, MONEY);
  }
  return venue;
}

function order(
  venue: RecordedExchange,
  account: number,
  side: number,
  price: number,
  qty: number,
  terms: OrderTerms = {},
): EventView[] {
  return venue.order(account, side, price, qty, { symbolId: BTC_EUR, ...terms });
}

function orderIdOf(events: EventView[]): number {
  return (events[0] as ExecutionReport).orderId;
}

function reasonOf(events: EventView[]): number {
  return (events.at(-1) as CommandDone).rejectReason;
}

function replace(venue: RecordedExchange, orderId: number, qty: number, stopPrice: number) {
  return venue.replace(OWNER, orderId, 0, qty, { symbolId: BTC_EUR, stopPrice });
}

/** Trades one lot at a price between two others; what it reports of an order. */
function tradeAt(venue: RecordedExchange, price: number, orderId: number): ExecutionReport {
  order(venue, OTHER, Sell, price, 1);
  const events = order(venue, THIRD, Buy, price, 1);
  const isOfOrder = (event: EventView): event is ExecutionReport =>
    event instanceof ExecutionReport && event.orderId === orderId;
  const report = events.findLast(isOfOrder);
  assert.ok(report !== undefined, 'the stop fired');
  return report;
}

function euros(venue: RecordedExchange) {
  return [...orderedBalances(venue.exchange)].find(
    ({ accountId, currencyId }) => accountId === OWNER && currencyId === EUR,
  )!;
}

const MOVES = [
  { side: Sell, stopPrice: 1_000, moved: 2_000, worst: 1_980 },
  { side: Sell, stopPrice: 1_900, moved: 1_000, worst: 990 },
  { side: Buy, stopPrice: 1_000, moved: 2_000, worst: 2_020 },
  { side: Buy, stopPrice: 2_000, moved: 1_000, worst: 1_010 },
];
for (const { side, stopPrice, moved, worst } of MOVES) {
  const name = side === Buy ? 'buy' : 'sell';
  test(`a stop to ${name} that is moved from ${stopPrice} to ${moved} slips from there`, () => {
    const venue = open();
    const terms = { orderType: Stop, stopPrice, maxSlippageBps: 100 };
    const stop = orderIdOf(order(venue, OWNER, side, 0, 2, terms));
    assert.equal(reasonOf(replace(venue, stop, 2, moved)), RejectReason.None);
    if (side === Buy) assert.equal(euros(venue).locked, worst * 2 * 10);
    const [other, behind] = side === Buy ? [Sell, worst + 1] : [Buy, worst - 1];
    for (const price of [worst, behind]) order(venue, OTHER, other, price, 1);
    const { cumQty, cancelReason } = tradeAt(venue, moved, stop);
    assert.deepEqual([cumQty, cancelReason], [1, CancelReason.ProtectionPrice]);
  });
}

test('a stop slips no further than the end of the band that it came in', () => {
  const venue = open();
  venue.setBand(1_000, 5, BTC_EUR);
  const terms = { orderType: Stop, stopPrice: 1_001, maxSlippageBps: 1_000 };
  order(venue, OWNER, Buy, 0, 3, terms);
  assert.equal(euros(venue).locked, 1_005 * 3 * 10);
});

test('new terms without another stop price leave a stop its protection price', () => {
  const venue = open();
  const terms = { orderType: Stop, stopPrice: 1_000, maxSlippageBps: 100 };
  const stop = orderIdOf(order(venue, OWNER, Buy, 0, 4, terms));
  venue.setBand(1_000, 5, BTC_EUR);
  for (const stopPrice of [0, 1_000]) {
    assert.equal(reasonOf(replace(venue, stop, 3, stopPrice)), RejectReason.None);
    assert.equal(euros(venue).locked, 1_010 * 3 * 10);
  }
});

test('a stop to sell without slippage trades no further than its band’s end at entry', () => {
  const venue = open();
  venue.setBand(100, 10, BTC_EUR);
  const stop = orderIdOf(order(venue, OWNER, Sell, 0, 2, { orderType: Stop, stopPrice: 95 }));
  venue.setBand(60, 50, BTC_EUR);
  for (const price of [90, 89]) order(venue, OTHER, Buy, price, 1);
  const { cumQty, cancelReason } = tradeAt(venue, 94, stop);
  assert.deepEqual([cumQty, cancelReason], [1, CancelReason.ProtectionPrice]);
});

test('an order that loses its place by new terms pays the fees of now', () => {
  const venue = open();
  const orderOf = () => orderIdOf(order(venue, OWNER, Buy, 50, 10));
  const [kept, grown, moved] = [orderOf(), orderOf(), orderOf()];
  const fees = { makerFeePpm: 100_000, takerFeePpm: 100_000 };
  venue.send(new SetFees(), { symbolId: BTC_EUR, ...fees });
  venue.replace(OWNER, kept, 50, 5, { symbolId: BTC_EUR });
  venue.replace(OWNER, grown, 50, 11, { symbolId: BTC_EUR });
  venue.replace(OWNER, moved, 51, 9, { symbolId: BTC_EUR });
  // A tick of a lot is 10; one order still has its place, and the fees of then: none.
  const paid = 50 * 5 * 10 + 50 * 11 * 11 + 51 * 9 * 11;
  assert.equal(euros(venue).locked, paid);
  order(venue, OTHER, Sell, 50, 25);
  assert.deepEqual([euros(venue).available, euros(venue).locked], [MONEY - paid, 0]);
});

test('new terms that cannot be paid at the fees of now leave the order those of then', () => {
  const venue = open();
  const orderId = orderIdOf(order(venue, OWNER, Buy, 50, 10));
  const fees = { makerFeePpm: 100_000, takerFeePpm: 100_000 };
  venue.send(new SetFees(), { symbolId: BTC_EUR, ...fees });
  const refused = venue.replace(OWNER, orderId, 51, 2_000, { symbolId: BTC_EUR });
  assert.equal(reasonOf(refused), RejectReason.InsufficientFunds);
  assert.equal(euros(venue).locked, 5_000);
  order(venue, OTHER, Sell, 50, 10);
  assert.deepEqual([euros(venue).available, euros(venue).locked], [MONEY - 5_000, 0]);
});
