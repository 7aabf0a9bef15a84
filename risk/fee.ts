/**
 * Fees are parts per million of a notional, rounded down to whole minor units. Rounding down keeps
 * the sum of the fills' fees within the fee reserved for the whole order.
 */

const MILLION = 1_000_000;

/**
 * ⌊notional × ppm ÷ 1,000,000⌋, exact for notional ≤ 2^53−1 and ppm from 0 to 1,000,000.
 *
 * So is a quotient rounded down: one that lies below a whole number lies a millionth below it at
 * least, which is more than half of what doubles up to 2^53 ÷ 10^6 tell apart.
 */
export function feeOf(notional: number, ppm: number): number {
  const whole = Math.floor(notional / MILLION);
  return whole * ppm + Math.floor(((notional - whole * MILLION) * ppm) / MILLION);
}

/** Adds its fee to a notional in a lane: a number that is passed may be boxed. Hot path. */
export function addFee(lanes: Float64Array, lane: number, ppm: number): void {
  const notional = lanes[lane]!;
  const whole = Math.floor(notional / MILLION);
  const part = Math.floor(((notional - whole * MILLION) * ppm) / MILLION);
  lanes[lane] = notional + (whole * ppm + part);
}

/** What rounding that fee down leaves, in millionths of a minor unit: 0 to 999,999. */
export function feeRestOf(notional: number, ppm: number): number {
  const product = (notional - Math.floor(notional / MILLION) * MILLION) * ppm;
  return product - Math.floor(product / MILLION) * MILLION;
}
