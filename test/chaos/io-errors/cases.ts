/**
 * What an exchange does to its disk, call by call, as strace shows it; each is a way for a round to
 * fail. LMDB reads by its map, but for the headers; zeros are written ahead of it by `write`.
 */
import type { Durability } from '../../../journal/durability.ts';

/** An error at a write or a flush of the running exchange. */
export interface WriteCase {
  readonly kind: 'write';
  readonly durability: Durability;
  readonly file: 'journal.mdb' | 'staging-0';
  readonly call: 'fdatasync' | 'pwrite64' | 'writev' | 'write';
  readonly isOnce: boolean;
}

/** An error while a snapshot is written beside trading; `from`: the file is 1, the folder 2. */
export interface SnapshotCase {
  readonly kind: 'snapshot';
  readonly call: 'fsync' | 'rename';
  readonly from: number;
}

/** An error at a start; `from`: in each thread, the main thread reads the header first. */
export interface ReadCase {
  readonly kind: 'read';
  readonly durability: Durability;
  readonly file: 'journal.mdb' | 'staging-0' | 'snapshot';
  readonly call: 'pread64' | 'read';
  readonly from: number;
}

/** Errors of an archive that is exported and imported. */
export interface ArchiveCase {
  readonly kind: 'archive';
}

export type Case = WriteCase | SnapshotCase | ReadCase | ArchiveCase;

const [once, lasting] = [true, false];

const write = (
  durability: Durability,
  call: WriteCase['call'],
  isOnce: boolean,
  file: WriteCase['file'] = 'journal.mdb',
): WriteCase => ({ kind: 'write', durability, file, call, isOnce });

const read = (
  durability: Durability,
  file: ReadCase['file'],
  call: ReadCase['call'],
  from: number,
): ReadCase => ({ kind: 'read', durability, file, call, from });

/** In the order in which rounds take them; a short run has the nastiest. */
export const CASES: readonly Case[] = [
  write('fsync', 'fdatasync', once),
  write('commit', 'pwrite64', once),
  { kind: 'snapshot', call: 'fsync', from: 1 },
  read('fsync', 'journal.mdb', 'pread64', 1),
  write('fsync', 'pwrite64', once),
  write('commit', 'fdatasync', once),
  { kind: 'archive' },
  read('commit', 'staging-0', 'read', 1),
  write('fsync', 'writev', once),
  write('commit', 'writev', once),
  { kind: 'snapshot', call: 'fsync', from: 2 },
  read('fsync', 'snapshot', 'pread64', 1),
  write('fsync', 'write', lasting),
  write('commit', 'pwrite64', once, 'staging-0'),
  { kind: 'snapshot', call: 'rename', from: 1 },
  read('commit', 'journal.mdb', 'pread64', 2),
  write('fsync', 'fdatasync', lasting),
  write('commit', 'fdatasync', lasting),
  write('fsync', 'pwrite64', lasting),
  write('commit', 'pwrite64', lasting),
];

/** Durability `none` tells at execution, so something that was told must be missing. */
export const CONTROL_CASES: readonly Case[] = [
  write('none', 'pwrite64', once),
  write('none', 'fdatasync', lasting),
];

export function nameOf(which: Case): string {
  if (which.kind === 'archive') return 'an archive';
  if (which.kind === 'snapshot') return `a snapshot, ${which.call} ${which.from}`;
  const { durability, file, call } = which;
  if (which.kind === 'read') return `${durability}, at a start, ${call} of ${file}`;
  return `${durability}, ${call} of ${file}, ${which.isOnce ? 'once' : 'from then on'}`;
}
