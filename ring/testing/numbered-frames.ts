/** Frames that say which they are, so that a reader that missed some can check what it got. */
import { type HammerFrame, isIntact, writeFrame } from './hammer-frames.ts';

const NUMBER_BYTES = 4;

interface Frames {
  readonly words: Int32Array;
  readonly bytes: Uint8Array;
}

/** The bytes behind a frame's number; another number has others, and another length. */
function restOf(number: number, maxPayload: number): HammerFrame {
  const mixed = Math.imul(number ^ (number >>> 16), 0x45d9f3b) >>> 0;
  const length = mixed % (maxPayload - NUMBER_BYTES + 1);
  return { length, firstByte: (mixed >>> 8) & 0xff, step: (mixed >>> 16) | 1 };
}

export function numberedLength(number: number, maxPayload: number): number {
  return NUMBER_BYTES + restOf(number, maxPayload).length;
}

export function writeNumbered(
  { words, bytes }: Frames,
  at: number,
  number: number,
  maxPayload: number,
): void {
  words[at >> 2] = number;
  writeFrame(bytes, at + NUMBER_BYTES, restOf(number, maxPayload));
}

/** A frame's number; throws where it is not whole. */
export function readNumbered(
  { words, bytes }: Frames,
  at: number,
  length: number,
  maxPayload: number,
): number {
  const number = words[at >> 2]!;
  const rest = restOf(number, maxPayload);
  const expected = NUMBER_BYTES + rest.length;
  if (length !== expected) throw new Error(`frame ${number} has ${length} bytes, not ${expected}`);
  if (!isIntact(bytes, at + NUMBER_BYTES, rest)) throw new Error(`frame ${number} is damaged`);
  return number;
}
