/**
 * Fees are parts per million of a notional, rounded down to whole minor units. Rounding down keeps
 * the sum of the fills' fees within the fee reserved for the whole order.
 */

const MILLION = 1_000_000;

/** ⌊notional × ppm ÷ 1,000,000⌋, exact for notional ≤ 2^53−1 and ppm from 0 to 1,000,000. */
export function feeOf(notional: number, ppm: number): number {
  const rest = notional % MILLION;
  return ((notional - rest) / MILLION) * ppm + Math.floor((rest * ppm) / MILLION);
}

/** What rounding that fee down leaves, in millionths of a minor unit: 0 to 999,999. */
export function feeRestOf(notional: number, ppm: number): number {
  return ((notional % MILLION) * ppm) % MILLION;
}
