/** How far a market order or a stop may slip from the price that it was entered at. */
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
