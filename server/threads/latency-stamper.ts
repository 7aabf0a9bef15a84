/**
 * The exchange thread's part of the stamps: when it took a command up and when it was done with it.
 * They go onto stream 20 behind the command's group, outside journal and hash.
 */
import type { EventSink } from '../../exchange/event-sink.ts';
import type { Exchange } from '../../exchange/exchange.ts';
import { LATENCY_STAMPS } from '../../protocol/event-layout.ts';
import { ExecutionLane, LatencyStamps } from '../../protocol/latency-stamps.ts';
import { copyRecord, RecordBuffer } from '../../protocol/record.ts';
import type { LatencyClock } from '../../ring/latency-clock.ts';

export class LatencyStamper {
  private readonly sink: EventSink;
  private readonly clock: LatencyClock;
  private readonly record = RecordBuffer.allocate(LATENCY_STAMPS.length);
  private readonly lanes = new Float64Array(3);
  private readonly stamps = new LatencyStamps().wrap(this.record, 0);

  constructor(sink: EventSink, clock: LatencyClock) {
    this.sink = sink;
    this.clock = clock;
  }

  /** Keeps the stamps at a byte offset: those of the command behind them. */
  begin(record: RecordBuffer, offset: number): void {
    copyRecord(record.words, offset, this.record.words, 0, LATENCY_STAMPS.length);
    this.clock.read(this.lanes, ExecutionLane.Sequenced);
  }

  end(exchange: Exchange): void {
    const { lanes, sink } = this;
    this.clock.read(lanes, ExecutionLane.Executed);
    exchange.readSequence(lanes, ExecutionLane.Sequence);
    this.stamps.stampExecution(lanes);
    const at = sink.claim(LATENCY_STAMPS.length);
    copyRecord(this.record.words, 0, sink.record.words, at, LATENCY_STAMPS.length);
  }
}
