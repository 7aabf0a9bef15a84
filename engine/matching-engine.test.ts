/** What a market expects of matching, by example. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Side, TimeInForce } from '../protocol/enums.ts';
import type { Outcome } from './oracle.ts';
import { NONE } from './orders.ts';
import { RecordedEngine } from './testing/recorded-engine.ts';

const { Buy, Sell } = Side;
const { GTC, IOC } = TimeInForce;

/** [maker, price, qty] of each fill. */
function fills(outcomes: Outcome[]): number[][] {
  return outcomes.flatMap((o) => (o.event === 'fill' ? [[o.makerId, o.price, o.qty]] : []));
}

/** [side, price, qty, orderCount] of each level report. */
function levels(outcomes: Outcome[]): number[][] {
  return outcomes.flatMap((o) =>
    o.event === 'level' ? [[o.side, o.price, o.qty, o.orderCount]] : [],
  );
}

test('the better price trades first, at one price the older order', () => {
  const venue = new RecordedEngine();
  venue.order(1, Sell, 102, 5);
  venue.order(2, Sell, 101, 5);
  venue.order(3, Sell, 101, 5);
  venue.order(4, Sell, 100, 5);
  assert.deepEqual(fills(venue.order(9, Buy, 101, 12)), [
    [4, 100, 5],
    [2, 101, 5],
    [3, 101, 2],
  ]);
  assert.deepEqual(venue.queue(Sell), [3, 1]);
});

test('orders that do not cross rest and tell their level', () => {
  const venue = new RecordedEngine();
  assert.deepEqual(venue.order(1, Buy, 99, 5), [
    { event: 'level', side: Buy, price: 99, qty: 5, orderCount: 1 },
  ]);
  assert.deepEqual(levels(venue.order(2, Buy, 99, 7)), [[Buy, 99, 12, 2]]);
  assert.deepEqual(fills(venue.order(3, Sell, 100, 5)), []);
  assert.deepEqual([venue.queue(Buy), venue.queue(Sell)], [[1, 2], [3]]);
});

test('a partly filled resting order keeps its place and its leaves quantity', () => {
  const venue = new RecordedEngine();
  venue.order(1, Buy, 100, 10);
  venue.order(2, Buy, 100, 10);
  assert.deepEqual(venue.order(3, Sell, 100, 4), [
    { event: 'fill', makerId: 1, takerId: 3, price: 100, qty: 4 },
    { event: 'level', side: Buy, price: 100, qty: 16, orderCount: 2 },
  ]);
  assert.deepEqual(fills(venue.order(4, Sell, 100, 7)), [
    [1, 100, 6],
    [2, 100, 1],
  ]);
});

test('what an incoming GTC order does not fill rests at its limit', () => {
  const venue = new RecordedEngine();
  venue.order(1, Sell, 100, 3);
  assert.deepEqual(levels(venue.order(2, Buy, 101, 10)), [
    [Sell, 100, 0, 0],
    [Buy, 101, 7, 1],
  ]);
  assert.deepEqual(venue.book(Buy), [
    { orderId: 2, side: Buy, timeInForce: GTC, price: 101, qty: 10, cumQty: 3 },
  ]);
});

test('what an IOC order does not fill is cancelled and never rests', () => {
  const venue = new RecordedEngine();
  venue.order(1, Sell, 100, 3);
  assert.deepEqual(venue.order(2, Buy, 100, 10, { timeInForce: IOC }), [
    { event: 'fill', makerId: 1, takerId: 2, price: 100, qty: 3 },
    { event: 'level', side: Sell, price: 100, qty: 0, orderCount: 0 },
    { event: 'canceled', orderId: 2, leavesQty: 7 },
  ]);
  assert.deepEqual(venue.queue(Buy), []);
  assert.equal(venue.engine.findOrder(2), NONE);
  assert.equal(venue.engine.orders.count, 0);
});

test('a market order sweeps three levels and pays each level’s own price', () => {
  const venue = new RecordedEngine();
  venue.order(1, Sell, 100, 2);
  venue.order(2, Sell, 105, 2);
  venue.order(3, Sell, 50_000, 2);
  assert.equal(venue.engine.sweepPrice(0, Buy, 2), 100);
  assert.equal(venue.engine.sweepPrice(0, Buy, 3), 105);
  const price = venue.engine.sweepPrice(0, Buy, 5);
  assert.equal(price, 50_000);
  const outcomes = venue.order(4, Buy, price, 5, { timeInForce: IOC });
  assert.deepEqual(fills(outcomes), [
    [1, 100, 2],
    [2, 105, 2],
    [3, 50_000, 1],
  ]);
  assert.deepEqual(levels(outcomes), [
    [Sell, 100, 0, 0],
    [Sell, 105, 0, 0],
    [Sell, 50_000, 1, 1],
  ]);
});

test('a sweep beyond the book’s depth ends at its worst price; an empty side has none', () => {
  const venue = new RecordedEngine();
  venue.order(1, Buy, 100, 2);
  venue.order(2, Buy, 90, 2);
  assert.equal(venue.engine.sweepPrice(0, Sell, 1_000), 90);
  assert.equal(venue.engine.sweepPrice(0, Buy, 1), 0);
});

test('a replace that lowers the quantity at the same price keeps its place', () => {
  const venue = new RecordedEngine();
  venue.order(1, Buy, 100, 10);
  venue.order(2, Buy, 100, 10);
  venue.order(3, Sell, 100, 1);
  assert.deepEqual(venue.replace(1, 100, 4), [
    { event: 'replaced', orderId: 1, price: 100, qty: 4 },
    { event: 'level', side: Buy, price: 100, qty: 13, orderCount: 2 },
  ]);
  assert.deepEqual(fills(venue.order(4, Sell, 100, 4)), [
    [1, 100, 3],
    [2, 100, 1],
  ]);
});

test('a replace that raises the quantity goes to the back of its level, told once', () => {
  const venue = new RecordedEngine();
  venue.order(1, Buy, 100, 10);
  venue.order(2, Buy, 100, 10);
  assert.deepEqual(levels(venue.replace(1, 100, 11)), [[Buy, 100, 21, 2]]);
  assert.deepEqual(venue.queue(Buy), [2, 1]);
  venue.order(3, Buy, 99, 1);
  assert.deepEqual(levels(venue.replace(3, 99, 2)), [[Buy, 99, 2, 1]]);
});

test('a replace to another price loses its place, and there and back does not regain it', () => {
  const venue = new RecordedEngine();
  venue.order(1, Sell, 100, 10);
  venue.order(2, Sell, 100, 10);
  assert.deepEqual(levels(venue.replace(1, 101, 5)), [
    [Sell, 100, 10, 1],
    [Sell, 101, 5, 1],
  ]);
  venue.replace(1, 100, 5);
  assert.deepEqual(venue.queue(Sell), [2, 1]);
});

test('a replace that becomes marketable trades at once, at the makers’ prices', () => {
  const venue = new RecordedEngine();
  venue.order(1, Buy, 90, 10);
  venue.order(2, Sell, 100, 4);
  venue.order(3, Sell, 101, 4);
  assert.deepEqual(venue.replace(1, 101, 10), [
    { event: 'replaced', orderId: 1, price: 101, qty: 10 },
    { event: 'level', side: Buy, price: 90, qty: 0, orderCount: 0 },
    { event: 'fill', makerId: 2, takerId: 1, price: 100, qty: 4 },
    { event: 'level', side: Sell, price: 100, qty: 0, orderCount: 0 },
    { event: 'fill', makerId: 3, takerId: 1, price: 101, qty: 4 },
    { event: 'level', side: Sell, price: 101, qty: 0, orderCount: 0 },
    { event: 'level', side: Buy, price: 101, qty: 2, orderCount: 1 },
  ]);
  venue.order(4, Sell, 110, 2);
  venue.replace(1, 110, 10);
  assert.equal(venue.engine.findOrder(1), NONE, 'filled whole, it is gone');
  assert.equal(venue.engine.openOrderCount, 0);
});

test('a cancel from the middle of a queue leaves the others in their order', () => {
  const venue = new RecordedEngine();
  for (const orderId of [1, 2, 3, 4]) venue.order(orderId, Sell, 100, orderId);
  assert.deepEqual(venue.cancel(3), [
    { event: 'canceled', orderId: 3, leavesQty: 3 },
    { event: 'level', side: Sell, price: 100, qty: 7, orderCount: 3 },
  ]);
  venue.cancel(1);
  venue.cancel(4);
  venue.order(5, Sell, 100, 5);
  assert.deepEqual(venue.queue(Sell), [2, 5]);
});

test('the best level is gone after its last order is cancelled: no phantom best level', () => {
  const venue = new RecordedEngine();
  venue.order(1, Buy, 99, 5);
  venue.order(2, Buy, 100, 5);
  assert.deepEqual(levels(venue.cancel(2)), [[Buy, 100, 0, 0]]);
  assert.equal(venue.engine.sweepPrice(0, Sell, 1), 99);
  assert.deepEqual(fills(venue.order(3, Sell, 100, 5)), []);
  venue.cancel(1);
  assert.equal(venue.engine.books[0]!.bids.best(), NONE);
});

test('ids are free again when their order has ended, however it ended', () => {
  const venue = new RecordedEngine();
  const named = { accountId: 7, clientOrderId: 70 };
  venue.order(1, Buy, 100, 5, named);
  venue.cancel(1);
  venue.order(1, Buy, 101, 5, named);
  venue.order(2, Sell, 101, 5);
  venue.order(1, Sell, 102, 5, { ...named, timeInForce: IOC });
  assert.equal(venue.engine.findOrder(1), NONE);
  assert.equal(venue.engine.findClientOrder(7, 70), NONE);
  venue.order(1, Sell, 102, 5, named);
  assert.deepEqual(venue.queue(Sell), [1]);
});

test('an open order is found by its account’s client order id and by no other account’s', () => {
  const venue = new RecordedEngine();
  venue.order(1, Buy, 100, 5, { accountId: 7, clientOrderId: 70 });
  venue.order(2, Buy, 100, 5, { accountId: 8, clientOrderId: 70 });
  venue.order(3, Buy, 100, 5, { accountId: 7 });
  const { engine } = venue;
  assert.equal(engine.findClientOrder(7, 70), engine.findOrder(1));
  assert.equal(engine.findClientOrder(8, 70), engine.findOrder(2));
  assert.equal(engine.findClientOrder(9, 70), NONE);
  assert.equal(engine.findClientOrder(7, 0), NONE);
  venue.replace(1, 101, 9);
  assert.equal(engine.findClientOrder(7, 70), engine.findOrder(1));
});

test('markets do not touch each other', () => {
  const venue = new RecordedEngine(2);
  venue.order(1, Sell, 100, 5);
  assert.deepEqual(fills(venue.order(2, Buy, 100, 5, { market: 1 })), []);
  assert.deepEqual(venue.levelMarkets, [1]);
  assert.equal(venue.engine.sweepPrice(1, Buy, 1), 0);
  assert.deepEqual([venue.queue(Sell), venue.book(Buy, 1).length], [[1], 1]);
  assert.deepEqual(
    [100, 101, 102].map((id) => venue.engine.symbolIndexOf(id)),
    [0, 1, NONE],
  );
});
