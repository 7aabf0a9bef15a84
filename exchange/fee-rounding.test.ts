/**
 * What rounding leaves is posted from SYSTEM_ROUNDING to SYSTEM_FEE, unit by unit; where one of
 * them would exceed 2^53−1 it waits, and nothing is ever lost.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Side, SystemAccount } from '../protocol/enums.ts';
import type { RejectReason } from '../protocol/reject-reason.ts';
import { SetFees } from '../protocol/risk-commands.ts';
import { orderedBalances } from './state-view.ts';
import { BTC, BTC_EUR, describe, EUR, RecordedExchange } from './testing/recorded-exchange.ts';

const { Buy, Sell } = Side;
const { Fee, Pnl, Rounding } = SystemAccount;
const [BUYER, SELLER] = [1, 2];
const MAX = Number.MAX_SAFE_INTEGER;
/** Of a notional of 10: 3.33333 each. */
const PPM = 333_333;

function open(deposit: number): RecordedExchange {
  const venue = new RecordedExchange();
  venue.deposit(BUYER, EUR, deposit);
  venue.deposit(SELLER, BTC, 1_000_000);
  venue.send(new SetFees(), { symbolId: BTC_EUR, makerFeePpm: PPM, takerFeePpm: PPM });
  return venue;
}

function trade(venue: RecordedExchange): void {
  venue.order(SELLER, Sell, 1, 1, { symbolId: BTC_EUR });
  const events = venue.order(BUYER, Buy, 1, 1, { symbolId: BTC_EUR });
  assert.equal(describe(events.at(-1)!), 'CommandDone None');
  assertExact(venue);
}

function held(venue: RecordedExchange, account: number): number {
  const balance = orderedBalances(venue.exchange).find(
    ({ accountId, currencyId }) => accountId === account && currencyId === EUR,
  );
  return balance === undefined ? 0 : balance.available + balance.locked;
}

function assertExact(venue: RecordedExchange): void {
  let sum = 0n;
  for (const { currencyId, available, locked } of orderedBalances(venue.exchange)) {
    assert.ok(Number.isSafeInteger(available) && Number.isSafeInteger(locked));
    if (currencyId === EUR) sum += BigInt(available) + BigInt(locked);
  }
  assert.equal(sum, 0n);
}

/** What 2 × n fees of 3.33333 come to, rounded down once. */
function exactFees(trades: number): number {
  return Math.floor((2 * trades * 10 * PPM) / 1_000_000);
}

test('SYSTEM_FEE holds what exact fees come to, rounded down once', () => {
  const venue = open(1_000);
  for (let trades = 1; trades <= 30; trades++) {
    trade(venue);
    assert.equal(held(venue, Fee), exactFees(trades));
    assert.equal(held(venue, Rounding), 6 * trades - exactFees(trades));
  }
});

test('what SYSTEM_ROUNDING cannot pay waits until it can', () => {
  const venue = open(1_000);
  venue.transfer(Rounding, Pnl, EUR, MAX - 3);
  for (let trades = 1; trades <= 30; trades++) trade(venue);
  assert.equal(held(venue, Rounding), -MAX);
  assert.equal(held(venue, Fee), 6 * 30 + 3);
  venue.transfer(Pnl, Rounding, EUR, 1_000);
  trade(venue);
  assert.equal(held(venue, Fee), exactFees(31));
});

test('what customers and SYSTEM_FEE may not hold together waits until they may', () => {
  const venue = open(MAX - 2);
  const rest = venue.transfer(BUYER, Fee, EUR, MAX - 1_000);
  assert.equal(describe(rest.at(-1)!), `CommandDone ${'None' satisfies keyof typeof RejectReason}`);
  for (let trades = 1; trades <= 30; trades++) trade(venue);
  assert.equal(held(venue, Rounding), -2);
  venue.transfer(Fee, Pnl, EUR, 5_000);
  trade(venue);
  assert.equal(-held(venue, Rounding), exactFees(31) - 6 * 31);
});
