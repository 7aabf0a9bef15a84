/**
 * Gives each command its sequence number and its time, passes it on and has it executed. Time is
 * the producer's stamp, but never runs back. Hot path.
 */
import { CommandHeader } from '../protocol/commands.ts';
import { copyRecord, type RecordBuffer, recordLengthAt } from '../protocol/record.ts';
import type { EventSink } from './event-sink.ts';
import type { Exchange } from './exchange.ts';

export class Sequencer {
  private readonly exchange: Exchange;
  private readonly sink: EventSink;
  private readonly header = new CommandHeader();
  private readonly stamp = new Float64Array(1);

  constructor(exchange: Exchange, sink: EventSink) {
    this.exchange = exchange;
    this.sink = sink;
  }

  /**
   * Sequences the command at a byte offset, in place; writes it to the sink, its events behind it.
   * The record must stay as it is until this returns: the sink's copy may be gone by then.
   */
  sequence(record: RecordBuffer, offset: number): void {
    const { exchange, header, sink } = this;
    header.wrap(record, offset);
    header.sequence = exchange.sequence + 1;
    header.readTime(this.stamp);
    if (this.stamp[0]! < exchange.clock[0]!) header.writeTime(exchange.clock);
    const length = recordLengthAt(record, offset);
    const at = sink.claim(length);
    copyRecord(record.words, offset, sink.record.words, at, length);
    exchange.execute(record, offset);
  }
}
