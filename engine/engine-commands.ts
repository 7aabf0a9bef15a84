/** What the engine is told, as plain objects: for `PlainEngine`, the oracle, tools and tests. */
import type { EngineEvent } from './engine-events.ts';

/** The terms of a new order. docs/matching.md says which go together. */
export interface OrderTerms {
  /** 1 to 2^53−1, of no open order. */
  readonly orderId: number;
  readonly symbolId: number;
  /** Side. */
  readonly side: number;
  /** Lots; 0 with `amount`. */
  readonly qty: number;
  /** Limit in ticks; 0, the default, for Market and Stop. */
  readonly price?: number;
  /** OrderType; Limit by default. */
  readonly orderType?: number;
  /** TimeInForce; GTC by default, IOC for Market. */
  readonly timeInForce?: number;
  /** 0, the default: nobody's. */
  readonly accountId?: number;
  /** Owners that count as one for self-trade prevention; 0, the default: the account alone. */
  readonly groupId?: number;
  /** The account's own name for the order; 0, the default: none. */
  readonly clientOrderId?: number;
  /** Shown lots of an iceberg; 0, the default: all. */
  readonly displayQty?: number;
  /** Trigger in ticks, of Stop and StopLimit. */
  readonly stopPrice?: number;
  /** What a market buy may spend, in ticks × lots, instead of `qty`. */
  readonly amount?: number;
  /** µs since 1970, of GTD. */
  readonly expireTime?: number;
  readonly postOnly?: boolean;
  /** SelfTradePrevention; None by default. */
  readonly selfTradePrevention?: number;
}

/** New terms of an open order: all of them, not only those that change. */
export interface ReplaceTerms {
  readonly orderId: number;
  readonly price: number;
  readonly qty: number;
  /** QtyMeaning: the new total, the default, or the new open quantity. */
  readonly qtyMeaning?: number;
  /** 0, the default: all is shown. */
  readonly displayQty?: number;
  /** Of a waiting stop; 0, the default: as it was. */
  readonly stopPrice?: number;
}

export type EngineCommand =
  | ({ readonly command: 'new' } & OrderTerms)
  | ({ readonly command: 'replace' } & ReplaceTerms)
  | { readonly command: 'cancel'; readonly orderId: number }
  | {
      readonly command: 'massCancel';
      /** 0: of all accounts. */
      readonly accountId: number;
      /** 0: in all markets. */
      readonly symbolId: number;
      /** 0: of both sides. */
      readonly side: number;
    }
  | { readonly command: 'state'; readonly symbolId: number; readonly state: number }
  | {
      readonly command: 'band';
      readonly symbolId: number;
      /** 0: none. */
      readonly referencePrice: number;
      /** 0: no band. */
      readonly bandTicks: number;
    }
  | { readonly command: 'time'; readonly time: number };

export interface Outcome {
  /** RejectReason; None where the command was accepted. */
  readonly rejectReason: number;
  readonly events: readonly EngineEvent[];
}

/** An open order, for people and tests. */
export interface OrderView {
  readonly orderId: number;
  readonly accountId: number;
  readonly side: number;
  readonly orderType: number;
  readonly timeInForce: number;
  readonly price: number;
  readonly stopPrice: number;
  readonly qty: number;
  readonly displayQty: number;
  readonly cumQty: number;
  readonly leavesQty: number;
  /** What of it can be seen and hit in its turn; 0 while a stop waits. */
  readonly shownQty: number;
}

/** A price level as the market sees it. */
export interface LevelView {
  readonly price: number;
  readonly qty: number;
  readonly orderCount: number;
}

/** What the engine and the oracle have in common. */
export interface CommandEngine {
  /** The most fills of an incoming order. */
  readonly maxFills: number;
  addSymbol(symbolId: number): void;
  /** @throws RangeError for terms that are invalid whatever the market is */
  execute(command: EngineCommand): Outcome;
  /** A side's resting orders in the order in which they would trade. */
  restingOrders(symbolId: number, side: number): OrderView[];
  /** A side's waiting stops in the order in which they would fire. */
  waitingStops(symbolId: number, side: number): OrderView[];
  /** A side's price levels, best first. */
  levels(symbolId: number, side: number): LevelView[];
  /** Price of the last trade; 0 before the first. */
  lastPrice(symbolId: number): number;
}
