/**
 * A snapshot: the state of an exchange after a command that ends a batch, in a file of its own. It
 * has its name only when all of it is on disk.
 *
 * ```
 *  0       4         8          16         24    28  32          40          48    52  56
 *  +-------+---------+----------+----------+-----+---+-----------+-----------+-----+---+-------
 *  | magic | version | sequence | hashed   | crc | b | eventHash | stateHash | own | 0 | chunks
 *  |       |         |          | Sequence |     |   |           |           | crc |   |
 *  +-------+---------+----------+----------+-----+---+-----------+-----------+-----+---+-------
 *  chunk:  0        4     8
 *          +--------+-----+--- numbers ---
 *          | length | crc | …               the last chunk has none
 *          +--------+-----+---------------
 * ```
 * Sequence, hashedSequence, crc and eventHash are the journal's chain at the end of that batch, so
 * that a snapshot of another journal is told from one of this. b is 0, or where some of it was not
 * flushed to the journal yet, the mark of the operating system's life that a power cut ends. A
 * chunk's crc covers its place in the file and its numbers: float64, or int32 in pairs. All
 * little-endian.
 */
import { closeSync, openSync, readSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import type { Exchange } from '../exchange/exchange.ts';
import { loadExchange, saveExchange } from '../exchange/snapshot/snapshot.ts';
import type { Section, StateReader, StateWriter } from '../exchange/snapshot/state-stream.ts';
import { hashState } from '../exchange/state-hash.ts';
import type { ChainLink } from './batch.ts';
import { isOfSystem } from './file-error.ts';
import { SteadyFile } from './steady-file.ts';

const MAGIC = 0x53474f48; // 'HOGS'
const VERSION = 1;
const HEADER_BYTES = 56;
const OWN_CRC = 48;
const CHUNK_HEADER_BYTES = 8;
/** Numbers in a chunk: 1 MiB of them. */
const CHUNK_NUMBERS = 131_072;

/** Called behind each chunk that is written or read, for who must not hold up others. */
export type OnChunk = () => void;

const GO_ON: OnChunk = () => {};

/** A snapshot that cannot be used: there may be an older one that can. */
export class SnapshotError extends Error {
  override readonly name = 'SnapshotError';
  /** Another attempt would come to the same: it is damaged, or of another journal or release. */
  readonly isForGood: boolean;

  constructor(message: string, isForGood = true) {
    super(message);
    this.isForGood = isForGood;
  }
}

/** Writes the state after the batch that `link` is of, and flushes it; returns its bytes. */
export function writeSnapshot(
  path: string,
  exchange: Exchange,
  link: ChainLink,
  bootMark = 0,
  onChunk = GO_ON,
): number {
  const file = new SteadyFile(path);
  try {
    file.write(headerOf(link, hashState(exchange), bootMark));
    const chunks = new ChunkWriter(file, onChunk);
    saveExchange(exchange, chunks);
    chunks.end();
    file.flush();
    return file.bytes;
  } finally {
    file.close();
  }
}

export interface SnapshotOrigin {
  /** Where it continues its journal. */
  readonly link: ChainLink;
  readonly bootMark: number;
}

/** What a snapshot was made of. Throws SnapshotError. */
export function readSnapshotOrigin(path: string): SnapshotOrigin {
  return withFile(path, (file) => {
    const header = readHeader(file, path);
    return { link: linkOf(header), bootMark: header.readUInt32LE(28) };
  });
}

/**
 * Brings an exchange that has executed nothing to the snapshot's state. Throws SnapshotError, and
 * leaves an exchange that is of no use.
 */
export function loadSnapshot(path: string, exchange: Exchange, onChunk = GO_ON): ChainLink {
  return withFile(path, (file) => {
    const header = readHeader(file, path);
    const link = linkOf(header);
    const chunks = new ChunkReader(file, path, onChunk);
    loadExchange(exchange, chunks);
    chunks.assertAtEnd();
    const stateHash = hashState(exchange);
    if (exchange.sequence !== link.lastSequence || stateHash !== stateHashOf(header)) {
      throw new SnapshotError(`${path}: what it restores has another state hash, ${stateHash}`);
    }
    return link;
  });
}

/** Whatever keeps a snapshot from being read, another one may be good. */
function withFile<Result>(path: string, use: (file: number) => Result): Result {
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    return use(file);
  } catch (error) {
    if (error instanceof SnapshotError) throw error;
    throw new SnapshotError(`${path}: it cannot be restored (${error})`, !isOfSystem(error));
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

function headerOf(link: ChainLink, stateHash: string, bootMark: number): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32LE(MAGIC, 0);
  header.writeUInt32LE(VERSION, 4);
  header.writeBigInt64LE(BigInt(link.lastSequence), 8);
  header.writeBigInt64LE(BigInt(link.hashedSequence), 16);
  header.writeUInt32LE(link.crc, 24);
  header.writeUInt32LE(bootMark, 28);
  header.writeInt32LE(link.eventHashLow, 32);
  header.writeInt32LE(link.eventHashHigh, 36);
  header.write(stateHash, 40, 8, 'hex');
  header.writeUInt32LE(crc32(header.subarray(0, OWN_CRC)), OWN_CRC);
  return header;
}

function readHeader(file: number, path: string): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  const fail = (what: string) => new SnapshotError(`${path}: ${what}`);
  if (readSync(file, header, 0, HEADER_BYTES, 0) < HEADER_BYTES) throw fail('it is cut off');
  if (header.readUInt32LE(0) !== MAGIC) throw fail('it is no snapshot');
  const isWhole = header.readUInt32LE(OWN_CRC) === crc32(header.subarray(0, OWN_CRC));
  if (!isWhole || header.readUInt32LE(OWN_CRC + 4) !== 0) throw fail('its header is damaged');
  const version = header.readUInt32LE(4);
  if (version !== VERSION) throw fail(`it has version ${version}, this release reads ${VERSION}`);
  return header;
}

function linkOf(header: Buffer): ChainLink {
  return {
    lastSequence: Number(header.readBigInt64LE(8)),
    crc: header.readUInt32LE(24),
    hashedSequence: Number(header.readBigInt64LE(16)),
    eventHashLow: header.readInt32LE(32),
    eventHashHigh: header.readInt32LE(36),
  };
}

function stateHashOf(header: Buffer): string {
  return header.toString('hex', 40, 48);
}

function crcOf(index: number, numbers: Uint8Array): number {
  const place = Buffer.alloc(4);
  place.writeUInt32LE(index, 0);
  return crc32(numbers, crc32(place));
}

/** Chunk by chunk into a file. */
class ChunkWriter implements StateWriter {
  private readonly file: SteadyFile;
  private readonly onChunk: OnChunk;
  private readonly numbers = new Float64Array(CHUNK_NUMBERS);
  private readonly words = new Int32Array(this.numbers.buffer);
  private count = 0;
  private index = 0;

  constructor(file: SteadyFile, onChunk: OnChunk) {
    this.file = file;
    this.onChunk = onChunk;
  }

  section(section: Section, version: number): void {
    this.add(section);
    this.add(version);
  }

  add(value: number): void {
    if (this.count === CHUNK_NUMBERS) this.flush();
    this.numbers[this.count++] = value;
  }

  addWords(words: Int32Array, from: number, to: number): void {
    for (let at = from; at < to; at += 2) {
      if (this.count === CHUNK_NUMBERS) this.flush();
      this.words[this.count * 2] = words[at]!;
      this.words[this.count * 2 + 1] = words[at + 1]!;
      this.count++;
    }
  }

  end(): void {
    if (this.count > 0) this.flush();
    this.flush();
  }

  private flush(): void {
    const data = new Uint8Array(this.numbers.buffer, 0, this.count * 8);
    const header = Buffer.alloc(CHUNK_HEADER_BYTES);
    header.writeUInt32LE(data.length, 0);
    header.writeUInt32LE(crcOf(this.index, data), 4);
    this.file.write(header);
    this.file.write(data);
    this.count = 0;
    this.index++;
    this.onChunk();
  }
}

/** Chunk by chunk out of a file; each is checked before any of it is used. */
class ChunkReader implements StateReader {
  private readonly file: number;
  private readonly path: string;
  private readonly onChunk: OnChunk;
  private readonly numbers = new Float64Array(CHUNK_NUMBERS);
  private readonly words = new Int32Array(this.numbers.buffer);
  private count = 0;
  private at = 0;
  private index = 0;
  private position = HEADER_BYTES;

  constructor(file: number, path: string, onChunk: OnChunk) {
    this.file = file;
    this.path = path;
    this.onChunk = onChunk;
  }

  section(section: Section): number {
    const found = this.next();
    if (found !== section) throw this.failure(`section ${found} where ${section} should be`);
    return this.next();
  }

  next(): number {
    if (this.at === this.count) this.fill();
    const value = this.numbers[this.at++]!;
    // A small integer out of a float64 lane is a number on the heap, if nothing is done about it;
    // fields that come to hold one are slower for ever, in all objects of their kind.
    return (value | 0) === value ? value | 0 : value;
  }

  nextWords(target: Int32Array, at: number, count: number): void {
    for (let i = 0; i < count; i += 2) {
      if (this.at === this.count) this.fill();
      target[at + i] = this.words[this.at * 2]!;
      target[at + i + 1] = this.words[this.at * 2 + 1]!;
      this.at++;
    }
  }

  /** All numbers are read, and the file ends with the chunk that has none. */
  assertAtEnd(): void {
    if (this.at < this.count) throw this.failure('there is more than a state');
    this.readChunk();
    if (this.count !== 0) throw this.failure('there is more than a state');
    const rest = Buffer.alloc(1);
    if (readSync(this.file, rest, 0, 1, this.position) > 0) {
      throw this.failure('there is something behind its end');
    }
  }

  private fill(): void {
    this.readChunk();
    if (this.count === 0) throw this.failure('it ends too early');
  }

  private readChunk(): void {
    const header = Buffer.alloc(CHUNK_HEADER_BYTES);
    const headerBytes = readSync(this.file, header, 0, CHUNK_HEADER_BYTES, this.position);
    const length = header.readUInt32LE(0);
    const isPossible = length % 8 === 0 && length <= CHUNK_NUMBERS * 8;
    if (headerBytes < CHUNK_HEADER_BYTES || !isPossible) throw this.failure('it is damaged');
    const data = new Uint8Array(this.numbers.buffer, 0, length);
    const read = readSync(this.file, data, 0, length, this.position + CHUNK_HEADER_BYTES);
    if (read < length || crcOf(this.index, data) !== header.readUInt32LE(4)) {
      throw this.failure('it is damaged');
    }
    this.position += CHUNK_HEADER_BYTES + length;
    this.count = length / 8;
    this.at = 0;
    this.index++;
    this.onChunk();
  }

  private failure(what: string): SnapshotError {
    return new SnapshotError(`${this.path}: ${what} (chunk ${this.index})`);
  }
}
