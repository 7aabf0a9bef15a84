/** How far LMDB has used a journal's file, to the end of a page: behind it are only zeros. */
import { readFileSync } from 'node:fs';

const PAGE_BYTES = 4_096;

export function usedBytesOf(path: string): number {
  const bytes = readFileSync(path);
  const last = bytes.findLastIndex((byte) => byte !== 0);
  return Math.ceil((last + 1) / PAGE_BYTES) * PAGE_BYTES;
}
