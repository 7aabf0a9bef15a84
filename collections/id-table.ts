/**
 * Maps positive ids (≤ 2^53−1) to slots (int32): open addressing with linear probing, deletion by
 * backward shift, so no tombstones and no cliff. Grows by doubling at half load. Hot path: no
 * allocation but when it grows.
 *
 * Deletion: Knuth, The Art of Computer Programming 3, 6.4, algorithm R.
 */

/** The slot of an id that is not there. */
export const NO_SLOT = -1;

const TWO_TO_MINUS_32 = 2 ** -32;
const WANTED = new Float64Array(1);

/**
 * Hash of a 53-bit id onto 32 bits, of which the highest are the best. Ids in a row, the usual
 * ones, spread evenly and hardly ever meet: Knuth, The Art of Computer Programming 3, 6.4,
 * Fibonacci hashing. The other constant is MurmurHash3's.
 */
export function hashId(id: number): number {
  WANTED[0] = id;
  return hashIdIn(WANTED, 0);
}

/** The same of an id in a lane: see `IdTable.find`. */
export function hashIdIn(lanes: Float64Array, place: number): number {
  const id = lanes[place]!;
  return Math.imul((id | 0) ^ Math.imul((id * TWO_TO_MINUS_32) | 0, 0x85ebca6b), 0x9e3779b1);
}

export class IdTable {
  /** Entries in the table. */
  size = 0;
  /** Two lanes an entry: the id, or 0 where it is free, and the slot. */
  private entries: Float64Array;
  private mask: number;
  /** A hash's highest bits are an id's home. */
  private shift: number;

  /** @param expected how many entries fit without growing */
  constructor(expected = 512) {
    const capacity = 2 ** Math.ceil(Math.log2(Math.max(8, expected * 2)));
    this.entries = new Float64Array(capacity * 2);
    this.mask = capacity - 1;
    this.shift = Math.clz32(this.mask);
  }

  get(id: number): number {
    WANTED[0] = id;
    return this.find(WANTED, 0);
  }

  /**
   * The same of an id in a lane: one beyond 31 bits would be boxed for a call that V8 does not
   * inline, and what it inlines differs from process to process.
   */
  find(lanes: Float64Array, place: number): number {
    const { entries, mask, shift } = this;
    const id = lanes[place]!;
    let at = hashIdIn(lanes, place) >>> shift;
    for (;;) {
      const found = entries[at * 2]!;
      if (found === id) return entries[at * 2 + 1]! | 0;
      if (found === 0) return NO_SLOT;
      at = (at + 1) & mask;
    }
  }

  /** Adds an id that is not in the table. */
  add(id: number, slot: number): void {
    if (this.size * 2 > this.mask) this.grow();
    this.size++;
    this.place(id, slot);
  }

  delete(id: number): void {
    const { entries, mask, shift } = this;
    let hole = hashId(id) >>> shift;
    for (;;) {
      const found = entries[hole * 2]!;
      if (found === 0) return;
      if (found === id) break;
      hole = (hole + 1) & mask;
    }
    this.size--;
    let at = hole;
    for (;;) {
      at = (at + 1) & mask;
      const moved = entries[at * 2]!;
      if (moved === 0) break;
      const home = hashId(moved) >>> shift;
      if (((at - home) & mask) < ((at - hole) & mask)) continue;
      entries[hole * 2] = moved;
      entries[hole * 2 + 1] = entries[at * 2 + 1]!;
      hole = at;
    }
    entries[hole * 2] = 0;
  }

  /** Forgets all; what it grew to stays. */
  clear(): void {
    this.size = 0;
    this.entries.fill(0);
  }

  private place(id: number, slot: number): void {
    const { entries, mask, shift } = this;
    let at = hashId(id) >>> shift;
    while (entries[at * 2] !== 0) at = (at + 1) & mask;
    entries[at * 2] = id;
    entries[at * 2 + 1] = slot;
  }

  private grow(): void {
    const { entries } = this;
    this.entries = new Float64Array(entries.length * 2);
    this.mask = entries.length - 1;
    this.shift = Math.clz32(this.mask);
    for (let at = 0; at < entries.length; at += 2) {
      if (entries[at] !== 0) this.place(entries[at]!, entries[at + 1]!);
    }
  }
}
