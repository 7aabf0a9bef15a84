/**
 * The flows of the exchange benchmark, by name: made from a seed.
 *
 * | mix | new GTC | IOC | cancel | replace | commands that trade |
 * |---|---|---|---|---|---|
 * | moves | 9 % | 3 % | 6 % | 82 %: nine of ten to another price | 5.5 % |
 * | cancel-heavy | 51 % | | 49 % | | 1 % |
 *
 * Prices are within 200 ticks of a market that stays, most of them near it; markets, accounts and
 * the orders that are canceled or replaced are any alike. Who crosses the market takes little, more
 * while there are too many resting orders: so their number stays about what the build-up made it.
 */
import { Side } from '../../protocol/enums.ts';
import { seededRandom } from '../../test/support/seed.ts';
import type { ModelBook } from '../measuring/model-book.ts';
import type { CommandFlow } from './command-flow.ts';
import { FlowWriter } from './flow-writer.ts';

export const DEFAULT_OPERATIONS = 1_000_000;

/** Sizes of new orders are uniform from 1 to this. */
export const MAX_QTY = 100;
/** The lowest ask's least price. */
export const MIDDLE = 20_000;
const TICKS = 200;
/** How far behind the best price a crossing order may trade. */
const CROSS_TICKS = 10;
/** Of so many replaces one changes the quantity, the others the price. */
const REPLACES_PER_RESIZE = 10;

/** Commands of a thousand; what is left replaces. */
interface Mix {
  /** Rest. */
  readonly adds: number;
  /** New orders without a time limit that trade at once. */
  readonly crosses: number;
  readonly immediates: number;
  readonly cancels: number;
  /** Replaces that cross the market. */
  readonly crossingReplaces: number;
  readonly replaces: number;
  /** Lots that a crossing order takes, uniform from 1, while the number of orders is right. */
  readonly maxTake: number;
}

const MIXES: Readonly<Record<string, Mix>> = {
  moves: {
    adds: 75,
    crosses: 15,
    immediates: 30,
    cancels: 60,
    crossingReplaces: 10,
    replaces: 810,
    maxTake: 10,
  },
  'cancel-heavy': {
    adds: 500,
    crosses: 10,
    immediates: 0,
    cancels: 490,
    crossingReplaces: 0,
    replaces: 0,
    maxTake: MAX_QTY,
  },
};

export const MIX_NAMES: readonly string[] = Object.keys(MIXES);

export interface MixOptions {
  readonly mix: string;
  readonly symbols: number;
  readonly accounts: number;
  /** Resting orders of a market after the build-up. */
  readonly resting: number;
  /** Commands to measure; as many before them warm up. */
  readonly operations: number;
  readonly seed: number;
}

/** @throws RangeError for a mix that does not exist */
export function makeFlow(options: MixOptions): CommandFlow {
  const { symbols, accounts, resting, operations, seed } = options;
  const mix = MIXES[options.mix];
  if (mix === undefined) {
    throw new RangeError(`there is no mix '${options.mix}'; allowed: ${MIX_NAMES.join(', ')}`);
  }
  const buildUp = symbols * resting;
  const length = buildUp + 2 * operations;
  const size = { symbols, accounts, length, priceLimit: 2 * MIDDLE };
  const writer = new FlowWriter(size, seededRandom(seed));
  for (let i = 0; i < buildUp; i++) add(writer, i % symbols, i % (2 * symbols) < symbols);
  for (let i = 0; i < 2 * operations; i++) writeNext(writer, mix, resting);
  return writer.finish(buildUp, buildUp + operations);
}

function writeNext(writer: FlowWriter, mix: Mix, resting: number): void {
  const { books, random } = writer;
  const symbol = random(books.length);
  const book = books[symbol]!;
  const isTooFull = book.openOrderCount > resting;
  let kind = random(1_000);
  const isOf = (commands: number) => {
    kind -= commands;
    return kind < 0;
  };
  // There is nothing to cancel, replace or take: only in a book that is far smaller than usual.
  const isTooEmpty = book.openOrders(Side.Buy) === 0 || book.openOrders(Side.Sell) === 0;
  if (isTooEmpty || isOf(mix.adds)) add(writer, symbol, random(2) === 0);
  else if (isOf(mix.crosses)) {
    const { side, limit, qty } = crossing(
      writer,
      book,
      sideToTakeWith(writer, book),
      mix,
      isTooFull,
    );
    writer.add(symbol, side, limit, qty);
  } else if (isOf(mix.immediates)) {
    const { side, limit, qty } = crossing(
      writer,
      book,
      sideToTakeWith(writer, book),
      mix,
      isTooFull,
    );
    writer.immediateOrCancel(symbol, side, limit, qty);
  } else if (isOf(mix.cancels)) writer.cancel(symbol, book.pick(random));
  else if (isOf(mix.crossingReplaces)) {
    const id = book.pick(random);
    const { limit, qty } = crossing(writer, book, book.sideOf(id), mix, isTooFull);
    writer.replace(symbol, id, limit, qty);
  } else if (random(REPLACES_PER_RESIZE) === 0) resize(writer, symbol, book.pick(random));
  else move(writer, symbol, book.pick(random));
}

function add(writer: FlowWriter, symbol: number, isBuy: boolean): void {
  const side = isBuy ? Side.Buy : Side.Sell;
  writer.add(symbol, side, restingPrice(writer, side), 1 + writer.random(MAX_QTY));
}

/** Half of all within an eighth of the ticks. */
function restingPrice({ random }: FlowWriter, side: number): number {
  const behind = Math.floor(TICKS * (random(2 ** 24) / 2 ** 24) ** 3);
  return side === Side.Buy ? MIDDLE - 1 - behind : MIDDLE + behind;
}

/** Of the fuller side more is taken. */
function sideToTakeWith({ random }: FlowWriter, book: ModelBook): number {
  return random(book.openOrderCount) < book.openOrders(Side.Buy) ? Side.Sell : Side.Buy;
}

/**
 * Terms that trade at once, with no more than there is: what rested would stand beyond the market.
 */
function crossing(
  { random }: FlowWriter,
  book: ModelBook,
  side: number,
  mix: Mix,
  isTooFull: boolean,
): { side: number; limit: number; qty: number } {
  const isBuy = side === Side.Buy;
  const limit = isBuy ? book.bestAsk + CROSS_TICKS : book.bestBid - CROSS_TICKS;
  const qty = 1 + random(mix.maxTake);
  const bound = isTooFull ? 2 * qty : Math.ceil(qty / 2);
  return { side, limit, qty: book.tradable(side, limit, bound) };
}

/** To another price. */
function move(writer: FlowWriter, symbol: number, id: number): void {
  const book = writer.books[symbol]!;
  const side = book.sideOf(id);
  const price = restingPrice(writer, side);
  const isSame = price === book.priceOf(id);
  const further = side === Side.Buy ? price - 1 : price + 1;
  writer.replace(symbol, id, isSame ? further : price, book.leavesOf(id));
}

/** To less, in its place, or to more, behind the others: half of them each. */
function resize(writer: FlowWriter, symbol: number, id: number): void {
  const { books, random } = writer;
  const book = books[symbol]!;
  const leaves = book.leavesOf(id);
  const qty =
    random(2) === 0 ? 1 + random(leaves) : leaves + random(Math.max(MAX_QTY - leaves, 0) + 1);
  writer.replace(symbol, id, book.priceOf(id), qty);
}
