/**
 * Records of a fixed size in pages of a fixed size, for tables whose length has no bound: to grow
 * copies nothing, and a page takes memory only where it is written. Whoever is hot looks a page up
 * by itself: `pages[slot >> pageBits]`, and in it `(slot & pageMask) << recordBits`.
 */
import { createLanes } from './cache-lines.ts';

/**
 * @param recordBits log2 of the words in a record
 * @param pageRecords records in a page, rounded up to a power of two; it decides no outcome
 */
export function createRecordPages(recordBits: number, pageRecords: number) {
  const pageBits = 32 - Math.clz32(pageRecords - 1);
  const pages: Float64Array[] = [];

  return {
    pages,
    pageBits,
    pageMask: (1 << pageBits) - 1,

    /** Makes sure of the page of a slot; the slots before it have theirs. */
    fit(slot: number): void {
      if (slot >> pageBits < pages.length) return;
      pages.push(createLanes(1 << (pageBits + recordBits)));
    },

    /** Makes the first so many records zeros again; their pages stay. */
    clear(count: number): void {
      const pageRecords = 1 << pageBits;
      for (let page = 0, left = count; left > 0; page++) {
        pages[page]!.fill(0, 0, Math.min(left, pageRecords) << recordBits);
        left -= pageRecords;
      }
    },
  };
}
