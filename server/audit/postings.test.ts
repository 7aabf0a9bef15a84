/** Money moved wrongly that balances: each posting needs its cause, each cause its postings. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  BTC,
  type EventView,
  RecordedExchange,
  USD,
} from '../../exchange/testing/recorded-exchange.ts';
import {
  Side,
  SystemAccount,
  TransferKind,
  TransferMode,
  TransferStatus,
} from '../../protocol/enums.ts';
import { Trade, Transfer } from '../../protocol/events.ts';
import { TransferReport } from '../../protocol/transfer-report.ts';
import { Postings } from './postings.ts';

const [BUYER, SELLER] = [1, 2];

interface Rig {
  readonly venue: RecordedExchange;
  readonly postings: Postings;
}

function open(): Rig {
  const venue = new RecordedExchange();
  venue.deposit(BUYER, USD, 100_000);
  venue.deposit(SELLER, BTC, 100_000);
  return { venue, postings: new Postings() };
}

/** What the check says of a command's events. */
function check(
  { venue, postings }: Rig,
  events: readonly EventView[],
  named?: Parameters<Postings['finish']>[0],
): string | undefined {
  postings.begin();
  for (const event of events) {
    if (event instanceof Transfer) postings.take(event);
    else if (event instanceof Trade) postings.explainTrade(venue.exchange, event);
    else if (event instanceof TransferReport) postings.explainTransfer(event);
  }
  return postings.finish(named);
}

/** Ten lots at 50: 5,000, and fees of 1 and 2 %. */
function trade({ venue }: Rig): EventView[] {
  venue.order(SELLER, Side.Sell, 50, 10);
  return venue.order(BUYER, Side.Buy, 50, 10);
}

function posting(events: readonly EventView[], kind: number): Transfer {
  return events.find((event) => event instanceof Transfer && event.kind === kind) as Transfer;
}

test('a trade whose postings are what it tells is right', () => {
  const rig = open();
  assert.equal(check(rig, trade(rig)), undefined);
});

const { Fee, TradeBase, TradeQuote } = TransferKind;
const WRONG_TRADES: Readonly<Record<string, (events: EventView[]) => EventView[]>> = {
  'pays one unit too little': (events) => {
    posting(events, TradeQuote).amount--;
    return events;
  },
  'delivers half': (events) => {
    posting(events, TradeBase).amount /= 2;
    return events;
  },
  'pays to somebody else': (events) => {
    posting(events, TradeQuote).creditAccountId = BUYER;
    return events;
  },
  'posts a lower fee than it tells': (events) => {
    posting(events, Fee).amount -= 5;
    return events;
  },
  'posts no fee though it tells one': (events) =>
    events.filter((event) => event !== posting(events, Fee)),
  'posts something more': (events) => [posting(events, TradeBase), ...events],
  'is posted and not told': (events) => events.filter((event) => !(event instanceof Trade)),
};
for (const [what, change] of Object.entries(WRONG_TRADES)) {
  test(`a trade that ${what} is found`, () => {
    const rig = open();
    assert.match(check(rig, change(trade(rig))) ?? '', /posted|no cause|no trade/);
  });
}

test('a deposit without an id posts what its command says, once', () => {
  const rig = open();
  const asked = { currencyId: USD, from: SystemAccount.External, to: BUYER, amount: 7 };
  const events = rig.venue.deposit(BUYER, USD, 7);
  assert.equal(check(rig, events, asked), undefined);
  assert.match(check(rig, [...events, ...events], asked) ?? '', /has no cause/);
  assert.match(check(rig, [], asked) ?? '', /asked for, nothing was posted/);
  assert.match(check(rig, events, { ...asked, amount: 8 }) ?? '', /of 8 .* asked for/);
  assert.match(check(rig, events) ?? '', /has no cause/);
});

test('a transfer posts what its reports come to, and nothing when it is sent again', () => {
  const rig = open();
  const { venue } = rig;
  const pay = () => venue.transfer(BUYER, SELLER, USD, 100, { transferId: 5 });
  const first = pay();
  assert.equal(check(rig, first), undefined);
  const again = pay();
  assert.equal(check(rig, again), undefined);
  assert.match(check(rig, [...again, posting(first, TransferKind.Transfer)]) ?? '', /before/);
  assert.equal(check(rig, venue.reverse(6, 5, { amount: 60 })), undefined);
  const more = venue.reverse(7, 5, { amount: 40 });
  const reports = more.filter((event) => event instanceof TransferReport);
  reports[0]!.postedAmount = 1_000;
  posting(more, TransferKind.Reversal).amount = 1_000;
  assert.match(check(rig, more) ?? '', /posted 100, reversed 100; its reversals come to 1060/);
});

test('a transfer locks while it is pending or unknown, and not afterwards', () => {
  const rig = open();
  const { venue } = rig;
  const terms = { transferId: 9, mode: TransferMode.Pending, expireTime: venue.time + 5 };
  const pending = venue.withdraw(BUYER, USD, 100, terms);
  assert.equal(check(rig, pending), undefined);
  venue.time += 10;
  const expired = venue.tick();
  assert.equal(check(rig, expired), undefined);
  const report = expired.find((event) => event instanceof TransferReport)!;
  assert.equal(report.status, TransferStatus.Expired);
  report.lockedAmount = 100;
  assert.match(check(rig, expired) ?? '', /Expired\) locks 100, not 0/);
});
