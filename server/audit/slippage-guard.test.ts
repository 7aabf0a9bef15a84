/**
 * Orders that slip further than they may, are cut where they asked to be refused whole, or are
 * refused where they need not be: by an exchange that takes the last order on other terms.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Exchange } from '../../exchange/exchange.ts';
import { slippageBound } from '../../exchange/slippage.ts';
import {
  BTC,
  BTC_USD,
  type OrderTerms,
  RecordedExchange,
  USD,
} from '../../exchange/testing/recorded-exchange.ts';
import { NewOrder } from '../../protocol/commands.ts';
import { OrderType, Side, SlippageAction, TimeInForce } from '../../protocol/enums.ts';
import { RecordBuffer } from '../../protocol/record.ts';
import { SetSlippage } from '../../protocol/risk-commands.ts';
import { testSeed } from '../../test/support/seed.ts';
import { slippedPrice } from './slippage-bound.ts';
import { assertClean, assertFound } from './testing/history-audit.ts';

const [BUYER, SELLER] = [1, 2];
const { Reject } = SlippageAction;
const { Buy, Sell } = Side;
/** From 1,000 to 1,010: to the second level of three. */
const ONE_PERCENT = 100;
const FAR = 5_000;

/** Five lots each for sale at 1,000, 1,010 and 1,011, and to be bought at 990, 980 and 979. */
function open(): RecordedExchange {
  const venue = new RecordedExchange();
  for (const account of [BUYER, SELLER]) {
    venue.deposit(account, USD, 10_000_000);
    venue.deposit(account, BTC, 100_000);
  }
  for (const price of [1_000, 1_010, 1_011]) venue.order(SELLER, Sell, price, 5);
  for (const price of [990, 980, 979]) venue.order(BUYER, Buy, price, 5);
  return venue;
}

/** Has the exchange execute the last order as if it had these terms. */
function takenWith(terms: OrderTerms) {
  return (exchange: Exchange): void => {
    const { execute } = exchange;
    const executeOther: Exchange['execute'] = (record, offset) => {
      const copy = RecordBuffer.allocate(record.bytes.length);
      copy.bytes.set(record.bytes);
      Object.assign(new NewOrder().wrap(copy, offset), terms);
      execute(copy, offset);
    };
    Object.assign(exchange, { execute: executeOther });
  };
}

test('orders that slip as far as they may, with and without a bound, are right', () => {
  const bounded = { maxSlippageBps: ONE_PERCENT };
  for (const side of [Buy, Sell]) {
    for (const terms of [{}, bounded, { ...bounded, slippageAction: Reject }]) {
      for (const qty of [3, 10, 12, 20]) {
        const venue = open();
        venue.marketOrder(side === Buy ? BUYER : SELLER, side, qty, terms);
        assertClean(venue);
      }
    }
  }
});

for (const [side, price, bound] of [
  [Buy, 1_011, 1_010],
  [Sell, 979, 981],
] as const) {
  const account = side === Buy ? 3 : 4;
  test(`a market order of side ${side} that slips too far is found`, () => {
    const venue = open();
    venue.deposit(account, USD, 1_000_000);
    venue.deposit(account, BTC, 100_000);
    venue.marketOrder(account, side, 15, { maxSlippageBps: ONE_PERCENT });
    const what = new RegExp(`trade \\d+ is at (${price}|980), and order \\d+ may slip to ${bound}`);
    assertFound(venue, what, { before: takenWith({ maxSlippageBps: FAR }) });
  });
}

test('a market order that slips further than its market lets it is found', () => {
  const venue = open();
  venue.send(new SetSlippage(), { symbolId: BTC_USD, maxSlippageBps: ONE_PERCENT });
  venue.marketOrder(BUYER, Buy, 15);
  assertFound(venue, /trade 3 is at 1011, and order \d+ may slip to 1010/, {
    before: takenWith({ maxSlippageBps: FAR }),
  });
});

test('a market order that is cut where it was to be refused whole is found', () => {
  const venue = open();
  venue.marketOrder(BUYER, Buy, 15, { maxSlippageBps: ONE_PERCENT, slippageAction: Reject });
  assertFound(venue, /was cut at 1010 \(Slippage\), and was to be refused whole/, {
    before: takenWith({ slippageAction: SlippageAction.CancelRest }),
  });
});

test('a market order that is refused where it was to be cut is found', () => {
  const venue = open();
  venue.marketOrder(BUYER, Buy, 15, { maxSlippageBps: ONE_PERCENT });
  assertFound(venue, /was refused for slippage, and asked for what it can get/, {
    before: takenWith({ slippageAction: Reject }),
  });
});

test('a market order that is refused though nothing stands behind its bound is found', () => {
  const venue = open();
  venue.marketOrder(BUYER, Buy, 15, { maxSlippageBps: 200, slippageAction: Reject });
  assertFound(venue, /was refused for slippage, and nothing stands behind 1020/, {
    before: takenWith({ maxSlippageBps: ONE_PERCENT }),
  });
});

test('a market order without a bound that is refused for slippage is found', () => {
  const venue = open();
  venue.marketOrder(BUYER, Buy, 15, { slippageAction: Reject });
  assertFound(venue, /was refused for slippage, and nothing bounds it/, {
    before: takenWith({ maxSlippageBps: ONE_PERCENT }),
  });
});

test('a stop that fired and trades beyond its protection price is found', () => {
  const venue = open();
  const terms = { orderType: OrderType.Stop, stopPrice: 990, maxSlippageBps: ONE_PERCENT };
  venue.order(SELLER, Sell, 0, 15, terms);
  const stopId = venue.exchange.sequence;
  venue.order(SELLER, Sell, 990, 1, { timeInForce: TimeInForce.IOC });
  assertFound(venue, /is at 980, and the protection price of stop \d+ is 981/, {
    before: ({ engine, risk }) => risk.setReservedPrice(engine.findOrder(stopId), 1),
  });
});

test("the audit's own bound is that of the exchange for any price and slippage", (t) => {
  const price = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });
  const bps = fc.integer({ min: 1, max: 10_000 });
  fc.assert(
    fc.property(fc.constantFrom(Buy, Sell), price, bps, (side, at, slip) => {
      assert.equal(slippedPrice(side, at, slip), slippageBound(side, at, slip));
    }),
    { seed: testSeed(t), numRuns: 250 },
  );
});
