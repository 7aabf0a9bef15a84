/**
 * When a command passed each stage: told of one in so many commands, beside the command and its
 * group, so outside record, journal and hash. All stages read one clock (ring/latency-clock.ts).
 */
import { EventHeader } from './event-header.ts';
import { EVENT_HEADER, LATENCY_STAMPS } from './event-layout.ts';
import type { RecordBuffer } from './record.ts';

/** Lanes of `stampExecution`. */
export const ExecutionLane = { Sequence: 0, Sequenced: 1, Executed: 2 } as const;

export class LatencyStamps extends EventHeader {
  write(record: RecordBuffer, offset: number): this {
    this.begin(record, offset, LATENCY_STAMPS.templateId, LATENCY_STAMPS.length);
    return this;
  }
  /** The request began to be read. */
  get received(): number {
    return this.int64(LATENCY_STAMPS.received);
  }
  set received(value: number) {
    this.putInt64(LATENCY_STAMPS.received, value);
  }
  /** It was put on stream 10. */
  get written(): number {
    return this.int64(LATENCY_STAMPS.written);
  }
  set written(value: number) {
    this.putInt64(LATENCY_STAMPS.written, value);
  }
  /** The exchange took it up. */
  get sequenced(): number {
    return this.int64(LATENCY_STAMPS.sequenced);
  }
  set sequenced(value: number) {
    this.putInt64(LATENCY_STAMPS.sequenced, value);
  }
  /** Its last event was written. */
  get executed(): number {
    return this.int64(LATENCY_STAMPS.executed);
  }
  set executed(value: number) {
    this.putInt64(LATENCY_STAMPS.executed, value);
  }
  /** It was as safe as the durability says; 0 where nobody waits for that. */
  get journaled(): number {
    return this.int64(LATENCY_STAMPS.journaled);
  }
  set journaled(value: number) {
    this.putInt64(LATENCY_STAMPS.journaled, value);
  }
  /** What the exchange thread writes, from lanes: a number that is passed may be boxed. */
  stampExecution(lanes: Float64Array): void {
    this.putInt64From(EVENT_HEADER.sequence, lanes, ExecutionLane.Sequence);
    this.putInt64From(LATENCY_STAMPS.sequenced, lanes, ExecutionLane.Sequenced);
    this.putInt64From(LATENCY_STAMPS.executed, lanes, ExecutionLane.Executed);
  }
  get gatewayId(): number {
    return this.uint32(LATENCY_STAMPS.gatewayId);
  }
  set gatewayId(value: number) {
    this.putUint32(LATENCY_STAMPS.gatewayId, value);
  }
}
