/**
 * Transfers by example: one step, pending and unknown as in docs/ledger.md, with numbers, through
 * commands and events.
 */
import assert from 'node:assert/strict';
import { describe as group, test } from 'node:test';
import { Side, SystemAccount, TransferAction, TransferStatus } from '../protocol/enums.ts';
import { orderedTransfers } from './state-view.ts';
import { BTC, USD } from './testing/recorded-exchange.ts';
import {
  ALICE,
  accepted,
  assertRefused,
  BOB,
  CAROL,
  held,
  openVenue,
  pending,
  postingsOf,
  reasonOf,
  reportsOf,
  statusOf,
} from './testing/transfer-venue.ts';

const { Post, Void, MarkUnknown } = TransferAction;
const { External, Fee, Rounding, Pnl } = SystemAccount;
const MAX = Number.MAX_SAFE_INTEGER;

group('in one step', () => {
  test('a transfer posts at once and tells its entry and references', () => {
    const venue = openVenue();
    const events = accepted(
      venue.transfer(ALICE, BOB, USD, 300, { transferId: 7, businessRefId: 88 }),
    );
    assert.deepEqual(postingsOf(events), [['Transfer', ALICE, BOB, 300, 7, 88]]);
    const [report] = reportsOf(events);
    assert.deepEqual(
      [report!.status, report!.entry, report!.postedAmount, report!.lockedAmount],
      [TransferStatus.Posted, venue.exchange.sequence, 300, 0],
    );
    assert.deepEqual(held(venue, ALICE), [700, 0]);
    assert.deepEqual(held(venue, BOB), [800, 0]);
  });

  test('without an id it posts, and there is nothing to report later', () => {
    const venue = openVenue();
    const events = accepted(venue.transfer(ALICE, BOB, USD, 300, { businessRefId: 5 }));
    assert.deepEqual(postingsOf(events), [['Transfer', ALICE, BOB, 300, 0, 5]]);
    assert.deepEqual(reportsOf(events), []);
    accepted(venue.transfer(ALICE, BOB, USD, 300, { businessRefId: 5 }));
    assert.deepEqual(held(venue, ALICE), [400, 0], 'the same without an id is another transfer');
  });

  test('deposit and withdrawal are the transfers from and to outside', () => {
    const venue = openVenue();
    const deposit = venue.deposit(CAROL, USD, 50, { transferId: 1, externalId: 900 });
    assert.deepEqual(postingsOf(deposit), [['Deposit', External, CAROL, 50, 1, 0]]);
    const withdrawal = venue.withdraw(CAROL, USD, 20, { transferId: 2 });
    assert.deepEqual(postingsOf(withdrawal), [['Withdrawal', CAROL, External, 20, 2, 0]]);
    assert.deepEqual(held(venue, CAROL), [30, 0]);
    assert.deepEqual(held(venue, External), [-1_530, 0]);
    const again = venue.transfer(External, CAROL, USD, 50, { transferId: 1, externalId: 900 });
    assert.equal(reasonOf(again), 'None', 'the same transfer by its other name');
    assert.deepEqual(held(venue, CAROL), [30, 0]);
  });

  test('a customer needs the money, the venue’s own accounts do not', () => {
    const venue = openVenue();
    assertRefused(venue.transfer(ALICE, BOB, USD, 1_001), 'InsufficientFunds');
    assertRefused(venue.transfer(ALICE, BOB, BTC, 1), 'InsufficientFunds');
    assertRefused(venue.transfer(CAROL, BOB, USD, 1), 'UnknownAccount');
    accepted(venue.transfer(Pnl, ALICE, USD, 40));
    accepted(venue.transfer(Rounding, Fee, USD, 3));
    assert.deepEqual(held(venue, Pnl), [-40, 0]);
    assert.deepEqual(held(venue, Rounding), [-3, 0]);
    assert.deepEqual(held(venue, Fee), [3, 0]);
    assert.deepEqual(held(venue, ALICE), [1_040, 0]);
  });

  test('an unknown account is opened by a credit, up to the limit', () => {
    const venue = openVenue();
    venue.setLimits({ maxAccounts: 3 });
    accepted(venue.transfer(ALICE, CAROL, USD, 10));
    assertRefused(venue.transfer(ALICE, 104, USD, 10), 'TooManyAccounts');
    assert.equal(venue.exchange.risk.accounts.customerCount, 3);
  });

  test('what customers hold, and each account of the venue, stays within 2^53−1', () => {
    const venue = openVenue();
    assertRefused(venue.deposit(ALICE, USD, MAX), 'BalanceTooLarge');
    assertRefused(venue.deposit(ALICE, USD, MAX - 1_499), 'BalanceTooLarge');
    accepted(venue.deposit(ALICE, USD, MAX - 1_500));
    assertRefused(venue.transfer(Pnl, BOB, USD, 1), 'BalanceTooLarge');
    assertRefused(venue.transfer(Pnl, Fee, USD, 1), 'BalanceTooLarge');
    accepted(venue.transfer(ALICE, Fee, USD, 10));
    assertRefused(venue.transfer(Pnl, BOB, USD, 1), 'BalanceTooLarge');
    accepted(venue.transfer(Fee, BOB, USD, 10));
    accepted(venue.transfer(Pnl, Rounding, USD, MAX));
    assertRefused(venue.transfer(Pnl, Rounding, USD, 1), 'BalanceTooLarge');
    assertRefused(venue.transfer(ALICE, Rounding, USD, 1), 'BalanceTooLarge');
    assertRefused(venue.transfer(Pnl, External, USD, 1), 'BalanceTooLarge');
    accepted(venue.transfer(Rounding, Pnl, USD, MAX));
    accepted(venue.withdraw(ALICE, USD, MAX - 510));
    assert.deepEqual(held(venue, External), [-510, 0]);
  });
});

group('pending', () => {
  test('locks at the debited account and posts nothing; posting a part frees the rest', () => {
    const venue = openVenue();
    const opened = accepted(venue.transfer(ALICE, BOB, USD, 400, { transferId: 7, ...pending }));
    assert.deepEqual(postingsOf(opened), []);
    const [report] = reportsOf(opened);
    assert.deepEqual(
      [report!.status, report!.entry, report!.lockedAmount],
      [TransferStatus.Pending, 0, 400],
    );
    assert.deepEqual(held(venue, ALICE), [600, 400]);
    assertRefused(venue.withdraw(ALICE, USD, 601), 'InsufficientFunds');
    assertRefused(venue.resolve(7, Post, { amount: 401 }), 'PostTooLarge');
    const posted = accepted(venue.resolve(7, Post, { amount: 150 }));
    assert.deepEqual(postingsOf(posted), [['Transfer', ALICE, BOB, 150, 7, 0]]);
    assert.deepEqual(held(venue, ALICE), [850, 0]);
    assert.deepEqual(held(venue, BOB), [650, 0]);
    const [after] = reportsOf(posted);
    assert.deepEqual(
      [after!.status, after!.entry, after!.amount, after!.postedAmount, after!.lockedAmount],
      [TransferStatus.Posted, venue.exchange.sequence, 400, 150, 0],
    );
  });

  test('an order cannot spend what is locked, and what is locked by an order cannot move', () => {
    const venue = openVenue();
    venue.transfer(ALICE, BOB, USD, 995, { transferId: 7, ...pending });
    assertRefused(venue.order(ALICE, Side.Buy, 1, 1), 'InsufficientFunds');
    venue.order(BOB, Side.Buy, 40, 1); // locks 408
    const tooMuch = venue.transfer(BOB, ALICE, USD, 93, { transferId: 8, ...pending });
    assertRefused(tooMuch, 'InsufficientFunds');
    accepted(venue.transfer(BOB, ALICE, USD, 92, { transferId: 9, ...pending }));
    assert.deepEqual(held(venue, BOB), [0, 500]);
  });

  test('post without an amount posts all; void frees all', () => {
    const venue = openVenue();
    venue.withdraw(ALICE, USD, 400, { transferId: 7, ...pending });
    venue.withdraw(ALICE, USD, 100, { transferId: 8, ...pending });
    assert.equal(statusOf(accepted(venue.resolve(7, Post))), 'Posted');
    assert.deepEqual(held(venue, ALICE), [500, 100]);
    assert.equal(statusOf(accepted(venue.resolve(8, Void))), 'Voided');
    assert.deepEqual(held(venue, ALICE), [600, 0]);
    assert.deepEqual(held(venue, External), [-1_100, 0]);
  });

  test('of one of the venue’s own accounts nothing is locked', () => {
    const venue = openVenue();
    const events = venue.deposit(CAROL, USD, 400, { transferId: 7, ...pending });
    assert.equal(reportsOf(events)[0]!.lockedAmount, 0);
    assert.deepEqual(held(venue, CAROL), [], 'an account opens when it is posted');
    assert.deepEqual(held(venue, External), [-1_500, 0]);
    accepted(venue.resolve(7, Post, { amount: 399 }));
    assert.deepEqual(held(venue, CAROL), [399, 0]);
  });

  test('limits are looked at when it is posted; what is refused then stays pending', () => {
    const venue = openVenue();
    venue.deposit(CAROL, USD, 400, { transferId: 7, ...pending });
    venue.setLimits({ maxAccounts: 2 });
    assertRefused(venue.resolve(7, Post), 'TooManyAccounts');
    venue.setLimits({ maxAccounts: 3 });
    venue.deposit(ALICE, USD, MAX - 1_500);
    assertRefused(venue.resolve(7, Post), 'BalanceTooLarge');
    venue.withdraw(ALICE, USD, 400);
    assert.equal(statusOf(accepted(venue.resolve(7, Post))), 'Posted');
  });

  test('it is resolved once: the very same again does nothing, another is refused', () => {
    const venue = openVenue();
    venue.transfer(ALICE, BOB, USD, 400, { transferId: 7, ...pending });
    venue.transfer(ALICE, BOB, USD, 100, { transferId: 8, ...pending });
    venue.resolve(7, Post, { amount: 150 });
    venue.resolve(8, Void);
    const again = accepted(venue.resolve(7, Post, { amount: 150 }));
    assert.deepEqual(postingsOf(again), []);
    assert.equal(reportsOf(again)[0]!.isRepeat, 1);
    assert.equal(reportsOf(again)[0]!.postedAmount, 150);
    accepted(venue.resolve(8, Void));
    for (const [transferId, action, amount] of [
      [7, Post, 0],
      [7, Post, 149],
      [7, Void, 0],
      [7, MarkUnknown, 0],
      [8, Post, 0],
    ] as const) {
      const events = venue.resolve(transferId, action, { amount });
      assertRefused(events, 'TransferAlreadyResolved');
    }
    assert.deepEqual(held(venue, ALICE), [850, 0]);
  });

  test('what is not there, was posted at once or was refused cannot be resolved', () => {
    const venue = openVenue();
    venue.transfer(ALICE, BOB, USD, 400, { transferId: 7 });
    venue.transfer(ALICE, BOB, USD, 9_999, { transferId: 8, ...pending });
    assertRefused(venue.resolve(6, Post), 'UnknownTransfer');
    assertRefused(venue.resolve(7, Post), 'TransferAlreadyResolved');
    assertRefused(venue.resolve(8, Void), 'TransferAlreadyResolved');
  });

  test('it expires in a Tick at its time, in the order of time and then of coming', () => {
    const venue = openVenue();
    const expireTime = venue.time + 100;
    venue.transfer(ALICE, BOB, USD, 10, { transferId: 9, ...pending, expireTime: expireTime + 1 });
    venue.transfer(ALICE, BOB, USD, 20, { transferId: 8, ...pending, expireTime });
    venue.transfer(ALICE, BOB, USD, 30, { transferId: 7, ...pending, expireTime });
    venue.transfer(ALICE, BOB, USD, 40, { transferId: 6, ...pending, expireTime });
    assertRefused(
      venue.transfer(ALICE, BOB, USD, 1, { transferId: 5, ...pending, expireTime: venue.time }),
      'ExpireTimePassed',
    );
    venue.resolve(6, Void);
    assert.equal(venue.exchange.nextExpireTime, expireTime);
    venue.time = expireTime - 1;
    assert.deepEqual(reportsOf(venue.tick()), []);
    assert.throws(() => venue.deposit(ALICE, USD, 1), /something is due before command/);
  });

  test('what expired is free again and cannot be posted', () => {
    const venue = openVenue();
    const expireTime = venue.time + 100;
    for (const transferId of [8, 7]) {
      venue.transfer(ALICE, BOB, USD, 20, { transferId, ...pending, expireTime });
    }
    venue.time = expireTime;
    const events = venue.tick();
    assert.deepEqual(
      reportsOf(events).map(({ transferId, status }) => [transferId, status]),
      [
        [8, TransferStatus.Expired],
        [7, TransferStatus.Expired],
      ],
    );
    assert.deepEqual(held(venue, ALICE), [1_000, 0]);
    assert.equal(venue.exchange.nextExpireTime, Number.POSITIVE_INFINITY);
    assertRefused(venue.resolve(7, Post), 'TransferAlreadyResolved');
    assertRefused(venue.resolve(7, Void), 'TransferAlreadyResolved');
  });
});

group('unknown', () => {
  test('funds stay locked, beyond the expire time, until it is resolved by its external id', () => {
    const venue = openVenue();
    const expireTime = venue.time + 10;
    venue.withdraw(ALICE, USD, 400, { transferId: 7, ...pending, expireTime, externalId: 55 });
    assert.equal(statusOf(accepted(venue.resolve(7, MarkUnknown))), 'Unknown');
    venue.time = expireTime + 1_000;
    assert.deepEqual(reportsOf(venue.tick()), []);
    assert.deepEqual(held(venue, ALICE), [600, 400]);
    for (const externalId of [0, 54]) {
      assertRefused(venue.resolve(7, Post, { externalId }), 'TransferExternalIdDiffers');
      assertRefused(venue.resolve(7, Void, { externalId }), 'TransferExternalIdDiffers');
    }
    accepted(venue.resolve(7, MarkUnknown));
    assert.equal(statusOf(accepted(venue.resolve(7, Post, { externalId: 55 }))), 'Posted');
    assert.deepEqual(held(venue, ALICE), [600, 0]);
    accepted(venue.resolve(7, Post, { externalId: 55 }));
    assertRefused(venue.resolve(7, Void, { externalId: 55 }), 'TransferAlreadyResolved');
  });

  test('the external id may come with the mark; without any there would be no way back', () => {
    const venue = openVenue();
    venue.withdraw(ALICE, USD, 400, { transferId: 7, ...pending });
    assertRefused(venue.resolve(7, MarkUnknown), 'TransferExternalIdMissing');
    const [report] = reportsOf(accepted(venue.resolve(7, MarkUnknown, { externalId: 56 })));
    assert.equal(report!.externalId, 56);
    assertRefused(venue.resolve(7, MarkUnknown, { externalId: 57 }), 'TransferExternalIdDiffers');
    assert.equal(statusOf(accepted(venue.resolve(7, Void, { externalId: 56 }))), 'Voided');
    assert.deepEqual(held(venue, ALICE), [1_000, 0]);
    const retry = accepted(venue.withdraw(ALICE, USD, 400, { transferId: 7, ...pending }));
    assert.equal(reportsOf(retry)[0]!.externalId, 0, 'the first answer had none yet');
  });

  test('only a transfer with a side outside has an external id or can be unknown', () => {
    const venue = openVenue();
    venue.transfer(ALICE, BOB, USD, 400, { transferId: 7, ...pending });
    assertRefused(venue.resolve(7, MarkUnknown), 'TransferNotExternal');
    assertRefused(venue.resolve(7, Post, { externalId: 5 }), 'TransferNotExternal');
    venue.deposit(BOB, USD, 10, { transferId: 8, ...pending });
    accepted(venue.resolve(8, Post, { externalId: 70 }));
    assertRefused(venue.resolve(8, Post, { externalId: 71 }), 'TransferExternalIdDiffers');
    assert.equal([...orderedTransfers(venue.exchange)][1]!.externalId, 70);
  });
});
