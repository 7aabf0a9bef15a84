/**
 * The exchange by example, from command records to event records: which events a command causes,
 * and in which order.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ExecType,
  Liquidity,
  OrderStatus,
  OrderType,
  QtyMeaning,
  SelfTradePrevention,
  Side,
  SystemAccount,
  TimeInForce,
  TransferKind,
} from '../protocol/enums.ts';
import { Balance, BookLevel, CommandDone, Trade, Transfer } from '../protocol/events.ts';
import { ExecutionReport } from '../protocol/execution-report.ts';
import { orderedBalances } from './state-view.ts';
import {
  BTC,
  BTC_EUR,
  BTC_USD,
  describe,
  EUR,
  type EventView,
  RecordedExchange,
  USD,
} from './testing/recorded-exchange.ts';

const { Buy, Sell } = Side;
const { GTD, IOC } = TimeInForce;
const { External, Fee } = SystemAccount;
const ALICE = 101;
const BOB = 102;

/** Alice has dollars and euros, Bob has coins. */
function fundedVenue(): RecordedExchange {
  const venue = new RecordedExchange();
  venue.deposit(ALICE, USD, 100_000);
  venue.deposit(ALICE, EUR, 100_000);
  venue.deposit(BOB, BTC, 100_000);
  return venue;
}

/** The order id of the order that was sent last. */
function lastId(venue: RecordedExchange): number {
  return venue.exchange.sequence;
}

function told(events: EventView[]): string[] {
  return events.map(describe);
}

function reports(events: EventView[]): ExecutionReport[] {
  return events.filter((event) => event instanceof ExecutionReport);
}

function balance(venue: RecordedExchange, accountId: number, currencyId: number): number[] {
  const found = orderedBalances(venue.exchange).find(
    (view) => view.accountId === accountId && view.currencyId === currencyId,
  );
  return found === undefined ? [] : [found.available, found.locked];
}

test('a deposit tells its transfer and both balances', () => {
  const venue = new RecordedExchange();
  assert.deepEqual(told(venue.deposit(ALICE, USD, 500)), [
    `Transfer Deposit 500 of 2: ${External} to 101`,
    `Balance of ${External} in 2: -500 + 0`,
    'Balance of 101 in 2: 500 + 0',
    'CommandDone None',
  ]);
});

test('a withdrawal tells its transfer and both balances', () => {
  const venue = fundedVenue();
  assert.deepEqual(told(venue.withdraw(ALICE, USD, 40_000)), [
    `Transfer Withdrawal 40000 of 2: 101 to ${External}`,
    'Balance of 101 in 2: 60000 + 0',
    `Balance of ${External} in 2: -60000 + 0`,
    'CommandDone None',
  ]);
});

test('definitions and limits tell nothing but that they are done', () => {
  const venue = new RecordedExchange();
  assert.deepEqual(told(venue.addCurrency(4, 'ETH')), ['CommandDone None']);
  assert.deepEqual(told(venue.addSymbol(12, 4, USD, 1, 2)), ['CommandDone None']);
  assert.deepEqual(told(venue.setLimits({ maxSymbols: 3 })), ['CommandDone None']);
  assert.equal(venue.exchange.limits.maxSymbols, 3);
  assert.deepEqual(venue.exchange.currencies[3], {
    currencyId: 4,
    decimals: 2,
    kind: 0,
    code: 'ETH',
  });
  assert.deepEqual(venue.exchange.symbols[2], {
    symbolId: 12,
    baseCurrencyId: 4,
    quoteCurrencyId: USD,
    lotSize: 100,
    tickValue: 10,
    makerFeePpm: 1,
    takerFeePpm: 2,
    code: 'M-12',
  });
});

test('an order that rests tells New, its level and what it locks', () => {
  const venue = fundedVenue();
  assert.deepEqual(told(venue.order(ALICE, Buy, 50, 10)), [
    'New 9: New 0 + 10',
    'BookLevel Buy 50: 10 in 1',
    'Balance of 101 in 2: 94900 + 5100',
    'CommandDone None',
  ]);
});

test('a sweep tells fills level by level, then what rests, then each changed balance once', () => {
  const venue = fundedVenue();
  venue.order(BOB, Sell, 50, 10);
  venue.order(BOB, Sell, 50, 10);
  venue.order(BOB, Sell, 52, 10);
  assert.deepEqual(told(venue.order(ALICE, Buy, 52, 35)), [
    'New 12: New 0 + 35',
    'Transfer TradeBase 1000 of 1: 102 to 101',
    'Transfer TradeQuote 5000 of 2: 101 to 102',
    `Transfer Fee 100 of 2: 101 to ${Fee}`,
    `Transfer Fee 50 of 2: 102 to ${Fee}`,
    'Trade 10@50 maker 9 taker 12 fees 50 100',
    'Trade 12 10@50 fee 100: PartiallyFilled 10 + 25',
    'Trade 9 10@50 fee 50: Filled 10 + 0',
    'Transfer TradeBase 1000 of 1: 102 to 101',
    'Transfer TradeQuote 5000 of 2: 101 to 102',
    `Transfer Fee 100 of 2: 101 to ${Fee}`,
    `Transfer Fee 50 of 2: 102 to ${Fee}`,
    'Trade 10@50 maker 10 taker 12 fees 50 100',
    'Trade 12 10@50 fee 100: PartiallyFilled 20 + 15',
    'Trade 10 10@50 fee 50: Filled 10 + 0',
    'Transfer TradeBase 1000 of 1: 102 to 101',
    'Transfer TradeQuote 5200 of 2: 101 to 102',
    `Transfer Fee 104 of 2: 101 to ${Fee}`,
    `Transfer Fee 52 of 2: 102 to ${Fee}`,
    'Trade 10@52 maker 11 taker 12 fees 52 104',
    'Trade 12 10@52 fee 104: PartiallyFilled 30 + 5',
    'Trade 11 10@52 fee 52: Filled 10 + 0',
    'BookLevel Sell 50: 0 in 0',
    'BookLevel Sell 52: 0 in 0',
    'BookLevel Buy 52: 5 in 1',
    'Balance of 101 in 2: 81844 + 2652',
    'Balance of 102 in 1: 97000 + 0',
    'Balance of 101 in 1: 3000 + 0',
    'Balance of 102 in 2: 15048 + 0',
    `Balance of ${Fee} in 2: 456 + 0`,
    'CommandDone None',
  ]);
});

test('every event carries its command’s sequence and each field of its order', () => {
  const venue = fundedVenue();
  venue.order(BOB, Sell, 50, 10, { clientOrderId: 77 });
  const events = venue.order(ALICE, Buy, 55, 4, { clientOrderId: 88, timeInForce: IOC });
  assert.ok(events.every((event) => event.sequence === 10));
  const [accepted, taker, maker] = events.filter((event) => event instanceof ExecutionReport);
  const order = { clientOrderId: 88, accountId: ALICE, price: 55, qty: 4, symbolId: BTC_USD };
  const terms = { side: Buy, orderType: OrderType.Limit, timeInForce: IOC, rejectReason: 0 };
  const noFill = { lastPrice: 0, lastQty: 0, fee: 0, tradeId: 0, liquidity: Liquidity.None };
  assertFields(accepted!, { orderId: 10, ...order, ...terms, ...noFill });
  assertFields(accepted!, { execType: ExecType.New, orderStatus: OrderStatus.New, leavesQty: 4 });
  const fill = { execType: ExecType.Trade, lastPrice: 50, lastQty: 4, tradeId: 1, cumQty: 4 };
  assertFields(taker!, { orderId: 10, ...order, ...terms, ...fill, leavesQty: 0, fee: 40 });
  assertFields(taker!, { liquidity: Liquidity.Taker, orderStatus: OrderStatus.Filled });
  assertFields(maker!, { orderId: 9, clientOrderId: 77, accountId: BOB, price: 50, qty: 10 });
  assertFields(maker!, { ...fill, side: Sell, leavesQty: 6, fee: 20, timeInForce: 1 });
  assertFields(maker!, { liquidity: Liquidity.Maker, orderStatus: OrderStatus.PartiallyFilled });
  const trade = events.find((event) => event instanceof Trade)!;
  assertFields(trade, { tradeId: 1, symbolId: BTC_USD, takerSide: Buy, price: 50, qty: 4 });
  assertFields(trade, { makerAccountId: BOB, takerAccountId: ALICE, makerOrderId: 9 });
  assertFields(events.find((event) => event instanceof BookLevel)!, { symbolId: BTC_USD, qty: 6 });
  const transfer = events.find((event) => event instanceof Transfer)!;
  assertFields(transfer, { kind: TransferKind.TradeBase, referenceId: 1, currencyId: BTC });
  assertFields(events.find((event) => event instanceof Balance)!, { currencyId: USD });
  const done = events.at(-1)!;
  assert.ok(done instanceof CommandDone);
  assertFields(done, { eventCount: events.length - 1, rejectReason: 0 });
  const { low, high } = venue.exchange.events.hash;
  assertFields(done, { eventHashLow: low >>> 0, eventHashHigh: high >>> 0 });
});

function assertFields<T extends EventView>(event: T, fields: Partial<T>): void {
  for (const [name, value] of Object.entries(fields)) {
    assert.equal(event[name as keyof T], value, name);
  }
}

test('what an IOC order leaves is cancelled and unlocked', () => {
  const venue = fundedVenue();
  venue.order(BOB, Sell, 50, 10, { symbolId: BTC_EUR });
  const events = venue.order(ALICE, Buy, 60, 15, { symbolId: BTC_EUR, timeInForce: IOC });
  assert.deepEqual(told(events).slice(3), [
    'Trade 10@50 maker 9 taker 10 fees 0 0',
    'Trade 10 10@50 fee 0: PartiallyFilled 10 + 5',
    'Trade 9 10@50 fee 0: Filled 10 + 0',
    'Canceled 10: Canceled 10 + 0',
    'BookLevel Sell 50: 0 in 0',
    'Balance of 101 in 3: 95000 + 0',
    'Balance of 102 in 1: 99000 + 0',
    'Balance of 101 in 1: 1000 + 0',
    'Balance of 102 in 3: 5000 + 0',
    'CommandDone None',
  ]);
});

test('a market order has no price, sweeps, and its remainder is cancelled', () => {
  const venue = fundedVenue();
  venue.order(BOB, Sell, 50, 10);
  venue.order(BOB, Sell, 60, 10);
  const events = venue.marketOrder(ALICE, Buy, 25);
  const reports = events.filter((event) => event instanceof ExecutionReport);
  assert.ok(reports.filter((r) => r.accountId === ALICE).every((r) => r.price === 0));
  assert.deepEqual(told(reports), [
    'New 11: New 0 + 25',
    'Trade 11 10@50 fee 100: PartiallyFilled 10 + 15',
    'Trade 9 10@50 fee 50: Filled 10 + 0',
    'Trade 11 10@60 fee 120: PartiallyFilled 20 + 5',
    'Trade 10 10@60 fee 60: Filled 10 + 0',
    'Canceled 11: Canceled 20 + 0',
  ]);
  assert.deepEqual(balance(venue, ALICE, USD), [100_000 - 11_220, 0]);
});

test('a market order beyond what the book holds needs funds for what is there only', () => {
  const venue = fundedVenue();
  venue.order(BOB, Sell, 50, 10);
  const events = venue.marketOrder(ALICE, Buy, 1_000_000);
  assert.equal(told(events).at(-1), 'CommandDone None');
  assert.deepEqual(balance(venue, ALICE, USD), [100_000 - 10 * 50 * 10 - 100, 0]);
  venue.order(ALICE, Buy, 50, 10);
  venue.marketOrder(BOB, Sell, 1_000_000);
  assert.deepEqual(balance(venue, BOB, BTC), [100_000 - 2 * 10 * 100, 0]);
});

test('a cancel tells Canceled, the level and the unlocked balance', () => {
  const venue = fundedVenue();
  venue.order(ALICE, Buy, 50, 10, { clientOrderId: 5 });
  assert.deepEqual(told(venue.cancel(ALICE, 0, { clientOrderId: 5 })), [
    'Canceled 9: Canceled 0 + 0',
    'BookLevel Buy 50: 0 in 0',
    'Balance of 101 in 2: 100000 + 0',
    'CommandDone None',
  ]);
});

test('a replace tells Replaced and moves the lock; marketable, it trades at once', () => {
  const venue = fundedVenue();
  venue.order(BOB, Sell, 60, 4);
  venue.order(ALICE, Buy, 50, 10);
  const aliceId = lastId(venue);
  assert.deepEqual(told(venue.replace(ALICE, aliceId, 50, 6)), [
    'Replaced 10: New 0 + 6',
    'BookLevel Buy 50: 6 in 1',
    'Balance of 101 in 2: 96940 + 3060',
    'CommandDone None',
  ]);
  const events = told(venue.replace(ALICE, aliceId, 60, 6));
  assert.equal(events[0], 'Replaced 10: New 0 + 6');
  assert.deepEqual(events.slice(5, 11), [
    'Trade 4@60 maker 9 taker 10 fees 24 48',
    'Trade 10 4@60 fee 48: PartiallyFilled 4 + 2',
    'Trade 9 4@60 fee 24: Filled 4 + 0',
    'BookLevel Buy 50: 0 in 0',
    'BookLevel Sell 60: 0 in 0',
    'BookLevel Buy 60: 2 in 1',
  ]);
  const openQty = { qtyMeaning: QtyMeaning.Open };
  assert.equal(
    told(venue.replace(ALICE, aliceId, 60, 3, openQty))[0],
    'Replaced 10: PartiallyFilled 4 + 3',
  );
});

test('an account may trade with itself and only pays the fees', () => {
  const venue = fundedVenue();
  venue.deposit(BOB, USD, 10_000);
  venue.order(BOB, Sell, 50, 10);
  venue.order(BOB, Buy, 50, 10);
  assert.deepEqual(balance(venue, BOB, USD), [10_000 - 150, 0]);
  assert.deepEqual(balance(venue, BOB, BTC), [100_000, 0]);
});

test('every report of an order carries its terms', () => {
  const venue = fundedVenue();
  const terms = ({ amount, postOnly, selfTradePrevention, groupId, expireTime }: ExecutionReport) =>
    [amount, postOnly, selfTradePrevention, groupId, expireTime] as const;
  const expireTime = venue.time + 1_000;
  const { Decrement, CancelTaker } = SelfTradePrevention;
  const gtd = { timeInForce: GTD, expireTime, postOnly: 1, groupId: 2 ** 40 };
  const selling = venue.order(BOB, Sell, 50, 5, { ...gtd, selfTradePrevention: Decrement });
  assert.deepEqual(reports(selling).map(terms), [[0, 1, Decrement, 2 ** 40, expireTime]]);
  const byAmount = { amount: 120, selfTradePrevention: CancelTaker };
  const buying = venue.marketOrder(ALICE, Buy, 0, byAmount);
  assert.deepEqual(
    reports(buying).map((report) => [report.execType, report.accountId, ...terms(report)]),
    [
      [ExecType.New, ALICE, 120, 0, CancelTaker, 0, 0],
      [ExecType.Trade, ALICE, 120, 0, CancelTaker, 0, 0],
      [ExecType.Trade, BOB, 0, 1, Decrement, 2 ** 40, expireTime],
    ],
  );
  const refused = venue.order(BOB, Buy, 50, 5, { ...gtd, selfTradePrevention: Decrement });
  assert.deepEqual(reports(refused).map(terms), [[0, 1, Decrement, 2 ** 40, expireTime]]);
  const tooLittle = venue.marketOrder(ALICE, Buy, 0, { amount: 1 });
  assert.deepEqual(reports(tooLittle).map(terms), [[1, 0, 0, 0, 0]]);
});

test('a price band that is set is told, a refused one is not', () => {
  const venue = fundedVenue();
  assert.deepEqual(venue.setBand(50, 5).map(describe), ['Band 50 ± 5', 'CommandDone None']);
  assert.deepEqual(venue.setBand(0, 0).map(describe), ['Band 0 ± 0', 'CommandDone None']);
  assert.deepEqual(venue.setBand(50, 5, 99).map(describe), ['CommandDone UnknownSymbol']);
});

test('the event hash covers the outcome of commands that tell nothing else', () => {
  const hashAfter = (send: (venue: RecordedExchange) => EventView[]): string => {
    const venue = fundedVenue();
    assert.equal(send(venue).length, 1);
    return venue.exchange.events.hash.toString();
  };
  const accepted = hashAfter((venue) => venue.setLimits({}));
  const unknownOrder = hashAfter((venue) => venue.cancel(ALICE, 4711));
  const unknownCurrency = hashAfter((venue) => venue.deposit(ALICE, 77, 1));
  assert.equal(new Set([accepted, unknownOrder, unknownCurrency]).size, 3);
  assert.equal(
    hashAfter((venue) => venue.cancel(BOB, 4711)),
    unknownOrder,
  );
});
