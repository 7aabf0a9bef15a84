/**
 * Rings between threads: one producer, variable-length frames, up to eight readers, each with a
 * cursor of its own. No locks and no waiting in here: a full ring answers -1 and the caller decides
 * (see `waiter.ts`). Hot path: no allocation per frame.
 *
 * @example
 * const ring = createRing(1 << 16);
 * const producer = new RingProducer(ring);
 * const reader = new RingReader(ring, 0);
 * reader.join();
 * const at = producer.tryClaim(8);
 * producer.record.words[at >> 2] = 42;
 * producer.commit();
 * reader.read(); // the payload's byte offset in reader.record
 * reader.release();
 */
import {
  cursorOf,
  FRAME_HEADER_BYTES,
  FrameType,
  gatingOf,
  HEADER_BYTES,
  JOINED,
  LEFT,
  MAX_CAPACITY,
  MAX_READERS,
  MIN_CAPACITY,
  TAIL,
} from './ring-layout.ts';

/** A ring of `capacity` data bytes: a power of two from 1 KiB to 1 GiB. */
export function createRing(capacity: number): SharedArrayBuffer {
  const isPowerOfTwo = capacity > 0 && (capacity & (capacity - 1)) === 0;
  if (!isPowerOfTwo || capacity < MIN_CAPACITY || capacity > MAX_CAPACITY) {
    throw new RangeError(
      `ring capacity ${capacity} is not allowed; allowed: a power of two from ${MIN_CAPACITY} ` +
        `to ${MAX_CAPACITY}`,
    );
  }
  return new SharedArrayBuffer(HEADER_BYTES + capacity);
}

/** Frames in memory, as words and bytes: what the protocol's flyweights wrap. */
export class FrameData {
  readonly words: Int32Array;
  readonly bytes: Uint8Array;

  constructor(buffer: ArrayBufferLike, byteOffset = 0) {
    this.words = new Int32Array(buffer, byteOffset);
    this.bytes = new Uint8Array(buffer, byteOffset);
  }
}

/**
 * Starts to hold the producer back on behalf of a reader, at the newest frame that it may see;
 * returns the position. While the producer writes it may be done only where another reader has
 * joined, and stays, that is never ahead of the bound (the journal: it is the bound, or behind the
 * tail): the producer may have looked up its limit a moment ago, without this reader, and then goes
 * no further than a ring's length beyond that other one. That look came before the flag was seen,
 * so the other one's cursor in it is at most the bound as it is read here after the flag is up.
 */
export function joinRing(header: Int32Array, reader: number, bound: number): number {
  Atomics.store(header, cursorOf(reader), Atomics.load(header, bound));
  Atomics.store(header, gatingOf(reader), JOINED);
  const position = Atomics.load(header, bound);
  Atomics.store(header, cursorOf(reader), position);
  return position;
}

/** The header's word that a reader must not overtake. */
export function boundOf(boundedBy: number | undefined): number {
  return boundedBy === undefined ? TAIL : cursorOf(boundedBy);
}

export function assertReader(reader: number): void {
  if (reader >= 0 && reader < MAX_READERS) return;
  throw new RangeError(`reader ${reader} is not allowed; allowed: 0 to ${MAX_READERS - 1}`);
}

/** What all have who look at a ring. */
export abstract class RingSide {
  /** The largest payload in bytes. */
  readonly maxPayload: number;
  protected readonly data: FrameData;
  protected readonly header: Int32Array;
  protected readonly capacityUnits: number;
  protected readonly mask: number;

  constructor(ring: SharedArrayBuffer) {
    this.header = new Int32Array(ring, 0, HEADER_BYTES >> 2);
    this.data = new FrameData(ring, HEADER_BYTES);
    this.capacityUnits = (ring.byteLength - HEADER_BYTES) >> 3;
    this.mask = this.capacityUnits - 1;
    this.maxPayload = this.capacityUnits - FRAME_HEADER_BYTES;
  }
}

/** The one writer of a ring. What is claimed becomes visible to readers at `commit`. */
export class RingProducer extends RingSide {
  /** Frames' payloads are at the byte offsets that `tryClaim` returns. */
  readonly record: FrameData;
  private published: number;
  private claimed: number;
  /** How far claims may go before the readers' cursors must be looked at again. */
  private limit: number;

  constructor(ring: SharedArrayBuffer) {
    super(ring);
    this.record = this.data;
    this.published = Atomics.load(this.header, TAIL);
    this.claimed = this.published;
    this.limit = this.published;
  }

  /**
   * Room for a payload of `length` bytes (at most `maxPayload`): its byte offset in `record`, or -1
   * while the ring is full. Several claims may precede one `commit` or `abort`.
   */
  tryClaim(length: number): number {
    if (length > this.maxPayload) throw new RangeError(`frame of ${length} bytes is too long`);
    const frameBytes = length + FRAME_HEADER_BYTES;
    const units = (frameBytes + 7) >> 3;
    const index = this.claimed & this.mask;
    const unitsToEnd = this.capacityUnits - index;
    const padding = units > unitsToEnd ? unitsToEnd : 0;
    const end = (this.claimed + padding + units) | 0;
    if (((this.limit - end) | 0) < 0) {
      this.limit = this.lookUpLimit();
      if (((this.limit - end) | 0) < 0) return -1;
    }
    const words = this.record.words;
    let start = index;
    if (padding !== 0) {
      words[index << 1] = padding << 3;
      words[(index << 1) + 1] = FrameType.Padding;
      start = 0;
    }
    words[start << 1] = frameBytes;
    words[(start << 1) + 1] = FrameType.Record;
    this.claimed = end;
    return (start << 3) + FRAME_HEADER_BYTES;
  }

  /** Publishes everything claimed since the last commit. */
  commit(): void {
    this.published = this.claimed;
    Atomics.store(this.header, TAIL, this.published);
  }

  /** Forgets everything claimed since the last commit. */
  abort(): void {
    this.claimed = this.published;
  }

  /**
   * Bytes that are free now, frame headers included. The padding at the buffer's end may take up
   * to one frame of them.
   */
  freeBytes(): number {
    this.limit = this.lookUpLimit();
    return ((this.limit - this.claimed) | 0) * 8;
  }

  private lookUpLimit(): number {
    let used = 0;
    for (let reader = 0; reader < MAX_READERS; reader++) {
      if (Atomics.load(this.header, gatingOf(reader)) === LEFT) continue;
      const behind = (this.claimed - Atomics.load(this.header, cursorOf(reader))) | 0;
      if (behind > used) used = behind;
    }
    return (this.claimed - used + this.capacityUnits) | 0;
  }
}

/** One reader of a ring. It sees frames up to the tail, or up to another reader's cursor. */
export class RingReader extends RingSide {
  /** Frames' payloads are at the byte offsets that `read` returns. */
  readonly record: FrameData;
  /** The payload's length in bytes of the frame that `read` returned last. */
  length = 0;
  private readonly reader: number;
  private readonly cursor: number;
  private readonly bound: number;
  private position: number;
  private limit: number;

  /** @param boundedBy the reader whose cursor this one must not overtake; by default the tail */
  constructor(ring: SharedArrayBuffer, reader: number, boundedBy?: number) {
    super(ring);
    assertReader(reader);
    this.record = this.data;
    this.reader = reader;
    this.cursor = cursorOf(reader);
    this.bound = boundOf(boundedBy);
    this.position = Atomics.load(this.header, this.cursor);
    this.limit = this.position;
  }

  /** As `joinRing` says: before the producer writes, or beside a reader that has joined. */
  join(): void {
    this.position = joinRing(this.header, this.reader, this.bound);
    this.limit = this.position;
  }

  /** Stops holding the producer back. */
  leave(): void {
    Atomics.store(this.header, gatingOf(this.reader), LEFT);
  }

  /** The byte offset of the next payload in `record`, or -1 when there is none. */
  read(): number {
    const words = this.record.words;
    for (;;) {
      if (this.position === this.limit) {
        this.limit = Atomics.load(this.header, this.bound);
        if (this.position === this.limit) return -1;
      }
      const index = this.position & this.mask;
      const frameBytes = words[index << 1]!;
      this.position = (this.position + ((frameBytes + 7) >> 3)) | 0;
      if (words[(index << 1) + 1] === FrameType.Padding) continue;
      this.length = frameBytes - FRAME_HEADER_BYTES;
      return (index << 3) + FRAME_HEADER_BYTES;
    }
  }

  /** Gives everything read so far back to the producer. */
  release(): void {
    Atomics.store(this.header, this.cursor, this.position);
  }
}
