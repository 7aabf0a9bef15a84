/** How far a price may slip, by whole numbers of the audit's own: docs/risk.md, "Slippage". */
import { Side } from '../../protocol/enums.ts';

const BPS = 10_000n;
const MAX_PRICE = BigInt(Number.MAX_SAFE_INTEGER);

/** The worst price that is no more than so many hundredths of a percent from another. */
export function slippedPrice(side: number, price: number, bps: number): number {
  const from = BigInt(price);
  const slippage = (from * BigInt(bps)) / BPS;
  if (side === Side.Buy) {
    const highest = from + slippage;
    return Number(highest < MAX_PRICE ? highest : MAX_PRICE);
  }
  const lowest = from - slippage;
  return Number(lowest > 1n ? lowest : 1n);
}

/** Whether a price is worse for an order of a side than its bound. */
export function isBeyond(side: number, price: number, bound: number): boolean {
  return side === Side.Buy ? price > bound : price < bound;
}
