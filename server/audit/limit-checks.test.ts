/** Orders and new terms that were accepted beyond a limit: each kind, each way it is counted. */
import { test } from 'node:test';
import type { Exchange } from '../../exchange/exchange.ts';
import {
  BTC,
  BTC_EUR,
  BTC_USD,
  EUR,
  RecordedExchange,
  USD,
} from '../../exchange/testing/recorded-exchange.ts';
import { OrderType, Side, TimeInForce, TradingState } from '../../protocol/enums.ts';
import { SetRiskLimits } from '../../protocol/risk-commands.ts';
import { SetRulesVersion } from '../../protocol/venue-commands.ts';
import type { Limits } from '../../risk/risk-limits.ts';
import { assertClean, assertFound } from './testing/history-audit.ts';

const [ACCOUNT, OTHER] = [1, 2];
const { Market, Stop, StopLimit } = OrderType;
const { Buy, Sell } = Side;
const SWEPT = { orderType: Market, timeInForce: TimeInForce.IOC };

/** Two accounts that have all to trade; the other one sells at 50, 52 and 54, and buys at 40. */
function open(): RecordedExchange {
  const venue = new RecordedExchange();
  for (const account of [ACCOUNT, OTHER]) {
    for (const currency of [USD, EUR]) venue.deposit(account, currency, 10_000_000);
  }
  venue.deposit(ACCOUNT, BTC, 450);
  venue.deposit(OTHER, BTC, 1_000_000);
  for (const price of [50, 52, 54]) venue.order(OTHER, Sell, price, 10);
  venue.order(OTHER, Buy, 40, 10);
  return venue;
}

type Set = Partial<Limits> & { readonly accountId?: number; readonly symbolId?: number };

/** Without limits the exchange accepts what they forbid. */
function loseLimits({ risk }: Exchange): void {
  risk.preTrade.limits.clear();
}

/** What is limited, then sent and refused; accepted without the limits it must be found. */
type Case = readonly [string, readonly Set[], (venue: RecordedExchange) => void, RegExp];

const CASES: readonly Case[] = [
  [
    'a quantity',
    [{ maxOrderQty: 5 }],
    (venue) => venue.order(ACCOUNT, Buy, 41, 6),
    /and maxOrderQty over all markets is 5: with it that is 6/,
  ],
  [
    'a quantity beyond the account’s own limit in the market, though each account’s is higher',
    [{ maxOrderQty: 9 }, { accountId: ACCOUNT, symbolId: BTC_USD, maxOrderQty: 5 }],
    (venue) => venue.order(ACCOUNT, Buy, 41, 6),
    /and maxOrderQty in market 10 is 5: with it that is 6/,
  ],
  [
    'a new quantity',
    [{ maxOrderQty: 5 }],
    (venue) => {
      venue.order(ACCOUNT, Buy, 41, 5);
      venue.replace(ACCOUNT, venue.exchange.sequence, 41, 6);
    },
    /and maxOrderQty over all markets is 5: with it that is 6/,
  ],
  [
    'a notional at the limit price',
    [{ maxOrderNotional: 2_000 }],
    (venue) => venue.order(ACCOUNT, Buy, 41, 5),
    /and maxOrderNotional over all markets is 2000: with it that is 2050/,
  ],
  [
    'a notional at a new price',
    [{ maxOrderNotional: 2_000 }],
    (venue) => {
      venue.order(ACCOUNT, Buy, 40, 5);
      venue.replace(ACCOUNT, venue.exchange.sequence, 41, 5);
    },
    /and maxOrderNotional over all markets is 2000: with it that is 2050/,
  ],
  [
    'a notional of a market order at the worst price that it fills',
    [{ symbolId: BTC_USD, maxOrderNotional: 7_799 }],
    (venue) => venue.order(ACCOUNT, Buy, 0, 15, SWEPT),
    /and maxOrderNotional in market 10 is 7799: with it that is 7800/,
  ],
  [
    'a notional of a market order that waits for an auction at the end of the band',
    [{ maxOrderNotional: 2_999 }],
    (venue) => {
      venue.setBand(50, 10);
      venue.setState(TradingState.PreOpen);
      venue.order(ACCOUNT, Buy, 0, 5, SWEPT);
    },
    /and maxOrderNotional over all markets is 2999: with it that is 3000/,
  ],
  [
    'a notional of a stop to buy at its protection price',
    [{ maxOrderNotional: 3_299 }],
    (venue) => {
      const terms = { orderType: Stop, stopPrice: 60, maxSlippageBps: 1_000 };
      venue.order(ACCOUNT, Buy, 0, 5, terms);
    },
    /and maxOrderNotional over all markets is 3299: with it that is 3300/,
  ],
  [
    'a notional of a stop that was moved',
    [{ maxOrderNotional: 3_300 }],
    (venue) => {
      const terms = { orderType: Stop, stopPrice: 60, maxSlippageBps: 1_000 };
      venue.order(ACCOUNT, Buy, 0, 5, terms);
      venue.replace(ACCOUNT, venue.exchange.sequence, 0, 5, { stopPrice: 61 });
    },
    /and maxOrderNotional over all markets is 3300: with it that is 3350/,
  ],
  [
    'a notional of a stop to sell at its stop price',
    [{ maxOrderNotional: 1_199 }],
    (venue) => venue.order(ACCOUNT, Sell, 0, 4, { orderType: Stop, stopPrice: 30 }),
    /and maxOrderNotional over all markets is 1199: with it that is 1200/,
  ],
  [
    'a notional of a stop with a limit at that',
    [{ maxOrderNotional: 2_999 }],
    (venue) => venue.order(ACCOUNT, Buy, 60, 5, { orderType: StopLimit, stopPrice: 55 }),
    /and maxOrderNotional over all markets is 2999: with it that is 3000/,
  ],
  [
    'what an order by amount may spend before fees',
    // 306 ticks × lots are 3,060: 3,000 and 2 % of it.
    [{ maxOrderNotional: 2_999 }],
    (venue) => venue.order(ACCOUNT, Buy, 0, 0, { ...SWEPT, amount: 306 }),
    /and maxOrderNotional over all markets is 2999: with it that is 3000 or more/,
  ],
  [
    'an open order in the market',
    [{ symbolId: BTC_USD, maxOpenOrders: 1 }],
    (venue) => {
      venue.order(ACCOUNT, Buy, 41, 1);
      venue.order(ACCOUNT, Buy, 41, 1);
    },
    /and maxOpenOrders in market 10 is 1: with it that is 2/,
  ],
  [
    'an open order over all markets',
    [{ maxOpenOrders: 1 }],
    (venue) => {
      venue.order(ACCOUNT, Buy, 41, 1, { symbolId: BTC_EUR });
      venue.order(ACCOUNT, Buy, 41, 1);
    },
    /and maxOpenOrders over all markets is 1: with it that is 2/,
  ],
  [
    'a position in the market, with part of a lot that is held',
    [{ symbolId: BTC_USD, maxPosition: 9 }],
    (venue) => {
      venue.order(ACCOUNT, Buy, 41, 2);
      venue.order(ACCOUNT, Buy, 41, 3);
    },
    /and maxPosition in market 10 is 9: with it that is 950 units/,
  ],
  [
    'a position over all markets',
    [{ maxPosition: 9 }],
    (venue) => {
      venue.order(ACCOUNT, Buy, 41, 2, { symbolId: BTC_EUR });
      venue.order(ACCOUNT, Buy, 41, 3);
    },
    /and maxPosition over all markets is 9: with it that is 950 units/,
  ],
  [
    'a position by a replace that adds to it',
    [{ maxPosition: 9 }],
    (venue) => {
      venue.order(ACCOUNT, Buy, 41, 4);
      venue.replace(ACCOUNT, venue.exchange.sequence, 41, 5);
    },
    /and maxPosition over all markets is 9: with it that is 950 units/,
  ],
];

for (const [what, limits, send, found] of CASES) {
  test(`${what} that was accepted beyond its limit is found`, () => {
    const venue = open();
    venue.send(new SetRulesVersion(), { rulesVersion: 2 });
    for (const set of limits) venue.send(new SetRiskLimits(), set);
    send(venue);
    assertFound(venue, found, { before: loseLimits });
  });
}

test('by rules version 1 a position is of whole lots, and of one market', () => {
  const venue = open();
  venue.send(new SetRiskLimits(), { maxPosition: 9 });
  venue.order(ACCOUNT, Buy, 41, 5, { symbolId: BTC_EUR });
  venue.order(ACCOUNT, Buy, 41, 5);
  assertClean(venue);
  venue.order(ACCOUNT, Buy, 41, 1);
  assertFound(venue, /and maxPosition over all markets is 9: with it that is 10 lots/, {
    before: loseLimits,
  });
});

test('a limit that is lowered beneath what is open is broken by nobody', () => {
  const venue = open();
  venue.send(new SetRulesVersion(), { rulesVersion: 2 });
  venue.order(ACCOUNT, Buy, 41, 6);
  const order = venue.exchange.sequence;
  const limits = { maxOrderQty: 5, maxOpenOrders: 1, maxPosition: 3 };
  venue.send(new SetRiskLimits(), limits);
  venue.replace(ACCOUNT, order, 41, 5);
  venue.replace(ACCOUNT, order, 42, 5);
  venue.order(ACCOUNT, Sell, 50, 2, { timeInForce: TimeInForce.IOC });
  venue.order(OTHER, Sell, 42, 5);
  assertClean(venue);
});

test('limits hold to the unit: what is just within them is right', () => {
  const venue = open();
  venue.send(new SetRulesVersion(), { rulesVersion: 2 });
  const limits = { accountId: ACCOUNT, maxOrderQty: 15, maxOrderNotional: 7_800, maxOpenOrders: 2 };
  venue.send(new SetRiskLimits(), limits);
  venue.order(ACCOUNT, Buy, 0, 15, SWEPT);
  venue.order(ACCOUNT, Buy, 0, 0, { ...SWEPT, amount: 100 });
  venue.order(ACCOUNT, Buy, 41, 3);
  venue.order(ACCOUNT, Sell, 60, 3, { symbolId: BTC_EUR });
  assertClean(venue);
});
