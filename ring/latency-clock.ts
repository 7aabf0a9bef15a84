/**
 * One clock for the stamps of all threads, in whole ns since an origin that they share.
 * `performance.now` counts from each thread's own start and is the cheapest to read (30 to 40 ns);
 * `process.hrtime` counts from the machine's for all of them, and says what the difference is.
 */

const READINGS = 64;
const NS_PER_MS = 1e6;

/** To be made once, and given to every thread's clock. */
export function latencyOrigin(): bigint {
  return process.hrtime.bigint();
}

export class LatencyClock {
  /** From this thread's `performance.now` to ms since the origin. */
  private readonly shiftMs: number;

  constructor(origin: bigint) {
    let shiftMs = 0;
    let closestMs = Number.POSITIVE_INFINITY;
    for (let reading = 0; reading < READINGS; reading++) {
      const beforeMs = performance.now();
      const sinceOriginMs = Number(process.hrtime.bigint() - origin) / NS_PER_MS;
      const afterMs = performance.now();
      if (afterMs - beforeMs >= closestMs) continue;
      closestMs = afterMs - beforeMs;
      shiftMs = sinceOriginMs - (beforeMs + afterMs) / 2;
    }
    this.shiftMs = shiftMs;
  }

  now(): number {
    return Math.floor((performance.now() + this.shiftMs) * NS_PER_MS);
  }

  /** The same into a lane: a number that is returned may be boxed. */
  read(lanes: Float64Array, lane: number): void {
    lanes[lane] = Math.floor((performance.now() + this.shiftMs) * NS_PER_MS);
  }
}
