/**
 * The product's outgoing ring with the sink that the exchange writes into, and a reader that comes
 * to what the events say: all of them are read, after each block of commands and not measured.
 */
import type { EventSink } from '../../exchange/event-sink.ts';
import { COMMAND_DONE, TRADE } from '../../protocol/event-layout.ts';
import { CommandDone, Trade } from '../../protocol/events.ts';
import { templateIdAt } from '../../protocol/record.ts';
import { RejectReason } from '../../protocol/reject-reason.ts';
import { createRing, RingProducer, RingReader } from '../../ring/ring.ts';

/** The product's own, where its configuration does not say. */
const RING_BYTES = 32 * 2 ** 20;

const ACCEPTED: number = RejectReason.None;

export interface EventCounts {
  commands: number;
  rejects: number;
  /** The last of them. */
  rejectReason: number;
  trades: number;
  tradedQty: number;
  tradingCommands: number;
  /** Of the events alone, without the ring's frames. */
  bytes: number;
}

export class OutgoingRing implements EventSink {
  readonly record: EventSink['record'];
  private readonly producer: RingProducer;
  private readonly reader: RingReader;
  private readonly trade = new Trade();
  private readonly done = new CommandDone();
  readonly counts: EventCounts = {
    commands: 0,
    rejects: 0,
    rejectReason: ACCEPTED,
    trades: 0,
    tradedQty: 0,
    tradingCommands: 0,
    bytes: 0,
  };

  constructor() {
    const ring = createRing(RING_BYTES);
    this.producer = new RingProducer(ring);
    this.reader = new RingReader(ring, 0);
    this.reader.join();
    this.record = this.producer.record;
  }

  claim(length: number): number {
    const at = this.producer.tryClaim(length);
    if (at < 0) throw new Error('the ring is full: a block of commands has too many events');
    return at;
  }

  /** Shows what was written to readers. */
  publish(): void {
    this.producer.commit();
  }

  /** Reads and counts what was published. */
  drain(): void {
    const { counts, reader } = this;
    let hasTraded = false;
    for (let at = reader.read(); at >= 0; at = reader.read()) {
      counts.bytes += reader.length;
      const templateId = templateIdAt(reader.record, at);
      if (templateId === TRADE.templateId) {
        hasTraded = true;
        counts.trades++;
        counts.tradedQty += this.trade.wrap(reader.record, at).qty;
      } else if (templateId === COMMAND_DONE.templateId) {
        this.countCommand(this.done.wrap(reader.record, at).rejectReason, hasTraded);
        hasTraded = false;
      }
    }
    reader.release();
  }

  private countCommand(rejectReason: number, hasTraded: boolean): void {
    const { counts } = this;
    counts.commands++;
    if (hasTraded) counts.tradingCommands++;
    if (rejectReason === ACCEPTED) return;
    counts.rejects++;
    counts.rejectReason = rejectReason;
  }
}
