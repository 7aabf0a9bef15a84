/** What shows that nothing was lost: a batch's CRC, and the rolling hash of a command's events. */
import { crc32 } from 'node:zlib';
import { RollingHash } from '../../exchange/rolling-hash.ts';
import {
  BALANCE,
  BOOK_LEVEL,
  COMMAND_DONE,
  EXECUTION_REPORT,
} from '../../protocol/event-layout.ts';
import { BATCH, INPUTS, type MicroOperations } from './micro-operation.ts';

const CRC_BYTES = 65_536;
/** A CRC takes as long as a thousand of the others. */
const CRC_PART = 0.01;
/** The events of an order that rests, in words. */
const EVENTS = [EXECUTION_REPORT, BOOK_LEVEL, BALANCE, COMMAND_DONE] as const;
const EVENT_WORDS = EVENTS.reduce((sum, { length }) => sum + (length >> 2), 0);

function createCrc() {
  const bytes = new Uint8Array(new SharedArrayBuffer(CRC_BYTES)).map((_, i) => i);
  let crc = 0;
  return (count: number) => {
    for (let i = 0; i < count; i++) crc = crc32(bytes, crc);
    return crc;
  };
}

function createEventHash() {
  const words = new Int32Array(new SharedArrayBuffer(INPUTS * EVENT_WORDS * 4));
  for (let i = 0; i < words.length; i++) words[i] = Math.imul(i, 0x9e3779b1);
  const hash = new RollingHash();
  let at = 0;
  return (count: number) => {
    for (const end = at + count; at < end; at++) {
      const from = (at % INPUTS) * EVENT_WORDS;
      hash.addWords(words, from, from + EVENT_WORDS);
    }
    return hash.low;
  };
}

export const CHECKSUM: MicroOperations = {
  'crc/64-kib': { batch: 1, part: CRC_PART, create: createCrc },
  'hash/events-of-a-command': { batch: BATCH, create: createEventHash },
};
