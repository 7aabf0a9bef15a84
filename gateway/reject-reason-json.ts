/**
 * A reject reason as clients see it in JSON: with what they need to do better, where there is more.
 */
import { type PriceBandTerms, priceRange } from '../protocol/price-band.ts';
import {
  describeRejectReason,
  RejectReason,
  type RejectReasonText,
} from '../protocol/reject-reason.ts';

/** @param band that of the order's market */
export function rejectReasonAsJson(code: number, band?: PriceBandTerms): RejectReasonText {
  const reason = describeRejectReason(code);
  const isOutside = code === RejectReason.PriceOutsideBand;
  if (!isOutside || band === undefined || band.bandTicks === 0) return reason;
  return { ...reason, ...band, ...priceRange(band) };
}
