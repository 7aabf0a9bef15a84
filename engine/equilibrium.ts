/**
 * The price of a call auction (docs/matching.md, "Uncrossing"). Demand and supply only change at
 * the prices of levels, so the crossed part of the book is a row of runs of ticks that are alike.
 * Off the hot path: it allocates.
 */
import type { Levels } from './levels.ts';
import type { OrderBook } from './order-book.ts';
import { ORDER } from './orders.ts';
import type { PriceLadder } from './price-ladder.ts';

const { NONE } = ORDER;

export interface Equilibrium {
  readonly price: number;
  /** 0: the book is not crossed. */
  readonly qty: number;
}

interface Step {
  readonly price: number;
  readonly qty: number;
}

const NOTHING: Equilibrium = { price: 0, qty: 0 };

export function equilibriumOf(book: OrderBook, levels: Levels): Equilibrium {
  if (book.bids.best() === NONE || book.asks.best() === NONE) return NOTHING;
  const highest = levels.price(book.bids.best());
  const lowest = levels.price(book.asks.best());
  if (highest < lowest) return NOTHING;
  const bids = stepsOf(book.bids, levels, (price) => price >= lowest).reverse();
  const asks = stepsOf(book.asks, levels, (price) => price <= highest);

  let demand = bids.reduce((sum, step) => sum + step.qty, 0);
  let supply = 0;
  let most = 0;
  let leastImbalance = Number.POSITIVE_INFINITY;
  let [from, to] = [0, 0];
  let [bid, ask] = [0, 0];
  let start = lowest;
  while (start <= highest) {
    for (; ask < asks.length && asks[ask]!.price <= start; ask++) supply += asks[ask]!.qty;
    for (; bid < bids.length && bids[bid]!.price < start; bid++) demand -= bids[bid]!.qty;
    // The run ends before the next ask, and at the next bid.
    const nextAsk = ask < asks.length ? asks[ask]!.price : Number.POSITIVE_INFINITY;
    const end = Math.min(nextAsk - 1, bids[bid]!.price);
    const qty = Math.min(demand, supply);
    const imbalance = Math.abs(demand - supply);
    if (qty > most || (qty === most && imbalance < leastImbalance)) {
      most = qty;
      leastImbalance = imbalance;
      from = start;
      to = end;
    } else if (qty === most && imbalance === leastImbalance) to = end;
    start = end + 1;
  }
  return { price: nearest(from, to, book.referencePrice || book.lastPrice), qty: most };
}

/** The tick of a run nearest to a reference price; its middle without one. */
function nearest(from: number, to: number, reference: number): number {
  if (reference === 0) return from + Math.floor((to - from) / 2);
  return Math.min(Math.max(reference, from), to);
}

/** The levels of a side, best first, as far as a condition holds. */
function stepsOf(
  ladder: PriceLadder,
  levels: Levels,
  isCrossed: (price: number) => boolean,
): Step[] {
  const steps: Step[] = [];
  for (let level = ladder.best(); level !== NONE; ) {
    const price = levels.price(level);
    if (!isCrossed(price)) break;
    steps.push({ price, qty: levels.totalQty(level) });
    level = ladder.nextBehind(level);
  }
  return steps;
}
