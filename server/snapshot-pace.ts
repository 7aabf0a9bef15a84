/**
 * When the writer of a snapshot rests. The threads of an exchange that has much to do wait for each
 * other and sleep for moments; a process of the lowest priority takes these, and the next of them
 * that is woken waits until its slice is over (ADR 0012 has figures). So, while it replays, it
 * works for a fifth of the time; more the further it is behind, since a start would have to replay
 * what it has not come to.
 */

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

/** How many times as long as it worked it rests, so many intervals behind. */
export function restsAfter(intervals: number): number {
  const left = (RESTS_NOT_FROM - intervals) / (RESTS_NOT_FROM - RESTS_UP_TO);
  return MOST_RESTS * Math.min(1, Math.max(0, left));
}
