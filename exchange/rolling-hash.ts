/**
 * A rolling 64-bit hash over 32-bit words, in two 32-bit lanes: the events of a journal, or the
 * canonical form of a state. Not cryptographic: it shows that two runs agree. Multipliers are
 * MurmurHash3's (Austin Appleby, public domain). Hot path.
 *
 * ```
 *  first ──┬── first − second + A ──▶ low  = rotate(13, (low  ^ ·) × M)
 *          ╳
 *  second ─┴── first ^ rotate(16, second) ^ B ──▶ high = rotate(15, (high ^ ·) × N)
 * ```
 * A step takes two words. Each lane sees both, so that a changed word changes both lanes, but no
 * lane waits for the other: the two chains of multiply and rotate run side by side in a processor.
 * A step is a bijection of each lane, so a difference once made never fades in equal words. A and B
 * let words of zero change even lanes of zero.
 */
import { setInt64 } from '../protocol/record.ts';

export class RollingHash {
  /** Low and high; a typed array keeps them unboxed. */
  private readonly lanes = new Int32Array(2);

  get low(): number {
    return this.lanes[0]!;
  }
  get high(): number {
    return this.lanes[1]!;
  }

  /** Goes on from where another one was. */
  restore(low: number, high: number): void {
    this.lanes[0] = low;
    this.lanes[1] = high;
  }

  /** Words [from, to), an even number of them: as in all records. */
  addWords(words: Int32Array, from: number, to: number): void {
    if (((to - from) & 1) !== 0) throw new RangeError(`${to - from} words are not in pairs`);
    const { lanes } = this;
    let low = lanes[0]!;
    let high = lanes[1]!;
    for (let i = from; i < to; i += 2) {
      const first = words[i]!;
      const second = words[i + 1]!;
      low = Math.imul(low ^ (first - second + 0x2f0b4c47), 0x85ebca6b);
      low = (low << 13) | (low >>> 19);
      const turned = (second << 16) | (second >>> 16);
      // Only one step of each lane's chain waits for the one before: what can be is apart from it.
      high = Math.imul(high ^ (first ^ turned ^ 0x1b873593), 0xc2b2ae35);
      high = (high << 15) | (high >>> 17);
    }
    lanes[0] = low;
    lanes[1] = high;
  }

  /** An integer with |value| ≤ 2^53−1. */
  addInteger(value: number): void {
    setInt64(NUMBER, 0, value);
    this.addWords(NUMBER, 0, 2);
  }

  /** 16 hexadecimal digits. */
  toString(): string {
    return formatHash(this.low, this.high);
  }
}

export function formatHash(low: number, high: number): string {
  const hex = (word: number) => (word >>> 0).toString(16).padStart(8, '0');
  return hex(high) + hex(low);
}

const NUMBER = new Int32Array(2);
