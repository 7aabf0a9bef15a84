/**
 * A ring's reader as somebody else sees it, who may cut it off: then it holds the producer back no
 * more. Only a reader that copies (`copying-reader.ts`) may be cut off.
 */
import { assertReader, boundOf, RingSide } from './ring.ts';
import { cursorOf, gatingOf, JOINED, LEFT } from './ring-layout.ts';

export class ReaderWatch extends RingSide {
  readonly capacityBytes: number;
  private readonly reader: number;
  private readonly bound: number;

  /** @param boundedBy as the reader's own */
  constructor(ring: SharedArrayBuffer, reader: number, boundedBy?: number) {
    super(ring);
    assertReader(reader);
    this.capacityBytes = this.capacityUnits << 3;
    this.reader = reader;
    this.bound = boundOf(boundedBy);
  }

  get isJoined(): boolean {
    return Atomics.load(this.header, gatingOf(this.reader)) === JOINED;
  }

  /** Behind the frame that it released last; only good to see whether it moves. */
  get cursor(): number {
    return Atomics.load(this.header, cursorOf(this.reader));
  }

  /** What it may read and has not released: so much room the producer gets by cutting it off. */
  get lagBytes(): number {
    const cursor = this.cursor;
    return ((Atomics.load(this.header, this.bound) - cursor) | 0) * 8;
  }

  /** false where it had not joined. The producer must be rung afterwards: it may wait for room. */
  cutOff(): boolean {
    return Atomics.compareExchange(this.header, gatingOf(this.reader), JOINED, LEFT) === JOINED;
  }
}
