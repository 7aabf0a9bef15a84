/**
 * What an engine is made of and what its listener may read: orders, levels, markets, the time and
 * the latest fill. Made before both, so that compiled code of either may hold the addresses of the
 * slabs (ADR 0009).
 */
import { MAX_OPEN_ORDERS } from '../protocol/field-range.ts';
import { createLevels } from './levels.ts';
import type { OrderBook } from './order-book.ts';
import { createOrders, ORDER } from './orders.ts';

const { ORDER_LINKS, SYMBOL_INDEX } = ORDER;

export interface EngineCapacity {
  /**
   * The most open orders, 1 to 4,194,304; one more is rejected (TooManyOpenOrders). Each takes
   * about 580 bytes of address space, and memory only where so many were open at a time.
   */
  readonly orders: number;
  /**
   * The most fills of an incoming order, 100,000 unless told: what is left then is canceled
   * (TooManyFills), so that no order holds up the market for long.
   */
  readonly fills?: number;
}

export const DEFAULT_MAX_FILLS = 100_000;

export const MAX_ENGINE_ORDERS = MAX_OPEN_ORDERS;

export const DEFAULT_ENGINE_CAPACITY: EngineCapacity = { orders: 1_048_576 };

/** Places of `registers`. Numbers that may be large live in lanes, which are never boxed. */
export const REGISTERS = {
  fillPrice: 0,
  fillQty: 1,
  tradeId: 2,
  lowPrice: 3,
  highPrice: 4,
  budget: 5,
  isAuction: 6,
  /** Trade id of the last fill that the incoming order may make. */
  lastTradeId: 7,
} as const;

export type EngineState = ReturnType<typeof createEngineState>;

export function createEngineState(capacity: EngineCapacity = DEFAULT_ENGINE_CAPACITY) {
  const { orders: maxOrders, fills: maxFills = DEFAULT_MAX_FILLS } = capacity;
  // The incoming order has a slot too.
  const orders = createOrders(maxOrders + 1);
  const levels = createLevels(orders);
  const { links } = orders;
  const books: OrderBook[] = [];
  const registers = new Float64Array(8);

  return {
    /** The most open orders. */
    maxOrders,
    /** The most fills of an incoming order. */
    maxFills,
    orders,
    levels,
    /** By the market's index. */
    books,
    registers,
    /**
     * The time, in a lane, which is never boxed: whoever owns the engine sets it, and never back.
     */
    clock: new Float64Array(1),

    bookOf(order: number): OrderBook {
      return books[links[(order << ORDER_LINKS) + SYMBOL_INDEX]!]!;
    },
    /** Of the fill that is being told: it is an auction's. */
    isAuction(): boolean {
      return registers[REGISTERS.isAuction] !== 0;
    },
    /** Price in ticks of the latest fill. */
    fillPrice(): number {
      return registers[REGISTERS.fillPrice]!;
    },
    /** Quantity in lots of the latest fill. */
    fillQty(): number {
      return registers[REGISTERS.fillQty]!;
    },
    /** Of the latest fill; they count from 1 over all markets. */
    lastTradeId(): number {
      return registers[REGISTERS.tradeId]!;
    },
  };
}
