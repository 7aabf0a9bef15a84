/** Longer copies of typed arrays, for slabs that grow by doubling. */

export function growFloat64(lane: Float64Array, length: number): Float64Array {
  const grown = new Float64Array(length);
  grown.set(lane);
  return grown;
}

export function growInt32(lane: Int32Array, length: number): Int32Array {
  const grown = new Int32Array(length);
  grown.set(lane);
  return grown;
}

export function growUint8(lane: Uint8Array, length: number): Uint8Array {
  const grown = new Uint8Array(length);
  grown.set(lane);
  return grown;
}
