/**
 * Random valid sequences of deposits, orders and fills, after each step of which money is conserved
 * and every lock is accounted for.
 *
 * A failure prints its seed and steps; `HOGA_TEST_SEED=<seed>` runs the same again.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Side } from '../protocol/enums.ts';
import { RejectReason } from '../protocol/reject-reason.ts';
import { testSeed } from '../test/support/seed.ts';
import { Bank, BTC, TERMS, USD } from './testing/bank.ts';

const { Buy, Sell } = Side;

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
    if (accountId > 0) assert.ok(available >= 0, `${accountId} has ${available}`);
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
        risk.release(order, this.reservations.get(order)!.side);
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
    const reason = this.bank.adjust(order, reservation.side, limit, leavesQty);
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
    this.bank.settle(taking.side, maker, taker, making.limit, qty, leavesQty);
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
