/**
 * The worst price at which a stop without a limit may trade: as far behind its stop price as it may
 * slip, fixed when it is accepted, and anew with each new stop price (docs/risk.md, "Slippage").
 */
import type { Exchange } from '../../exchange/exchange.ts';
import { isBeyond, slippedPrice } from './slippage-bound.ts';

export interface StopBound {
  readonly stopPrice: number;
  /** Hundredths of a percent; 0: to the end of the band. */
  readonly slippageBps: number;
  readonly protectionPrice: number;
}

/** @param market its index */
export function boundStop(
  { engine }: Exchange,
  { market, side, stopPrice }: { market: number; side: number; stopPrice: number },
  slippageBps: number,
): StopBound {
  const collar = engine.books[market]!.collar(side);
  const slipped = slippageBps === 0 ? collar : slippedPrice(side, stopPrice, slippageBps);
  const protectionPrice = isBeyond(side, slipped, collar) ? collar : slipped;
  return { stopPrice, slippageBps, protectionPrice };
}
