/**
 * A reader that may be cut off. Who reads a ring in place trusts that nobody writes over a frame
 * before its release; a reader that is stalled cannot be trusted to ever release, so somebody else
 * (see `reader-watch.ts`) may lower its flag, and the producer then writes over what it has not
 * read, or is reading.
 *
 * So this reader hands out nothing from the ring. It copies what waits, and only then asks whether
 * it is still joined: if it is, nobody had written over what it copied, and the copy is its own for
 * ever; if not, the copy may be torn and is forgotten without a look. Not even a frame's length is
 * believed before: how much there is to copy is known from the positions.
 *
 * Why the answer can be trusted: asking is a compare-and-swap of JOINED by JOINED, not a load.
 * Where it succeeds, it stands before the swap that cuts off in the order of that word's changes,
 * and so all that was read before it happened before the cut, and before the producer, that saw the
 * flag down, wrote. A load would not do: plain reads may be done after an atomic load that follows
 * them (on ARM they are). The same as a seqlock's reader, with the flag in the sequence's place.
 *
 * Hot path: one copy and one swap for all that waits, up to COPY_BYTES; no allocation per frame.
 */
import { assertReader, boundOf, FrameData, joinRing, RingSide } from './ring.ts';
import { cursorOf, FRAME_HEADER_BYTES, FrameType, gatingOf, JOINED } from './ring-layout.ts';

/** Copied at once, where no frame is longer: what stays in a core's own cache. */
const COPY_BYTES = 64 * 1024;

export class CopyingReader extends RingSide {
  /** The payload's length in bytes of the frame that `read` returned last. */
  length = 0;
  /** The copy: frames' payloads are at the byte offsets that `read` returns, until the next one. */
  readonly record: FrameData;
  private readonly reader: number;
  private readonly cursor: number;
  private readonly gating: number;
  private readonly bound: number;
  /** Of the next frame, in the ring. */
  private position: number;
  /** Of the next frame in `record`, and the end of what is in there; in 8-byte units. */
  private next = 0;
  private end = 0;

  /** @param boundedBy the reader whose cursor this one must not overtake; by default the tail */
  constructor(ring: SharedArrayBuffer, reader: number, boundedBy?: number) {
    super(ring);
    assertReader(reader);
    this.reader = reader;
    this.cursor = cursorOf(reader);
    this.gating = gatingOf(reader);
    this.bound = boundOf(boundedBy);
    this.position = Atomics.load(this.header, this.cursor);
    const longestFrame = this.maxPayload + FRAME_HEADER_BYTES;
    this.record = new FrameData(new ArrayBuffer(Math.max(COPY_BYTES, longestFrame)));
  }

  /**
   * Whether this reader does not hold the producer back any more: it must `join` before it can read
   * again, and what was published meanwhile it will never see.
   */
  get isCutOff(): boolean {
    return Atomics.load(this.header, this.gating) !== JOINED;
  }

  /** As `joinRing` says; what was copied before is forgotten. */
  join(): void {
    this.position = joinRing(this.header, this.reader, this.bound);
    this.next = 0;
    this.end = 0;
  }

  /** The byte offset of the next payload in `record`; -1 where there is none, or it is cut off. */
  read(): number {
    const { words } = this.record;
    for (;;) {
      const left = this.end - this.next;
      const at = this.next;
      const units = left === 0 ? 0 : unitsOf(words[at << 1]!);
      if (left === 0 || units > left) {
        if (!this.refill()) return -1;
        continue;
      }
      this.next += units;
      this.position = (this.position + units) | 0;
      if (words[(at << 1) + 1] === FrameType.Padding) continue;
      this.length = words[at << 1]! - FRAME_HEADER_BYTES;
      return (at << 3) + FRAME_HEADER_BYTES;
    }
  }

  /** Gives everything read so far back to the producer. */
  release(): void {
    Atomics.store(this.header, this.cursor, this.position);
  }

  /** Copies what waits, one frame at least; false where nothing does, or the reader is cut off. */
  private refill(): boolean {
    this.next = 0;
    this.end = 0;
    const available = (Atomics.load(this.header, this.bound) - this.position) | 0;
    if (available === 0) return false;
    // No frame crosses the ring's end.
    const most = Math.min(available, this.capacityUnits - (this.position & this.mask));
    let units = Math.min(most, COPY_BYTES >> 3);
    if (!this.copyWhole(units)) return false;
    const first = unitsOf(this.record.words[0]!);
    if (first > units) {
      units = first;
      if (!this.copyWhole(units)) return false;
    }
    this.end = units;
    return true;
  }

  /** Copies so many units from the position on; false where they may be torn. */
  private copyWhole(units: number): boolean {
    // A reader that has joined is never more than a ring's length behind.
    if (units <= 0 || units > this.capacityUnits) return false;
    const from = (this.position & this.mask) << 1;
    this.record.words.set(this.data.words.subarray(from, from + (units << 1)));
    return Atomics.compareExchange(this.header, this.gating, JOINED, JOINED) === JOINED;
  }
}

function unitsOf(frameBytes: number): number {
  return (frameBytes + 7) >> 3;
}
