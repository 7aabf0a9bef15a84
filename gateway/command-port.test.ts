/** How much a gateway has on its way to the exchange: beyond it nothing is sent. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CancelOrder, NewOrder } from '../protocol/commands.ts';
import { RecordBuffer, recordLengthAt } from '../protocol/record.ts';
import { LatencyClock, latencyOrigin } from '../ring/latency-clock.ts';
import { createRing, RingProducer, RingReader } from '../ring/ring.ts';
import { createSignal, Signal } from '../ring/waiter.ts';
import { CommandOutcome } from './command-outcome.ts';
import { type CommandList, CommandPort } from './command-port.ts';

const BOUNDS = { cancelReserveBytes: 1_024, maxUnanswered: 10 };
const NOBODY = { wantsFills: false, onOutcome: () => {} };

/** So many commands of a kind. */
function list(command: NewOrder | CancelOrder, count: number): CommandList {
  const record = RecordBuffer.allocate(count * 128);
  const offsets: number[] = [];
  for (let at = 0; offsets.length < count; at += recordLengthAt(record, at)) {
    command.write(record, at);
    offsets.push(at);
  }
  const isCancelsOnly = command instanceof CancelOrder;
  return { record, offsets, isCancelsOnly, beginsSomething: !isCancelsOnly };
}

const orders = (count: number) => list(new NewOrder(), count);
const cancels = (count: number) => list(new CancelOrder(), count);

describe(`a gateway with at most ${BOUNDS.maxUnanswered} unanswered commands`, () => {
  function open(): { submit(commands: CommandList): boolean; answer(id: number): void } {
    const ring = createRing(2 ** 16);
    new RingReader(ring, 0).join();
    const exchange = new Signal(createSignal());
    const clock = new LatencyClock(latencyOrigin());
    const port = new CommandPort(new RingProducer(ring), exchange, 1, BOUNDS, clock);
    return {
      submit: (commands) => port.submit(commands, 1, NOBODY, 0),
      answer: (id) => port.complete(id, new CommandOutcome()),
    };
  }

  it('sends no more until one of them is answered', () => {
    const { submit, answer } = open();
    for (let i = 0; i < 10; i++) assert.equal(submit(orders(1)), true);
    assert.equal(submit(orders(1)), false);
    answer(1);
    assert.equal(submit(orders(1)), true);
    assert.equal(submit(orders(1)), false);
  });

  it('sends a request whole where it begins below, however long it is', () => {
    const { submit, answer } = open();
    assert.equal(submit(orders(25)), true);
    assert.equal(submit(orders(1)), false);
    for (let id = 1; id <= 15; id++) answer(id);
    assert.equal(submit(orders(1)), false);
    answer(16);
    assert.equal(submit(orders(1)), true);
  });

  it('sends twice as many where they are cancels', () => {
    const { submit, answer } = open();
    assert.equal(submit(orders(10)), true);
    assert.equal(submit(cancels(9)), true);
    assert.equal(submit(cancels(1)), true);
    assert.equal(submit(cancels(1)), false);
    answer(1);
    assert.equal(submit(orders(1)), false);
    assert.equal(submit(cancels(1)), true);
  });
});

it('a sleeping exchange is woken at the end of a turn, once for all that was sent in it', () => {
  const ring = createRing(2 ** 16);
  const reader = new RingReader(ring, 0);
  reader.join();
  const buffer = createSignal();
  const exchange = new Signal(buffer);
  const flag = new Int32Array(buffer);
  const clock = new LatencyClock(latencyOrigin());
  const port = new CommandPort(new RingProducer(ring), exchange, 1, BOUNDS, clock);
  exchange.prepare();
  const parked = flag[0];
  port.submit(orders(1), 1, NOBODY, 0);
  port.submit(orders(1), 1, NOBODY, 0);
  assert.ok(reader.read() >= 0, 'it is there for an exchange that does not sleep');
  assert.equal(flag[0], parked);
  port.wakeExchange();
  assert.notEqual(flag[0], parked);
  exchange.prepare();
  port.wakeExchange();
  assert.equal(flag[0], parked, 'nothing was sent since');
  port.submit(cancels(31), 1, NOBODY, 0);
  assert.equal(flag[0], parked);
  for (let id = 1; id <= 33; id++) port.complete(id, new CommandOutcome());
  port.submit(cancels(1), 1, NOBODY, 0);
  assert.notEqual(flag[0], parked, 'so many do not wait for the end of the turn');
});
