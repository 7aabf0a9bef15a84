/** Random frames that any thread can make again from the seed, to write them or to check them. */
import { type Random, seededRandom } from '../../test/support/seed.ts';

export interface HammerFrame {
  readonly length: number;
  readonly firstByte: number;
  /** From each byte to the next, modulo 256. Odd, so that no two bytes in 256 are the same. */
  readonly step: number;
}

/** The endless list of frames that belongs to a seed. */
export class HammerFrames {
  private readonly random: Random;
  private readonly maxPayload: number;

  constructor(seed: number, maxPayload: number) {
    this.random = seededRandom(seed);
    this.maxPayload = maxPayload;
  }

  next(): HammerFrame {
    const { random } = this;
    const length = random(this.maxPayload + 1);
    return { length, firstByte: random(256), step: random(128) * 2 + 1 };
  }
}

export function writeFrame(bytes: Uint8Array, at: number, frame: HammerFrame): void {
  let byte = frame.firstByte;
  for (let i = at; i < at + frame.length; i++) {
    bytes[i] = byte;
    byte = (byte + frame.step) & 0xff;
  }
}

export function isIntact(bytes: Uint8Array, at: number, frame: HammerFrame): boolean {
  let byte = frame.firstByte;
  for (let i = at; i < at + frame.length; i++) {
    if (bytes[i] !== byte) return false;
    byte = (byte + frame.step) & 0xff;
  }
  return true;
}
