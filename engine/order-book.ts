/** One market's two sides, each a ladder of levels. Hot path. */
import { Side } from '../protocol/enums.ts';
import { PriceLadder } from './price-ladder.ts';

export class OrderBook {
  readonly symbolId: number;
  readonly bids = new PriceLadder(Side.Buy);
  readonly asks = new PriceLadder(Side.Sell);

  constructor(symbolId: number) {
    this.symbolId = symbolId;
  }

  side(side: number): PriceLadder {
    return side === Side.Buy ? this.bids : this.asks;
  }

  opposite(side: number): PriceLadder {
    return side === Side.Buy ? this.asks : this.bids;
  }
}
