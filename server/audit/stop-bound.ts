/**
 * The worst price at which a stop without a limit may trade: as far behind its stop price as it may
 * slip, fixed when it is accepted, and anew with each new stop price (docs/risk.md, "Slippage").
 */
import type { Exchange } from '../../exchange/exchange.ts';
import { protectionPrice } from '../../exchange/slippage.ts';

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
  const book = engine.books[market]!;
  const price = protectionPrice(side, stopPrice, book, slippageBps);
  return { stopPrice, slippageBps, protectionPrice: price };
}
