/**
 * Maps pairs of indexes (0 to 2^31−1 each) to slots: open addressing with linear probing. One id
 * made of both would exceed 31 bits, and V8 boxes such a number for a call that it does not inline,
 * which it decides anew in each process. Grows by doubling at half load, up to 2^28 pairs (8 GiB).
 * Hot path: no allocation but when it grows.
 */
import { NO_SLOT } from './id-table.ts';

/** An entry's lanes: both indexes, the slot + 1, or 0 where it is free, and one to fill it up. */
const ENTRY_BITS = 2;
const SECOND = 1;
const SLOT = 2;

/** As ids' (`hashId`): pairs that differ in one index only, in a row, spread evenly. */
function hashOf(first: number, second: number): number {
  return Math.imul(first ^ Math.imul(second, 0x85ebca6b), 0x9e3779b1);
}

export class PairTable {
  /** Entries in the table. */
  size = 0;
  private entries: Int32Array;
  private mask: number;
  /** A hash's highest bits are a pair's home. */
  private shift: number;

  /** @param expected how many entries fit without growing */
  constructor(expected = 512) {
    const capacity = 2 ** Math.ceil(Math.log2(Math.max(8, expected * 2)));
    this.entries = new Int32Array(capacity << ENTRY_BITS);
    this.mask = capacity - 1;
    this.shift = Math.clz32(this.mask);
  }

  get(first: number, second: number): number {
    const { entries, mask } = this;
    let at = hashOf(first, second) >>> this.shift;
    for (;;) {
      const entry = at << ENTRY_BITS;
      const found = entries[entry + SLOT]! - 1;
      if (found === NO_SLOT) return NO_SLOT;
      if (entries[entry] === first && entries[entry + SECOND] === second) return found;
      at = (at + 1) & mask;
    }
  }

  /** Adds a pair that is not in the table. */
  add(first: number, second: number, slot: number): void {
    if (this.size * 2 > this.mask) this.grow();
    this.size++;
    this.place(first, second, slot);
  }

  /** Forgets all; what it grew to stays. */
  clear(): void {
    this.size = 0;
    this.entries.fill(0);
  }

  private place(first: number, second: number, slot: number): void {
    const { entries, mask } = this;
    let at = hashOf(first, second) >>> this.shift;
    while (entries[(at << ENTRY_BITS) + SLOT] !== 0) at = (at + 1) & mask;
    const entry = at << ENTRY_BITS;
    entries[entry] = first;
    entries[entry + SECOND] = second;
    entries[entry + SLOT] = slot + 1;
  }

  private grow(): void {
    const { entries } = this;
    this.entries = new Int32Array(entries.length * 2);
    this.mask = this.mask * 2 + 1;
    this.shift = Math.clz32(this.mask);
    for (let entry = 0; entry < entries.length; entry += 1 << ENTRY_BITS) {
      const slot = entries[entry + SLOT]! - 1;
      if (slot !== NO_SLOT) this.place(entries[entry]!, entries[entry + SECOND]!, slot);
    }
  }
}
