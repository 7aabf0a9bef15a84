/** Money by example: deposits, reservations, settlement and fees. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Side, SystemAccount, TransferKind } from '../protocol/enums.ts';
import { RejectReason } from '../protocol/reject-reason.ts';
import { FIRST_CUSTOMER } from './accounts.ts';
import { createBalances } from './balances.ts';
import { ALICE, Bank, BOB, BTC, fundedBank, MAX, USD } from './testing/bank.ts';

const { Buy, Sell } = Side;
const { External, Fee } = SystemAccount;

test('a deposit opens the account and comes out of the external account', () => {
  const bank = new Bank();
  assert.equal(bank.deposit(ALICE, USD, 500, 77), RejectReason.None);
  assert.deepEqual(bank.holding(ALICE, USD), [500, 0]);
  assert.deepEqual(bank.holding(External, USD), [-500, 0]);
  assert.equal(bank.holding(ALICE, BTC), undefined);
  assert.deepEqual(bank.postings, [
    {
      kind: TransferKind.Deposit,
      currency: USD,
      debit: External,
      credit: ALICE,
      amount: 500,
      reference: 77,
    },
  ]);
});

test('a withdrawal takes available money only', () => {
  const bank = fundedBank();
  bank.reserve(0, ALICE, Buy, 9, 100); // 9,000 and 2 %
  assert.equal(bank.withdraw(ALICE, USD, 90_821, 5), RejectReason.InsufficientFunds);
  assert.equal(bank.withdraw(ALICE, USD, 90_820, 6), RejectReason.None);
  assert.deepEqual(bank.holding(ALICE, USD), [0, 9_180]);
  assert.deepEqual(bank.holding(External, USD), [-9_180, 0]);
  const [posting] = bank.postings;
  assert.deepEqual([posting?.debit, posting?.credit, posting?.reference], [ALICE, External, 6]);
  assert.equal(bank.withdraw(ALICE, BTC, 1, 7), RejectReason.InsufficientFunds);
  assert.equal(bank.withdraw(99, USD, 1, 8), RejectReason.UnknownAccount);
});

test('all holdings of a currency together may reach 2^53−1 and not pass it', () => {
  const bank = new Bank();
  assert.equal(bank.deposit(ALICE, USD, MAX - 1), RejectReason.None);
  assert.equal(bank.deposit(BOB, USD, 2), RejectReason.BalanceTooLarge);
  assert.equal(bank.deposit(BOB, USD, MAX), RejectReason.BalanceTooLarge);
  assert.equal(bank.holding(BOB, USD), undefined);
  assert.equal(bank.deposit(BOB, USD, 1), RejectReason.None);
  assert.deepEqual(bank.holding(External, USD), [-MAX, 0]);
  assert.equal(bank.deposit(BOB, BTC, MAX), RejectReason.None, 'each currency for itself');
});

test('a buy locks its notional and the worse of the two fees, a sell what it delivers', () => {
  const bank = fundedBank();
  assert.equal(bank.reserve(5, ALICE, Buy, 7, 30), RejectReason.None);
  assert.deepEqual(bank.holding(ALICE, USD), [97_858, 2_142]); // 7 × 30 × 10, and 2 %
  assert.equal(bank.reserve(6, BOB, Sell, 7, 30), RejectReason.None);
  assert.deepEqual(bank.holding(BOB, BTC), [2_000, 3_000]);
  assert.deepEqual(bank.postings, [], 'a lock is no posting');
  const dearMaker = fundedBank({ makerFeePpm: 50_000 });
  dearMaker.reserve(5, ALICE, Buy, 7, 30);
  assert.deepEqual(dearMaker.holding(ALICE, USD), [97_795, 2_205]);
});

test('a reservation may take the last unit and not one more', () => {
  const bank = fundedBank({ makerFeePpm: 0, takerFeePpm: 0 });
  assert.equal(bank.reserve(0, ALICE, Buy, 10_001, 1), RejectReason.InsufficientFunds);
  assert.deepEqual(bank.holding(ALICE, USD), [100_000, 0]);
  assert.equal(bank.reserve(0, ALICE, Buy, 10_000, 1), RejectReason.None);
  assert.deepEqual(bank.holding(ALICE, USD), [0, 100_000]);
  assert.equal(bank.reserve(1, BOB, Sell, 1, 51), RejectReason.InsufficientFunds);
  assert.equal(bank.reserve(1, BOB, Sell, 1, 50), RejectReason.None);
  assert.equal(bank.reserve(2, ALICE, Sell, 1, 1), RejectReason.InsufficientFunds);
  assert.equal(bank.reserve(2, 99, Buy, 1, 1), RejectReason.UnknownAccount);
});

test('a notional, fee or delivery beyond 2^53−1 is refused, never rounded', () => {
  const bank = new Bank({ tickValue: 1, lotSize: 1, makerFeePpm: 0, takerFeePpm: 1 });
  bank.deposit(ALICE, USD, MAX);
  const { NotionalTooLarge, InsufficientFunds, None } = RejectReason;
  assert.equal(bank.reserve(0, ALICE, Buy, MAX, 1), NotionalTooLarge, 'with its fee');
  assert.equal(bank.reserve(0, ALICE, Buy, MAX, MAX), NotionalTooLarge);
  assert.equal(bank.reserve(0, ALICE, Buy, 2 ** 27, 2 ** 26), NotionalTooLarge);
  assert.equal(bank.reserve(0, ALICE, Sell, MAX, MAX), InsufficientFunds, 'a sell delivers lots');
  const largeLots = new Bank({ lotSize: 2 ** 50, tickValue: 2 ** 50 });
  largeLots.deposit(ALICE, USD, MAX);
  assert.equal(largeLots.reserve(0, ALICE, Sell, 1, 8), NotionalTooLarge);
  assert.equal(largeLots.reserve(0, ALICE, Buy, 2, 4), NotionalTooLarge);
  const free = new Bank({ tickValue: 1, makerFeePpm: 0, takerFeePpm: 0 });
  free.deposit(ALICE, USD, MAX);
  assert.equal(free.reserve(0, ALICE, Buy, MAX, 1), None);
  assert.equal(free.adjust(0, Buy, MAX, 2), NotionalTooLarge);
  assert.deepEqual(free.holding(ALICE, USD), [0, MAX]);
});

test('an adjusted reservation locks more or frees what is too much', () => {
  const bank = fundedBank({ makerFeePpm: 0, takerFeePpm: 0 });
  bank.reserve(3, ALICE, Buy, 10, 100);
  assert.equal(bank.adjust(3, Buy, 11, 200), RejectReason.None);
  assert.deepEqual(bank.holding(ALICE, USD), [78_000, 22_000]);
  assert.equal(bank.adjust(3, Buy, 1, 1), RejectReason.None);
  assert.deepEqual(bank.holding(ALICE, USD), [99_990, 10]);
  assert.equal(bank.adjust(3, Buy, 10_001, 1), RejectReason.InsufficientFunds);
  assert.deepEqual(bank.holding(ALICE, USD), [99_990, 10]);
  assert.equal(bank.adjust(3, Buy, 10_000, 1), RejectReason.None, 'own lock counts');
  bank.risk.release(3, Buy);
  assert.deepEqual(bank.holding(ALICE, USD), [100_000, 0]);
});

test('a fee comes on top of a buy and out of a sale; a better price is refunded at once', () => {
  const bank = fundedBank();
  bank.reserve(0, BOB, Sell, 5, 30);
  bank.reserve(1, ALICE, Buy, 7, 30); // locks 2,142
  bank.settle(Buy, 0, 1, 5, 20, 10, 555);
  // 5 × 20 × 10 changed hands; 10 lots at 7 stay reserved with 2 %.
  assert.deepEqual([bank.risk.makerFee, bank.risk.takerFee], [10, 20]);
  assert.deepEqual(bank.holding(ALICE, USD), [100_000 - 1_020 - 714, 714]);
  assert.deepEqual(bank.holding(ALICE, BTC), [2_000, 0]);
  assert.deepEqual(bank.holding(BOB, BTC), [2_000, 1_000]);
  assert.deepEqual(bank.holding(BOB, USD), [990, 0]);
  assert.deepEqual(bank.holding(Fee, USD), [30, 0]);
  const told = bank.postings.map((p) => [p.kind, p.currency, p.debit, p.credit, p.amount]);
  assert.deepEqual(told, [
    [TransferKind.TradeBase, BTC, BOB, ALICE, 2_000],
    [TransferKind.TradeQuote, USD, ALICE, BOB, 1_000],
    [TransferKind.Fee, USD, ALICE, Fee, 20],
    [TransferKind.Fee, USD, BOB, Fee, 10],
  ]);
  assert.ok(bank.postings.every((posting) => posting.reference === 555));
});

test('a resting buyer pays the maker’s fee and the selling taker the taker’s', () => {
  const bank = fundedBank();
  bank.reserve(0, ALICE, Buy, 5, 20); // locks 1,020
  bank.reserve(1, BOB, Sell, 4, 20);
  bank.settle(Sell, 0, 1, 5, 20, 0, 1);
  assert.deepEqual(bank.holding(ALICE, USD), [100_000 - 1_010, 0]);
  assert.deepEqual(bank.holding(BOB, USD), [980, 0]);
  assert.deepEqual(bank.holding(Fee, USD), [30, 0]);
});

test('in an auction both pay the maker’s fee', () => {
  const bank = fundedBank();
  bank.reserve(0, ALICE, Buy, 7, 20); // locks 1,428
  bank.reserve(1, BOB, Sell, 4, 20);
  bank.settle(Sell, 0, 1, 5, 20, 0, 1, true);
  assert.deepEqual([bank.risk.makerFee, bank.risk.takerFee], [10, 10]);
  assert.deepEqual(bank.holding(ALICE, USD), [100_000 - 1_010, 0]);
  assert.deepEqual(bank.holding(BOB, USD), [990, 0]);
  assert.deepEqual(bank.holding(Fee, USD), [20, 0]);
});

test('a reservation for an amount covers what is left of it', () => {
  const bank = fundedBank();
  bank.reserve(0, BOB, Sell, 5, 30);
  bank.reserve(1, ALICE, Buy, 103, 1); // an amount of 103 ticks × lots: locks 1,050
  bank.risk.setReservedPrice(1, 3);
  bank.settle(Buy, 0, 1, 5, 20, 1, 1);
  assert.deepEqual(bank.holding(ALICE, USD), [100_000 - 1_020 - 30, 30]);
  bank.risk.release(1, Buy);
  assert.deepEqual(bank.holding(ALICE, USD), [100_000 - 1_020, 0]);
});

test('a free trade posts no fee and opens no fee balance', () => {
  const bank = fundedBank({ makerFeePpm: 0, takerFeePpm: 0 });
  bank.reserve(0, BOB, Sell, 5, 20);
  bank.reserve(1, ALICE, Buy, 5, 20);
  bank.settle(Buy, 0, 1, 5, 20, 0, 1);
  assert.equal(bank.postings.length, 2);
  assert.equal(bank.holding(Fee, USD), undefined);
});

test('the last account that the limits allow keeps its currencies apart', () => {
  const balances = createBalances(8);
  const lastAccount = 2 ** 26 + FIRST_CUSTOMER - 1; // 2^26 customers behind the venue’s own
  const slots = [0, 1, 2, 255].map((currency) => balances.open(lastAccount, 1, currency, 1));
  assert.deepEqual(
    [0, 1, 2, 255].map((currency) => balances.find(lastAccount, currency)),
    slots,
  );
  assert.equal(new Set(slots).size, slots.length);
});
