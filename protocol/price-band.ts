/** Which terms of a price band go together. One rule for every encoding. */
import type { FieldError } from './field-error.ts';

export interface PriceBandTerms {
  readonly referencePrice: number;
  readonly bandTicks: number;
}

/** What does not fit, or undefined. */
export function validateBand({
  referencePrice,
  bandTicks,
}: PriceBandTerms): FieldError | undefined {
  if (referencePrice !== 0 || bandTicks === 0) return undefined;
  return { field: 'bandTicks', value: bandTicks, allowed: '0 without a referencePrice' };
}
