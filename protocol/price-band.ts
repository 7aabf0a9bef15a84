/** A market's price band: which terms go together, in every encoding, and the prices it allows. */
import type { FieldError } from './field-error.ts';

export interface PriceBandTerms {
  /** In ticks; 0: none. */
  readonly referencePrice: number;
  /** How far prices may be away from it; 0: as far as they like. */
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

/** The lowest and the highest price that a market with this band allows. */
export function priceRange({ referencePrice, bandTicks }: PriceBandTerms): {
  readonly lowPrice: number;
  readonly highPrice: number;
} {
  const { MAX_SAFE_INTEGER } = Number;
  if (bandTicks === 0) return { lowPrice: 1, highPrice: MAX_SAFE_INTEGER };
  return {
    lowPrice: Math.max(1, referencePrice - bandTicks),
    highPrice: Math.min(MAX_SAFE_INTEGER, referencePrice + bandTicks),
  };
}
