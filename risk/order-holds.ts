/**
 * What risk knows of each open order, by the handle that the caller chooses: a record of 64 bytes
 * in a slab of a fixed size, so that compiled code holds its address (ADR 0009) and a change of an
 * order touches one place in memory. Hot path: no allocation.
 *
 * ```
 *  words 0        1     2       3               4                  5
 *        reserved price openQty holder exposure worst ppm  account
 * ```
 */
import { createLanes, linksOf } from '../collections/cache-lines.ts';
import type { Exposures } from './exposures.ts';

/** log2 of the words in a record, and of its links. */
const HOLD_WORDS = 3;
const HOLD_LINKS = 4;

/** Words. What is locked, in minor units. */
const RESERVED = 0;
/** The price that the reservation is for. */
const PRICE = 1;
/** Lots; 0 where the order has ended. */
const OPEN_QTY = 2;

/** Links. The balance that holds the reservation, and the exposure that the order adds to. */
const HOLDER = 6;
const EXPOSURE = 7;
/** The most that it pays in fees, as it was when it got its place. */
const WORST_PPM = 8;
const ACCOUNT = 9;

export const HOLD = {
  HOLD_WORDS,
  HOLD_LINKS,
  RESERVED,
  PRICE,
  OPEN_QTY,
  HOLDER,
  EXPOSURE,
  WORST_PPM,
  ACCOUNT,
} as const;

export type OrderHolds = ReturnType<typeof createOrderHolds>;

/** @param capacity handles are below it */
export function createOrderHolds(exposures: Exposures, capacity: number) {
  const words = createLanes(capacity << HOLD_WORDS);
  const links = linksOf(words);

  /** Changes an order's open quantity; with none left it has ended. */
  function addOpenQty(order: number, side: number, more: number): void {
    const exposure = links[(order << HOLD_LINKS) + EXPOSURE]!;
    const openQty = words[(order << HOLD_WORDS) + OPEN_QTY]! + more;
    words[(order << HOLD_WORDS) + OPEN_QTY] = openQty;
    exposures.addOpenQty(exposure, side, more);
    if (openQty === 0) exposures.removeOrder(exposure);
  }

  return {
    words,
    links,
    addOpenQty,

    /** An order that has its exposure begins with all of its quantity open. */
    open(order: number, side: number, qty: number): void {
      words[(order << HOLD_WORDS) + OPEN_QTY] = 0;
      exposures.addOrder(links[(order << HOLD_LINKS) + EXPOSURE]!);
      addOpenQty(order, side, qty);
    },

    /** What an order has left now. */
    setOpenQty(order: number, side: number, leavesQty: number): void {
      const more = leavesQty - words[(order << HOLD_WORDS) + OPEN_QTY]!;
      if (more !== 0) addOpenQty(order, side, more);
    },

    /** An order ends with what it has left. */
    end(order: number, side: number): void {
      const left = words[(order << HOLD_WORDS) + OPEN_QTY]!;
      if (left !== 0) addOpenQty(order, side, -left);
    },

    openQty(order: number): number {
      return words[(order << HOLD_WORDS) + OPEN_QTY]!;
    },
    /** What is locked, in minor units. */
    reserved(order: number): number {
      return words[(order << HOLD_WORDS) + RESERVED]!;
    },
    /** The price that an order's reservation is for. */
    price(order: number): number {
      return words[(order << HOLD_WORDS) + PRICE]!;
    },
    worstPpm(order: number): number {
      return links[(order << HOLD_LINKS) + WORST_PPM]!;
    },
    setWorstPpm(order: number, worstPpm: number): void {
      links[(order << HOLD_LINKS) + WORST_PPM] = worstPpm;
    },
    account(order: number): number {
      return links[(order << HOLD_LINKS) + ACCOUNT]!;
    },
  };
}
