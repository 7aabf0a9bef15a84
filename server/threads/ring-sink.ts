/**
 * The exchange's sink while it runs: stream 20. When the ring is full the exchange waits for its
 * readers, which never wait for it. Hot path.
 */
import type { EventSink } from '../../exchange/event-sink.ts';
import type { RecordBuffer } from '../../protocol/record.ts';
import type { RingProducer } from '../../ring/ring.ts';
import type { Idling, Signal } from '../../ring/waiter.ts';

export class RingSink implements EventSink {
  readonly record: RecordBuffer;
  private readonly producer: RingProducer;
  private readonly readers: readonly Signal[];
  private readonly slowReaders: readonly Signal[];
  private readonly waiter: Idling;

  /**
   * @param readers who are to know of news at once
   * @param slowReaders who look for it from time to time, and are told where the ring is full
   */
  constructor(
    producer: RingProducer,
    readers: readonly Signal[],
    slowReaders: readonly Signal[],
    waiter: Idling,
  ) {
    this.record = producer.record;
    this.producer = producer;
    this.readers = readers;
    this.slowReaders = slowReaders;
    this.waiter = waiter;
  }

  claim(length: number): number {
    const at = this.producer.tryClaim(length);
    return at >= 0 ? at : this.waitAndClaim(length);
  }

  /** Shows what was written to the readers. */
  publish(): void {
    this.producer.commit();
    for (let i = 0; i < this.readers.length; i++) this.readers[i]!.ring();
  }

  private waitAndClaim(length: number): number {
    this.publish();
    for (const reader of this.slowReaders) reader.ring();
    let at = this.producer.tryClaim(length);
    while (at < 0) {
      this.waiter.idle(0);
      at = this.producer.tryClaim(length);
    }
    this.waiter.idle(1);
    return at;
  }
}
