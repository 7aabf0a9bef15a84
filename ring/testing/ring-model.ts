/**
 * What a ring must do, without its tricks: positions are wide numbers that never wrap, frames are
 * objects in a list that is never overwritten, and nothing is remembered between two looks.
 */
import { FRAME_HEADER_BYTES } from '../ring-layout.ts';

export interface ModelFrame {
  /** Payload's byte offset in the ring's data. */
  readonly at: number;
  readonly length: number;
  /** Every byte of the payload. */
  readonly fill: number;
  /** Position behind the frame. */
  readonly end: number;
}

interface ModelReader {
  readonly boundedBy: number | undefined;
  isJoined: boolean;
  /** Behind the frame that it read last. */
  position: number;
  /** Behind the frame that it released last. */
  cursor: number;
}

export class RingModel {
  tail: number;
  readonly readers: readonly ModelReader[];
  private readonly capacityUnits: number;
  private published: ModelFrame[] = [];
  private claimed: ModelFrame[] = [];
  private frameCount = 0;

  /** @param bounds for each reader the reader that bounds it */
  constructor(capacity: number, start: number, bounds: readonly (number | undefined)[]) {
    this.capacityUnits = capacity / 8;
    this.tail = start;
    this.readers = bounds.map((boundedBy) => ({
      boundedBy,
      isJoined: true,
      position: start,
      cursor: start,
    }));
  }

  get freeBytes(): number {
    const cursors = this.readers.filter((reader) => reader.isJoined).map(({ cursor }) => cursor);
    return (Math.min(this.claimEnd, ...cursors) + this.capacityUnits - this.claimEnd) * 8;
  }

  /** The frame claimed; undefined where the ring is full. */
  claim(length: number): ModelFrame | undefined {
    const units = Math.ceil((length + FRAME_HEADER_BYTES) / 8);
    const index = modulo(this.claimEnd, this.capacityUnits);
    const padding = index + units > this.capacityUnits ? this.capacityUnits - index : 0;
    if ((padding + units) * 8 > this.freeBytes) return undefined;
    const end = this.claimEnd + padding + units;
    const start = modulo(end - units, this.capacityUnits);
    const fill = this.frameCount++ & 0xff;
    const frame = { at: start * 8 + FRAME_HEADER_BYTES, length, fill, end };
    this.claimed.push(frame);
    return frame;
  }

  commit(): void {
    this.tail = this.claimEnd;
    this.published.push(...this.claimed);
    this.claimed = [];
  }

  abort(): void {
    this.claimed = [];
  }

  read(index: number): ModelFrame | undefined {
    const reader = this.readers[index]!;
    const limit = this.limitOf(reader);
    const frame = this.published.find(({ end }) => end > reader.position && end <= limit);
    if (frame !== undefined) reader.position = frame.end;
    return frame;
  }

  /** The frames that a reader has read and not released. */
  held(index: number): ModelFrame[] {
    const { cursor, position } = this.readers[index]!;
    return this.published.filter(({ end }) => end > cursor && end <= position);
  }

  release(index: number): void {
    const reader = this.readers[index]!;
    reader.cursor = reader.position;
  }

  leave(index: number): void {
    this.readers[index]!.isJoined = false;
  }

  join(index: number): void {
    const reader = this.readers[index]!;
    reader.isJoined = true;
    reader.position = this.limitOf(reader);
    reader.cursor = reader.position;
  }

  private get claimEnd(): number {
    return this.claimed.at(-1)?.end ?? this.tail;
  }

  private limitOf({ boundedBy }: ModelReader): number {
    return boundedBy === undefined ? this.tail : this.readers[boundedBy]!.cursor;
  }
}

function modulo(value: number, divisor: number): number {
  return ((value % divisor) + divisor) % divisor;
}
