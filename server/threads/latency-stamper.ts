/**
 * The exchange thread's part of the stamps: when it took a command up and when it was done with it.
 * They go onto stream 20 behind the command's group, outside journal and hash.
 */
import type { EventSink } from '../../exchange/event-sink.ts';
import { LATENCY_STAMPS } from '../../protocol/event-layout.ts';
import { LatencyStamps } from '../../protocol/latency-stamps.ts';
import { copyRecord, RecordBuffer } from '../../protocol/record.ts';
import type { LatencyClock } from '../../ring/latency-clock.ts';

export class LatencyStamper {
  private readonly sink: EventSink;
  private readonly clock: LatencyClock;
  private readonly record = RecordBuffer.allocate(LATENCY_STAMPS.length);
  private readonly stamps = new LatencyStamps().wrap(this.record, 0);

  constructor(sink: EventSink, clock: LatencyClock) {
    this.sink = sink;
    this.clock = clock;
  }

  /** Keeps the stamps at a byte offset: those of the command behind them. */
  begin(record: RecordBuffer, offset: number): void {
    copyRecord(record.words, offset, this.record.words, 0, LATENCY_STAMPS.length);
    this.stamps.sequenced = this.clock.now();
  }

  end(sequence: number): void {
    const { stamps, sink } = this;
    stamps.executed = this.clock.now();
    stamps.sequence = sequence;
    const at = sink.claim(LATENCY_STAMPS.length);
    copyRecord(this.record.words, 0, sink.record.words, at, LATENCY_STAMPS.length);
  }
}
