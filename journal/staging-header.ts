/**
 * The header of a staging file, in its first sector:
 *
 * ```
 *  0        4         8                       16        52       56  60              64
 *  +--------+---------+-----------------------+---------+--------+---+---------------+---------
 *  | magic  | version | lastSequence (uint64) | boot id | file   | 0 | CRC-32 of all | batches
 *  | uint32 | uint32  |                       | (ASCII) | uint32 |   | before it     |
 *  +--------+---------+-----------------------+---------+--------+---+---------------+---------
 * ```
 * All commands up to lastSequence were told, and are here or in the journal; the operating system's
 * boot id says whether it may have lost what is here since.
 */
import { crc32 } from 'node:zlib';
import { BATCH_MAGIC } from './batch-layout.ts';

export const STAGING_HEADER_BYTES = 64;

const MAGIC = 0x54474f48; // 'HOGT'
const VERSION = 1;
const AT = { magic: 0, version: 4, lastSequence: 8, bootId: 16, file: 52, crc: 60 } as const;
const BOOT_ID_BYTES = 36;

export interface StagingHeader {
  /** 0: no command was told. */
  readonly lastSequence: number;
  readonly bootId: string;
  /** Which of the two it is: 0 or 1. */
  readonly file: number;
}

/** Writes a header into 64 bytes. */
export function putStagingHeader(bytes: Buffer, header: StagingHeader): void {
  const { lastSequence, bootId, file } = header;
  bytes.fill(0);
  bytes.writeUInt32LE(MAGIC, AT.magic);
  bytes.writeUInt32LE(VERSION, AT.version);
  bytes.writeBigUInt64LE(BigInt(lastSequence), AT.lastSequence);
  bytes.write(bootId, AT.bootId, BOOT_ID_BYTES, 'latin1');
  bytes.writeUInt32LE(file, AT.file);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, AT.crc)), AT.crc);
}

/** The header that a file begins with; undefined: none. Throws what is wrong, in words. */
export function stagingHeaderOf(content: Uint8Array): StagingHeader | undefined {
  if (content.length < STAGING_HEADER_BYTES) return undefined;
  const header = Buffer.from(content.buffer, content.byteOffset, STAGING_HEADER_BYTES);
  if (header.every((byte) => byte === 0)) return undefined;
  const magic = header.readUInt32LE(AT.magic);
  if (magic === BATCH_MAGIC) {
    throw new Error('an older release wrote it: start that once more, and stop it by SIGTERM');
  }
  const isWhole = header.readUInt32LE(AT.crc) === crc32(header.subarray(0, AT.crc));
  if (magic !== MAGIC || !isWhole) throw new Error('its header is damaged');
  const version = header.readUInt32LE(AT.version);
  if (version !== VERSION) throw new Error(`it has version ${version}, this release reads 1`);
  const bootId = header.toString('latin1', AT.bootId, AT.bootId + BOOT_ID_BYTES);
  return {
    lastSequence: Number(header.readBigUInt64LE(AT.lastSequence)),
    bootId: bootId.replaceAll('\0', ''),
    file: header.readUInt32LE(AT.file),
  };
}
