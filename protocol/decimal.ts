/**
 * Decimal text and integers: amounts are whole minor units inside, decimals exist at the edge, as
 * strings. `10^decimals` minor units make one unit.
 */

/** `formatDecimal(123450, 2)` is `'1234.50'`. */
export function formatDecimal(value: number, decimals: number): string {
  if (!Number.isSafeInteger(value))
    throw new RangeError(`${value} is no whole number of minor units`);
  const digits = String(Math.abs(value)).padStart(decimals + 1, '0');
  const whole = digits.slice(0, digits.length - decimals);
  const sign = value < 0 ? '-' : '';
  return decimals === 0 ? `${sign}${whole}` : `${sign}${whole}.${digits.slice(-decimals)}`;
}

/**
 * `parseDecimal('1234.5', 2)` is `123450`; undefined where the text is no decimal number, has more
 * places than `decimals`, or does not fit into 2^53−1 minor units.
 */
export function parseDecimal(text: string, decimals: number): number | undefined {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = '', places = ''] = match;
  if (places.length > decimals) return undefined;
  const value = Number(whole + places.padEnd(decimals, '0'));
  if (!Number.isSafeInteger(value)) return undefined;
  return sign === '-' && value !== 0 ? -value : value;
}
