/**
 * How long the follower rests between transactions that are not full. A transaction of many
 * commands costs less a command than one of few, so the rest grows with what comes: until, under
 * load, transactions are full and there is none.
 */

/** Between transactions it works for a fifth of the time. */
const REST_PER_WORK = 4;
/** PostgreSQL is not later than that for it. */
const LONGEST_REST_MS = 1_000;

/**
 * @param workedMs what it took last
 * @param shortestMs 0: it never rests
 */
export function restMs(workedMs: number, shortestMs: number): number {
  if (shortestMs === 0) return 0;
  return Math.max(shortestMs, Math.min(LONGEST_REST_MS, workedMs * REST_PER_WORK));
}
