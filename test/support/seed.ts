/**
 * Seeds for randomised tests: a new one each run, or the one in HOGA_TEST_SEED. The test's
 * diagnostics say which it was and how to run it again.
 */
import { randomInt } from 'node:crypto';
import { relative } from 'node:path';
import type { TestContext } from 'node:test';

const SEED_LIMIT = 2 ** 31;

export function testSeed(t: TestContext): number {
  const given = process.env['HOGA_TEST_SEED'];
  const seed = given === undefined ? randomInt(SEED_LIMIT) : Number(given);
  if (!(Number.isInteger(seed) && seed >= 0 && seed < SEED_LIMIT)) {
    throw new RangeError(`HOGA_TEST_SEED is '${given}'; allowed: an integer from 0 to 2^31−1`);
  }
  const file = relative(process.cwd(), t.filePath ?? '');
  t.diagnostic(`seed ${seed}; to rerun: HOGA_TEST_SEED=${seed} node --test ${file}`);
  return seed;
}

/** A uniform integer from 0 to `bound` − 1; `bound` is at most 2^32. */
export type Random = (bound: number) => number;

/**
 * Mulberry32 (Tommy Ettinger, public domain): the same seed gives the same numbers in any thread.
 */
export function seededRandom(seed: number): Random {
  let state = seed | 0;
  return (bound) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * bound);
  };
}
