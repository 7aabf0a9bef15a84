/** Fees at another rate than docs/risk.md says, and volumes that are not those of the trades. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Exchange } from '../../exchange/exchange.ts';
import { US_A_DAY } from '../../exchange/testing/drawn-desk-commands.ts';
import { BTC, BTC_USD, RecordedExchange, USD } from '../../exchange/testing/recorded-exchange.ts';
import { Side, TradingState } from '../../protocol/enums.ts';
import { SetFees, SetFeeTier } from '../../protocol/risk-commands.ts';
import { BALANCE_WORD } from '../../risk/balances.ts';
import { assertClean, assertFound } from './testing/history-audit.ts';

const [BUYER, SELLER] = [1, 2];
const [MAKER_PPM, TAKER_PPM] = [10_000, 20_000];
const USD_INDEX = 1;

/** Both traded 5,000: the seller made, the buyer took. */
function open(): RecordedExchange {
  const venue = new RecordedExchange();
  venue.deposit(BUYER, USD, 10_000_000);
  venue.deposit(SELLER, BTC, 1_000_000);
  trade(venue);
  return venue;
}

function trade(venue: RecordedExchange): void {
  venue.order(SELLER, Side.Sell, 50, 10);
  venue.order(BUYER, Side.Buy, 50, 10);
}

function setTier(venue: RecordedExchange, minVolume: number): void {
  venue.send(new SetFees(), { symbolId: BTC_USD, tier: 3, makerFeePpm: 1, takerFeePpm: 5_000 });
  venue.send(new SetFeeTier(), { currencyId: USD, tier: 4, minVolume });
}

test('fees by tier, volume, auction and place in the book are right', () => {
  const venue = open();
  setTier(venue, 10_001);
  trade(venue);
  trade(venue);
  venue.time += 29 * US_A_DAY;
  trade(venue);
  venue.time += US_A_DAY;
  trade(venue);
  venue.order(SELLER, Side.Sell, 50, 3);
  venue.send(new SetFees(), { symbolId: BTC_USD, makerFeePpm: 30_000, takerFeePpm: 40_000 });
  venue.order(BUYER, Side.Buy, 50, 1);
  const order = venue.exchange.sequence + 1;
  venue.order(SELLER, Side.Sell, 51, 3);
  venue.replace(SELLER, order, 51, 2);
  venue.replace(SELLER, order, 50, 2);
  venue.order(BUYER, Side.Buy, 51, 4);
  venue.setState(TradingState.PreOpen);
  trade(venue);
  venue.setState(TradingState.Continuous);
  assertClean(venue);
});

/** What is changed before a trade of 5,000, in which the seller makes and the buyer takes. */
const FAULTS: readonly (readonly [string, (exchange: Exchange) => void, RegExp])[] = [
  [
    'other fees than a command has set',
    ({ risk }) => risk.fees.setFees(0, 0, MAKER_PPM, TAKER_PPM - 1_000),
    /trade 2 of 5000 in market 10 has a fee of 95, and the taker is of tier 0 and pays 20000 ppm/,
  ],
  [
    'a tier that no command has set',
    ({ risk }) => {
      risk.fees.setFees(0, 1, 0, 0);
      risk.fees.setTier(USD_INDEX, 1, 5_000);
    },
    /trade 2 of 5000 .* has a fee of 0, and the maker is of tier 0 and pays 10000 ppm/,
  ],
  [
    'an order that pays less than its rate, as if it had reserved less',
    ({ engine, risk }) => {
      const order = engine.levels.head(engine.books[0]!.asks.best());
      risk.state.holds.setWorstPpm(order, MAKER_PPM / 2);
    },
    /trade 2 of 5000 .* has a fee of 25, and the maker is of tier 0 and pays 10000 ppm/,
  ],
  [
    'a volume that no trade made',
    ({ risk }) => {
      const balance = risk.balances.find(risk.accounts.find(BUYER), USD_INDEX);
      risk.volumes.add(balance, 0, new Float64Array([7]), 0);
    },
    /account 1 in currency 2: a volume of 10007 on day 0, but its trades come to 10000 on day 0/,
  ],
  [
    'a rest of rounding that no trade left',
    ({ risk }) => risk.state.currencies.setFeeRest(USD_INDEX, 999_999),
    /rounding fees down left 999999 millionths of currency 2, but its trades come to 0/,
  ],
];

for (const [what, before, found] of FAULTS) {
  test(`${what}: found at the next trade`, () => {
    const venue = open();
    trade(venue);
    assertFound(venue, found, { before });
  });
}

test('an account of a higher tier that pays the fees of tier 0 is found', () => {
  const venue = open();
  setTier(venue, 5_000);
  trade(venue);
  assertFound(venue, /has a fee of 50, and the maker is of tier 4 and pays 1 ppm/, {
    before: ({ risk }) => risk.fees.setTier(USD_INDEX, 4, 5_001),
  });
});

test('a volume that is lost is found when everything is checked', () => {
  const venue = open();
  venue.deposit(BUYER, USD, 1);
  assertFound(venue, /account 1 in currency 2: 1 of the days on which it traded are not counted/, {
    before: ({ risk }) => {
      const balance = risk.balances.find(risk.accounts.find(BUYER), USD_INDEX);
      risk.balances.pageOf(balance)[risk.balances.wordOf(balance) + BALANCE_WORD.WINDOW] = 0;
    },
  });
});

test('what rounding leaves is posted when it makes a unit, no sooner and no later', () => {
  const venue = new RecordedExchange();
  venue.send(new SetFees(), { symbolId: BTC_USD, makerFeePpm: 1, takerFeePpm: 150 });
  venue.deposit(BUYER, USD, 10_000_000);
  venue.deposit(SELLER, BTC, 1_000_000);
  // Each leaves 755,000 millionths.
  trade(venue);
  trade(venue);
  assert.equal(venue.exchange.risk.feeRest(USD_INDEX), 510_000);
  assertClean(venue);
  assertFound(venue, /has 0 posted for rounding, and 1 is due: 1510000 millionths were left/, {
    before: ({ risk }) => risk.state.currencies.setFeeRest(USD_INDEX, 0),
  });
  assertFound(venue, /has 2 posted for rounding, and 1 is due/, {
    before: ({ risk }) => risk.state.currencies.setFeeRest(USD_INDEX, 1_755_000),
  });
});
