/**
 * Layout of a ring in its SharedArrayBuffer, after Agrona's one-to-one ring buffer, with several
 * readers.
 *
 * ```
 *  0            128           256                    128 × (1 + MAX_READERS)
 *  +------------+-------------+--- ··· +-------------+----------------------+
 *  | tail       | reader 0    |        | reader 7    | data: 2^n bytes      |
 *  +------------+-------------+--- ··· +-------------+----------------------+
 *   each on cache lines of its own (128 bytes: two, for the adjacent-line prefetcher)
 *
 *  frame, 8-byte aligned:
 *  0          4          8
 *  +----------+----------+----------------------------------+
 *  | length   | type     | payload, padded to 8             |
 *  +----------+----------+----------------------------------+
 * ```
 * Positions count 8-byte units in wrapping Int32s and are compared by difference; `length` counts
 * bytes, header included. A frame never wraps: a padding frame fills the rest of the buffer.
 */

export const MAX_READERS = 8;
export const CACHE_LINE_WORDS = 32;
export const HEADER_BYTES = (1 + MAX_READERS) * CACHE_LINE_WORDS * 4;

/** Word indices in the header. */
export const TAIL = 0;
export function cursorOf(reader: number): number {
  return (1 + reader) * CACHE_LINE_WORDS;
}
/** Beside its cursor: JOINED while the reader holds the producer back, else LEFT. */
export function gatingOf(reader: number): number {
  return cursorOf(reader) + 1;
}
export const LEFT = 0;
export const JOINED = 1;

export const FRAME_HEADER_BYTES = 8;
export const FrameType = { Record: 1, Padding: 2 } as const;

/** Capacities in bytes: powers of two. The largest frame is an eighth of the ring. */
export const MIN_CAPACITY = 1024;
export const MAX_CAPACITY = 2 ** 30;
