/**
 * When a command passed each stage: told of one in so many commands, beside the command and its
 * group, so outside record, journal and hash. All stages read one clock (ring/latency-clock.ts).
 */
import { EventHeader } from './event-header.ts';
import { LATENCY_STAMPS } from './event-layout.ts';
import type { RecordBuffer } from './record.ts';

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
  get gatewayId(): number {
    return this.uint32(LATENCY_STAMPS.gatewayId);
  }
  set gatewayId(value: number) {
    this.putUint32(LATENCY_STAMPS.gatewayId, value);
  }
}
