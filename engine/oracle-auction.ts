/** The oracle's auction price, found by trying. */
import { Side } from '../protocol/enums.ts';
import type { OracleBook } from './oracle-book.ts';
import { leavesQty, type OracleOrder, sum } from './oracle-orders.ts';

export interface AuctionResult {
  readonly price: number;
  readonly qty: number;
}

interface Candidate {
  readonly price: number;
  /** min(D, S) */
  readonly qty: number;
  /** |D − S| */
  readonly imbalance: number;
}

/** Up to this many ticks between lowest sell and highest buy, each tick is tried. */
const EVERY_TICK_UP_TO = 500;

/** @returns undefined if the book is not crossed */
export function auctionOf(book: OracleBook): AuctionResult | undefined {
  const buys = book.resting(Side.Buy);
  const sells = book.resting(Side.Sell);
  const highestBuy = buys[0]?.levelPrice ?? 0;
  const lowestSell = sells[0]?.levelPrice ?? Number.POSITIVE_INFINITY;
  if (highestBuy < lowestSell) return undefined;
  const prices = pricesToTry(buys, sells, lowestSell, highestBuy);
  const candidates = prices.map((price) => candidateAt(price, buys, sells));
  const mostQty = Math.max(...candidates.map(({ qty }) => qty));
  const mostTraded = candidates.filter(({ qty }) => qty === mostQty);
  const leastImbalance = Math.min(...mostTraded.map(({ imbalance }) => imbalance));
  const best = mostTraded.filter(({ imbalance }) => imbalance === leastImbalance);
  const lowest = Math.min(...best.map(({ price }) => price));
  const highest = Math.max(...best.map(({ price }) => price));
  return { price: nearestToReference(book, lowest, highest), qty: mostQty };
}

/**
 * Every tick; or, if they are too many, the ends of each run of ticks in which neither demand nor
 * supply changes: demand changes after a buy's price, supply at a sell's.
 */
function pricesToTry(
  buys: readonly OracleOrder[],
  sells: readonly OracleOrder[],
  lowest: number,
  highest: number,
): number[] {
  if (highest - lowest <= EVERY_TICK_UP_TO) {
    return Array.from({ length: highest - lowest + 1 }, (_, index) => lowest + index);
  }
  const ends = [
    ...buys.flatMap(({ levelPrice }) => [levelPrice, levelPrice + 1]),
    ...sells.flatMap(({ levelPrice }) => [levelPrice - 1, levelPrice]),
  ];
  return ends.filter((price) => price >= lowest && price <= highest);
}

function candidateAt(
  price: number,
  buys: readonly OracleOrder[],
  sells: readonly OracleOrder[],
): Candidate {
  const demand = sum(buys.filter((order) => order.levelPrice >= price).map(leavesQty));
  const supply = sum(sells.filter((order) => order.levelPrice <= price).map(leavesQty));
  return { price, qty: Math.min(demand, supply), imbalance: Math.abs(demand - supply) };
}

function nearestToReference(book: OracleBook, lowest: number, highest: number): number {
  const reference = book.referencePrice || book.lastPrice;
  if (reference === 0) return lowest + Math.floor((highest - lowest) / 2);
  return Math.min(Math.max(reference, lowest), highest);
}
