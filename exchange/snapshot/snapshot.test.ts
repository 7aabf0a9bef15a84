/**
 * An exchange that is made from a snapshot goes on as the one that it was made of: the same events
 * for whatever commands come, wherever snapshots lie between them, and whatever its capacity is.
 *
 * A failure prints its seed and commands; `HOGA_TEST_SEED=<seed>` runs the same again.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  Side,
  TimeInForce,
  TradingState,
  VenueMode,
  VenueModeReason,
} from '../../protocol/enums.ts';
import { SetFees, SetFeeTier, SetRiskLimits } from '../../protocol/risk-commands.ts';
import { SetVenueMode } from '../../protocol/venue-mode.ts';
import { testSeed } from '../../test/support/seed.ts';
import { hashState } from '../state-hash.ts';
import { anyCommand, deposits, sendAll, US_A_DAY } from '../testing/drawn-desk-commands.ts';
import { BTC_EUR, BTC_USD, RecordedExchange, USD } from '../testing/recorded-exchange.ts';
import { assertSnapshotsReplay, restoredFrom } from '../testing/restored-exchange.ts';

const CAPACITY = { openOrders: 100, accounts: 3 };

test('with snapshots between any commands an exchange tells the same as without', (t) => {
  fc.assert(
    fc.property(
      fc.array(anyCommand, { maxLength: 120, size: 'max' }),
      fc.integer({ min: 1, max: 40 }),
      (commands, every) => {
        const venue = new RecordedExchange();
        deposits(venue);
        sendAll(venue, commands);
        assertSnapshotsReplay(venue.history, every, venue.exchange);
      },
    ),
    { seed: testSeed(t), numRuns: 150 },
  );
});

test('orders of an account are canceled in the order of their entry, wherever they rest', () => {
  const venue = new RecordedExchange();
  deposits(venue);
  const { Buy } = Side;
  for (const price of [30, 50, 40]) venue.order(1, Buy, price, 1);
  const restored = restoredFrom(venue.exchange, CAPACITY);
  venue.massCancel(1);
  restored.execute(venue.history.at(-1)!, 0);
  assert.equal(`${restored.events.hash}`, `${venue.exchange.events.hash}`);
});

test('orders that expire at one time do so in the order of their entry', () => {
  const venue = new RecordedExchange();
  deposits(venue);
  const { Buy } = Side;
  const terms = { timeInForce: TimeInForce.GTD, expireTime: venue.time + 1_000 };
  for (const price of [30, 50, 40]) venue.order(1, Buy, price, 1, terms);
  const restored = restoredFrom(venue.exchange, CAPACITY);
  assert.equal(restored.nextExpireTime, venue.exchange.nextExpireTime);
  venue.time += 1_000;
  venue.tick();
  restored.execute(venue.history.at(-1)!, 0);
  assert.equal(restored.engine.openOrderCount, 0);
  assert.equal(`${restored.events.hash}`, `${venue.exchange.events.hash}`);
});

test('an account keeps its volume of each day, and so its tier', () => {
  const venue = new RecordedExchange();
  deposits(venue);
  const trade = () => {
    venue.order(1, Side.Sell, 50, 2);
    venue.order(2, Side.Buy, 50, 2);
  };
  for (const days of [0, 11, 11]) {
    venue.time += days * US_A_DAY;
    trade();
  }
  const restored = restoredFrom(venue.exchange, CAPACITY);
  // The first day leaves the window of 30, the others stay.
  venue.time += 10 * US_A_DAY;
  venue.send(new SetFeeTier(), { currencyId: USD, tier: 1, minVolume: 2_001 });
  venue.send(new SetFees(), { symbolId: BTC_USD, tier: 1, makerFeePpm: 1, takerFeePpm: 1 });
  trade();
  trade();
  for (const record of venue.history.slice(restored.sequence)) restored.execute(record, 0);
  assert.equal(`${restored.events.hash}`, `${venue.exchange.events.hash}`);
  assert.equal(hashState(restored), hashState(venue.exchange));
});

test('what an iceberg hides counts for its account’s position', () => {
  const venue = new RecordedExchange();
  deposits(venue);
  venue.order(1, Side.Buy, 50, 9, { displayQty: 2 });
  venue.send(new SetRiskLimits(), { accountId: 1, symbolId: BTC_USD, maxPosition: 310 });
  const restored = restoredFrom(venue.exchange, CAPACITY);
  for (const qty of [2, 1]) venue.order(1, Side.Buy, 50, qty);
  for (const record of venue.history.slice(restored.sequence)) restored.execute(record, 0);
  assert.equal(restored.engine.openOrderCount, 2, 'one was refused');
  assert.equal(`${restored.events.hash}`, `${venue.exchange.events.hash}`);
});

test('a venue that takes cancels only goes on so, for the same reasons', () => {
  const venue = new RecordedExchange();
  venue.send(new SetVenueMode(), { mode: VenueMode.CancelOnly, reason: VenueModeReason.DiskLow });
  const { venue: restored } = restoredFrom(venue.exchange, CAPACITY);
  assert.equal(restored.mode, VenueMode.CancelOnly);
  assert.equal(restored.cancelOnlyReasons, VenueModeReason.DiskLow);
});

test('who set a trading state last is remembered', () => {
  const venue = new RecordedExchange();
  venue.setState(TradingState.Halted, BTC_EUR);
  const { venue: restored } = restoredFrom(venue.exchange, CAPACITY);
  assert.deepEqual(restored.stateChange(0), { gatewayId: 0, time: 0 });
  assert.deepEqual(restored.stateChange(1), { gatewayId: 0, time: venue.exchange.time });
});
