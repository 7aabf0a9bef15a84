/**
 * Money by example: deposits, reservations, settlement and fees; then random valid sequences, after
 * each step of which money is conserved and every lock is accounted for.
 *
 * A failed property prints its seed and steps; `HOGA_TEST_SEED=<seed>` runs the same again.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Side, SystemAccount, TransferKind } from '../protocol/enums.ts';
import { RejectReason } from '../protocol/reject-reason.ts';
import { testSeed } from '../test/support/seed.ts';
import { Balances } from './accounts.ts';
import { ALICE, Bank, BOB, BTC, fundedBank, MARKET, TERMS, USD } from './testing/bank.ts';

const { Buy, Sell } = Side;
const { External, Fee } = SystemAccount;

const MAX = Number.MAX_SAFE_INTEGER;

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
  assert.equal(free.risk.adjust(0, MARKET, Buy, MAX, 2), NotionalTooLarge);
  assert.deepEqual(free.holding(ALICE, USD), [0, MAX]);
});

test('an adjusted reservation locks more or frees what is too much', () => {
  const bank = fundedBank({ makerFeePpm: 0, takerFeePpm: 0 });
  bank.reserve(3, ALICE, Buy, 10, 100);
  assert.equal(bank.risk.adjust(3, MARKET, Buy, 11, 200), RejectReason.None);
  assert.deepEqual(bank.holding(ALICE, USD), [78_000, 22_000]);
  assert.equal(bank.risk.adjust(3, MARKET, Buy, 1, 1), RejectReason.None);
  assert.deepEqual(bank.holding(ALICE, USD), [99_990, 10]);
  assert.equal(bank.risk.adjust(3, MARKET, Buy, 10_001, 1), RejectReason.InsufficientFunds);
  assert.deepEqual(bank.holding(ALICE, USD), [99_990, 10]);
  assert.equal(bank.risk.adjust(3, MARKET, Buy, 10_000, 1), RejectReason.None, 'own lock counts');
  bank.risk.release(3);
  assert.deepEqual(bank.holding(ALICE, USD), [100_000, 0]);
});

test('a fee comes on top of a buy and out of a sale; a better price is refunded at once', () => {
  const bank = fundedBank();
  bank.reserve(0, BOB, Sell, 5, 30);
  bank.reserve(1, ALICE, Buy, 7, 30); // locks 2,142
  bank.risk.settle(MARKET, Buy, 0, 1, 5, 20, 10, 555, false);
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
  bank.risk.settle(MARKET, Sell, 0, 1, 5, 20, 0, 1, false);
  assert.deepEqual(bank.holding(ALICE, USD), [100_000 - 1_010, 0]);
  assert.deepEqual(bank.holding(BOB, USD), [980, 0]);
  assert.deepEqual(bank.holding(Fee, USD), [30, 0]);
});

test('in an auction both pay the maker’s fee', () => {
  const bank = fundedBank();
  bank.reserve(0, ALICE, Buy, 7, 20); // locks 1,428
  bank.reserve(1, BOB, Sell, 4, 20);
  bank.risk.settle(MARKET, Sell, 0, 1, 5, 20, 0, 1, true);
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
  bank.risk.settle(MARKET, Buy, 0, 1, 5, 20, 1, 1, false);
  assert.deepEqual(bank.holding(ALICE, USD), [100_000 - 1_020 - 30, 30]);
  bank.risk.release(1);
  assert.deepEqual(bank.holding(ALICE, USD), [100_000 - 1_020, 0]);
});

test('a free trade posts no fee and opens no fee balance', () => {
  const bank = fundedBank({ makerFeePpm: 0, takerFeePpm: 0 });
  bank.reserve(0, BOB, Sell, 5, 20);
  bank.reserve(1, ALICE, Buy, 5, 20);
  bank.risk.settle(MARKET, Buy, 0, 1, 5, 20, 0, 1, false);
  assert.equal(bank.postings.length, 2);
  assert.equal(bank.holding(Fee, USD), undefined);
});

test('the last account that the limits allow keeps its currencies apart', () => {
  const balances = new Balances(8);
  const lastAccount = 2 ** 26 + 3; // 2^26 customers behind the four accounts of the venue
  const slots = [0, 1, 2, 255].map((currency) => balances.findOrOpen(lastAccount, currency));
  assert.equal(new Set(slots).size, slots.length);
});

interface Reservation {
  readonly accountId: number;
  readonly side: number;
  limit: number;
  leavesQty: number;
}

/** What an order must have locked, in exact integers. */
function requirementOf({ side, limit, leavesQty }: Reservation): bigint {
  if (side === Sell) return BigInt(leavesQty) * BigInt(TERMS.lotSize);
  const notional = BigInt(limit) * BigInt(leavesQty) * BigInt(TERMS.tickValue);
  const ppm = Math.max(TERMS.makerFeePpm, TERMS.takerFeePpm);
  return notional + (notional * BigInt(ppm)) / 1_000_000n;
}

function assertSound(bank: Bank, reservations: Iterable<Reservation>): void {
  const totals = [0n, 0n];
  const locks = new Map<string, bigint>();
  for (const reservation of reservations) {
    const key = `${reservation.accountId} ${reservation.side === Buy ? USD : BTC}`;
    locks.set(key, (locks.get(key) ?? 0n) + requirementOf(reservation));
  }
  for (const { accountId, currency, held } of bank.holdings()) {
    const [available, locked] = held;
    totals[currency]! += BigInt(available) + BigInt(locked);
    if (accountId !== External) assert.ok(available >= 0, `${accountId} has ${available}`);
    assert.equal(BigInt(locked), locks.get(`${accountId} ${currency}`) ?? 0n, `${accountId}`);
  }
  assert.deepEqual(totals, [0n, 0n], 'each currency sums to zero');
}

const ACCOUNTS = [1, 2, 3];

const account = fc.constantFrom(...ACCOUNTS);
const currency = fc.constantFrom(BTC, USD);
const amount = fc.integer({ min: 1, max: 30_000 });
const side = fc.constantFrom(Buy, Sell);
const price = fc.integer({ min: 1, max: 50 });
const qty = fc.integer({ min: 1, max: 40 });
const pick = fc.nat(1_000);
const settlement = fc.record({ kind: fc.constant('settle'), pick, takerPick: pick, qty });
const reservation = fc.record({ kind: fc.constant('reserve'), account, side, price, qty });
const step = fc.oneof(
  fc.record({ kind: fc.constant('deposit'), account, currency, amount }),
  fc.record({ kind: fc.constant('withdraw'), account, currency, amount }),
  reservation,
  reservation,
  reservation,
  fc.record({ kind: fc.constant('adjust'), pick, price, qty }),
  fc.record({ kind: fc.constant('release'), pick }),
  settlement,
  settlement,
  settlement,
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

class OpenOrders {
  readonly bank = new Bank();
  readonly reservations = new Map<number, Reservation>();
  private nextOrder = 0;

  constructor() {
    for (const accountId of ACCOUNTS) {
      for (const currency of [BTC, USD]) this.bank.deposit(accountId, currency, 40_000);
    }
  }

  run(step: Step): void {
    const { risk } = this.bank;
    if (step.kind === 'deposit') this.bank.deposit(step.account, step.currency, step.amount);
    else if (step.kind === 'withdraw') this.bank.withdraw(step.account, step.currency, step.amount);
    else if (step.kind === 'reserve') this.reserve(step.account, step.side, step.price, step.qty);
    else if (this.reservations.size > 0) {
      const order = this.pick(step.pick);
      if (step.kind === 'adjust') this.adjust(order, step.price, step.qty);
      else if (step.kind === 'settle') this.settle(order, step.takerPick, step.qty);
      else {
        risk.release(order);
        this.reservations.delete(order);
      }
    }
  }

  private pick(pick: number): number {
    return [...this.reservations.keys()][pick % this.reservations.size]!;
  }

  private reserve(accountId: number, side: number, limit: number, leavesQty: number): void {
    const order = this.nextOrder;
    if (this.bank.reserve(order, accountId, side, limit, leavesQty) !== RejectReason.None) return;
    this.reservations.set(order, { accountId, side, limit, leavesQty });
    this.nextOrder++;
  }

  private adjust(order: number, limit: number, leavesQty: number): void {
    const reservation = this.reservations.get(order)!;
    const reason = this.bank.risk.adjust(order, MARKET, reservation.side, limit, leavesQty);
    if (reason === RejectReason.None) Object.assign(reservation, { limit, leavesQty });
  }

  /** Fills an order, as the maker, against one on the other side whose limit meets its own. */
  private settle(maker: number, takerPick: number, most: number): void {
    const making = this.reservations.get(maker)!;
    const meets = (other: Reservation) =>
      making.side === Buy
        ? other.side === Sell && other.limit <= making.limit
        : other.side === Buy && other.limit >= making.limit;
    const takers = [...this.reservations].filter(([, other]) => meets(other));
    if (takers.length === 0) return;
    const [taker, taking] = takers[takerPick % takers.length]!;
    const qty = Math.min(most, making.leavesQty, taking.leavesQty);
    making.leavesQty -= qty;
    taking.leavesQty -= qty;
    const { leavesQty } = making.side === Buy ? making : taking;
    const { risk } = this.bank;
    risk.settle(MARKET, taking.side, maker, taker, making.limit, qty, leavesQty, 1, false);
    for (const order of [maker, taker]) {
      if (this.reservations.get(order)!.leavesQty === 0) this.reservations.delete(order);
    }
  }
}

test('any deposits, orders and fills conserve money, and locks are what open orders need', (t) => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 100, size: 'max' }), (steps) => {
      const orders = new OpenOrders();
      for (const drawn of steps) {
        orders.run(drawn);
        assertSound(orders.bank, orders.reservations.values());
      }
    }),
    { seed: testSeed(t), numRuns: 500 },
  );
});
