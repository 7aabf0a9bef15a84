/**
 * When the writer of a snapshot rests. The threads of an exchange that has much to do wait for each
 * other and sleep for moments; a process of the lowest priority takes these, and the next of them
 * that is woken waits until its slice is over (ADR 0012 has figures). So it works for a fifth of
 * the time; more the further it is behind, since a start would have to replay what it has not come
 * to.
 */

/**
 * So many bytes of a snapshot take as long to write, load and hash as a command to replay: 5.3 to
 * 6.3 ns a byte, 2.3 µs a command (ADR 0012).
 */
const BYTES_A_COMMAND = 400;

/** And a twentieth of a core has written, loaded and hashed so many in a millisecond. */
const BYTES_A_MS = 10_000;

/** It rests so many times as long as it worked, or waited for a core, where it is not behind. */
const MOST_RESTS = 4;
/** Behind by so many intervals from one snapshot to the next it begins to rest less, ... */
const RESTS_UP_TO = 1;
/** ... and by so many it does not rest any more. */
const RESTS_NOT_FROM = 2;
/** It works for about so long at a time, or for one batch. */
const WORK_MS = 1;
/** However long it was held up. */
const LONGEST_REST_MS = 100;

export class SnapshotPace {
  private readonly interval: number;
  private readonly never = new Int32Array(new SharedArrayBuffer(4));
  private sinceMs = performance.now();

  /** @param interval commands from one snapshot to the next; 0: it never rests */
  constructor(interval: number) {
    this.interval = interval;
  }

  /**
   * Rests, where it has worked for a while: the thread is held.
   *
   * @param behind commands that are in the journal and that it has not come to
   */
  rest(behind: () => number): void {
    if (this.interval === 0) return;
    const workedMs = performance.now() - this.sinceMs;
    if (workedMs < WORK_MS) return;
    const wantedMs = workedMs * restsAfter(behind() / this.interval);
    const restMs = Math.min(wantedMs, LONGEST_REST_MS);
    if (restMs > 0) Atomics.wait(this.never, 0, 0, restMs);
    this.sinceMs = performance.now();
  }
}

/**
 * Commands from one snapshot to the next under load: more than wanted where the last one is so
 * large that writing would take longer than the replay. 0: no interval.
 */
export function intervalOf(wanted: number, bytes: number): number {
  return wanted === 0 ? 0 : Math.max(wanted, Math.ceil(bytes / BYTES_A_COMMAND));
}

/**
 * Whether the next snapshot costs little beside what came since the last one: commands that take as
 * long to replay as that one took to write, or twenty times as long a time.
 */
export function isWorthIt(bytes: number, commands: number, ms: number): boolean {
  return commands >= bytes / BYTES_A_COMMAND || ms >= bytes / BYTES_A_MS;
}

/** How many times as long as it worked it rests, so many intervals behind. */
export function restsAfter(intervals: number): number {
  const left = (RESTS_NOT_FROM - intervals) / (RESTS_NOT_FROM - RESTS_UP_TO);
  return MOST_RESTS * Math.min(1, Math.max(0, left));
}
