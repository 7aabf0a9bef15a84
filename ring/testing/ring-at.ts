/**
 * Rings that have a past: their positions start where a test wants them, near a wrap for example.
 */
import { createRing } from '../ring.ts';
import { cursorOf, HEADER_BYTES, MAX_READERS, TAIL } from '../ring-layout.ts';

/**
 * An empty ring of `capacity` bytes whose tail and cursors stand at `position`, in 8-byte units.
 */
export function createRingAt(capacity: number, position: number): SharedArrayBuffer {
  const ring = createRing(capacity);
  const header = headerOf(ring);
  header[TAIL] = position;
  for (let reader = 0; reader < MAX_READERS; reader++) header[cursorOf(reader)] = position;
  return ring;
}

/** The header's words, as `ring-layout.ts` numbers them. */
export function headerOf(ring: SharedArrayBuffer): Int32Array {
  return new Int32Array(ring, 0, HEADER_BYTES >> 2);
}
