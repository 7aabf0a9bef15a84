/**
 * The order flows of the engine benchmark, by name: made from a seed, and the same for every
 * engine.
 *
 * | shape | what it is |
 * |---|---|
 * | resting-N | N resting orders within 1,000 ticks of the market, most of them near it |
 * | calm | 10,000 resting orders within 200 ticks |
 * | one-level | one price a side, 100,000 orders at each |
 * | 100k-levels | 50,000 price levels a side; orders come and go anywhere |
 * | flash-crash | the market falls from 1,000,000 ticks to 700,000 and recovers |
 * | cancel-heavy | 95 % of all orders that rest are canceled, near the market and far from it |
 *
 * Half of the operations add an order; but for cancel-heavy 30 % cancel one that is open, any
 * alike, and 20 % are immediate-or-cancel orders that cross the market. What these take is steered
 * so that the number of resting orders stays about what the build-up made it.
 */
import { Side } from '../../protocol/enums.ts';
import { seededRandom } from '../../test/support/seed.ts';
import {
  CRASH,
  CRASH_TICKS,
  priceBeforeCrash,
  priceBehindMarket,
  sweep,
  sweepingSide,
} from './flash-crash.ts';
import { FlowWriter, MAX_QTY } from './flow-writer.ts';
import type { OrderFlow } from './order-flow.ts';

export const DEFAULT_OPERATIONS = 1_000_000;

export interface FlowOptions {
  /** Operations to measure; as many before them warm up, which the shape goes through as well. */
  readonly operations: number;
  readonly seed: number;
}

interface Shape {
  /** Above every price. */
  readonly priceLimit: number;
  /** Resting orders after the build-up. */
  readonly resting: number;
  /** Operations of a thousand that cancel, and that cross; 500 add. */
  readonly cancels: number;
  readonly crosses: number;
  /**
   * The price of a new order; `progress` is the part of the flow that is written, 0 in the
   * build-up.
   */
  priceOf(writer: FlowWriter, side: number, progress: number): number;
  cross(writer: FlowWriter, shape: Shape, progress: number): void;
}

const ADDS = 500;
const MIX = { cancels: 300, crosses: 200 } as const;
/** How far behind the best price a crossing order may trade. */
const CROSS_TICKS = 100;

const SHAPES: Readonly<Record<string, Shape>> = {
  'resting-1000': around(1_000, 1_000),
  'resting-10000': around(10_000, 1_000),
  'resting-100000': around(100_000, 1_000),
  calm: around(10_000, 200),
  'one-level': around(200_000, 1),
  '100k-levels': spread(50_000),
  'flash-crash': flashCrash(),
  'cancel-heavy': { ...around(10_000, 5_000), cancels: 475, crosses: 25 },
};

export const SHAPE_NAMES: readonly string[] = Object.keys(SHAPES);

/** @throws RangeError for a shape that does not exist */
export function makeFlow(name: string, { operations, seed }: FlowOptions): OrderFlow {
  const shape = SHAPES[name];
  if (shape === undefined) {
    throw new RangeError(`there is no shape '${name}'; allowed: ${SHAPE_NAMES.join(', ')}`);
  }
  const length = shape.resting + 2 * operations;
  const writer = new FlowWriter(length, shape.priceLimit, seededRandom(seed));
  const { book, random } = writer;
  for (let i = 0; i < shape.resting; i++) {
    const side = i % 2 === 0 ? Side.Buy : Side.Sell;
    writer.add(side, shape.priceOf(writer, side, 0));
  }
  for (let i = 0; i < 2 * operations; i++) {
    const progress = ((i % operations) + 0.5) / operations;
    const kind = random(1_000);
    const isAdd = kind < ADDS || book.openOrderCount === 0;
    if (isAdd) {
      const side = random(2) === 0 ? Side.Buy : Side.Sell;
      writer.add(side, shape.priceOf(writer, side, progress));
    } else if (kind < ADDS + shape.cancels) writer.cancel(book.pick(random));
    else shape.cross(writer, shape, progress);
  }
  return writer.finish(shape.resting, shape.resting + operations);
}

/** `resting` orders within `ticks` of a market that stays where it is. */
function around(resting: number, ticks: number): Shape {
  const middle = 10_000 + ticks;
  return {
    priceLimit: 2 * middle,
    resting,
    ...MIX,
    priceOf: ({ random }, side) => {
      const behind = nearTheMarket(random(2 ** 24) / 2 ** 24, ticks);
      return side === Side.Buy ? middle - 1 - behind : middle + behind;
    },
    cross: crossAtTheTouch,
  };
}

/** Mostly small, less than `ticks`: half of all within an eighth of them. */
function nearTheMarket(uniform: number, ticks: number): number {
  return Math.floor(ticks * uniform ** 3);
}

/** Takes one resting order on average, more while there are too many of them; the fuller side's. */
function crossAtTheTouch(writer: FlowWriter, shape: Shape): void {
  const { book, random } = writer;
  const count = book.openOrderCount;
  const side = random(count) < book.openOrders(Side.Buy) ? Side.Sell : Side.Buy;
  const best = side === Side.Buy ? book.bestAsk : book.bestBid;
  const limit = best + (side === Side.Buy ? CROSS_TICKS : -CROSS_TICKS);
  const qty = 1 + random(MAX_QTY);
  const isTooFull = count > shape.resting;
  writer.cross(side, Math.max(limit, 1), isTooFull ? 2 * qty : Math.ceil(qty / 2));
}

/** `levels` price levels a side, one order at each; new orders go where a level is missing. */
function spread(levels: number): Shape {
  const middle = levels + 1;
  return {
    priceLimit: 2 * middle,
    resting: 2 * levels,
    ...MIX,
    priceOf: ({ book, random }, side, progress) => {
      const priceAt = (at: number) => (side === Side.Buy ? middle - 1 - at : middle + at);
      // The build-up goes from the market outwards, a level a side at a time.
      if (progress === 0 && book.openOrders(side) < levels) {
        const at = book.openOrders(side);
        if (!book.hasLevel(priceAt(at))) return priceAt(at);
      }
      let at = random(levels);
      for (let tries = 0; tries < MISSING_LEVEL_TRIES && book.hasLevel(priceAt(at)); tries++) {
        at = random(levels);
      }
      return priceAt(at);
    },
    cross: crossAtTheTouch,
  };
}

/** How often a price is drawn again because it has a level already. */
const MISSING_LEVEL_TRIES = 100;

function flashCrash(): Shape {
  return {
    priceLimit: CRASH.priceLimit,
    resting: CRASH.restingOrders,
    ...MIX,
    priceOf: (writer, side, progress) => {
      if (progress === 0) return priceBeforeCrash(writer, side);
      const behind = nearTheMarket(writer.random(2 ** 24) / 2 ** 24, CRASH_TICKS);
      return priceBehindMarket(writer, side, progress, behind);
    },
    cross: (writer, shape, progress) => {
      const side = sweepingSide(progress);
      if (side === 0) crossAtTheTouch(writer, shape);
      else sweep(writer, side, progress);
    },
  };
}
