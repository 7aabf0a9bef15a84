/**
 * A column of many rows as one parameter: an array in PostgreSQL's binary form, which neither side
 * has to write as text and read again.
 *
 * ```
 *  dimensions | has nulls | element type | length | first index | length, bytes | length, bytes | …
 * ```
 * Each field is a big-endian int32 (`array_recv` in PostgreSQL's `utils/adt/arrayfuncs.c`); an
 * element has its type's binary form. A null's length is −1.
 */
export type ColumnType = 'bigint' | 'boolean' | 'integer' | 'smallint' | 'text' | 'timestamptz';
/** `timestamptz` is in µs since 1970. */
export type ColumnValue = number | boolean | string | null;

/** Object ids of the types (`pg_type.dat`). */
const TYPE_IDS: Readonly<Record<ColumnType, number>> = {
  boolean: 16,
  bigint: 20,
  smallint: 21,
  integer: 23,
  text: 25,
  timestamptz: 1184,
};
const BYTES: Readonly<Record<Exclude<ColumnType, 'text'>, number>> = {
  boolean: 1,
  bigint: 8,
  smallint: 2,
  integer: 4,
  timestamptz: 8,
};
const HEAD_BYTES = 20;
const LENGTH_BYTES = 4;
const TWO_TO_32 = 2 ** 32;
/** PostgreSQL counts from 2000. */
const EPOCH_2000_US = Date.UTC(2000, 0, 1) * 1_000;

export function columnArray(type: ColumnType, values: readonly ColumnValue[]): Buffer {
  const array = Buffer.allocUnsafe(HEAD_BYTES + bytesOf(type, values));
  array.writeInt32BE(1, 0);
  array.writeInt32BE(Number(values.includes(null)), 4);
  array.writeInt32BE(TYPE_IDS[type], 8);
  array.writeInt32BE(values.length, 12);
  array.writeInt32BE(1, 16);
  let at = HEAD_BYTES;
  for (const value of values) at = writeElement(array, at, type, value);
  return array.subarray(0, at);
}

/** At most. */
function bytesOf(type: ColumnType, values: readonly ColumnValue[]): number {
  if (type !== 'text') return values.length * (LENGTH_BYTES + BYTES[type]);
  let bytes = 0;
  for (const value of values) bytes += LENGTH_BYTES + Buffer.byteLength((value ?? '') as string);
  return bytes;
}

/** Returns where the next one begins. */
function writeElement(array: Buffer, at: number, type: ColumnType, value: ColumnValue): number {
  const start = at + LENGTH_BYTES;
  if (value === null) return array.writeInt32BE(-1, at);
  if (type === 'text') {
    const bytes = array.write(value as string, start);
    array.writeInt32BE(bytes, at);
    return start + bytes;
  }
  if (!Number.isSafeInteger(Number(value))) throw new RangeError(`${value} is no ${type}`);
  array.writeInt32BE(BYTES[type], at);
  switch (type) {
    case 'bigint':
      return writeInt64(array, start, value as number);
    case 'timestamptz':
      return writeInt64(array, start, (value as number) - EPOCH_2000_US);
    case 'integer':
      return array.writeInt32BE(value as number, start);
    case 'smallint':
      return array.writeInt16BE(value as number, start);
    case 'boolean':
      return array.writeUInt8(Number(value), start);
  }
}

function writeInt64(array: Buffer, at: number, value: number): number {
  const high = array.writeInt32BE(Math.floor(value / TWO_TO_32), at);
  return array.writeUInt32BE(value >>> 0, high);
}
