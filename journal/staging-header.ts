/**
 * The header of a staging file, in its first sector:
 *
 * ```
 *  0        4         8              16        52                60                64
 *  +--------+---------+--------------+---------+-----------------+-----------------+---------
 *  | magic  | version | end (uint64) | boot id | 0 (8 bytes)     | CRC-32 of all   | batches
 *  | uint32 | uint32  |              | (ASCII) |                 | before it       |
 *  +--------+---------+--------------+---------+-----------------+-----------------+---------
 * ```
 * Up to `end`, a position in the file, batches were told; the operating system's boot id says
 * whether they must be there.
 */
import { crc32 } from 'node:zlib';

export const STAGING_HEADER_BYTES = 64;

const MAGIC = 0x54474f48; // 'HOGT'
const VERSION = 1;
const AT = { magic: 0, version: 4, end: 8, bootId: 16, crc: 60 } as const;
const BOOT_ID_BYTES = 36;

export interface StagingHeader {
  /** Where the last batch ends that was told, or may have been. */
  readonly end: number;
  readonly bootId: string;
}

/** Writes a header into 64 bytes. */
export function putStagingHeader(bytes: Buffer, { end, bootId }: StagingHeader): void {
  bytes.fill(0);
  bytes.writeUInt32LE(MAGIC, AT.magic);
  bytes.writeUInt32LE(VERSION, AT.version);
  bytes.writeBigUInt64LE(BigInt(end), AT.end);
  bytes.write(bootId, AT.bootId, BOOT_ID_BYTES, 'latin1');
  bytes.writeUInt32LE(crc32(bytes.subarray(0, AT.crc)), AT.crc);
}

/** The header that a file begins with; undefined: none was written. Throws what is wrong. */
export function stagingHeaderOf(content: Uint8Array): StagingHeader | undefined {
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  if (bytes.length < STAGING_HEADER_BYTES) return undefined;
  const header = bytes.subarray(0, STAGING_HEADER_BYTES);
  // A power cut may leave a file that is long and empty.
  if (header.every((byte) => byte === 0)) return undefined;
  if (header.readUInt32LE(AT.crc) !== crc32(header.subarray(0, AT.crc))) {
    throw new Error('its header is damaged');
  }
  const version = header.readUInt32LE(AT.version);
  if (header.readUInt32LE(AT.magic) !== MAGIC || version !== VERSION) {
    throw new Error(`it is of another release (version ${version}, this one reads ${VERSION})`);
  }
  const bootId = header.toString('latin1', AT.bootId, AT.bootId + BOOT_ID_BYTES);
  return {
    end: Number(header.readBigUInt64LE(AT.end)),
    bootId: bootId.replaceAll('\0', ''),
  };
}
