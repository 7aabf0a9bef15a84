/**
 * What each kind of order locks and what its fills, changes and end give back: the table of
 * reservations.ts, worked by hand. A tick of a lot is 10 minor units, a lot is 100 of the base; the
 * worst fee is 2 %, a maker's 1 %.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CancelReason,
  OrderType,
  SelfTradePrevention,
  Side,
  TimeInForce,
  TradingState,
} from '../protocol/enums.ts';
import { CommandDone } from '../protocol/events.ts';
import { ExecutionReport } from '../protocol/execution-report.ts';
import { RejectReason } from '../protocol/reject-reason.ts';
import { orderedBalances } from './state-view.ts';
import { BTC, type EventView, RecordedExchange, USD } from './testing/recorded-exchange.ts';

const { Buy, Sell } = Side;
const { Stop, StopLimit } = OrderType;
const { IOC, GTD } = TimeInForce;
const BUYER = 1;
const SELLER = 2;
const THIRD = 3;
const MONEY = 100_000;

function open(): RecordedExchange {
  const venue = new RecordedExchange();
  for (const account of [BUYER, SELLER, THIRD]) {
    for (const currency of [BTC, USD]) venue.deposit(account, currency, MONEY);
  }
  return venue;
}

function balance(venue: RecordedExchange, account: number, currency: number) {
  return [...orderedBalances(venue.exchange)].find(
    (entry) => entry.accountId === account && entry.currencyId === currency,
  )!;
}

function lockedOf(venue: RecordedExchange, account: number, currency = USD): number {
  return balance(venue, account, currency).locked;
}

/** The command's reason of rejection. */
function reasonOf(events: EventView[]): number {
  const done = events.at(-1);
  assert.ok(done instanceof CommandDone);
  return done.rejectReason;
}

function orderIdOf(events: EventView[]): number {
  return (events[0] as ExecutionReport).orderId;
}

function reportsOf(events: EventView[], account: number): ExecutionReport[] {
  return events
    .filter((event): event is ExecutionReport => event instanceof ExecutionReport)
    .filter(({ accountId }) => accountId === account);
}

test('a limit order locks its quantity at its limit and the worst fee', () => {
  const venue = open();
  venue.order(BUYER, Buy, 50, 3);
  // 50 × 3 × 10, and 2 % of it.
  assert.equal(lockedOf(venue, BUYER), 1_530);
  venue.order(SELLER, Sell, 60, 3);
  assert.equal(lockedOf(venue, SELLER, BTC), 300);
});

test('a stop-limit locks at its limit while it waits, and after it entered the book', () => {
  const venue = open();
  venue.order(SELLER, Sell, 50, 1);
  venue.order(THIRD, Buy, 50, 1);
  const waiting = venue.order(BUYER, Buy, 55, 2, { orderType: StopLimit, stopPrice: 52 });
  assert.equal(lockedOf(venue, BUYER), 1_122);
  venue.order(SELLER, Sell, 52, 1);
  venue.order(THIRD, Buy, 52, 1);
  assert.equal(lockedOf(venue, BUYER), 1_122);
  venue.cancel(BUYER, orderIdOf(waiting));
  assert.deepEqual([lockedOf(venue, BUYER), balance(venue, BUYER, USD).available], [0, MONEY]);
});

test('a stop to buy locks at the end of the band, and pays no more if the band moves up', () => {
  const venue = open();
  const terms = { orderType: Stop, stopPrice: 52 };
  assert.equal(reasonOf(venue.order(BUYER, Buy, 0, 4, terms)), RejectReason.NoPriceBand);
  assert.equal(lockedOf(venue, BUYER), 0);
  venue.setBand(50, 5);
  venue.order(BUYER, Buy, 0, 4, terms);
  // 55 × 4 × 10, and 2 %.
  assert.equal(lockedOf(venue, BUYER), 2_244);
  venue.setBand(60, 10);
  venue.order(SELLER, Sell, 53, 1);
  venue.order(SELLER, Sell, 55, 1);
  venue.order(SELLER, Sell, 56, 1);
  const events = venue.order(THIRD, Buy, 53, 1);
  const fills = reportsOf(events, BUYER).filter(({ lastQty }) => lastQty > 0);
  assert.deepEqual(
    fills.map(({ lastPrice, lastQty }) => [lastPrice, lastQty]),
    [[55, 1]],
    'what is left finds nothing within its bound, and ends',
  );
  assert.equal(
    reportsOf(events, BUYER).at(-1)!.cancelReason,
    CancelReason.ProtectionPrice,
    '56 is in the band, but beyond its bound',
  );
  // 55 × 10 and the taker's 2 %.
  assert.deepEqual(
    [lockedOf(venue, BUYER), balance(venue, BUYER, USD).available],
    [0, MONEY - 561],
  );
});

test('a stop to buy that finds no order in the band does not blame its protection price', () => {
  for (const [band, cancelReason] of [
    [2, CancelReason.PriceBand],
    [5, CancelReason.ProtectionPrice],
    [undefined, CancelReason.NoLiquidity],
  ] as const) {
    const venue = open();
    venue.setBand(50, 3);
    venue.order(BUYER, Buy, 0, 1, { orderType: Stop, stopPrice: 52 });
    venue.setBand(52, band ?? 5);
    if (band !== undefined) venue.order(SELLER, Sell, 54, 1);
    if (band === 2) venue.setBand(51, 2);
    venue.order(SELLER, Sell, 52, 1);
    const events = venue.order(THIRD, Buy, 52, 1);
    assert.equal(reportsOf(events, BUYER).at(-1)!.cancelReason, cancelReason);
  }
});

test('a stop to sell needs no band: it locks what it delivers', () => {
  const venue = open();
  assert.equal(
    reasonOf(venue.order(SELLER, Sell, 0, 4, { orderType: Stop, stopPrice: 40 })),
    RejectReason.None,
  );
  assert.equal(lockedOf(venue, SELLER, BTC), 400);
});

test('a market order needs no more than the book can fill', () => {
  const venue = open();
  venue.order(SELLER, Sell, 50, 1);
  venue.order(SELLER, Sell, 60, 1);
  // 2 at 60 with 2 % is 1,224: all that the buyer has left.
  venue.withdraw(BUYER, USD, MONEY - 1_224);
  assert.equal(reasonOf(venue.marketOrder(BUYER, Buy, 1_000_000)), RejectReason.None);
  // Paid: 50 × 10 + 60 × 10 and 2 %.
  assert.deepEqual(
    [lockedOf(venue, BUYER), balance(venue, BUYER, USD).available],
    [0, 1_224 - 1_122],
  );
});

test('a market order that cancels its owner’s makers reserves for what lies behind them', () => {
  const venue = open();
  venue.order(BUYER, Sell, 50, 5);
  venue.order(SELLER, Sell, 60, 1);
  venue.withdraw(BUYER, USD, MONEY - 611);
  const selfTradePrevention = SelfTradePrevention.CancelMaker;
  const short = venue.marketOrder(BUYER, Buy, 1, { selfTradePrevention });
  assert.equal(reasonOf(short), RejectReason.InsufficientFunds, '60 × 10 and 2 % are 612');
  venue.deposit(BUYER, USD, 1);
  const enough = venue.marketOrder(BUYER, Buy, 1, { selfTradePrevention });
  assert.equal(reasonOf(enough), RejectReason.None);
  assert.equal(balance(venue, BUYER, USD).available, 0);
  assert.equal(lockedOf(venue, BUYER, BTC), 0, 'the canceled maker gave back what it had locked');
});

test('a market order cancels its owner’s makers behind those that fill it in part', () => {
  const venue = open();
  venue.order(SELLER, Sell, 50, 5);
  const own = orderIdOf(venue.order(BUYER, Sell, 51, 5));
  const selfTradePrevention = SelfTradePrevention.CancelMaker;
  // 5 at 50 and 2 % are all that it can cost.
  venue.withdraw(BUYER, USD, MONEY - 2_550);
  const events = venue.marketOrder(BUYER, Buy, 10, { selfTradePrevention });
  const canceled = reportsOf(events, BUYER).filter(
    ({ cancelReason }) => cancelReason !== CancelReason.None,
  );
  const order = venue.exchange.sequence;
  assert.deepEqual(
    canceled.map(({ orderId, cancelReason }) => [orderId, cancelReason]),
    [
      [own, CancelReason.SelfTrade],
      [order, CancelReason.NoLiquidity],
    ],
  );
  assert.deepEqual([lockedOf(venue, BUYER), balance(venue, BUYER, USD).available], [0, 0]);
  assert.equal(lockedOf(venue, BUYER, BTC), 0);
});

/** What a market order for 10 lots needs where 2 of another stand before 3 own and 9 of another. */
const NEEDS_OF_PREVENTION: readonly (readonly [keyof typeof SelfTradePrevention, number])[] = [
  // 2 and 3 at 50, 5 at 52: 10 at 52, with 2 %.
  ['None', 5_304],
  // 2 at 50, and then the own order ends it.
  ['CancelTaker', 1_020],
  ['CancelBoth', 1_020],
  // 2 at 50 and 8 at 52: 10 at 52.
  ['CancelMaker', 5_304],
  // 2 at 50 and, for the own order takes 3 away, 5 at 52: 7 at 52.
  ['Decrement', 3_712],
];
for (const [mode, needed] of NEEDS_OF_PREVENTION) {
  test(`a market order with prevention ${mode} needs money for others’ orders only`, () => {
    const venue = open();
    venue.order(SELLER, Sell, 50, 2);
    venue.order(BUYER, Sell, 50, 3);
    venue.order(THIRD, Sell, 52, 9);
    venue.withdraw(BUYER, USD, MONEY - needed + 1);
    const terms = { selfTradePrevention: SelfTradePrevention[mode] };
    const short = venue.marketOrder(BUYER, Buy, 10, terms);
    assert.equal(reasonOf(short), RejectReason.InsufficientFunds);
    venue.deposit(BUYER, USD, 1);
    assert.equal(reasonOf(venue.marketOrder(BUYER, Buy, 10, terms)), RejectReason.None);
    assert.equal(lockedOf(venue, BUYER), 0, 'nothing stays locked');
  });
}

test('an iceberg’s hidden quantity comes behind the own order that ends a market order', () => {
  const venue = open();
  venue.order(SELLER, Sell, 50, 9, { displayQty: 2 });
  venue.order(BUYER, Sell, 50, 1);
  // 2 at 50 and 2 %.
  venue.withdraw(BUYER, USD, MONEY - 1_020);
  const terms = { selfTradePrevention: SelfTradePrevention.CancelTaker };
  assert.equal(reasonOf(venue.marketOrder(BUYER, Buy, 5, terms)), RejectReason.None);
  assert.deepEqual([lockedOf(venue, BUYER), balance(venue, BUYER, USD).available], [0, 0]);
});

test('a market order to sell locks only what others’ orders take, and nothing stays locked', () => {
  const venue = open();
  venue.order(BUYER, Buy, 50, 3);
  venue.order(SELLER, Buy, 50, 4);
  venue.withdraw(SELLER, BTC, MONEY - 300);
  const terms = { selfTradePrevention: SelfTradePrevention.Decrement };
  assert.equal(reasonOf(venue.marketOrder(SELLER, Sell, 9, terms)), RejectReason.None);
  assert.deepEqual([lockedOf(venue, SELLER, BTC), balance(venue, SELLER, BTC).available], [0, 0]);
});

test('a market order by amount spends at most that, fees included, and pays for its fills', () => {
  const venue = open();
  venue.order(SELLER, Sell, 50, 1);
  venue.order(SELLER, Sell, 60, 9);
  // 200 ticks × lots are 2,000: 196 of them with 2 % are 1,999, 197 would be 2,009.
  venue.withdraw(BUYER, USD, MONEY - 1_998);
  const short = venue.marketOrder(BUYER, Buy, 0, { amount: 200 });
  assert.equal(reasonOf(short), RejectReason.InsufficientFunds);
  venue.deposit(BUYER, USD, 1);
  venue.marketOrder(BUYER, Buy, 0, { amount: 200 });
  // 1 at 50 and 2 at 60: 170 ticks × lots; 1,700 and 2 %.
  assert.deepEqual(
    [lockedOf(venue, BUYER), balance(venue, BUYER, USD).available],
    [0, 1_999 - 1_734],
  );
  assert.equal(balance(venue, BUYER, BTC).available, MONEY + 300);
});

test('in pre-open a market buy locks at the band’s end, and gets back what is unfilled', () => {
  const venue = open();
  venue.setBand(50, 10);
  venue.setState(TradingState.PreOpen);
  venue.marketOrder(BUYER, Buy, 2);
  // 60 × 2 × 10 and 2 %.
  assert.equal(lockedOf(venue, BUYER), 1_224);
  venue.order(SELLER, Sell, 50, 1);
  venue.setState(TradingState.Auction);
  venue.setState(TradingState.Continuous);
  // One lot at 50, both sides pay the maker's 1 %; the rest of the order ended with the auction.
  assert.deepEqual(
    [lockedOf(venue, BUYER), balance(venue, BUYER, USD).available],
    [0, MONEY - 505],
  );
  assert.equal(balance(venue, SELLER, USD).available, MONEY + 500 - 5);
});

test('a replace locks the difference, or is refused and changes nothing', () => {
  const venue = open();
  const orderId = orderIdOf(venue.order(BUYER, Buy, 50, 3));
  venue.withdraw(BUYER, USD, MONEY - 1_530 - 510);
  assert.equal(reasonOf(venue.replace(BUYER, orderId, 50, 5)), RejectReason.InsufficientFunds);
  assert.equal(lockedOf(venue, BUYER), 1_530);
  assert.equal(reasonOf(venue.replace(BUYER, orderId, 50, 4)), RejectReason.None);
  assert.deepEqual([lockedOf(venue, BUYER), balance(venue, BUYER, USD).available], [2_040, 0]);
  venue.replace(BUYER, orderId, 10, 1);
  assert.deepEqual([lockedOf(venue, BUYER), balance(venue, BUYER, USD).available], [102, 1_938]);
});

test('a waiting stop to buy keeps its bound until it gets another stop price', () => {
  const venue = open();
  venue.setBand(50, 5);
  const stop = orderIdOf(venue.order(BUYER, Buy, 0, 4, { orderType: Stop, stopPrice: 52 }));
  venue.setBand(60, 10);
  for (const stopPrice of [0, 52]) {
    assert.equal(reasonOf(venue.replace(BUYER, stop, 0, 2, { stopPrice })), RejectReason.None);
    // 55 × 2 × 10 and 2 %.
    assert.equal(lockedOf(venue, BUYER), 1_122);
  }
  assert.equal(reasonOf(venue.replace(BUYER, stop, 0, 2, { stopPrice: 54 })), RejectReason.None);
  // 70 × 2 × 10 and 2 %.
  assert.equal(lockedOf(venue, BUYER), 1_428);
  venue.setBand(0, 0);
  const { NoPriceBand } = RejectReason;
  assert.equal(reasonOf(venue.replace(BUYER, stop, 0, 2, { stopPrice: 55 })), NoPriceBand);
  assert.equal(lockedOf(venue, BUYER), 1_428);
});

test('a decremented order keeps locked what is left of it', () => {
  const venue = open();
  venue.order(BUYER, Buy, 50, 5);
  venue.order(BUYER, Sell, 50, 2, {
    timeInForce: IOC,
    selfTradePrevention: SelfTradePrevention.Decrement,
  });
  assert.deepEqual([lockedOf(venue, BUYER), lockedOf(venue, BUYER, BTC)], [1_530, 0]);
});

test('an expired order and mass-canceled orders give everything back', () => {
  const venue = open();
  venue.order(BUYER, Buy, 50, 5, { timeInForce: GTD, expireTime: venue.time + 5 });
  venue.order(BUYER, Buy, 49, 5);
  venue.order(BUYER, Sell, 70, 5);
  venue.time += 5;
  venue.tickIfDue();
  assert.equal(lockedOf(venue, BUYER), 2_499);
  venue.massCancel(BUYER);
  assert.deepEqual([lockedOf(venue, BUYER), lockedOf(venue, BUYER, BTC)], [0, 0]);
  assert.equal(balance(venue, BUYER, USD).available, MONEY);
});

test('an order that makes all the fills it may is canceled, and gets its money back', () => {
  const venue = open();
  venue.deposit(SELLER, BTC, 100_000_000);
  venue.deposit(BUYER, USD, 51_255_000);
  for (let i = 0; i < 201; i++) venue.order(SELLER, Sell, 50, 500, { displayQty: 1 });
  const reports = reportsOf(venue.order(BUYER, Buy, 50, 100_500), BUYER);
  assert.equal(reports.filter(({ lastQty }) => lastQty > 0).length, 100_000);
  assert.equal(reports.at(-1)!.cancelReason, CancelReason.TooManyFills);
  // 100,000 times 50 × 10 and the taker's 2 %.
  assert.deepEqual(
    [lockedOf(venue, BUYER), balance(venue, BUYER, USD).available],
    [0, MONEY + 51_255_000 - 51_000_000],
  );
});
