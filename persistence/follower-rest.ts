/**
 * How long the follower rests between transactions that are not full. A transaction of many
 * commands costs less a command than one of few, so the rest grows with what comes: until, under
 * load, transactions are full and there is none.
 */

/** So it works for a fifth of the time, within the bounds. */
const REST_PER_WORK = 4;
/** PostgreSQL is not later than that for it. */
const LONGEST_REST_MS = 1_000;
/** Fewer are no load: who tries the exchange by hand finds them in PostgreSQL soon. */
const COMMANDS_OF_LOAD = 100;

/**
 * @param workedMs what its last transaction took
 * @param commands that it held
 * @param shortestMs 0: it never rests
 */
export function restMs(workedMs: number, commands: number, shortestMs: number): number {
  if (shortestMs === 0 || commands < COMMANDS_OF_LOAD) return shortestMs;
  return Math.max(shortestMs, Math.min(LONGEST_REST_MS, workedMs * REST_PER_WORK));
}
