/**
 * Where the exchange writes its events: the ring of stream 20 while it runs, a buffer in memory
 * when it replays. A claimed record must be written whole before the next claim.
 */
import { RecordBuffer } from '../protocol/record.ts';

export interface EventSink {
  /** What claims are offsets into; may be another one after each claim. */
  readonly record: RecordBuffer;
  /** Room for a record of `length` bytes (a multiple of 8): its byte offset in `record`. */
  claim(length: number): number;
}

/** A sink in memory: the records since the last `clear`, one behind the other. */
export class EventBuffer implements EventSink {
  record: RecordBuffer;
  /** Bytes written. */
  length = 0;

  constructor(capacity = 65_536) {
    this.record = RecordBuffer.allocate(capacity);
  }

  claim(length: number): number {
    const offset = this.length;
    this.length += length;
    if (this.length > this.record.bytes.length) {
      const grown = RecordBuffer.allocate(2 ** Math.ceil(Math.log2(this.length + 1)));
      grown.bytes.set(this.record.bytes);
      this.record = grown;
    }
    return offset;
  }

  clear(): void {
    this.length = 0;
  }
}
