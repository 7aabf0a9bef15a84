/**
 * Slabs whose records begin where lines of the processor's cache do, so that a record of 64 bytes
 * is one line and not two. A large buffer of glibc's begins 16 bytes behind a page; where another
 * allocator's begins elsewhere, slabs are slower and nothing else.
 */

const LINE_BYTES = 64;
const ALLOCATOR_BYTES = 16;

/** Lanes of zeros; other views of the same memory begin at their `byteOffset`. */
export function createLanes(length: number): Float64Array {
  const padding = LINE_BYTES - ALLOCATOR_BYTES;
  return new Float64Array(new ArrayBuffer(padding + length * 8), padding, length);
}

/** The same lanes as int32 links, two to a word. */
export function linksOf({ buffer, byteOffset, length }: Float64Array): Int32Array {
  return new Int32Array(buffer, byteOffset, length * 2);
}
