/**
 * A queue of records of 32-bit words, first in, first out, in pages of 1 MiB: a page that the queue
 * has left is used again, so it takes the memory of the most that it ever held. A record's slot is
 * its own while it is in the queue. Hot path: no allocation but for a page.
 */

const PAGE_WORD_BITS = 18;
/** A queue has room for 8 GiB. */
const PAGES = 2 ** 13;
const NO_PAGE = new Int32Array(0);

export class RecordQueue {
  /** Slot of the oldest record, and of the next one to come. */
  first = 0;
  end = 0;
  private readonly pages: Int32Array[] = new Array(PAGES).fill(NO_PAGE);
  private readonly spare: Int32Array[] = [];
  private readonly recordBits: number;
  private readonly pageBits: number;
  private readonly pageMask: number;
  private readonly slotMask: number;

  /** @param recordBits a record is 2^recordBits words */
  constructor(recordBits: number) {
    this.recordBits = recordBits;
    this.pageBits = PAGE_WORD_BITS - recordBits;
    this.pageMask = 2 ** this.pageBits - 1;
    this.slotMask = PAGES * 2 ** this.pageBits - 1;
  }

  get count(): number {
    return (this.end - this.first) & this.slotMask;
  }

  /** The slot behind a slot. */
  next(slot: number): number {
    return (slot + 1) & this.slotMask;
  }

  /** The page that a record is in. */
  page(slot: number): Int32Array {
    return this.pages[slot >> this.pageBits]!;
  }

  /** A record's first word in its page. */
  wordOf(slot: number): number {
    return (slot & this.pageMask) << this.recordBits;
  }

  /** Adds a record; its words hold what stood there before. */
  push(): number {
    const slot = this.end;
    if ((slot & this.pageMask) === 0) {
      this.pages[slot >> this.pageBits] = this.spare.pop() ?? new Int32Array(2 ** PAGE_WORD_BITS);
    }
    this.end = this.next(slot);
    return slot;
  }

  /** Forgets all; the pages stay. */
  clear(): void {
    this.first = 0;
    this.end = 0;
    for (let at = 0; at < PAGES; at++) {
      if (this.pages[at] === NO_PAGE) continue;
      this.spare.push(this.pages[at]!);
      this.pages[at] = NO_PAGE;
    }
  }

  /** Removes the oldest record. */
  drop(): void {
    const slot = this.first;
    this.first = this.next(slot);
    if ((this.first & this.pageMask) !== 0) return;
    this.spare.push(this.page(slot));
    this.pages[slot >> this.pageBits] = NO_PAGE;
  }
}
