/**
 * The event writer's records are byte for byte those of the protocol's flyweights, reserved bytes
 * included, whatever stood in the sink's memory before. `HOGA_TEST_SEED=<seed>` runs the same
 * again.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  Side,
  TimeInForce,
  TransferAction,
  TransferMode,
  VenueMode,
  VenueModeReason,
} from '../protocol/enums.ts';
import {
  COMMAND_DONE,
  EXECUTION_REPORT,
  ORDER_ANSWER,
  ORDER_ANSWER_FILL,
  PRICE_BAND_CHANGED,
  TRANSFER_REPORT,
  VENUE_MODE_CHANGED,
} from '../protocol/event-layout.ts';
import { recordLengthAt, templateIdAt } from '../protocol/record.ts';
import { testSeed } from '../test/support/seed.ts';
import { EventBuffer } from './event-sink.ts';
import { createEventWriter, type EventWriter } from './event-writer.ts';
import { RollingHash } from './rolling-hash.ts';
import { command, send } from './testing/drawn-commands.ts';
import { FlyweightEventWriter } from './testing/flyweight-event-writer.ts';
import { BTC, RecordedExchange, USD } from './testing/recorded-exchange.ts';

/** An exchange that tells the oracle, too, whatever it tells its event writer. */
class WatchedExchange {
  readonly venue: RecordedExchange;
  readonly templateIds = new Set<number>();
  private readonly hash = new RollingHash();
  private readonly expected = new EventBuffer();

  constructor() {
    this.venue = new RecordedExchange(undefined, {
      createEventWriter: (engine, risk, answers, sink) =>
        this.watch(
          createEventWriter(engine, risk, answers, sink),
          new FlyweightEventWriter(engine, risk, answers, this.expected),
          sink as EventBuffer,
        ),
    });
  }

  /** A writer that tells the oracle, too, what it is told. */
  private watch(events: EventWriter, oracle: FlyweightEventWriter, sink: EventBuffer): EventWriter {
    const both: Record<string, unknown> = { ...events };
    for (const [name, tell] of Object.entries(events)) {
      if (typeof tell !== 'function' || name === 'redirect' || name === 'eventCount') continue;
      both[name] = (...told: never[]) => {
        if (name === 'begin') this.begin(sink);
        Reflect.apply(oracle[name as keyof FlyweightEventWriter], oracle, told);
        Reflect.apply(tell, events, told);
        if (name === 'writeDone') this.assertSame(sink);
        assert.equal(events.eventCount(), oracle.eventCount());
      };
    }
    return both as EventWriter;
  }

  /** What is left in memory must not show in the events. */
  private begin(sink: EventBuffer): void {
    sink.record.bytes.fill(0xa5);
    this.expected.clear();
  }

  private assertSame(sink: EventBuffer): void {
    const { expected, hash } = this;
    assert.equal(sink.length, expected.length);
    for (let at = 0; at < expected.length; at += recordLengthAt(expected.record, at)) {
      const end = at + recordLengthAt(expected.record, at);
      const { words } = expected.record;
      hash.addWords(words, at >> 2, end >> 2);
      const templateId = templateIdAt(expected.record, at);
      this.templateIds.add(templateId);
      if (templateId === COMMAND_DONE.templateId) {
        words.set([hash.low, hash.high], (at + COMMAND_DONE.eventHash) >> 2);
      }
      const bytesOf = ({ bytes }: { bytes: Uint8Array }) => Buffer.from(bytes.subarray(at, end));
      assert.equal(bytesOf(sink.record).toString('hex'), bytesOf(expected.record).toString('hex'));
    }
  }
}

test('the events of random commands are those that the flyweights write', (t) => {
  const seen = new Set<number>();
  fc.assert(
    fc.property(fc.array(command, { minLength: 20, maxLength: 80 }), (commands) => {
      const watched = new WatchedExchange();
      const { venue } = watched;
      for (const accountId of [1, 2, Number.MAX_SAFE_INTEGER]) {
        venue.deposit(accountId, BTC, 2 ** 40 + (accountId % 1_000));
        venue.deposit(accountId, USD, 2 ** 45);
      }
      for (const each of commands) {
        venue.tickIfDue();
        send(venue, each);
      }
      for (const templateId of watched.templateIds) seen.add(templateId);
    }),
    { numRuns: 60, seed: testSeed(t) },
  );
  const { templateId: first } = EXECUTION_REPORT;
  const { templateId: last } = PRICE_BAND_CHANGED;
  const all = Array.from({ length: last - first + 1 }, (_, i) => first + i);
  assert.deepEqual([...seen].sort(), all, 'the commands cause events of all kinds');
});

test('so are reports of transfers: done, pending, resolved, reversed, refused, repeated', () => {
  const { venue, templateIds } = new WatchedExchange();
  venue.deposit(1, USD, 2 ** 45, { transferId: 9, externalId: 2 ** 41 });
  for (let round = 0; round < 2; round++) {
    venue.transfer(1, 2, USD, 2 ** 33, { transferId: 10, businessRefId: 2 ** 42 });
    venue.transfer(2, 1, USD, 2 ** 50, { transferId: 11 });
    for (const transferId of [12, 13]) {
      venue.transfer(1, 2, USD, 77, { transferId, mode: TransferMode.Pending });
      const action = transferId === 12 ? TransferAction.Post : TransferAction.Void;
      venue.resolve(transferId, action, { externalId: 5 });
    }
    venue.reverse(14, 10, { amount: 2 ** 32 });
    venue.withdraw(1, USD, 5, { transferId: 15, mode: TransferMode.Pending });
    venue.deposit(1, USD, 2 ** 45, { transferId: 9, externalId: 2 ** 41 });
  }
  assert.ok(templateIds.has(TRANSFER_REPORT.templateId));
});

test('so is the venue’s mode', () => {
  const { venue, templateIds } = new WatchedExchange();
  for (const mode of Object.values(VenueMode)) {
    for (const reason of Object.values(VenueModeReason)) venue.setMode(mode, reason);
  }
  assert.ok(templateIds.has(VENUE_MODE_CHANGED.templateId));
});

test('so are answers told again: of orders that rest, fill, are canceled or refused', () => {
  const { venue, templateIds } = new WatchedExchange();
  venue.setLimits({ clientOrderIdSeconds: 1, maxClientOrderIds: 2 ** 24 });
  venue.deposit(1, USD, 2 ** 45);
  venue.deposit(2, BTC, 2 ** 45);
  const { IOC } = TimeInForce;
  for (let round = 0; round < 2; round++) {
    for (const id of [1, 2]) {
      venue.order(2, Side.Sell, 2 ** 33, 5, { clientOrderId: 2 ** 40 + id });
      venue.order(1, Side.Sell, 2 ** 33, 5, { clientOrderId: 2 ** 40 + id });
    }
    venue.order(1, Side.Buy, 2 ** 33, 20, { clientOrderId: 2 ** 52, timeInForce: IOC });
    venue.order(1, Side.Buy, 2 ** 33, 2, { clientOrderId: 3, timeInForce: IOC });
  }
  assert.ok(templateIds.has(ORDER_ANSWER.templateId));
  assert.ok(templateIds.has(ORDER_ANSWER_FILL.templateId));
});

test('a writer goes on in another sink, with the hash of all events', () => {
  const [venue, twin] = [new RecordedExchange(), new RecordedExchange()];
  const ring = new EventBuffer();
  venue.exchange.events.redirect(ring);
  venue.sink.clear();
  twin.deposit(7, USD, 5);
  venue.deposit(7, USD, 5);
  assert.equal(venue.sink.length, 0, 'the old sink gets nothing');
  const { record, length } = twin.sink;
  assert.equal(ring.length, length);
  assert.deepEqual(ring.record.bytes.slice(0, length), record.bytes.slice(0, length));
  assert.equal(`${venue.exchange.events.hash}`, `${twin.exchange.events.hash}`);
});
