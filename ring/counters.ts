/**
 * Numbers that threads show each other: one writer each, read by anyone for /health, metrics and
 * decisions that tolerate a moment's delay. Not for synchronisation.
 */

/** Each counter is written by one thread. Sequences are the last one handled. */
export const Counter = {
  /** The exchange thread: executed. */
  ExecutedSequence: 0,
  /** The journal thread: as safe as the durability says, so released to be told. */
  ReleasedSequence: 1,
  /** The follower: replayed and checked by hash. */
  FollowedSequence: 2,
  /** The follower: in PostgreSQL. */
  ProjectedSequence: 3,
  /** The follower: a ProjectionState. */
  ProjectionState: 4,
  /** The exchange thread: when the next order expires, µs since 1970; Infinity where none does. */
  NextExpireTime: 5,
  /** The journal thread: flushed, and readable in the journal. */
  StoredSequence: 6,
  /** The supervisor: the journal may do without commands up to this one. */
  TrimmableSequence: 7,
  /** The supervisor: of the newest snapshot. */
  SnapshotSequence: 8,
  /** The journal thread: bytes of its map that are used, at most. */
  JournalUsedBytes: 9,
  /** The supervisor: bytes that are free on the data folder's disk. */
  DiskFreeBytes: 10,
  /** The follower: on PostgreSQL's disk, so that its crash takes nothing of it back. */
  ProjectionFlushedSequence: 11,
} as const;
export type Counter = (typeof Counter)[keyof typeof Counter];

export const ProjectionState = { Starting: 0, Running: 1, Retrying: 2, Diverged: 3 } as const;

const LANE_FLOATS = 16;

export function createCounters(): SharedArrayBuffer {
  return new SharedArrayBuffer(Object.keys(Counter).length * LANE_FLOATS * 8);
}

export class Counters {
  /** All counters: whoever writes one for each command writes it there, since `set` may box it. */
  readonly lanes: Float64Array;

  constructor(buffer: SharedArrayBuffer) {
    this.lanes = new Float64Array(buffer);
  }

  get(counter: Counter): number {
    return this.lanes[counter * LANE_FLOATS]!;
  }

  /** Its place among them. */
  static laneOf(counter: Counter): number {
    return counter * LANE_FLOATS;
  }

  set(counter: Counter, value: number): void {
    this.lanes[counter * LANE_FLOATS] = value;
  }
}
