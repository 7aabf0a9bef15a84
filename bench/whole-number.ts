/** Numbers on the command lines of the benchmarks. */
import { InvalidArgumentError } from 'commander';

/** @throws InvalidArgumentError, which commander tells, for anything but 1 to 999,999,999 */
export function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) {
    throw new InvalidArgumentError('allowed: a whole number from 1 to 999999999');
  }
  return Number(text);
}
