/** A journal record as a disk may leave it that was cut off while it wrote. */
import { crc32 } from 'node:zlib';
import { BATCH } from '../../journal/batch-layout.ts';
import { COMMAND_HEADER } from '../../protocol/command-layout.ts';
import type { RandomSource } from './random-source.ts';

/** Cut off, or with another byte, which no hash of events may show. */
export function tear(written: Uint8Array, random: RandomSource): Uint8Array {
  const kind = random.below(3);
  if (kind === 0) return written.slice(0, random.below(written.length));
  const torn = written.slice();
  const correlationId = BATCH.commands + COMMAND_HEADER.correlationId;
  const at = kind === 1 ? correlationId : random.below(torn.length);
  torn[at]! ^= random.between(1, 255);
  return torn;
}

/** The same with a CRC that is right. */
export function reseal(bytes: Uint8Array): Uint8Array {
  if (bytes.length < BATCH.commands) return bytes;
  const sealed = bytes.slice();
  const crc = crc32(sealed.subarray(BATCH.crc + 4), crc32(sealed.subarray(0, BATCH.crc)));
  new DataView(sealed.buffer).setUint32(BATCH.crc, crc, true);
  return sealed;
}
