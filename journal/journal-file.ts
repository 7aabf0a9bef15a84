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
 *  a tree:  0 page size (uint32; of the free pages')  4 flags (uint16)  6 depth  40 root (uint64)
 *  a page:  0 its number (uint64)  8 txn id (uint64)
 * ```
 */
import { closeSync, existsSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { reading } from './file-error.ts';
import { JournalError } from './journal-error.ts';
import { journalFileOf } from './journal-store.ts';

const META = {
  magic: 24,
  freePages: 48,
  journal: 96,
  lastPage: 144,
  transaction: 152,
  bootId: 160,
  length: 168,
} as const;
const TREE = { pageSize: 0, flags: 4, depth: 6, root: 40, length: 48 } as const;
const PAGE = { number: 0, transaction: 8, length: 16 } as const;
const LMDB_MAGIC = 0xbeefc0de;
/** The root of a tree that has no pages. */
const NO_PAGE = 2n ** 64n - 1n;
/** Of a transaction whose pages were not flushed before its meta page was written. */
const UNFLUSHED = 0x1000;
const BOOT_ID = '/proc/sys/kernel/random/boot_id';
/** Looks at a file that another process writes all the time. */
const TRIES = 1_000;

/** `suspect`: shorter than its header says, so read it in a process that may die. */
export type JournalFileState = 'absent' | 'sound' | 'suspect';

/** Throws JournalError where the file is no LMDB file, or its headers are not what was written. */
export function inspectJournalFile(dataFolder: string): JournalFileState {
  const path = journalFileOf(dataFolder);
  if (!existsSync(path)) return 'absent';
  const { size } = statSync(path);
  if (size === 0) return 'absent';
  const file = openSync(path, 'r');
  try {
    let fault: string | undefined;
    for (let left = TRIES; left > 0; left--) {
      const metas = readMetas(file, path);
      const [first, second] = metas;
      const { pageSize } = first;
      const pages = Math.max(first.lastPage, second.lastPage) + 1;
      if (size < pages * pageSize) return 'suspect';
      fault = faultOf(first, second, file, path) ?? faultOf(second, first, file, path);
      if (fault === undefined) return 'sound';
      // Somebody may have written meanwhile.
      const again = readMetas(file, path);
      if (again.every((meta, index) => meta.bytes.equals(metas[index]!.bytes))) break;
    }
    throw new JournalError(0, `${path} is damaged: ${fault}`);
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

function readMetas(file: number, path: string): readonly [Meta, Meta] {
  const first = readMeta(file, 0, path);
  return [first, readMeta(file, first.pageSize, path)];
}

function readMeta(file: number, position: number, path: string): Meta {
  const bytes = Buffer.alloc(META.length);
  const read = reading(path, () => readSync(file, bytes, 0, META.length, position));
  if (read < META.length || bytes.readUInt32LE(META.magic) !== LMDB_MAGIC) {
    throw new JournalError(0, `${path} is damaged: no LMDB header at byte ${position}`);
  }
  return {
    bytes,
    pageSize: bytes.readUInt32LE(META.freePages + TREE.pageSize),
    lastPage: Number(bytes.readBigUInt64LE(META.lastPage)),
    transaction: bytes.readBigUInt64LE(META.transaction),
  };
}

/** What is wrong with the roots that a meta page names; undefined: nothing that can be seen. */
function faultOf(meta: Meta, other: Meta, file: number, path: string): string | undefined {
  const flags = meta.bytes.readUInt16LE(META.freePages + TREE.flags);
  // A power cut may have kept this one without its pages: LMDB goes back to what was flushed.
  if ((flags & UNFLUSHED) !== 0 && meta.bytes.readBigInt64LE(META.bootId) !== bootId()) return;
  for (const tree of [META.freePages, META.journal]) {
    const root = meta.bytes.readBigUInt64LE(tree + TREE.root);
    if (root === NO_PAGE) continue;
    const named = `its header names page ${root} as a root of transaction ${meta.transaction}`;
    if (root > meta.lastPage) return `${named}, but page ${meta.lastPage} as the last one`;
    const page = Buffer.alloc(PAGE.length);
    const position = root * BigInt(meta.pageSize);
    reading(path, () => readSync(file, page, 0, PAGE.length, position));
    if (page.readBigUInt64LE(PAGE.number) !== root) return `${named}, but there is another page`;
    const transaction = page.readBigUInt64LE(PAGE.transaction);
    if (transaction === meta.transaction) continue;
    // A transaction that left the tree as it was, or one that a power cut took back.
    const isBefore = transaction < meta.transaction || transaction === other.transaction;
    if (isBefore && isSame(tree, meta, other)) continue;
    return `${named}, but there is one of transaction ${transaction}`;
  }
  return undefined;
}

/** Whether a tree is the same in both, flags aside. */
function isSame(tree: number, meta: Meta, other: Meta): boolean {
  const [from, to] = [tree + TREE.depth, tree + TREE.length];
  return meta.bytes.compare(other.bytes, from, to, from, to) === 0;
}

/** As LMDB reads it: the number before the first hyphen; 0 where the system does not tell. */
function bootId(): bigint {
  if (!existsSync(BOOT_ID)) return 0n;
  return BigInt(`0x${readFileSync(BOOT_ID, 'utf8').split('-')[0]}`);
}
