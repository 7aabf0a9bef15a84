/**
 * An order flow for the engine benchmark: a struct of arrays, so that reading it costs every engine
 * the same and allocates nothing. The first `buildUp` operations fill the book, those up to
 * `measuredFrom` warm up.
 */

import type { Totals } from '../measuring/totals.ts';

/** What an operation does. */
export const Kind = { Add: 1, Cancel: 2, Cross: 3 } as const;

export interface OrderFlow {
  /** Operations in all. */
  readonly length: number;
  readonly buildUp: number;
  readonly measuredFrom: number;
  /** Kind: an order that rests, a cancel, or an immediate-or-cancel order that trades. */
  readonly kind: Uint8Array;
  /** Orders count from 1; a cancel names an order that is open at that point. */
  readonly orderId: Int32Array;
  /** Side; of a cancel, the order's. */
  readonly side: Uint8Array;
  /** Ticks; 0 for a cancel. */
  readonly price: Int32Array;
  /** Lots; 0 for a cancel. */
  readonly qty: Int32Array;
  readonly account: Int32Array;
  /** What every engine must come to when it has executed the whole flow. */
  readonly totals: Totals;
}
