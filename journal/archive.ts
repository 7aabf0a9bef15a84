/**
 * Batches in a file of their own: what `journal export` writes, `journal import` reads, and
 * `journal truncate` keeps of what it cuts. Each entry has a CRC, so that batches that are damaged
 * themselves are kept as they were, and the end says how many there are.
 *
 * ```
 *  0        4         8
 *  +--------+---------+--- entries ---+--------------------------+
 *  | magic  | version | …             | 0 │ count │ crc of counts │
 *  +--------+---------+---------------+--------------------------+
 *  entry:  0        4      8               16
 *          +--------+------+---------------+--- batch ---
 *          | length | crc  | firstSequence | …
 *          +--------+------+---------------+-------------
 * ```
 * An entry's crc covers its firstSequence and its batch. All little-endian.
 */
import { closeSync, fstatSync, openSync, readSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';
import { reading, writing } from './file-error.ts';
import { flushFolder } from './flush-folder.ts';
import { JournalError } from './journal-error.ts';
import { SteadyFile } from './steady-file.ts';

const MAGIC = 0x41474f48; // 'HOGA'
const VERSION = 1;
const HEADER_BYTES = 8;
const ENTRY_BYTES = 16;
const END_BYTES = 12;
/** What the system reads at once; a journal's batches are shorter by far. */
const MAX_BATCH_BYTES = 2 ** 31 - 1;

export interface ArchivedBatch {
  readonly firstSequence: number;
  readonly bytes: Uint8Array;
}

/** Writes an archive; there is none by that name until all of it is on disk. Returns the count. */
export function writeArchive(path: string, batches: Iterable<ArchivedBatch>): number {
  const partial = `${path}.partial`;
  try {
    return writing(path, () => {
      const count = writeEntries(partial, batches);
      renameSync(partial, path);
      flushFolder(dirname(path));
      return count;
    });
  } finally {
    rmSync(partial, { force: true });
  }
}

function writeEntries(path: string, batches: Iterable<ArchivedBatch>): number {
  const file = new SteadyFile(path);
  try {
    const header = Buffer.alloc(HEADER_BYTES);
    header.writeUInt32LE(MAGIC, 0);
    header.writeUInt32LE(VERSION, 4);
    file.write(header);
    let count = 0;
    for (const { firstSequence, bytes } of batches) {
      file.write(entryOf(firstSequence, bytes));
      file.write(bytes);
      count++;
    }
    file.write(endOf(count));
    file.flush();
    return count;
  } finally {
    file.close();
  }
}

/**
 * The batches of an archive, one after the other.
 *
 * @throws JournalError where the file is damaged, cut off, or no archive
 */
export function* readArchive(path: string): Generator<ArchivedBatch> {
  const file = openSync(path, 'r');
  const fail = (what: string, sequence = 0) => new JournalError(sequence, `${path}: ${what}`);
  try {
    // Before there is room made for it: a damaged length may say any number.
    const { size } = reading(path, () => fstatSync(file));
    const read = (length: number, position: number): Buffer => {
      if (position + length > size) throw fail('it is cut off');
      const bytes = Buffer.alloc(length);
      const count = reading(path, () => readSync(file, bytes, 0, length, position));
      if (count < length) throw fail('it is cut off');
      return bytes;
    };
    const header = read(HEADER_BYTES, 0);
    if (header.readUInt32LE(0) !== MAGIC) throw fail('it is no archive of a journal');
    const version = header.readUInt32LE(4);
    if (version !== VERSION) throw fail(`it has version ${version}, this release reads ${VERSION}`);
    let count = 0;
    for (let at = HEADER_BYTES; ; count++) {
      const length = read(4, at).readUInt32LE(0);
      if (length === 0) {
        if (!endOf(count).equals(read(END_BYTES, at))) throw fail('its end is damaged');
        return;
      }
      const entry = read(ENTRY_BYTES, at);
      const firstSequence = Number(entry.readBigInt64LE(8));
      const damage = `its batch ${count + 1} is damaged`;
      if (length > MAX_BATCH_BYTES) throw fail(damage, firstSequence);
      const bytes = read(length, at + ENTRY_BYTES);
      if (!entryOf(firstSequence, bytes).equals(entry)) throw fail(damage, firstSequence);
      yield { firstSequence, bytes };
      at += ENTRY_BYTES + length;
    }
  } finally {
    closeSync(file);
  }
}

function entryOf(firstSequence: number, bytes: Uint8Array): Buffer {
  const entry = Buffer.alloc(ENTRY_BYTES);
  entry.writeUInt32LE(bytes.length, 0);
  entry.writeBigInt64LE(BigInt(firstSequence), 8);
  entry.writeUInt32LE(crc32(bytes, crc32(entry.subarray(8))), 4);
  return entry;
}

function endOf(count: number): Buffer {
  const end = Buffer.alloc(END_BYTES);
  end.writeUInt32LE(count, 4);
  end.writeUInt32LE(crc32(end.subarray(0, 8)), 8);
  return end;
}
