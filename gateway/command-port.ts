/**
 * The gateway's side of stream 10: stamps commands and puts them into its ring, all of a request or
 * none, and pairs each with its outcome when that is released. Outcomes come back in the order the
 * commands went in.
 */
import { BOOK_IMAGE_REQUEST } from '../protocol/command-layout.ts';
import { CommandHeader } from '../protocol/commands.ts';
import { LATENCY_STAMPS } from '../protocol/event-layout.ts';
import { LatencyStamps } from '../protocol/latency-stamps.ts';
import { copyRecord, type RecordBuffer, recordLengthAt } from '../protocol/record.ts';
import { BookImageRequest } from '../protocol/venue-commands.ts';
import type { LatencyClock } from '../ring/latency-clock.ts';
import type { RingProducer } from '../ring/ring.ts';
import { FRAME_HEADER_BYTES } from '../ring/ring-layout.ts';
import type { Signal } from '../ring/waiter.ts';
import type { CommandOutcome } from './command-outcome.ts';

/** Somebody who waits for the outcomes of a request's commands. */
export interface CommandReply {
  readonly wantsFills: boolean;
  /** The outcome of the request's `index`-th command; valid during the call only. */
  onOutcome(index: number, outcome: CommandOutcome): void;
}

/** Of what a gateway has on its way to the exchange and back. */
export interface CommandBounds {
  /** Part of the command ring that only cancels may use. */
  readonly cancelReserveBytes: number;
  /** Commands without an outcome; a request that begins below it is taken whole. */
  readonly maxUnanswered: number;
}

interface PendingRequest {
  readonly reply: CommandReply;
  readonly firstCorrelationId: number;
  readonly count: number;
}

/** Well-formed commands at byte offsets of one buffer. */
export interface CommandList {
  readonly record: RecordBuffer;
  readonly offsets: readonly number[];
  /** Cancels may use the part of the ring that is kept free for them. */
  readonly isCancelsOnly: boolean;
  /** One of them at least is refused while the venue is in CancelOnly. */
  readonly beginsSomething: boolean;
}

/** To execute so many takes the exchange about as long as to wake up: they need not wait. */
const WORTH_WAKING = 32;

export class CommandPort {
  private readonly producer: RingProducer;
  private readonly exchange: Signal;
  private readonly gatewayId: number;
  private readonly bounds: CommandBounds;
  private readonly clock: LatencyClock;
  private readonly header = new CommandHeader();
  private readonly stamps = new LatencyStamps();
  private nextCorrelationId = 1;
  /** Of the last outcome: what came after it is unanswered. */
  private lastAnswered = 0;
  private imageNumber = 0;
  /** Commands sent since the exchange was last woken. */
  private news = 0;
  /** Oldest first; `head` is the first that still waits. */
  private pending: PendingRequest[] = [];
  private head = 0;

  constructor(
    producer: RingProducer,
    exchange: Signal,
    gatewayId: number,
    bounds: CommandBounds,
    clock: LatencyClock,
  ) {
    this.producer = producer;
    this.exchange = exchange;
    this.gatewayId = gatewayId;
    this.bounds = bounds;
    this.clock = clock;
  }

  get inFlight(): number {
    return this.pending.length - this.head;
  }

  /** Whether so much is unanswered that only cancels are sent, and at last nothing. */
  isBusyFor(isCancelsOnly: boolean): boolean {
    const { maxUnanswered } = this.bounds;
    const most = isCancelsOnly ? 2 * maxUnanswered : maxUnanswered;
    return this.nextCorrelationId - 1 - this.lastAnswered >= most;
  }

  /**
   * Sends a request's commands; false where too much is unanswered, or where the ring has no room
   * for all: then none was sent.
   *
   * @param receivedNs when the request began to be read; 0: it is not measured
   */
  submit(commands: CommandList, timeUs: number, reply: CommandReply, receivedNs: number): boolean {
    const { record, offsets } = commands;
    if (this.isBusyFor(commands.isCancelsOnly)) return false;
    if (!commands.isCancelsOnly && !this.hasRoomFor(record, offsets)) return false;
    if (receivedNs > 0) this.sendStamps(receivedNs);
    const firstCorrelationId = this.nextCorrelationId;
    for (let i = 0; i < offsets.length; i++) {
      if (!this.send(record, offsets[i]!, firstCorrelationId + i, timeUs)) {
        this.producer.abort();
        return false;
      }
    }
    this.nextCorrelationId += offsets.length;
    this.pending.push({ reply, firstCorrelationId, count: offsets.length });
    this.publish(offsets.length);
    return true;
  }

  /** Asks the exchange for an image of the books; the image's number, 0 where there is no room. */
  requestBookImage(): number {
    const at = this.producer.tryClaim(BOOK_IMAGE_REQUEST.length);
    if (at < 0) return 0;
    this.imageNumber++;
    const { gatewayId, imageNumber: correlationId } = this;
    const request = new BookImageRequest().write(this.producer.record, at);
    Object.assign(request, { gatewayId, correlationId });
    this.publish(1);
    return correlationId;
  }

  /**
   * To be called at every turn: wakes the exchange, if it sleeps, for all that was sent since. To
   * be woken costs it more than to execute what one request has, and the gateway its core.
   */
  wakeExchange(): void {
    if (this.news === 0) return;
    this.news = 0;
    this.exchange.ring();
  }

  /** Waits for no outcome any more, and tells nobody; returns how many requests it forgot. */
  forget(): number {
    const count = this.inFlight;
    this.pending = [];
    this.head = 0;
    this.lastAnswered = this.nextCorrelationId - 1;
    return count;
  }

  /** Whether the reply to the next outcome wants its fills. */
  get nextWantsFills(): boolean {
    return this.pending[this.head]?.reply.wantsFills ?? false;
  }

  complete(correlationId: number, outcome: CommandOutcome): void {
    const request = this.pending[this.head];
    const index = request === undefined ? -1 : correlationId - request.firstCorrelationId;
    if (request === undefined || index < 0 || index >= request.count) {
      throw new Error(`outcome for correlation id ${correlationId}, which does not wait for one`);
    }
    this.lastAnswered = correlationId;
    if (index === request.count - 1) this.dropHead();
    request.reply.onOutcome(index, outcome);
  }

  private hasRoomFor(record: RecordBuffer, offsets: readonly number[]): boolean {
    let bytes = this.bounds.cancelReserveBytes;
    for (const offset of offsets) bytes += recordLengthAt(record, offset) + FRAME_HEADER_BYTES;
    return this.producer.freeBytes() >= bytes;
  }

  /** Ahead of the request's first command; without them where there is no room. */
  private sendStamps(receivedNs: number): void {
    const at = this.producer.tryClaim(LATENCY_STAMPS.length);
    if (at < 0) return;
    const stamps = this.stamps.write(this.producer.record, at);
    stamps.gatewayId = this.gatewayId;
    stamps.received = receivedNs;
    stamps.written = this.clock.now();
  }

  private send(
    record: RecordBuffer,
    offset: number,
    correlationId: number,
    timeUs: number,
  ): boolean {
    const length = recordLengthAt(record, offset);
    const at = this.producer.tryClaim(length);
    if (at < 0) return false;
    const ring = this.producer.record;
    copyRecord(record.words, offset, ring.words, at, length);
    const header = this.header.wrap(ring, at);
    header.sequence = 0;
    header.time = timeUs;
    header.correlationId = correlationId;
    header.gatewayId = this.gatewayId;
    return true;
  }

  private publish(count: number): void {
    this.producer.commit();
    this.news += count;
    if (this.news >= WORTH_WAKING) this.wakeExchange();
  }

  private dropHead(): void {
    this.head++;
    if (this.head < 1_024 || this.head * 2 < this.pending.length) return;
    this.pending = this.pending.slice(this.head);
    this.head = 0;
  }
}
