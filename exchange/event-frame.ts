/**
 * What all events have in common: room in the sink, the message header, the sequence number of the
 * command that caused them, and their rolling hash. Made of closures (ADR 0009). Hot path.
 */
import { MESSAGE_HEADER_LENGTH, SCHEMA_WORD, setInt64From } from '../protocol/record.ts';
import type { EventSink } from './event-sink.ts';
import { RollingHash } from './rolling-hash.ts';

const SCHEMA = SCHEMA_WORD;
const HEADER_LENGTH = MESSAGE_HEADER_LENGTH;
const BLOCK_LENGTH_MASK = 0xffff;

/** Places of `registers`. */
const SEQUENCE_LOW = 0;
const SEQUENCE_HIGH = 1;
const EVENT_COUNT = 2;

export type EventFrame = ReturnType<typeof createEventFrame>;

export function createEventFrame(firstSink: EventSink) {
  /**
   * Not a constant, since it changes once, after recovery, nor are its words, since a buffer in
   * memory grows: they are loaded once an event, which costs nothing that can be measured.
   */
  let sink = firstSink;
  const hash = new RollingHash();
  const registers = new Int32Array(3);

  return {
    /** Over all events of all commands so far. */
    hash,

    /** As if nothing had been written; the sink stays. */
    clear(): void {
      hash.restore(0, 0);
      registers.fill(0);
    },

    redirect(nextSink: EventSink): void {
      sink = nextSink;
    },

    /** @param sequence the command's number, in a lane */
    beginCommand(sequence: Float64Array): void {
      setInt64From(registers, SEQUENCE_LOW, sequence, 0);
      registers[EVENT_COUNT] = 0;
    },

    /** Events of the current command so far. */
    eventCount(): number {
      return registers[EVENT_COUNT]!;
    },

    /**
     * Claims room for an event with this first word (`headerWord` of its layout) and writes all
     * that comes before its own fields; returns its word index. The caller must write every word
     * that follows, into `words()`: nothing was zeroed.
     */
    begin(header: number): number {
      const at = sink.claim((header & BLOCK_LENGTH_MASK) + HEADER_LENGTH) >> 2;
      const { words } = sink.record;
      words[at] = header;
      words[at + 1] = SCHEMA;
      words[at + 2] = registers[SEQUENCE_LOW]!;
      words[at + 3] = registers[SEQUENCE_HIGH]!;
      return at;
    },

    /** Where the latest event is. */
    words(): Int32Array {
      return sink.record.words;
    },

    /** Hashes and counts the event that `begin` began, which is whole now. */
    finish(at: number, header: number): void {
      const length = (header & BLOCK_LENGTH_MASK) + HEADER_LENGTH;
      hash.addWords(sink.record.words, at, at + (length >> 2));
      registers[EVENT_COUNT]!++;
    },
  };
}
