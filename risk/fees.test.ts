/** Fees by tier and volume, and what rounding them down leaves. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Side, SystemAccount, TransferKind } from '../protocol/enums.ts';
import { feeOf, feeRestOf } from './fee.ts';
import { ALICE, Bank, BOB, BTC, MARKET, USD } from './testing/bank.ts';

const { Buy, Sell } = Side;
const { Fee, Rounding } = SystemAccount;
const DAY_US = 86_400_000_000;

function richBank(makerFeePpm: number, takerFeePpm: number): Bank {
  const bank = new Bank({ makerFeePpm, takerFeePpm });
  bank.deposit(ALICE, USD, 1_000_000_000);
  bank.deposit(BOB, BTC, 1_000_000_000);
  return bank;
}

/** Bob's sell rests, Alice's buy takes it; returns [maker's fee, taker's fee]. */
function trade(bank: Bank, price: number, qty: number): [number, number] {
  bank.reserve(0, BOB, Sell, price, qty);
  bank.reserve(1, ALICE, Buy, price, qty);
  bank.settle(Buy, 0, 1, price, qty, 0, 7);
  return [bank.risk.makerFee, bank.risk.takerFee];
}

describe('fees', () => {
  it('are of the tier that the account’s volume has reached before the fill', () => {
    const bank = richBank(100, 1_000);
    bank.risk.fees.setFees(MARKET, 1, 50, 500);
    bank.risk.fees.setFees(MARKET, 3, 0, 100);
    bank.risk.fees.setTier(USD, 1, 100_000);
    bank.risk.fees.setTier(USD, 2, 250_000);
    bank.risk.fees.setTier(USD, 3, 300_000);
    // 10,000 × 10 = 100,000 a trade: 100 and 1,000 ppm, then tier 1, tier 1 (2 has none), tier 3.
    assert.deepEqual(trade(bank, 100, 100), [10, 100]);
    assert.deepEqual(trade(bank, 100, 100), [5, 50]);
    assert.deepEqual(trade(bank, 100, 100), [5, 50]);
    assert.deepEqual(trade(bank, 100, 100), [0, 10]);
    assert.equal(bank.risk.volumes.total(0, 0), 0, 'the external account trades nothing');
  });

  it('forget what was traded 30 days ago', () => {
    const bank = richBank(0, 1_000);
    bank.risk.fees.setFees(MARKET, 1, 0, 500);
    bank.risk.fees.setTier(USD, 1, 100_000);
    bank.clock[0] = 5 * DAY_US + 1;
    trade(bank, 100, 100);
    bank.clock[0] = 35 * DAY_US - 1;
    assert.deepEqual(trade(bank, 1, 100), [0, 0], 'tier 1: 500 ppm of 1,000');
    bank.clock[0] = 35 * DAY_US;
    assert.deepEqual(trade(bank, 1, 100), [0, 1], 'tier 0: 1,000 ppm of 1,000');
  });

  it('count a day’s volume up to 2^48−1, whatever is traded', () => {
    const bank = richBank(0, 0);
    const { volumes } = bank.risk;
    const notional = new Float64Array([2 ** 47]);
    for (let fill = 0; fill < 3; fill++) volumes.add(0, 100, notional, 0);
    assert.equal(volumes.total(0, 100), 2 ** 48 - 1);
    volumes.add(0, 101, notional, 0);
    assert.equal(volumes.total(0, 101), 2 ** 48 - 1 + 2 ** 47);
  });

  it('of an open order are never more than the worst when it was accepted', () => {
    const bank = richBank(100, 1_000);
    bank.reserve(0, BOB, Sell, 100, 100);
    bank.reserve(1, ALICE, Buy, 100, 100);
    bank.risk.fees.setFees(MARKET, 0, 5_000, 9_000);
    bank.settle(Buy, 0, 1, 100, 100, 0, 7);
    assert.deepEqual([bank.risk.makerFee, bank.risk.takerFee], [100, 100]);
    assert.deepEqual(trade(bank, 100, 100), [500, 900]);
  });
});

describe('rounding', () => {
  it('leaves millionths; each whole unit goes from the rounding to the fee account', () => {
    const bank = richBank(150, 150);
    bank.postings.length = 0;
    // 40 × 10 × 150 ppm is 0.06 each; after 9 trades of two fees 1.08 was rounded down.
    for (let trades = 1; trades <= 9; trades++) trade(bank, 4, 10);
    const rounding = bank.postings.filter(({ kind }) => kind === TransferKind.FeeRounding);
    assert.deepEqual(
      rounding.map(({ debit, credit, amount }) => [debit, credit, amount]),
      [[Rounding, Fee, 1]],
    );
    assert.equal(bank.postings.filter(({ kind }) => kind === TransferKind.Fee).length, 0);
    assert.deepEqual(bank.holding(Rounding, USD), [-1, 0]);
    assert.equal(bank.risk.feeRest(USD), 80_000);
    assert.equal(bank.holding(Fee, BTC), undefined);
  });

  it('is exact up to the largest amounts', () => {
    for (const [notional, ppm] of [
      [Number.MAX_SAFE_INTEGER, 999_999],
      [9_007_199_254_740_000, 1],
      [1, 1_000_000],
      [333_333, 7],
    ] as const) {
      const exact = BigInt(notional) * BigInt(ppm);
      assert.equal(BigInt(feeOf(notional, ppm)), exact / 1_000_000n);
      assert.equal(BigInt(feeRestOf(notional, ppm)), exact % 1_000_000n);
    }
  });
});
