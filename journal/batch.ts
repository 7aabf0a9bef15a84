/** Journal records: building one from commands, and reading one back with its checks. */
import { crc32 } from 'node:zlib';
import { copyRecord, getInt64, RecordBuffer, setInt64 } from '../protocol/record.ts';
import { BATCH, BATCH_MAGIC, BATCH_VERSION } from './batch-layout.ts';
import { JournalError } from './journal-error.ts';
import { oldestReadable, UPCASTERS, type Upcasters, upcast } from './upcasting.ts';

/** What the next batch is chained to. */
export interface ChainLink {
  readonly lastSequence: number;
  readonly crc: number;
  readonly hashedSequence: number;
  readonly eventHashLow: number;
  readonly eventHashHigh: number;
}

/** Before the first batch. */
export const CHAIN_START: ChainLink = {
  lastSequence: 0,
  crc: 0,
  hashedSequence: 0,
  eventHashLow: 0,
  eventHashHigh: 0,
};

function computeCrc(bytes: Uint8Array): number {
  return crc32(bytes.subarray(BATCH.crc + 4), crc32(bytes.subarray(0, BATCH.crc)));
}

/** Collects commands into one record; used again for each batch. */
export class BatchBuilder {
  commandCount = 0;
  private readonly record: RecordBuffer;
  private length: number = BATCH.commands;
  private link: ChainLink;

  /** @param capacity bytes of commands that a batch may hold */
  constructor(link: ChainLink, capacity: number) {
    this.link = link;
    this.record = RecordBuffer.allocate(BATCH.commands + capacity);
  }

  get lastSequence(): number {
    return this.link.lastSequence + this.commandCount;
  }

  hasRoomFor(commandBytes: number): boolean {
    return this.length + commandBytes <= this.record.bytes.length;
  }

  /** Appends a sequenced command; `commandBytes` is a multiple of 8. */
  append(words: Int32Array, offset: number, commandBytes: number): void {
    copyRecord(words, offset, this.record.words, this.length, commandBytes);
    this.length += commandBytes;
    this.commandCount++;
  }

  /** Notes the rolling hash after a command whose group is complete. */
  complete(hashedSequence: number, eventHashLow: number, eventHashHigh: number): void {
    this.link = { ...this.link, hashedSequence, eventHashLow, eventHashHigh };
  }

  /** The finished record, valid until the next `append`; starts the next batch. */
  finish(): { firstSequence: number; bytes: Uint8Array } {
    const { words } = this.record;
    const bytes = this.record.bytes.subarray(0, this.length);
    const { link, lastSequence } = this;
    const firstSequence = link.lastSequence + 1;
    bytes.fill(0, 0, BATCH.commands);
    words[BATCH.magic >> 2] = BATCH_MAGIC;
    words[BATCH.version >> 2] = BATCH_VERSION;
    setInt64(words, BATCH.firstSequence >> 2, firstSequence);
    setInt64(words, BATCH.lastSequence >> 2, lastSequence);
    setInt64(words, BATCH.hashedSequence >> 2, link.hashedSequence);
    words[BATCH.eventHash >> 2] = link.eventHashLow;
    words[(BATCH.eventHash >> 2) + 1] = link.eventHashHigh;
    words[BATCH.previousCrc >> 2] = link.crc;
    words[BATCH.commandBytes >> 2] = this.length - BATCH.commands;
    words[BATCH.commandCount >> 2] = this.commandCount;
    const crc = computeCrc(bytes);
    words[BATCH.crc >> 2] = crc;
    this.link = { ...link, lastSequence, crc };
    this.length = BATCH.commands;
    this.commandCount = 0;
    return { firstSequence, bytes };
  }
}

/** A batch that has passed its checks, its commands as this release has them. */
export interface Batch {
  readonly record: RecordBuffer;
  readonly firstSequence: number;
  readonly commandCount: number;
  /** Byte range of the commands in `record`. */
  readonly start: number;
  readonly end: number;
  readonly link: ChainLink;
}

/** Reads the record with the key `firstSequence`, which must continue `previous`. */
export function readBatch(
  value: Uint8Array,
  firstSequence: number,
  previous: ChainLink,
  upcasters: Upcasters = UPCASTERS,
): Batch {
  const fail = (what: string) => new JournalError(firstSequence, what);
  if (value.length < BATCH.commands) throw fail(`record has only ${value.length} bytes`);
  const record = RecordBuffer.allocate((value.length + 7) & ~7);
  record.bytes.set(value);
  const { words } = record;
  if (words[BATCH.magic >> 2] !== BATCH_MAGIC) throw fail('not a journal record');
  const crc = words[BATCH.crc >> 2]! >>> 0;
  const computed = computeCrc(value);
  if (crc !== computed) throw fail(`CRC is ${computed}, the record says ${crc}: it is damaged`);
  const version = words[BATCH.version >> 2]! & 0xffff;
  const oldest = oldestReadable(upcasters);
  if (version < oldest || version > BATCH_VERSION) {
    throw ofOtherVersion(firstSequence, version, oldest);
  }
  if (words[BATCH.previousCrc >> 2]! >>> 0 !== previous.crc) {
    throw fail('record does not continue the batch before it');
  }
  if (getInt64(words, BATCH.firstSequence >> 2) !== firstSequence) {
    throw fail('record has another sequence number than its key');
  }
  const end = BATCH.commands + words[BATCH.commandBytes >> 2]!;
  if (end !== value.length) throw fail('record has another length than it says');
  const link = linkOf(words);
  const isWithin =
    link.hashedSequence >= firstSequence - 1 && link.hashedSequence <= link.lastSequence;
  if (!isWithin && !isHashOfBefore(link, previous)) {
    throw fail(`record's event hash is of command ${link.hashedSequence}, outside of it`);
  }
  const commandCount = words[BATCH.commandCount >> 2]!;
  const commands = upcast({ record, start: BATCH.commands, end }, version, upcasters);
  return { ...commands, firstSequence, commandCount, link };
}

/**
 * Until a first group is complete a batch states the hash that the one before it states; that one
 * may have ended amid groups of its own, where an exchange was killed and then recovered.
 */
function isHashOfBefore(link: ChainLink, previous: ChainLink): boolean {
  return (
    link.hashedSequence === previous.hashedSequence &&
    link.eventHashLow === previous.eventHashLow &&
    link.eventHashHigh === previous.eventHashHigh
  );
}

/** Whole, but written by another release. */
function ofOtherVersion(firstSequence: number, version: number, oldest: number): JournalError {
  const release = version < oldest ? 'an older release' : 'a newer release';
  return new JournalError(
    firstSequence,
    `${release} of Hoga wrote it, in journal version ${version}; this one reads ${oldest} to ` +
      `${BATCH_VERSION}`,
    'It is not damaged: go on with the release that wrote it, or begin a new exchange in another ' +
      'data folder (--data).',
  );
}

function linkOf(words: Int32Array): ChainLink {
  return {
    lastSequence: getInt64(words, BATCH.lastSequence >> 2),
    crc: words[BATCH.crc >> 2]! >>> 0,
    hashedSequence: getInt64(words, BATCH.hashedSequence >> 2),
    eventHashLow: words[BATCH.eventHash >> 2]!,
    eventHashHigh: words[(BATCH.eventHash >> 2) + 1]!,
  };
}

/** The chain's end as a stored record states it, unchecked: replay checks. */
export function linkOfStored(value: Uint8Array): ChainLink {
  const record = RecordBuffer.allocate(BATCH.commands);
  record.bytes.set(value.subarray(0, BATCH.commands));
  return linkOf(record.words);
}

/**
 * The length of the whole and undamaged record that stored bytes begin with; undefined where they
 * begin with none.
 */
export function lengthOfStored(value: Uint8Array): number | undefined {
  if (value.length < BATCH.commands) return undefined;
  const record = RecordBuffer.allocate(BATCH.commands);
  record.bytes.set(value.subarray(0, BATCH.commands));
  const { words } = record;
  const length = BATCH.commands + words[BATCH.commandBytes >> 2]!;
  if (words[BATCH.magic >> 2] !== BATCH_MAGIC || length > value.length) return undefined;
  if (length < BATCH.commands) return undefined;
  const isWhole = words[BATCH.crc >> 2]! >>> 0 === computeCrc(value.subarray(0, length));
  return isWhole ? length : undefined;
}

/** The first command of a stored record, unchecked. */
export function firstSequenceOfStored(value: Uint8Array): number {
  const record = RecordBuffer.allocate(BATCH.commands);
  record.bytes.set(value.subarray(0, BATCH.commands));
  return getInt64(record.words, BATCH.firstSequence >> 2);
}

/** The CRC of the batch that a stored record continues, unchecked. */
export function previousCrcOfStored(value: Uint8Array): number {
  const record = RecordBuffer.allocate(BATCH.commands);
  record.bytes.set(value.subarray(0, BATCH.commands));
  return record.words[BATCH.previousCrc >> 2]! >>> 0;
}
