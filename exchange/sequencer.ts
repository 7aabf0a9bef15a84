/**
 * Gives each command its sequence number and its time, passes it on and has it executed. Time is
 * the producer's stamp, but never runs back. What is due by a command's time happens before it, in
 * a Tick with a number and events of its own. Hot path.
 */
import { TICK } from '../protocol/command-layout.ts';
import { CommandHeader } from '../protocol/commands.ts';
import { copyRecord, RecordBuffer, recordLengthAt, templateIdAt } from '../protocol/record.ts';
import { Tick } from '../protocol/venue-commands.ts';
import type { EventSink } from './event-sink.ts';
import type { Exchange } from './exchange.ts';

export class Sequencer {
  private readonly exchange: Exchange;
  private readonly sink: EventSink;
  private readonly header = new CommandHeader();
  private readonly stamp = new Float64Array(1);
  private readonly due = new Float64Array(1);
  private readonly tickRecord = RecordBuffer.allocate(TICK.length);
  private readonly tick = new Tick();

  constructor(exchange: Exchange, sink: EventSink) {
    this.exchange = exchange;
    this.sink = sink;
  }

  /**
   * Sequences the command at a byte offset, in place; writes it to the sink, its events behind it.
   * The record must stay as it is until this returns: the sink's copy may be gone by then.
   */
  sequence(record: RecordBuffer, offset: number): void {
    const { exchange, header } = this;
    header.wrap(record, offset);
    header.readTime(this.stamp);
    if (this.stamp[0]! < exchange.clock[0]!) {
      this.stamp[0] = exchange.clock[0]!;
      header.writeTime(this.stamp);
    }
    exchange.readNextExpireTime(this.due, 0);
    const isDue = this.due[0]! <= this.stamp[0]!;
    if (isDue && templateIdAt(record, offset) !== TICK.templateId) {
      this.tick.write(this.tickRecord, 0).writeTime(this.stamp);
      this.pass(this.tick, this.tickRecord, 0);
    }
    this.pass(header, record, offset);
  }

  private pass(header: CommandHeader, record: RecordBuffer, offset: number): void {
    const { exchange, sink } = this;
    header.sequence = exchange.sequence + 1;
    const length = recordLengthAt(record, offset);
    const at = sink.claim(length);
    copyRecord(record.words, offset, sink.record.words, at, length);
    exchange.execute(record, offset);
  }
}
