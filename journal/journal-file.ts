/**
 * A look at the journal's file before LMDB maps it: a mapped file that ends too early kills its
 * reader (SIGBUS), and so can a wrong header. Only the two meta pages are read.
 *
 * ```
 *  meta page, as lmdb-js 3 writes it:
 *  0           24        28              48          144        152
 *  +-----------+---------+--- ··· -------+--- ··· ---+----------+---------
 *  | page      | magic   | version, map  | page size | last page| txn id
 *  | header    |         |               | (uint32)  | (uint64) |
 *  +-----------+---------+--- ··· -------+--- ··· ---+----------+---------
 * ```
 */
import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import { reading } from './file-error.ts';
import { JournalError } from './journal-error.ts';
import { journalFileOf } from './journal-store.ts';

const META = { magic: 24, pageSize: 48, lastPage: 144, length: 160 } as const;
const LMDB_MAGIC = 0xbeefc0de;

/** `suspect`: shorter than its header says, so read it in a process that may die. */
export type JournalFileState = 'absent' | 'sound' | 'suspect';

/** Throws JournalError where the file is no LMDB file. */
export function inspectJournalFile(dataFolder: string): JournalFileState {
  const path = journalFileOf(dataFolder);
  if (!existsSync(path)) return 'absent';
  const { size } = statSync(path);
  if (size === 0) return 'absent';
  const file = openSync(path, 'r');
  try {
    const first = readMeta(file, 0, path);
    const second = readMeta(file, first.pageSize, path);
    const pages = Math.max(first.lastPage, second.lastPage) + 1;
    return size < pages * first.pageSize ? 'suspect' : 'sound';
  } finally {
    closeSync(file);
  }
}

function readMeta(file: number, position: number, path: string) {
  const meta = Buffer.alloc(META.length);
  const read = reading(path, () => readSync(file, meta, 0, META.length, position));
  if (read < META.length || meta.readUInt32LE(META.magic) !== LMDB_MAGIC) {
    throw new JournalError(0, `${path} is damaged: no LMDB header at byte ${position}`);
  }
  return {
    pageSize: meta.readUInt32LE(META.pageSize),
    lastPage: Number(meta.readBigUInt64LE(META.lastPage)),
  };
}
