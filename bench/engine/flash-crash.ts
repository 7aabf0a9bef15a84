/**
 * The shape in which the market falls by 30 % in a burst and recovers: sells sweep the bids level
 * by level while cancels and new orders follow the market down, then buys sweep the asks on the way
 * up.
 */
import { Side } from '../../protocol/enums.ts';
import type { FlowWriter } from './flow-writer.ts';

export const CRASH = {
  /** Above every price. */
  priceLimit: 1_400_000,
  top: 1_000_000,
  bottom: 700_000,
  /** At first, one order every so many ticks, from the top to beyond the bottom and as far up. */
  ticksApart: 10,
  restingOrders: 61_000,
  /** Parts of the flow at which the fall begins, turns, and is made good. */
  begins: 0.1,
  turns: 0.4,
  ends: 0.9,
} as const;

/** New orders come within so many ticks of the market. */
export const CRASH_TICKS = 2_000;
/** The most that one sweep takes, in lots. */
const MAX_SWEEP = 5_000;

/** Where the market shall be. */
export function marketAt(progress: number): number {
  const { top, bottom, begins, turns, ends } = CRASH;
  if (progress <= begins || progress >= ends) return top;
  const isFalling = progress < turns;
  const done = isFalling
    ? (progress - begins) / (turns - begins)
    : (ends - progress) / (ends - turns);
  return Math.round(top - (top - bottom) * done);
}

/** The side of those who cross the market: sells down, buys up, 0 while it stands. */
export function sweepingSide(progress: number): number {
  const { begins, turns, ends } = CRASH;
  if (progress <= begins || progress >= ends) return 0;
  return progress < turns ? Side.Sell : Side.Buy;
}

/** Price of an order of the build-up: the next step away from the market. */
export function priceBeforeCrash({ book }: FlowWriter, side: number): number {
  const away = book.openOrders(side) * CRASH.ticksApart;
  return side === Side.Buy ? CRASH.top - 1 - away : CRASH.top + away;
}

/** Price of a new order that many ticks behind the market, short of crossing it. */
export function priceBehindMarket(
  { book }: FlowWriter,
  side: number,
  progress: number,
  behind: number,
): number {
  const market = marketAt(progress);
  return side === Side.Buy
    ? Math.min(market - 1 - behind, book.bestAsk - 1)
    : Math.max(market + behind, book.bestBid + 1);
}

/**
 * Takes all that the other side has up to where the market shall be, or a part of its best order.
 */
export function sweep(writer: FlowWriter, side: number, progress: number): void {
  const { book, random } = writer;
  const market = marketAt(progress);
  const best = side === Side.Buy ? book.bestAsk : book.bestBid;
  const isBehind = side === Side.Buy ? best < market : best >= market;
  if (isBehind) writer.cross(side, market, book.tradable(side, market, MAX_SWEEP));
  else writer.cross(side, best, 1 + random(book.firstLeaves(best)));
}
