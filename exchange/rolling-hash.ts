/**
 * A rolling 64-bit hash over 32-bit words, in two 32-bit lanes: the events of a journal, or the
 * canonical form of a state. Not cryptographic: it shows that two runs agree. Multipliers and the
 * rotate-multiply scheme are MurmurHash3's (Austin Appleby, public domain). Hot path.
 */
export class RollingHash {
  low = 0;
  high = 0;

  /** Words [from, to). */
  addWords(words: Int32Array, from: number, to: number): void {
    let low = this.low;
    let high = this.high;
    for (let i = from; i < to; i++) {
      const word = words[i]!;
      low = Math.imul(low ^ word, 0x85ebca6b);
      low = (low << 13) | (low >>> 19);
      high = Math.imul(high + word, 0xc2b2ae35) ^ (low >>> 15);
    }
    this.low = low;
    this.high = (high << 7) | (high >>> 25);
  }

  /** An integer with |value| ≤ 2^53−1. */
  addInteger(value: number): void {
    NUMBER[0] = value;
    NUMBER[1] = Math.floor(value / 4294967296);
    this.addWords(NUMBER, 0, 2);
  }

  set(low: number, high: number): void {
    this.low = low | 0;
    this.high = high | 0;
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
