/**
 * A look at the journal's file before LMDB maps it: a mapped file that ends too early kills its
 * reader (SIGBUS), and so can a wrong header. And LMDB trusts its two meta pages blindly: where one
 * bit of a transaction's number or of a tree's root is another, it serves an older journal, which
 * is whole but for its end. Each page says which transaction wrote it, so roots give that away.
 *
 * ```
 *  meta page, as lmdb-js 3 writes it:
 *  0           24        28              48          96        144        152     160
 *  +-----------+---------+--- ··· -------+-----------+---------+----------+-------+--------
 *  | page      | magic   | version, map  | free      | journal | last page| txn id| boot id
 *  | header    |         |               | pages     |         | (uint64) |       |
 *  +-----------+---------+--- ··· -------+-----------+---------+----------+-------+--------
 *  in `commit` and `none` there is a third, in the middle of the first page: what was flushed
 *  a tree:  0 page size (uint32; of the free pages')  4 flags (uint16)  6 depth  40 root (uint64)
 * ```
 */
import { closeSync, existsSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { readBootId } from './boot-id.ts';
import { reading } from './file-error.ts';
import { JournalError } from './journal-error.ts';
import { journalFileOf } from './journal-store.ts';
import { newestPathOf } from './lmdb-tree.ts';

const META = {
  pageNumber: 0,
  pageHeader: 8,
  magic: 24,
  mapSize: 40,
  freePages: 48,
  journal: 96,
  lastPage: 144,
  transaction: 152,
  bootId: 160,
  length: 168,
} as const;
const TREE = {
  pageSize: 0,
  flags: 4,
  depth: 6,
  pageCounts: [8, 16, 24],
  root: 40,
  length: 48,
} as const;
const TREES = [META.freePages, META.journal] as const;
const LMDB_MAGIC = 0xbeefc0de;
/** More than a process can map. */
const MAX_MAP_BYTES = 2 ** 47;
/** Bytes of a meta page that are the same in both and in all transactions, [from, to). */
const CONSTANT = [
  [META.pageHeader, META.mapSize],
  [META.freePages, META.freePages + TREE.flags],
  [META.journal, META.journal + TREE.depth],
] as const;
/** The root of a tree that has no pages. */
const NO_PAGE = 2n ** 64n - 1n;
/** Of a transaction whose pages were not flushed before its meta page was written. */
const UNFLUSHED = 0x1000;
/** Looks at a file that another process writes all the time. */
const TRIES = 1_000;

/** `unflushed`: the system ended before all was flushed; what was, LMDB can go back to. */
export type JournalFileState = 'absent' | 'sound' | 'unflushed';

/** Throws JournalError where the file is no LMDB file, or its headers are not what was written. */
export function inspectJournalFile(dataFolder: string): JournalFileState {
  const path = journalFileOf(dataFolder);
  if (!existsSync(path)) return 'absent';
  if (statSync(path).size === 0) return 'absent';
  const file = openSync(path, 'r');
  try {
    let fault: string | undefined;
    for (let left = TRIES; left > 0; left--) {
      const metas = readMetas(file, path);
      const { first, second, flushed } = metas;
      fault =
        differenceOf(first, second) ??
        faultOfFlushed(metas) ??
        faultOf(metas, file, path) ??
        faultOfNumber(metas, file, path);
      if (fault === undefined) return isLost(newerOf(metas), flushed) ? 'unflushed' : 'sound';
      // Somebody may have written meanwhile.
      const again = readMetas(file, path);
      const isSettled =
        isUnchanged(again.first, first) &&
        isUnchanged(again.second, second) &&
        isUnchanged(again.flushed, flushed);
      if (isSettled) break;
    }
    throw new JournalError(0, `${path} is damaged: ${fault}`);
  } finally {
    closeSync(file);
  }
}

function isUnchanged(one: Meta | undefined, other: Meta | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return one.bytes.equals(other.bytes);
}

/** Whether all that can be read is on disk: always, but beside an exchange that flushes later. */
export function isJournalFlushed(dataFolder: string): boolean {
  const path = journalFileOf(dataFolder);
  const file = openSync(path, 'r');
  try {
    const metas = readMetas(file, path);
    const newer = newerOf(metas);
    return !isUnflushed(newer) || metas.flushed?.transaction === newer.transaction;
  } finally {
    closeSync(file);
  }
}

interface Meta {
  readonly bytes: Buffer;
  readonly pageSize: number;
  readonly lastPage: number;
  readonly transaction: bigint;
}

interface Metas {
  readonly first: Meta;
  readonly second: Meta;
  /** Of the last transaction that was flushed, in `commit` and `none`. */
  readonly flushed: Meta | undefined;
}

function readMetas(file: number, path: string): Metas {
  const read = (position: number) => {
    const meta = readMeta(file, position, path);
    if (meta !== undefined) return meta;
    throw new JournalError(0, `${path} is damaged: no LMDB header at byte ${position}`);
  };
  const first = read(0);
  const { pageSize } = first;
  return { first, second: read(pageSize), flushed: readMeta(file, pageSize >> 1, path) };
}

function readMeta(file: number, position: number, path: string): Meta | undefined {
  const bytes = Buffer.alloc(META.length);
  const read = reading(path, () => readSync(file, bytes, 0, META.length, position));
  if (read < META.length || bytes.readUInt32LE(META.magic) !== LMDB_MAGIC) return undefined;
  return {
    bytes,
    pageSize: bytes.readUInt32LE(META.freePages + TREE.pageSize),
    lastPage: Number(bytes.readBigUInt64LE(META.lastPage)),
    transaction: bytes.readBigUInt64LE(META.transaction),
  };
}

/** What cannot be true of two meta pages together; undefined: nothing that can be seen. */
function differenceOf(first: Meta, second: Meta): string | undefined {
  for (const [index, { bytes }] of [first, second].entries()) {
    const number = bytes.readBigUInt64LE(META.pageNumber);
    if (number !== BigInt(index)) return `its header ${index} says that it is page ${number}`;
    const mapSize = bytes.readBigUInt64LE(META.mapSize);
    if (mapSize > MAX_MAP_BYTES) return `its header ${index} names a map of ${mapSize} bytes`;
  }
  const differs = (from: number, to: number) =>
    first.bytes.compare(second.bytes, from, to, from, to) !== 0;
  const constant = CONSTANT.find(([from, to]) => differs(from, to));
  if (constant !== undefined) {
    return `its headers differ in bytes ${constant[0]} to ${constant[1] - 1}, which never change`;
  }
  const flags = [first, second].map((meta) => flagsOf(meta) & ~UNFLUSHED);
  if (flags[0] !== flags[1]) return `its headers have flags ${flags[0]} and ${flags[1]}`;
  const [older, newer] = first.transaction < second.transaction ? [first, second] : [second, first];
  if (newer.lastPage >= older.lastPage) return undefined;
  return `its newer header names page ${newer.lastPage} as the last, the older ${older.lastPage}`;
}

function newerOf({ first, second }: Metas): Meta {
  return first.transaction < second.transaction ? second : first;
}

function olderOf({ first, second }: Metas): Meta {
  return first.transaction < second.transaction ? first : second;
}

/** Whether a power cut may have kept a meta page without its pages. */
function isLost(meta: Meta, flushed: Meta | undefined): boolean {
  if (!isUnflushed(meta) || meta.bytes.readBigInt64LE(META.bootId) === bootId()) return false;
  return flushed === undefined || flushed.transaction < meta.transaction;
}

function isUnflushed(meta: Meta): boolean {
  return (flagsOf(meta) & UNFLUSHED) !== 0;
}

/** What is wrong with what LMDB goes back to after a power cut. */
function faultOfFlushed(metas: Metas): string | undefined {
  const { first, second, flushed } = metas;
  if (flushed === undefined || !isUnflushed(newerOf(metas))) return undefined;
  const { transaction } = flushed;
  if (transaction > newerOf(metas).transaction) {
    return `its header names transaction ${transaction} as flushed, which is not there`;
  }
  const same = [first, second].find((meta) => meta.transaction === transaction);
  const isAsItWas = same === undefined || TREES.every((tree) => isSame(tree, flushed, same));
  return isAsItWas ? undefined : `its header names other trees of transaction ${transaction}`;
}

function flagsOf({ bytes }: Meta): number {
  return bytes.readUInt16LE(META.freePages + TREE.flags);
}

/** What is wrong with the roots that the newer one names; undefined: nothing that can be seen. */
function faultOf(metas: Metas, file: number, path: string): string | undefined {
  const [meta, other] = [newerOf(metas), olderOf(metas)];
  // LMDB goes back to what was flushed.
  if (isLost(meta, metas.flushed)) return undefined;
  const { size } = fstatSync(file);
  const needed = (meta.lastPage + 1) * meta.pageSize;
  if (size < needed) return `it is cut off: it has ${size} bytes, and its header needs ${needed}`;
  const roots: bigint[] = [];
  for (const tree of TREES) {
    const counts = TREE.pageCounts.map((at) => meta.bytes.readBigUInt64LE(tree + at));
    const counted = counts.reduce((sum, count) => sum + count);
    if (counted > meta.lastPage) return `its header counts ${counted} pages of ${meta.lastPage}`;
    const root = meta.bytes.readBigUInt64LE(tree + TREE.root);
    if (root === NO_PAGE) continue;
    const named = `its header names page ${root} as a root of transaction ${meta.transaction}`;
    if (roots.includes(root)) return `${named}, and as the root of another tree`;
    roots.push(root);
    const depth = meta.bytes.readUInt16LE(tree + TREE.depth);
    const { transaction, fault } = newestPathOf({ root, depth }, { ...meta, file, path });
    if (fault !== undefined) return `${named}, but ${fault}`;
    if (transaction === meta.transaction) continue;
    // A transaction that left the tree as it was, or one that a power cut took back.
    const isBefore = transaction < meta.transaction || transaction === other.transaction;
    if (isBefore && isSame(tree, meta, other)) continue;
    return `${named}, but there is one of transaction ${transaction}`;
  }
  return undefined;
}

/**
 * The older one may be the newer one, of whose number a bit was flipped: its roots are of a later
 * transaction then, by that bit. LMDB writes such a header itself, where it could not write that of
 * a transaction: its roots with the number and the last page of the one before the last.
 */
function faultOfNumber(metas: Metas, file: number, path: string): string | undefined {
  const [meta, newer] = [olderOf(metas), newerOf(metas)];
  let latest = 0n;
  for (const tree of TREES) {
    const root = meta.bytes.readBigUInt64LE(tree + TREE.root);
    const depth = meta.bytes.readUInt16LE(tree + TREE.depth);
    if (root === NO_PAGE || isSame(tree, meta, newer)) continue;
    const { transaction, fault } = newestPathOf({ root, depth }, { ...meta, file, path });
    // A transaction that failed may have written over it.
    if (fault !== undefined) return undefined;
    if (transaction > latest) latest = transaction;
  }
  const bit = latest ^ meta.transaction;
  if (latest <= meta.transaction || (bit & (bit - 1n)) !== 0n) return undefined;
  const mayBeOfFailure = bit === 2n && latest - 1n === newer.transaction;
  if (mayBeOfFailure && meta.lastPage <= newer.lastPage) return undefined;
  return `its header ${meta.transaction} names roots of transaction ${latest}`;
}

/** Whether a tree is the same in both, flags aside. */
function isSame(tree: number, meta: Meta, other: Meta): boolean {
  const [from, to] = [tree + TREE.depth, tree + TREE.length];
  return meta.bytes.compare(other.bytes, from, to, from, to) === 0;
}

/** As LMDB reads it: the number before the first hyphen; 0 where the system does not tell. */
function bootId(): bigint {
  return BigInt(`0x${readBootId().split('-')[0] || '0'}`);
}
