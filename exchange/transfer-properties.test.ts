/**
 * Random transfers, resolutions, reversals, retries, ticks and trades against plain objects that
 * say the same. After every command the books balance, nobody owes, what is locked is what orders
 * and transfers hold, a refusal changed nothing, and a retry got the first answer.
 *
 * A failure prints its seed and commands; `HOGA_TEST_SEED=<seed>` runs the same again.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { nameOf, Side, SystemAccount, TransferAction, TransferMode } from '../protocol/enums.ts';
import { CommandDone, Transfer } from '../protocol/events.ts';
import { RejectReason } from '../protocol/reject-reason.ts';
import { TransferReport } from '../protocol/transfer-report.ts';
import { hasExternalSide, type TransferTerms } from '../protocol/transfer-terms.ts';
import { testSeed } from '../test/support/seed.ts';
import { EventBuffer } from './event-sink.ts';
import { Exchange } from './exchange.ts';
import { hashState } from './state-hash.ts';
import { orderedBalances, orderedOrders, orderedTransfers } from './state-view.ts';
import {
  BTC,
  BTC_EUR,
  EUR,
  type EventView,
  LOT_SIZE,
  RecordedExchange,
  TICK_VALUE,
} from './testing/recorded-exchange.ts';
import { TransferOracle } from './testing/transfer-oracle.ts';

const CURRENCIES = [BTC, EUR];
const CUSTOMERS = [1, 2, 3, Number.MAX_SAFE_INTEGER];
const MAX_TRANSFERS = 14;
const MAX = Number.MAX_SAFE_INTEGER;

const customer = fc.constantFrom(...CUSTOMERS);
const account = fc.oneof(
  { weight: 3, arbitrary: customer },
  { weight: 2, arbitrary: fc.constantFrom(...Object.values(SystemAccount)) },
);
const currencyId = fc.constantFrom(BTC, EUR, EUR, EUR, 99);
/** Some so small that they meet, some at the end of what all customers may hold. */
const amount = fc.oneof(
  { weight: 5, arbitrary: fc.integer({ min: 1, max: 4_000 }) },
  { weight: 4, arbitrary: fc.integer({ min: 1, max: 3 }) },
  { weight: 1, arbitrary: fc.constantFrom(MAX, 2 ** 52, 2 ** 32) },
  { weight: 1, arbitrary: fc.integer({ min: MAX - 15_002, max: MAX - 14_990 }) },
);
/** 0: all. */
const part = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 2_000 }), amount);
/** Few, so that many are known; 0: none. */
const transferId = fc.integer({ min: 0, max: 18 });
const namedId = fc.integer({ min: 1, max: 18 });
const reference = fc.constantFrom(0, 0, 0, 5, 6);

const transfer = fc.record({
  kind: fc.constant('transfer'),
  debitAccountId: account,
  creditAccountId: account,
  currencyId,
  amount,
  transferId,
  businessRefId: reference,
  externalId: reference,
  isPending: fc.boolean(),
  lifetimeUs: fc.constantFrom(0, 0, -1, 3, 9, 40),
});
const resolve = fc.record({
  kind: fc.constant('resolve'),
  transferId: namedId,
  action: fc.integer({ min: 1, max: 3 }),
  amount: part,
  externalId: reference,
});
const reverse = fc.record({
  kind: fc.constant('reverse'),
  transferId: namedId,
  originalTransferId: namedId,
  amount: part,
  businessRefId: reference,
  externalId: reference,
});
const order = fc.record({
  kind: fc.constant('order'),
  customer,
  side: fc.constantFrom(Side.Buy, Side.Sell),
  price: fc.integer({ min: 48, max: 52 }),
  qty: fc.integer({ min: 1, max: 6 }),
});
const command = fc.oneof(
  { weight: 6, arbitrary: transfer },
  { weight: 5, arbitrary: resolve },
  { weight: 4, arbitrary: reverse },
  { weight: 4, arbitrary: order },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('retry'), pick: fc.nat(1_000) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('time'), us: fc.nat(20) }) },
);
type Command = typeof command extends fc.Arbitrary<infer T> ? T : never;

class Duel {
  readonly venue = new RecordedExchange();
  readonly oracle = new TransferOracle(CURRENCIES, MAX_TRANSFERS);
  /** The first report of each transfer id, without what a retry's tells differently. */
  private readonly firstAnswers = new Map<number, string>();
  /** What was sent about transfers, to be sent once more. */
  private readonly sent: (() => void)[] = [];

  constructor() {
    this.venue.setLimits({ maxTransfers: MAX_TRANSFERS });
    for (const customer of CUSTOMERS.slice(0, 3)) {
      for (const currency of CURRENCIES) {
        this.venue.deposit(customer, currency, 5_000);
        this.oracle.move(SystemAccount.External, customer, currency, 5_000);
      }
    }
  }

  run(drawn: Command): void {
    this.advance(() => this.venue.tickIfDue());
    if (drawn.kind === 'transfer') this.remembered(this.transferOf(drawn));
    else if (drawn.kind === 'resolve') this.remembered(this.resolutionOf(drawn));
    else if (drawn.kind === 'reverse') this.remembered(this.reversalOf(drawn));
    else if (drawn.kind === 'order') {
      const { customer, side, price, qty } = drawn;
      this.trade(this.venue.order(customer, side, price, qty, { symbolId: BTC_EUR }));
    } else if (drawn.kind === 'retry') this.sent[drawn.pick % this.sent.length]?.();
    else {
      this.venue.time += drawn.us;
      this.advance(() => this.venue.tick());
    }
  }

  private resolutionOf(drawn: Extract<Command, { kind: 'resolve' }>): () => void {
    const { transferId, action, externalId } = drawn;
    // To post a part is the only resolution with an amount.
    const amount = action === TransferAction.Post ? drawn.amount : 0;
    const terms = { transferId, action, amount, externalId };
    return () => {
      const expected = this.oracle.resolve(terms);
      this.check(this.venue.resolve(transferId, action, terms), expected);
    };
  }

  private reversalOf(drawn: Extract<Command, { kind: 'reverse' }>): () => void {
    const { kind: _, ...terms } = drawn;
    const { transferId, originalTransferId } = terms;
    return () => {
      const original = this.oracle.transfers.get(originalTransferId);
      const debited = original?.creditAccountId ?? 0;
      const lock = this.orderLock(debited, original?.currencyId ?? 0);
      const expected = this.oracle.reverse(terms, lock);
      this.check(this.venue.reverse(transferId, originalTransferId, terms), expected);
    };
  }

  private remembered(send: () => void): void {
    this.sent.push(send);
    send();
  }

  /** Draws only what a gateway lets pass. */
  private transferOf(drawn: Extract<Command, { kind: 'transfer' }>): () => void {
    const { debitAccountId, creditAccountId, transferId } = drawn;
    const isPending = drawn.isPending && transferId !== 0;
    const { lifetimeUs } = drawn;
    const terms: TransferTerms = {
      transferId,
      debitAccountId,
      creditAccountId,
      currencyId: drawn.currencyId,
      amount: drawn.amount,
      mode: isPending ? TransferMode.Pending : TransferMode.OneStep,
      expireTime: isPending && lifetimeUs !== 0 ? this.venue.time + lifetimeUs : 0,
      businessRefId: drawn.businessRefId,
      externalId: hasExternalSide(debitAccountId, creditAccountId) ? drawn.externalId : 0,
    };
    return () => {
      const { time } = this.venue;
      const lock = this.orderLock(debitAccountId, terms.currencyId);
      const expected = this.oracle.transfer(terms, time, lock);
      const { currencyId, amount } = terms;
      const events = this.venue.transfer(
        debitAccountId,
        creditAccountId,
        currencyId,
        amount,
        terms,
      );
      this.check(events, expected);
    };
  }

  private advance(tick: () => EventView[]): void {
    const { time } = this.venue;
    if (tick().length === 0) return;
    this.oracle.expire(time);
    this.assertSound();
  }

  private trade(events: EventView[]): void {
    for (const event of events) {
      if (!(event instanceof Transfer)) continue;
      const { debitAccountId, creditAccountId, currencyId, amount } = event;
      this.oracle.move(debitAccountId, creditAccountId, currencyId, amount);
    }
    this.assertSound();
  }

  private check(events: EventView[], expected: string): void {
    const done = events.at(-1);
    assert.ok(done instanceof CommandDone);
    assert.equal(nameOf(RejectReason, done.rejectReason), expected);
    if (expected !== 'None') {
      assert.ok(!events.some((event) => event instanceof Transfer), 'a refusal posts nothing');
    }
    const [report] = events.filter((event) => event instanceof TransferReport);
    if (report !== undefined) this.checkAnswer(report);
    this.assertSound();
  }

  private checkAnswer(report: TransferReport): void {
    const { transferId, entry, status, amount, postedAmount, lockedAmount, rejectReason } = report;
    const answer = JSON.stringify([
      entry,
      status,
      amount,
      postedAmount,
      lockedAmount,
      rejectReason,
    ]);
    const first = this.firstAnswers.get(transferId);
    if (first === undefined) this.firstAnswers.set(transferId, answer);
    // A repeat of a resolution tells the transfer as it is, which is not as it came.
    else if (report.isRepeat === 1 && report.status === JSON.parse(first)[1]) {
      assert.equal(answer, first);
    }
  }

  /** What open orders of an account hold of a currency. */
  private orderLock(accountId: number, currency: number): bigint {
    let locked = 0n;
    for (const order of orderedOrders(this.venue.exchange)) {
      if (order.accountId !== accountId) continue;
      const leaves = BigInt(order.qty - order.cumQty);
      if (order.side === Side.Sell && currency === BTC) locked += leaves * BigInt(LOT_SIZE);
      const notional = leaves * BigInt(order.price) * BigInt(TICK_VALUE);
      if (order.side === Side.Buy && currency === EUR) locked += notional;
    }
    return locked;
  }

  private assertSound(): void {
    const { exchange } = this.venue;
    const sums = new Map(CURRENCIES.map((currency) => [currency, 0n]));
    for (const { accountId, currencyId, available, locked } of orderedBalances(exchange)) {
      const key = `${accountId} ${currencyId}`;
      const total = BigInt(available) + BigInt(locked);
      assert.equal(total, this.oracle.totals.get(key) ?? 0n, key);
      const held = this.oracle.lockedOf(accountId, currencyId);
      assert.equal(BigInt(locked), held + this.orderLock(accountId, currencyId), `lock ${key}`);
      if (accountId > 0) assert.ok(available >= 0 && locked >= 0, `${key} owes`);
      assert.ok(Number.isSafeInteger(available), `${key} is exact`);
      sums.set(currencyId, sums.get(currencyId)! + total);
    }
    assert.deepEqual([...sums.values()], [0n, 0n], 'each currency sums to zero');
    const told = [...orderedTransfers(exchange)].map((transfer) => {
      const { transferId, status, postedAmount, reversedAmount, lockedAmount } = transfer;
      return [transferId, status, postedAmount, reversedAmount, lockedAmount, transfer.externalId];
    });
    const expected = [...this.oracle.transfers].map(([id, transfer]) => {
      const { status, posted, reversed, locked, externalId } = transfer;
      return [id, status, posted, reversed, locked, externalId];
    });
    assert.deepEqual(told, expected);
  }

  /** The recorded commands lead another exchange to the same state, by the same events. */
  assertReplays(): void {
    const capacity = { openOrders: 4_096, accounts: 1_000 };
    const replayed = new Exchange(new EventBuffer(), capacity);
    for (const record of this.venue.history) replayed.execute(record, 0);
    assert.equal(`${replayed.events.hash}`, `${this.venue.exchange.events.hash}`);
    assert.equal(hashState(replayed), hashState(this.venue.exchange));
  }
}

test('any transfers, retries and trades come to what plain objects say', (t) => {
  fc.assert(
    fc.property(fc.array(command, { maxLength: 80, size: 'max' }), (commands) => {
      const duel = new Duel();
      for (const drawn of commands) duel.run(drawn);
      duel.assertReplays();
    }),
    { seed: testSeed(t), numRuns: 400 },
  );
});
