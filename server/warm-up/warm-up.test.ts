/** The exchange is trained with all that it may be told, and is then as a new one. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { EventBuffer } from '../../exchange/event-sink.ts';
import { Exchange } from '../../exchange/exchange.ts';
import { Sequencer } from '../../exchange/sequencer.ts';
import { hashState } from '../../exchange/state-hash.ts';
import { COMMAND_HEADER, MAX_COMMAND_LENGTH, NEW_ORDER } from '../../protocol/command-layout.ts';
import { NewOrder } from '../../protocol/commands.ts';
import { OrderType, TimeInForce } from '../../protocol/enums.ts';
import { COMMAND_DONE, TRADE } from '../../protocol/event-layout.ts';
import { CommandDone } from '../../protocol/events.ts';
import { RecordBuffer, recordLengthAt, templateIdAt } from '../../protocol/record.ts';
import { RejectReason } from '../../protocol/reject-reason.ts';
import { TrainingFlow } from './training-flow.ts';
import { warmUp } from './warm-up.ts';

const CAPACITY = { openOrders: 16_384, accounts: 512 };
/** More than a round. */
const COMMANDS = 9_000;

interface Training {
  /** How many commands there were by template, and how many were refused. */
  readonly commands: ReadonlyMap<number, number>;
  readonly rejects: number;
  readonly trades: number;
  /** Of accepted orders. */
  readonly orderTypes: ReadonlySet<number>;
  readonly timesInForce: ReadonlySet<number>;
  /** Whether the lower halves of 64-bit integers were seen with 31 bits, and with 32. */
  readonly lowHalves: Readonly<Record<'time' | 'accountId', ReadonlySet<boolean>>>;
  readonly eventHash: string;
}

/** What so many commands of the flow come to. */
function train(count: number): Training {
  const events = new EventBuffer();
  const exchange = new Exchange(events, CAPACITY);
  const sequencer = new Sequencer(exchange, events);
  const record = RecordBuffer.allocate(MAX_COMMAND_LENGTH);
  const flow = new TrainingFlow(record);
  const commands = new Map<number, number>();
  const [orderTypes, timesInForce] = [new Set<number>(), new Set<number>()];
  const lowHalves = { time: new Set<boolean>(), accountId: new Set<boolean>() };
  let [rejects, trades] = [0, 0];
  flow.begin();
  for (let i = 0; i < count; i++) {
    flow.next(exchange.sequence + 1);
    const order = new NewOrder().wrap(record, 0);
    const templateId = templateIdAt(record, 0);
    commands.set(templateId, (commands.get(templateId) ?? 0) + 1);
    for (const field of ['time', 'accountId'] as const) {
      lowHalves[field].add(record.words[COMMAND_HEADER[field] >> 2]! < 0);
    }
    events.clear();
    sequencer.sequence(record, 0);
    const reason = readEvents(events, () => trades++);
    if (reason !== RejectReason.None) rejects++;
    else if (templateId === NEW_ORDER.templateId) {
      orderTypes.add(order.orderType);
      timesInForce.add(order.timeInForce);
    }
  }
  const eventHash = exchange.events.hash.toString();
  return { commands, rejects, trades, orderTypes, timesInForce, lowHalves, eventHash };
}

/** Returns why the command was refused. */
function readEvents({ record, length }: EventBuffer, onTrade: () => void): number {
  let reason: number = RejectReason.None;
  for (let at = 0; at < length; at += recordLengthAt(record, at)) {
    const templateId = templateIdAt(record, at);
    if (templateId === TRADE.templateId) onTrade();
    if (templateId === COMMAND_DONE.templateId) {
      reason = new CommandDone().wrap(record, at).rejectReason;
    }
  }
  return reason;
}

describe('warming up', () => {
  test('leaves the exchange as a new one', () => {
    const exchange = new Exchange(new EventBuffer(), CAPACITY);
    warmUp(exchange, COMMANDS);
    const fresh = new Exchange(new EventBuffer(), CAPACITY);
    assert.equal(hashState(exchange), hashState(fresh));
    assert.equal(exchange.sequence, 0);
    assert.equal(`${exchange.events.hash}`, `${fresh.events.hash}`);
    assert.equal(exchange.engine.orders.countInUse(), 0);
  });

  test('uses commands of all kinds, of which most are accepted and many trade', () => {
    const { commands, rejects, trades, orderTypes, timesInForce, lowHalves } = train(COMMANDS);
    for (const templateId of [1, 2, 3, 4, 10, 11, 12, 13, 14, 20, 21, 22, 23, 24, 25]) {
      assert.ok(commands.has(templateId), `template ${templateId}`);
    }
    assert.deepEqual([...orderTypes].sort(), Object.values(OrderType).sort());
    const { DAY, ...others } = TimeInForce;
    assert.deepEqual([...timesInForce].sort(), Object.values(others).sort());
    assert.ok(rejects < COMMANDS / 5, `${rejects} refused`);
    assert.ok(trades > COMMANDS / 20, `${trades} trades`);
    assert.deepEqual(lowHalves.time, new Set([true, false]));
    assert.deepEqual(lowHalves.accountId, new Set([true, false]));
  });

  test('is the same each time', () => {
    assert.equal(train(3_000).eventHash, train(3_000).eventHash);
  });
});
