/** CancelOnly: what begins something is refused, whatever else there is goes on. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  KillSwitchAction,
  OrderStatus,
  Side,
  TradingState,
  TransferAction,
  TransferMode,
  VenueMode,
  VenueModeReason,
} from '../protocol/enums.ts';
import { CommandDone } from '../protocol/events.ts';
import { OrderAnswer } from '../protocol/order-answer.ts';
import { templateIdAt } from '../protocol/record.ts';
import { RejectReason } from '../protocol/reject-reason.ts';
import { KillSwitch } from '../protocol/risk-commands.ts';
import { AT, SAMPLES, Sent } from '../protocol/testing/sent-command.ts';
import { TransferReport } from '../protocol/transfer-report.ts';
import { isRefusedInCancelOnly, VenueModeChanged } from '../protocol/venue-mode.ts';
import {
  BTC,
  describe,
  type EventView,
  RecordedExchange,
  readEvents,
  USD,
} from './testing/recorded-exchange.ts';

const { Buy, Sell } = Side;
const { Normal, CancelOnly } = VenueMode;
const { Operator, DiskLow } = VenueModeReason;
const [ALICE, BOB] = [101, 102];

function open(): RecordedExchange {
  const venue = new RecordedExchange();
  venue.setLimits({ clientOrderIdSeconds: 600, maxClientOrderIds: 100 });
  for (const account of [ALICE, BOB]) {
    for (const currency of [BTC, USD]) venue.deposit(account, currency, 1_000_000);
  }
  return venue;
}

function reasonOf(events: readonly EventView[]): number {
  const done = events.at(-1);
  assert.ok(done instanceof CommandDone);
  return done.rejectReason;
}

test('CancelOnly refuses the commands that begin something, and no other', () => {
  for (const kind of Object.keys(SAMPLES)) {
    const venue = open();
    venue.setMode(CancelOnly);
    const { record, command } = new Sent(kind);
    Object.assign(command, { sequence: venue.exchange.sequence + 1, time: venue.time });
    venue.sink.clear();
    venue.exchange.execute(record, AT);
    const reason = reasonOf(readEvents(venue.sink.record, venue.sink.length));
    const isRefused = isRefusedInCancelOnly(templateIdAt(record, AT));
    // What is to be reversed is looked for first, and there is nothing.
    const expected = isRefused && kind !== 'ReverseTransfer';
    assert.equal(reason === RejectReason.CancelOnly, expected, kind);
  }
});

test('each reason holds the venue in CancelOnly for itself', () => {
  const venue = open();
  const told = (mode: number, reason: number) => {
    const [event] = venue.setMode(mode, reason);
    assert.ok(event instanceof VenueModeChanged);
    return [event.mode, event.reasons];
  };
  const isRefused = () => reasonOf(venue.deposit(ALICE, USD, 1)) === RejectReason.CancelOnly;
  assert.deepEqual(told(CancelOnly, DiskLow), [CancelOnly, DiskLow]);
  assert.deepEqual(told(CancelOnly, Operator), [CancelOnly, DiskLow + Operator]);
  assert.deepEqual(told(CancelOnly, Operator), [CancelOnly, DiskLow + Operator]);
  assert.ok(isRefused());
  assert.deepEqual(told(Normal, DiskLow), [CancelOnly, Operator], 'the alarm does not lift it');
  assert.ok(isRefused());
  assert.deepEqual(told(Normal, Operator), [Normal, 0]);
  assert.ok(!isRefused());
  assert.deepEqual(told(Normal, Operator), [Normal, 0]);
});

test('open orders are canceled one by one, all together, and by their time', () => {
  const venue = open();
  const place = (expireTime = 0) => {
    const terms = expireTime === 0 ? {} : { timeInForce: 6, expireTime };
    venue.order(ALICE, Buy, 50, 1, terms);
    return venue.exchange.sequence;
  };
  const first = place();
  for (let i = 0; i < 2; i++) place();
  place(venue.time + 100);
  venue.setMode(CancelOnly);
  assert.equal(reasonOf(venue.cancel(ALICE, first)), RejectReason.None);
  venue.time += 100;
  venue.tick();
  assert.equal(venue.exchange.engine.openOrderCount, 2);
  assert.equal(reasonOf(venue.massCancel(ALICE)), RejectReason.None);
  assert.equal(venue.exchange.engine.openOrderCount, 0);
  const engage = { action: KillSwitchAction.Engage };
  assert.equal(reasonOf(venue.send(new KillSwitch(), engage)), RejectReason.None);
});

test('a market’s state can be changed, and its auction trades', () => {
  const venue = open();
  venue.setState(TradingState.PreOpen);
  venue.order(ALICE, Buy, 50, 2);
  venue.order(BOB, Sell, 50, 2);
  venue.setMode(CancelOnly);
  const events = venue.setState(TradingState.Continuous).map((event) => describe(event));
  assert.ok(events.includes('State Continuous 2@50'), events.join('\n'));
});

test('an order answered before is answered again, a refused one stays refused', () => {
  const venue = open();
  venue.order(ALICE, Buy, 50, 1, { clientOrderId: 1 });
  venue.setMode(CancelOnly);
  const [answer] = venue.order(ALICE, Buy, 50, 1, { clientOrderId: 1 });
  assert.ok(answer instanceof OrderAnswer);
  assert.equal(answer.orderStatus, OrderStatus.New);
  assert.equal(
    reasonOf(venue.order(ALICE, Buy, 50, 1, { clientOrderId: 2 })),
    RejectReason.CancelOnly,
  );
  venue.setMode(Normal);
  const [again] = venue.order(ALICE, Buy, 50, 1, { clientOrderId: 2 });
  assert.ok(again instanceof OrderAnswer);
  assert.equal(again.rejectReason, RejectReason.CancelOnly);
  assert.equal(venue.exchange.engine.openOrderCount, 1);
});

test('pending transfers are resolved, known ones told again, new ones refused for good', () => {
  const venue = open();
  const { Pending } = TransferMode;
  for (const transferId of [1, 2]) venue.withdraw(ALICE, USD, 5, { transferId, mode: Pending });
  venue.deposit(ALICE, USD, 7, { transferId: 3 });
  venue.setMode(CancelOnly);
  assert.equal(reasonOf(venue.resolve(1, TransferAction.Post)), RejectReason.None);
  assert.equal(reasonOf(venue.resolve(2, TransferAction.Void)), RejectReason.None);
  const [known] = venue.deposit(ALICE, USD, 7, { transferId: 3 });
  assert.ok(known instanceof TransferReport);
  assert.deepEqual([known.isRepeat, known.rejectReason], [1, RejectReason.None]);
  assert.equal(reasonOf(venue.reverse(4, 3)), RejectReason.CancelOnly);
  assert.equal(reasonOf(venue.deposit(ALICE, USD, 7, { transferId: 5 })), RejectReason.CancelOnly);
  venue.setMode(Normal);
  assert.equal(reasonOf(venue.deposit(ALICE, USD, 7, { transferId: 5 })), RejectReason.CancelOnly);
  assert.equal(reasonOf(venue.deposit(ALICE, USD, 7, { transferId: 6 })), RejectReason.None);
});
