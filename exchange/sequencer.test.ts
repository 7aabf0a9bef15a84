/** What a sequenced command is: its number, its time, and its group on the stream. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ADD_CURRENCY, FUNDING, TICK } from '../protocol/command-layout.ts';
import { CommandHeader, Funding, NewOrder } from '../protocol/commands.ts';
import {
  ExecType,
  OrderType,
  TimeInForce,
  TransferMode,
  TransferStatus,
} from '../protocol/enums.ts';
import { EventHeader } from '../protocol/event-header.ts';
import { COMMAND_DONE, FIRST_EVENT_TEMPLATE } from '../protocol/event-layout.ts';
import { CommandDone } from '../protocol/events.ts';
import { ExecutionReport } from '../protocol/execution-report.ts';
import { RecordBuffer, recordLengthAt, templateIdAt } from '../protocol/record.ts';
import { RejectReason } from '../protocol/reject-reason.ts';
import { AddCurrency, AddSymbol, Tick } from '../protocol/venue-commands.ts';
import { EventBuffer } from './event-sink.ts';
import { Exchange } from './exchange.ts';
import { Sequencer } from './sequencer.ts';
import { orderedTransfers } from './state-view.ts';

/** The commands stand here in the producer's buffer: not at its start. */
const OFFSET = 24;

class SequencedExchange {
  readonly sink = new EventBuffer(64);
  readonly exchange = new Exchange(this.sink, { openOrders: 1_000, accounts: 1 });
  readonly record = RecordBuffer.allocate(256);
  private readonly sequencer = new Sequencer(this.exchange, this.sink);

  deposit(time: number, amount = 5): CommandHeader {
    const command = new Funding().writeDeposit(this.record, OFFSET);
    const fields = { accountId: 7, currencyId: 1, amount, correlationId: 99, gatewayId: 3 };
    return this.sequence(Object.assign(command, { time }, fields));
  }

  addCurrency(time: number): CommandHeader {
    const command = new AddCurrency().write(this.record, OFFSET);
    return this.sequence(Object.assign(command, { time, currencyId: 1, decimals: 2, code: 'BTC' }));
  }

  /** A market with an account that has money in it. */
  openMarket(): void {
    this.addCurrency(1);
    const other = new AddCurrency().write(this.record, OFFSET);
    this.sequence(Object.assign(other, { time: 1, currencyId: 2, decimals: 2, code: 'USD' }));
    const symbol = new AddSymbol().write(this.record, OFFSET);
    const currencies = { baseCurrencyId: 2, quoteCurrencyId: 1, lotSize: 1, tickValue: 1 };
    this.sequence(Object.assign(symbol, { time: 1, symbolId: 1, code: 'U', ...currencies }));
    this.deposit(1, 1_000);
  }

  order(time: number, expireTime: number): CommandHeader {
    const command = new NewOrder().write(this.record, OFFSET);
    const terms = { orderType: OrderType.Limit, timeInForce: TimeInForce.GTD, expireTime };
    Object.assign(command, { accountId: 7, symbolId: 1, side: 1, price: 5, qty: 1, ...terms });
    return this.sequence(Object.assign(command, { time }));
  }

  pendingWithdrawal(time: number, expireTime: number): CommandHeader {
    const command = new Funding().writeWithdraw(this.record, OFFSET);
    const terms = { transferId: 1, mode: TransferMode.Pending, expireTime };
    Object.assign(command, { accountId: 7, currencyId: 1, amount: 5, ...terms });
    return this.sequence(Object.assign(command, { time }));
  }

  tick(time: number): CommandHeader {
    return this.sequence(Object.assign(new Tick().write(this.record, OFFSET), { time }));
  }

  /** The command as the producer's buffer has it afterwards. */
  private sequence(command: CommandHeader): CommandHeader {
    this.sequencer.sequence(this.record, OFFSET);
    return command;
  }

  /** Byte offsets of all records that were written. */
  written(): number[] {
    const offsets: number[] = [];
    for (let at = 0; at < this.sink.length; at += recordLengthAt(this.sink.record, at)) {
      offsets.push(at);
    }
    return offsets;
  }
}

test('commands are numbered from 1 without a gap, refused ones too', () => {
  const venue = new SequencedExchange();
  assert.equal(venue.deposit(1).sequence, 1);
  assert.equal(venue.addCurrency(2).sequence, 2);
  assert.equal(venue.addCurrency(3).sequence, 3);
  assert.equal(venue.deposit(4).sequence, 4);
  assert.equal(venue.exchange.sequence, 4);
});

test('time is the producer’s stamp and never runs back', () => {
  const venue = new SequencedExchange();
  assert.equal(venue.addCurrency(1_000).time, 1_000);
  assert.equal(venue.deposit(1_500).time, 1_500);
  assert.equal(venue.deposit(1_499).time, 1_500);
  assert.equal(venue.deposit(0).time, 1_500);
  assert.equal(venue.exchange.time, 1_500);
  assert.equal(venue.deposit(1_501).time, 1_501);
});

test('a group is the command as sequenced, its events and CommandDone with their number', () => {
  const venue = new SequencedExchange();
  venue.addCurrency(1_000);
  venue.deposit(900);
  const { record } = venue.sink;
  const offsets = venue.written();
  const templates = offsets.map((at) => templateIdAt(record, at));
  const done = COMMAND_DONE.templateId;
  assert.deepEqual(templates, [
    ADD_CURRENCY.templateId,
    done,
    FUNDING.depositTemplateId,
    104,
    103,
    103,
    done,
  ]);
  const command = new Funding().wrap(record, offsets[2]!);
  assert.deepEqual([command.sequence, command.time, command.gatewayId], [2, 1_000, 3]);
  assert.deepEqual([command.correlationId, command.amount], [99, 5]);
  for (const at of offsets.slice(3)) {
    assert.equal(new EventHeader().wrap(record, at).sequence, 2);
  }
  const closing = new CommandDone().wrap(record, offsets[6]!);
  assert.deepEqual([closing.eventCount, closing.rejectReason], [3, RejectReason.None]);
  assert.equal(new CommandDone().wrap(record, offsets[1]!).eventCount, 0);
});

test('the command on the stream is byte for byte the producer’s, wherever either stands', () => {
  const venue = new SequencedExchange();
  for (const time of [5, 6, 7]) {
    const at = venue.sink.length;
    venue.deposit(time, 2 ** 40 + time);
    const length = FUNDING.length;
    assert.deepEqual(
      venue.sink.record.bytes.slice(at, at + length),
      venue.record.bytes.slice(OFFSET, OFFSET + length),
    );
  }
  assert.ok(venue.record.bytes.slice(0, OFFSET).every((byte) => byte === 0));
});

test('the exchange refuses a gap in the sequence and a command it does not know', () => {
  const { exchange, record } = new SequencedExchange();
  const deposit = new Funding().writeDeposit(record, 0);
  for (const sequence of [0, 2, -1]) {
    deposit.sequence = sequence;
    assert.throws(() => exchange.execute(record, 0), /came after 0: the sequence has a gap/);
  }
  deposit.sequence = 1;
  record.words[0] = (999 << 16) | (FUNDING.length - 8);
  assert.throws(() => exchange.execute(record, 0), /there is no command with template 999/);
});

test('what is due by a command’s time expires before it, in a Tick of its own', () => {
  const venue = new SequencedExchange();
  venue.openMarket();
  const { sequence } = venue.order(10, 50);
  assert.equal(venue.exchange.engine.openOrderCount, 1);
  assert.equal(venue.deposit(49).sequence, sequence + 1, 'not due yet');
  venue.sink.clear();
  assert.equal(venue.deposit(50).sequence, sequence + 3);
  const { record } = venue.sink;
  const [tickAt] = venue.written();
  const tick = new CommandHeader().wrap(record, tickAt!);
  assert.equal(templateIdAt(record, tickAt!), TICK.templateId);
  assert.deepEqual([tick.sequence, tick.time], [sequence + 2, 50]);
  const groups = venue.written().filter((at) => templateIdAt(record, at) < FIRST_EVENT_TEMPLATE);
  assert.deepEqual(
    groups.map((at) => templateIdAt(record, at)),
    [TICK.templateId, FUNDING.depositTemplateId],
  );
  const ended = new ExecutionReport().wrap(record, venue.written()[1]!);
  assert.deepEqual([ended.execType, ended.sequence], [ExecType.Expired, sequence + 2]);
  assert.equal(venue.exchange.engine.openOrderCount, 0);
});

test('a pending transfer that is due expires before a command too', () => {
  const venue = new SequencedExchange();
  venue.openMarket();
  const { sequence } = venue.pendingWithdrawal(10, 50);
  assert.equal(venue.exchange.nextExpireTime, 50);
  assert.equal(venue.deposit(49).sequence, sequence + 1, 'not due yet');
  venue.order(49, 60);
  assert.equal(venue.deposit(50).sequence, sequence + 4);
  const [transfer] = orderedTransfers(venue.exchange);
  assert.equal(transfer!.status, TransferStatus.Expired);
  assert.equal(venue.exchange.nextExpireTime, 60);
});

test('a Tick from outside needs no other before it, and one without a cause does nothing', () => {
  const venue = new SequencedExchange();
  venue.openMarket();
  const { sequence } = venue.order(10, 50);
  assert.equal(venue.tick(60).sequence, sequence + 1);
  assert.equal(venue.exchange.engine.openOrderCount, 0);
  assert.equal(venue.tick(60).sequence, sequence + 2);
});

test('the exchange refuses to pass over what is due', () => {
  const venue = new SequencedExchange();
  venue.openMarket();
  const { sequence } = venue.order(10, 50);
  const record = RecordBuffer.allocate(FUNDING.length);
  const deposit = new Funding().writeDeposit(record, 0);
  Object.assign(deposit, { sequence: sequence + 1, time: 50, accountId: 7 });
  assert.throws(() => venue.exchange.execute(record, 0), /a Tick must come first/);
});
