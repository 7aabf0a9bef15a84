/**
 * The newest path through a tree of LMDB's, from its root to its last entry: whether all of it lies
 * where the header that names it says that pages are in use. LMDB itself asks less, and what it
 * takes for unused it writes over.
 *
 * ```
 *  0      8        16    18      20      22      24
 *  +------+--------+-----+-------+-------+-------+--------------------------
 *  | page | txn id | pad | flags | lower | upper | pointers (uint16 each) …
 *  +------+--------+-----+-------+-------+-------+--------------------------
 *  lower: twice the count of entries; upper: the lowest pointer; a pointer counts from byte 24
 *  an entry, in a branch:  0 page (48 bits)
 *            in a leaf:    0 size (uint32)  4 flags  6 key's size  8 key, then the value
 *  a long value:           0 its first page  8 txn id  16 pages
 * ```
 */
import { readSync } from 'node:fs';
import { reading } from './file-error.ts';

const PAGE = { number: 0, transaction: 8, flags: 18, lower: 20, upper: 22, entries: 24 } as const;
const ENTRY = { flags: 4, keySize: 6, key: 8 } as const;
const LONG_VALUE = { page: 0, pages: 16 } as const;
const BRANCH = 1;
const LEAF = 2;
const KINDS = 15;
const IS_LONG = 1;

export interface Tree {
  readonly root: bigint;
  readonly depth: number;
}

export interface TreeFile {
  readonly file: number;
  readonly path: string;
  readonly pageSize: number;
  readonly lastPage: number;
}

export interface NewestPath {
  /** The transaction that wrote the root. */
  readonly transaction: bigint;
  /** What is wrong; undefined: nothing. */
  readonly fault?: string;
}

export function newestPathOf({ root, depth }: Tree, source: TreeFile): NewestPath {
  const { file, path, pageSize, lastPage } = source;
  const page = Buffer.alloc(pageSize);
  let transaction = 0n;
  let number = root;
  for (let level = depth; level >= 1; level--) {
    const fault = (what: string) => ({ transaction, fault: `page ${number} of its tree ${what}` });
    if (number > lastPage) return fault(`lies behind the last one, ${lastPage}`);
    reading(path, () => readSync(file, page, 0, pageSize, Number(number) * pageSize));
    if (page.readBigUInt64LE(PAGE.number) !== number) return fault('is another page');
    if (level === depth) transaction = page.readBigUInt64LE(PAGE.transaction);
    const kind = page.readUInt16LE(PAGE.flags) & KINDS;
    if (kind !== (level > 1 ? BRANCH : LEAF)) return fault('is of another kind');
    const count = page.readUInt16LE(PAGE.lower) >> 1;
    const pointer = PAGE.entries + 2 * (count - 1);
    const at = count > 0 && pointer < pageSize - 2 ? PAGE.entries + page.readUInt16LE(pointer) : 0;
    const isWithin = at > pointer && at + ENTRY.key <= pageSize;
    if (!isWithin) return fault('has no last entry');
    if (lowestPointer(page, count) !== page.readUInt16LE(PAGE.upper)) {
      return fault('does not count its entries');
    }
    if (level > 1) number = BigInt(page.readUIntLE(at, 6));
    else if ((page.readUInt16LE(at + ENTRY.flags) & IS_LONG) !== 0) {
      const value = at + ENTRY.key + page.readUInt16LE(at + ENTRY.keySize);
      if (value + LONG_VALUE.pages + 8 > pageSize) return fault('has no last value');
      const end =
        page.readBigUInt64LE(value + LONG_VALUE.page) +
        page.readBigUInt64LE(value + LONG_VALUE.pages);
      if (end > lastPage + 1) return fault(`has a value that ends behind the last, ${lastPage}`);
    }
  }
  return { transaction };
}

function lowestPointer(page: Buffer, count: number): number {
  let lowest = page.length;
  for (let i = 0; i < count; i++) {
    lowest = Math.min(lowest, page.readUInt16LE(PAGE.entries + 2 * i));
  }
  return lowest;
}
