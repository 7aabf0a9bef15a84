/** Reversals, and what an id that is known does: docs/ledger.md, with numbers. */
import assert from 'node:assert/strict';
import { describe as group, test } from 'node:test';
import { SystemAccount, TransferAction, TransferMode, TransferStatus } from '../protocol/enums.ts';
import { RejectReason } from '../protocol/reject-reason.ts';
import { orderedTransfers } from './state-view.ts';
import { EUR, type EventView, type RecordedExchange, USD } from './testing/recorded-exchange.ts';
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
const { External } = SystemAccount;

/** Alice paid Bob 300 under id 7. */
function paidVenue(): RecordedExchange {
  const venue = openVenue();
  accepted(venue.transfer(ALICE, BOB, USD, 300, { transferId: 7 }));
  return venue;
}

group('reversal', () => {
  test('posts the other way, names the original, and is counted there', () => {
    const venue = paidVenue();
    const events = accepted(venue.reverse(70, 7, { amount: 120, businessRefId: 9 }));
    assert.deepEqual(postingsOf(events), [['Reversal', BOB, ALICE, 120, 70, 9]]);
    const [own, original] = reportsOf(events);
    assert.deepEqual(
      [own!.transferId, own!.originalTransferId, own!.status, own!.entry, own!.postedAmount],
      [70, 7, TransferStatus.Posted, venue.exchange.sequence, 120],
    );
    assert.deepEqual([original!.transferId, original!.reversedAmount], [7, 120]);
    assert.deepEqual(held(venue, ALICE), [820, 0]);
    assert.deepEqual(held(venue, BOB), [680, 0]);
  });

  test('without an amount takes all that is left; all together never exceed the original', () => {
    const venue = paidVenue();
    accepted(venue.reverse(70, 7, { amount: 120 }));
    assertRefused(venue.reverse(71, 7, { amount: 181 }), 'ReversalTooLarge');
    const rest = accepted(venue.reverse(72, 7));
    assert.equal(reportsOf(rest)[0]!.amount, 180);
    assertRefused(venue.reverse(73, 7), 'ReversalTooLarge');
    assertRefused(venue.reverse(74, 7, { amount: 1 }), 'ReversalTooLarge');
    assert.deepEqual(held(venue, ALICE), [1_000, 0]);
  });

  test('of what was posted in part reverses that part at most', () => {
    const venue = openVenue();
    venue.withdraw(ALICE, USD, 400, { transferId: 7, ...pending });
    assertRefused(venue.reverse(69, 7), 'TransferNotReversible');
    venue.resolve(7, Post, { amount: 150 });
    assertRefused(venue.reverse(70, 7, { amount: 151 }), 'ReversalTooLarge');
    const events = accepted(venue.reverse(71, 7, { externalId: 5 }));
    assert.deepEqual(postingsOf(events), [['Reversal', External, ALICE, 150, 71, 0]]);
    assert.deepEqual(held(venue, ALICE), [1_000, 0]);
  });

  test('that would make a customer negative is refused', () => {
    const venue = paidVenue();
    venue.withdraw(BOB, USD, 600);
    assertRefused(venue.reverse(70, 7), 'InsufficientFunds');
    assert.equal(statusOf(accepted(venue.reverse(71, 7, { amount: 200 }))), 'Posted');
    assert.deepEqual(held(venue, BOB), [0, 0]);
  });

  test('of a reversal, or of what was not posted, is refused', () => {
    const venue = paidVenue();
    venue.reverse(70, 7, { amount: 120 });
    venue.transfer(ALICE, BOB, USD, 1, { transferId: 8, ...pending });
    venue.resolve(8, Void);
    venue.transfer(ALICE, BOB, USD, 9_999, { transferId: 9 });
    for (const original of [70, 8, 9]) {
      assertRefused(venue.reverse(100 + original, original), 'TransferNotReversible');
    }
    assertRefused(venue.reverse(99, 98), 'UnknownTransfer');
    assertRefused(venue.reverse(97, 7, { externalId: 5 }), 'TransferNotExternal');
    assertRefused(venue.reverse(7, 7), 'TransferIdConflict');
  });

  test('what would make all holdings too large is refused', () => {
    const venue = openVenue();
    venue.withdraw(ALICE, USD, 400, { transferId: 7 });
    venue.deposit(BOB, USD, Number.MAX_SAFE_INTEGER - 1_100);
    assertRefused(venue.reverse(70, 7), 'BalanceTooLarge');
  });
});

group('an id', () => {
  const content = { transferId: 7, businessRefId: 5, externalId: 0 };

  test('that is known with the same content is answered as at first and does nothing', () => {
    const venue = openVenue();
    const first = accepted(venue.transfer(ALICE, BOB, USD, 300, content));
    const entry = venue.exchange.sequence;
    venue.reverse(70, 7, { amount: 100 });
    const again = accepted(venue.transfer(ALICE, BOB, USD, 300, content));
    assert.deepEqual(postingsOf(again), []);
    assertSameAnswer(again, first);
    assert.equal(reportsOf(again)[0]!.entry, entry);
    assertSameAnswer(venue.reverse(70, 7, { amount: 100 }), again, 70);
    assert.deepEqual(held(venue, ALICE), [800, 0]);
  });

  test('of a pending transfer is answered as pending, whatever became of it', () => {
    const venue = openVenue();
    const terms = { transferId: 7, ...pending };
    const first = venue.withdraw(ALICE, USD, 300, terms);
    venue.resolve(7, MarkUnknown, { externalId: 4 });
    assertSameAnswer(venue.withdraw(ALICE, USD, 300, terms), first);
    venue.resolve(7, Post, { amount: 10, externalId: 4 });
    assertSameAnswer(venue.withdraw(ALICE, USD, 300, terms), first);
    assert.deepEqual(held(venue, ALICE), [990, 0]);
  });

  test('that was refused stays refused for the same reason, though it would pass now', () => {
    const venue = openVenue();
    const first = venue.transfer(ALICE, BOB, USD, 1_001, content);
    assertRefused(first, 'InsufficientFunds');
    assert.equal(statusOf(first), 'Rejected');
    venue.deposit(ALICE, USD, 1);
    const again = venue.transfer(ALICE, BOB, USD, 1_001, content);
    assertRefused(again, 'InsufficientFunds');
    assertSameAnswer(again, first);
    assert.deepEqual(held(venue, ALICE), [1_001, 0]);
    const unknown = venue.transfer(ALICE, BOB, 77, 1, { transferId: 8 });
    assertRefused(unknown, 'UnknownCurrency');
    assertRefused(venue.transfer(ALICE, BOB, 77, 1, { transferId: 8 }), 'UnknownCurrency');
    assertRefused(venue.reverse(9, 6), 'UnknownTransfer');
    assertRefused(venue.reverse(9, 6), 'UnknownTransfer');
  });

  test('with any other content is refused', () => {
    const venue = openVenue();
    venue.deposit(ALICE, EUR, 1_000);
    accepted(venue.transfer(ALICE, BOB, USD, 300, content));
    const others: EventView[][] = [
      venue.transfer(CAROL, BOB, USD, 300, content),
      venue.transfer(ALICE, CAROL, USD, 300, content),
      venue.transfer(ALICE, BOB, EUR, 300, content),
      venue.transfer(ALICE, BOB, USD, 301, content),
      venue.transfer(ALICE, BOB, USD, 300, { ...content, businessRefId: 6 }),
      venue.transfer(ALICE, BOB, USD, 300, { ...content, ...pending }),
      venue.transfer(ALICE, BOB, USD, 300, { ...content, ...pending, expireTime: 9_999_999 }),
      venue.deposit(BOB, USD, 300, content),
      venue.withdraw(ALICE, USD, 300, content),
      venue.reverse(7, 6, { businessRefId: 5 }),
    ];
    for (const events of others) {
      assertRefused(events, 'TransferIdConflict');
      assert.equal(events.length, 1);
    }
    accepted(venue.withdraw(ALICE, USD, 1, { transferId: 8, externalId: 5 }));
    const other = venue.withdraw(ALICE, USD, 1, { transferId: 8, externalId: 6 });
    assertRefused(other, 'TransferIdConflict');
    accepted(venue.reverse(9, 8));
    assertRefused(venue.reverse(9, 7), 'TransferIdConflict');
    assertRefused(venue.reverse(9, 8, { amount: 1 }), 'TransferIdConflict');
    assertRefused(venue.transfer(External, ALICE, USD, 1, { transferId: 9 }), 'TransferIdConflict');
  });

  test('beyond maxTransfers is refused and not remembered; known ones are still answered', () => {
    const venue = openVenue();
    venue.setLimits({ maxTransfers: 2 });
    accepted(venue.transfer(ALICE, BOB, USD, 1, { transferId: 1 }));
    assertRefused(venue.transfer(ALICE, BOB, USD, 9_999, { transferId: 2 }), 'InsufficientFunds');
    assertRefused(venue.transfer(ALICE, BOB, USD, 1, { transferId: 3 }), 'TooManyTransfers');
    assertRefused(venue.reverse(4, 1), 'TooManyTransfers');
    accepted(venue.transfer(ALICE, BOB, USD, 1, { transferId: 1 }));
    accepted(venue.transfer(ALICE, BOB, USD, 1));
    assert.equal([...orderedTransfers(venue.exchange)].length, 2);
    venue.setLimits({ maxTransfers: 3 });
    assert.equal(
      statusOf(accepted(venue.transfer(ALICE, BOB, USD, 1, { transferId: 3 }))),
      'Posted',
    );
  });

  test('may be any up to 2^53−1, and thousands are remembered', () => {
    const venue = openVenue();
    const MAX = Number.MAX_SAFE_INTEGER;
    const idOf = (i: number) => MAX - i * 7_919;
    for (let i = 0; i < 20_000; i++) {
      accepted(venue.transfer(External, BOB, USD, 1, { transferId: idOf(i) }));
    }
    for (const i of [0, 8_191, 8_192, 19_999]) {
      const again = accepted(venue.transfer(External, BOB, USD, 1, { transferId: idOf(i) }));
      assert.equal(reportsOf(again)[0]!.transferId, idOf(i));
    }
    assert.deepEqual(held(venue, BOB), [20_500, 0]);
    const [view] = orderedTransfers(venue.exchange);
    assert.deepEqual(
      [view!.mode, view!.status, view!.rejectReason],
      [TransferMode.OneStep, TransferStatus.Posted, RejectReason.None],
    );
  });
});

/** The report of a retry says what the first one said, but that it is told again. */
function assertSameAnswer(
  again: readonly EventView[],
  first: readonly EventView[],
  transferId = reportsOf(first)[0]!.transferId,
): void {
  const [repeated, ...more] = reportsOf(again);
  assert.deepEqual(more, []);
  assert.equal(repeated!.isRepeat, 1);
  assert.equal(reasonOf(again), reasonOf(first));
  assert.equal(repeated!.transferId, transferId);
  if (transferId !== reportsOf(first)[0]!.transferId) return;
  assert.deepEqual(contentOf(repeated!), contentOf(reportsOf(first)[0]!));
}

function contentOf(report: EventView): Record<string, unknown> {
  const names = Object.entries(Object.getOwnPropertyDescriptors(Object.getPrototypeOf(report)))
    .filter(([, { get }]) => get !== undefined)
    .map(([name]) => name)
    .filter((name) => name !== 'isRepeat');
  const fields = report as unknown as Record<string, unknown>;
  return Object.fromEntries(names.map((name) => [name, fields[name]]));
}
