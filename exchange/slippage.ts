/** How far a market order or a stop may slip from the price that it was entered at. */
import { crosses, type OrderBook } from '../engine/order-book.ts';
import { Side } from '../protocol/enums.ts';

const BPS = 10_000;

/**
 * The worst price, in ticks, that is no more than so many hundredths of a percent from another:
 * above it for a buy, below it for a sell, rounded towards it; exact for prices up to 2^53−1.
 */
export function slippageBound(side: number, price: number, bps: number): number {
  const rest = price % BPS;
  const slippage = ((price - rest) / BPS) * bps + Math.floor((rest * bps) / BPS);
  return side === Side.Buy
    ? Math.min(Number.MAX_SAFE_INTEGER, price + slippage)
    : Math.max(1, price - slippage);
}

/**
 * The worst price that a stop may trade at, whenever it fires: as far behind its stop price as it
 * may slip, and within the band; the band's end for one without a bound of its own.
 */
export function protectionPrice(
  side: number,
  stopPrice: number,
  book: OrderBook,
  bps: number,
): number {
  const collar = book.collar(side);
  if (bps === 0) return collar;
  const bound = slippageBound(side, stopPrice, bps);
  return crosses(side, collar, bound) ? bound : collar;
}

/** Whether nothing bounds what a stop to buy may cost. */
export function isUnbounded(side: number, book: OrderBook, bps: number): boolean {
  return side === Side.Buy && !book.hasBand && bps === 0;
}
