/** Reservations that are out of step with what the reports of their orders said. */
import { test } from 'node:test';
import { BTC_USD, RecordedExchange, USD } from '../../exchange/testing/recorded-exchange.ts';
import { OrderType, Side } from '../../protocol/enums.ts';
import { SetFees } from '../../protocol/risk-commands.ts';
import { assertClean, assertFound } from './testing/history-audit.ts';

const ACCOUNT = 1;
const ORDER = 7;
const STOP = { orderType: OrderType.Stop, stopPrice: 60, maxSlippageBps: 1_000 };

/** The account has an order, which is order 7. */
function open(price: number, terms = {}): RecordedExchange {
  const venue = new RecordedExchange();
  venue.deposit(ACCOUNT, USD, 1_000_000);
  venue.order(ACCOUNT, Side.Buy, price, 5, terms);
  return venue;
}

test('reservations of new and changed orders, and of stops that are moved, are right', () => {
  const venue = open(50);
  venue.send(new SetFees(), { symbolId: BTC_USD, makerFeePpm: 1, takerFeePpm: 50_000 });
  venue.replace(ACCOUNT, ORDER, 50, 4);
  venue.replace(ACCOUNT, ORDER, 50, 5);
  venue.order(ACCOUNT, Side.Buy, 0, 5, STOP);
  const stop = venue.exchange.sequence;
  venue.replace(ACCOUNT, stop, 0, 4);
  venue.replace(ACCOUNT, stop, 0, 4, { stopPrice: 70 });
  assertClean(venue);
});

test('an order that is reserved with another fee than its market had is found', () => {
  const venue = open(50);
  const worst = /order 7 is reserved with 30000 ppm, and its market's worst were 20000/;
  assertFound(venue, worst, {
    before: ({ risk }) => risk.fees.setFees(0, 5, 30_000, 0),
  });
});

test('a stop that is reserved at another price than its protection price is found', () => {
  const venue = open(0, STOP);
  venue.replace(ACCOUNT, ORDER, 0, 5, { stopPrice: 70 });
  assertFound(venue, /order 7 is reserved at 73, and its protection price is 77/, {
    before: ({ engine, reservations }) =>
      reservations.setStopSlippage(engine.findOrder(ORDER), 500),
  });
});
