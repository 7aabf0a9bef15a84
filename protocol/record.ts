/**
 * What every record shares: the buffer it lives in, its SBE message header, and 64-bit integers
 * read and written as two 32-bit lanes (BigInt allocates, so it stays off the hot path).
 *
 * ```
 *  0        2          4        6        8
 *  +--------+----------+--------+--------+----------------------------+
 *  | block  | template | schema | schema | block: fixed fields,       |
 *  | Length | Id       | Id     | version| little-endian, 8-byte padded|
 *  +--------+----------+--------+--------+----------------------------+
 * ```
 * A record's length is 8 + blockLength and a multiple of 8. Hot path: no allocation per record.
 */

export const SCHEMA_ID = 7700;
/**
 * 2 came with all order types. It is in every event too, and journals hold hashes of events: so it
 * stays, and what changes is told by other means (ADR 0011).
 */
export const SCHEMA_VERSION = 2;
export const MESSAGE_HEADER_LENGTH = 8;
const TWO_POW_32 = 4294967296;

if (new Uint8Array(new Uint32Array([1]).buffer)[0] !== 1) {
  throw new Error('Hoga reads its records in place and needs a little-endian machine');
}

/** A record's second word: the same in all. */
export const SCHEMA_WORD = (SCHEMA_VERSION << 16) | SCHEMA_ID;

/** A record's first word; `length` is the whole record's, in bytes. */
export function headerWord(layout: {
  readonly templateId: number;
  readonly length: number;
}): number {
  return (layout.templateId << 16) | (layout.length - MESSAGE_HEADER_LENGTH);
}

/** The 64-bit integer (|x| ≤ 2^53−1) at a word index. */
export function getInt64(words: Int32Array, word: number): number {
  return (words[word]! >>> 0) + words[word + 1]! * TWO_POW_32;
}

/** Writes a 64-bit integer (|value| ≤ 2^53−1) at a word index. */
export function setInt64(words: Int32Array, word: number, value: number): void {
  words[word] = value;
  words[word + 1] = Math.floor(value / TWO_POW_32);
}

/**
 * `getInt64` into a lane: a number beyond 31 bits would be boxed for a call that V8 does not
 * inline, and what it inlines differs from process to process. Hot paths read by this.
 */
export function getInt64Into(
  words: Int32Array,
  word: number,
  lanes: Float64Array,
  place: number,
): void {
  lanes[place] = (words[word]! >>> 0) + words[word + 1]! * TWO_POW_32;
}

/** `setInt64` from a lane, for the same reason. */
export function setInt64From(
  words: Int32Array,
  word: number,
  lanes: Float64Array,
  place: number,
): void {
  words[word] = lanes[place]!;
  words[word + 1] = Math.floor(lanes[place]! / TWO_POW_32);
}

/** One buffer seen as 32-bit words and as bytes; records in it start at multiples of 8 bytes. */
export class RecordBuffer {
  readonly words: Int32Array;
  readonly bytes: Uint8Array;

  constructor(
    buffer: ArrayBufferLike,
    byteOffset = 0,
    byteLength = buffer.byteLength - byteOffset,
  ) {
    this.words = new Int32Array(buffer, byteOffset, byteLength >> 2);
    this.bytes = new Uint8Array(buffer, byteOffset, byteLength);
  }

  static allocate(byteLength: number): RecordBuffer {
    return new RecordBuffer(new ArrayBuffer(byteLength));
  }
}

/** The template id of the record at a byte offset. */
export function templateIdAt(record: RecordBuffer, offset: number): number {
  return record.words[offset >> 2]! >>> 16;
}

/** The whole length in bytes, header included, of the record at a byte offset. */
export function recordLengthAt(record: RecordBuffer, offset: number): number {
  return (record.words[offset >> 2]! & 0xffff) + MESSAGE_HEADER_LENGTH;
}

/** Copies `length` bytes, a multiple of 4; `set` would need a subarray, an allocation. */
export function copyRecord(
  from: Int32Array,
  fromOffset: number,
  to: Int32Array,
  toOffset: number,
  length: number,
): void {
  const shift = (fromOffset - toOffset) >> 2;
  const end = (toOffset + length) >> 2;
  for (let word = toOffset >> 2; word < end; word++) to[word] = from[word + shift]!;
}

/**
 * A cursor over one record. `wrap` moves it, getters and setters read and write in place; `begin`
 * zeroes the whole record and writes its header, so that every byte of it is defined.
 */
export abstract class Flyweight {
  protected words: Int32Array = EMPTY.words;
  protected bytes: Uint8Array = EMPTY.bytes;
  /** Byte offset and word index of the record. */
  protected offset = 0;
  protected word = 0;

  wrap(record: RecordBuffer, offset: number): this {
    this.words = record.words;
    this.bytes = record.bytes;
    this.offset = offset;
    this.word = offset >> 2;
    return this;
  }

  protected begin(record: RecordBuffer, offset: number, templateId: number, length: number): void {
    this.wrap(record, offset);
    const words = record.words;
    const first = offset >> 2;
    const end = first + (length >> 2);
    words[first] = (templateId << 16) | (length - MESSAGE_HEADER_LENGTH);
    words[first + 1] = SCHEMA_WORD;
    for (let word = first + 2; word < end; word++) words[word] = 0;
  }

  protected int64(field: number): number {
    return getInt64(this.words, this.word + (field >> 2));
  }

  protected putInt64(field: number, value: number): void {
    setInt64(this.words, this.word + (field >> 2), value);
  }

  /**
   * Like `int64`, into a lane, and like `putInt64`, from one. A number beyond 31 bits that a call
   * takes or returns is boxed where V8 does not inline the call; these two pass none, so they also
   * do the arithmetic of `getInt64` and `setInt64` themselves.
   */
  protected int64Into(field: number, lane: Float64Array, index: number): void {
    const word = this.word + (field >> 2);
    lane[index] = (this.words[word]! >>> 0) + this.words[word + 1]! * TWO_POW_32;
  }

  protected putInt64From(field: number, lane: Float64Array, index: number): void {
    const word = this.word + (field >> 2);
    this.words[word] = lane[index]!;
    this.words[word + 1] = Math.floor(lane[index]! / TWO_POW_32);
  }

  protected uint32(field: number): number {
    return this.words[this.word + (field >> 2)]! >>> 0;
  }

  protected putUint32(field: number, value: number): void {
    this.words[this.word + (field >> 2)] = value;
  }

  protected uint16(field: number): number {
    const at = this.offset + field;
    return this.bytes[at]! | (this.bytes[at + 1]! << 8);
  }

  protected putUint16(field: number, value: number): void {
    const at = this.offset + field;
    this.bytes[at] = value;
    this.bytes[at + 1] = value >> 8;
  }

  protected uint8(field: number): number {
    return this.bytes[this.offset + field]!;
  }

  protected putUint8(field: number, value: number): void {
    this.bytes[this.offset + field] = value;
  }

  /** ASCII text of a fixed width, without its padding zeros. Allocates: not for the hot path. */
  protected text(field: number, width: number): string {
    let value = '';
    for (let at = this.offset + field; at < this.offset + field + width; at++) {
      const code = this.bytes[at]!;
      if (code === 0) break;
      value += String.fromCharCode(code);
    }
    return value;
  }

  protected putText(field: number, width: number, value: string): void {
    for (let i = 0; i < width; i++) {
      this.bytes[this.offset + field + i] = i < value.length ? value.charCodeAt(i) : 0;
    }
  }
}

const EMPTY = RecordBuffer.allocate(0);
