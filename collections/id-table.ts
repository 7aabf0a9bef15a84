/**
 * Maps positive ids (≤ 2^53−1) to slots (int32): open addressing with linear probing, deletion by
 * backward shift, so no tombstones and no cliff. Grows by doubling at half load. Hot path: no
 * allocation but when it grows.
 *
 * Deletion: Knuth, The Art of Computer Programming 3, 6.4, algorithm R.
 */

/** The slot of an id that is not there. */
export const NO_SLOT = -1;

/** Multiplicative hash of a 53-bit id onto 32 bits; constants of MurmurHash3's finaliser. */
export function hashId(id: number): number {
  let hash = Math.imul((id | 0) ^ Math.imul((id / 4294967296) | 0, 0x9e3779b1), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

export class IdTable {
  /** Entries in the table. */
  size = 0;
  private ids: Float64Array;
  private slots: Int32Array;
  private mask: number;

  /** @param expected how many entries fit without growing */
  constructor(expected = 512) {
    const capacity = 2 ** Math.ceil(Math.log2(Math.max(8, expected * 2)));
    this.ids = new Float64Array(capacity);
    this.slots = new Int32Array(capacity);
    this.mask = capacity - 1;
  }

  get(id: number): number {
    const ids = this.ids;
    const mask = this.mask;
    let at = hashId(id) & mask;
    for (;;) {
      const found = ids[at]!;
      if (found === id) return this.slots[at]!;
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
    const ids = this.ids;
    const mask = this.mask;
    let hole = hashId(id) & mask;
    for (;;) {
      const found = ids[hole]!;
      if (found === 0) return;
      if (found === id) break;
      hole = (hole + 1) & mask;
    }
    this.size--;
    let at = hole;
    for (;;) {
      at = (at + 1) & mask;
      const moved = ids[at]!;
      if (moved === 0) break;
      const home = hashId(moved) & mask;
      if (((at - home) & mask) < ((at - hole) & mask)) continue;
      ids[hole] = moved;
      this.slots[hole] = this.slots[at]!;
      hole = at;
    }
    ids[hole] = 0;
  }

  private place(id: number, slot: number): void {
    let at = hashId(id) & this.mask;
    while (this.ids[at] !== 0) at = (at + 1) & this.mask;
    this.ids[at] = id;
    this.slots[at] = slot;
  }

  private grow(): void {
    const { ids, slots } = this;
    this.ids = new Float64Array(ids.length * 2);
    this.slots = new Int32Array(ids.length * 2);
    this.mask = ids.length * 2 - 1;
    for (let at = 0; at < ids.length; at++) {
      if (ids[at] !== 0) this.place(ids[at]!, slots[at]!);
    }
  }
}
