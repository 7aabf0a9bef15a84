/** A sequence number on the command line. */
import { InvalidArgumentError } from 'commander';

export function sequence(text: string): number {
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(value)) {
    throw new InvalidArgumentError('allowed: a whole number from 0 to 9007199254740991');
  }
  return value;
}
