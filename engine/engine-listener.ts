/** What the engine tells while it executes a command: in the order it happens, by order slot. */
export interface EngineListener {
  /**
   * Both orders' cumulative quantities already include the fill; a filled maker keeps its slot until
   * this returns. The price is the maker's.
   */
  onFill(maker: number, taker: number, price: number, qty: number): void;
  /** The order ends with its leaves quantity unfilled; the slot is freed after this returns. */
  onCanceled(order: number): void;
  /** The order has its new price and quantity and has not traded on them yet. */
  onReplaced(order: number): void;
  /** A level's new totals, once for each level that a command changed; qty 0: it is gone. */
  onLevel(symbolIndex: number, side: number, price: number, qty: number, orderCount: number): void;
}
