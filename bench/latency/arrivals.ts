/** When commands are due: planned before anything is measured. */
import type { Random } from '../../test/support/seed.ts';

/** Poisson: independent of each other. Bursts: 10 ms' worth at once. */
export type Arrivals = 'constant' | 'poisson' | 'bursts';

const NS_PER_S = 1e9;
const BURSTS_PER_S = 100;

/** For each of `count` commands its due time in ns from the first one's. */
export function planArrivals(
  arrivals: Arrivals,
  rate: number,
  count: number,
  random: Random,
): Float64Array {
  const dueNs = new Float64Array(count);
  const periodNs = NS_PER_S / rate;
  const burst = Math.max(1, Math.round(rate / BURSTS_PER_S));
  for (let at = 1; at < count; at++) {
    if (arrivals === 'constant') dueNs[at] = at * periodNs;
    else if (arrivals === 'bursts') dueNs[at] = (at - (at % burst)) * periodNs;
    else dueNs[at] = dueNs[at - 1]! - Math.log((random(2 ** 32) + 1) / 2 ** 32) * periodNs;
  }
  return dueNs;
}
