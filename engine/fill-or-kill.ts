/**
 * Whether a fill-or-kill order can trade its whole quantity now, hidden quantity counted and what
 * self-trade prevention would take away not. Looks at levels only, and at single orders where one
 * of the same owner may stand.
 */
import { SelfTradePrevention } from '../protocol/enums.ts';
import { crosses } from './order-book.ts';
import type { OrderKeeper } from './order-keeper.ts';
import { ORDER } from './orders.ts';

const { HIDDEN, NEXT, NONE, ORDER_LINKS, ORDER_WORDS, OWNER, SHOWN } = ORDER;

/** An iceberg's tranches at most, and one begun before. */
const FILLS_AN_ORDER = 101;

/** The incoming order reaches one of its owner before it is done. */
const BLOCKED = -1;

export function canFillWhole(keeper: OrderKeeper, order: number): boolean {
  const { orders, levels, maxFills } = keeper;
  const side = orders.side(order);
  const limit = orders.price(order);
  const ladder = keeper.bookOf(order).opposite(side);
  const prevention = orders.selfTradePrevention(order);
  const owner = orders.words[(order << ORDER_WORDS) + OWNER]!;
  const mayMeetItself = prevention !== SelfTradePrevention.None && owner !== 0;
  let missing = orders.leavesQty(order);
  let mostFills = 0;
  for (let level = ladder.best(); level !== NONE; ) {
    const price = levels.price(level);
    if (!crosses(side, limit, price)) return false;
    const found = mayMeetItself
      ? fillableQty(keeper, level, owner, prevention, missing)
      : levels.totalQty(level);
    if (found === BLOCKED) return false;
    missing -= found;
    mostFills += levels.orderCount(level) * FILLS_AN_ORDER;
    if (missing <= 0) return mostFills <= maxFills || countFills(keeper, order) <= maxFills;
    level = ladder.nextBehind(level);
  }
  return false;
}

/**
 * How many fills an order makes that can be filled whole. Goes through the queues; seldom needed.
 */
function countFills(keeper: OrderKeeper, order: number): number {
  const { orders, levels } = keeper;
  const ladder = keeper.bookOf(order).opposite(orders.side(order));
  const passesOver = orders.selfTradePrevention(order) !== SelfTradePrevention.None;
  const owner = orders.owner(order);
  let missing = orders.leavesQty(order);
  let fills = 0;
  for (let level = ladder.best(); missing > 0; level = ladder.nextBehind(level)) {
    const queue = [...levels.queue(level)]
      .filter((maker) => !passesOver || owner === 0 || orders.owner(maker) !== owner)
      .map((maker) => ({
        shown: orders.shownQty(maker),
        hidden: orders.leavesQty(maker) - orders.shownQty(maker),
        display: orders.displayQty(maker),
      }));
    for (const tranche of queue) {
      if (missing <= 0) break;
      const { shown, hidden, display } = tranche;
      fills++;
      missing -= shown;
      const next = Math.min(display, hidden);
      if (next > 0) queue.push({ shown: next, hidden: hidden - next, display });
    }
  }
  return fills;
}

function fillableQty(
  keeper: OrderKeeper,
  level: number,
  owner: number,
  prevention: number,
  missing: number,
): number {
  const { words, links } = keeper.orders;
  const passesOver = prevention === SelfTradePrevention.CancelMaker;
  let shownAhead = 0;
  let total = 0;
  let order = keeper.levels.head(level);
  while (order !== NONE) {
    const word = order << ORDER_WORDS;
    if (words[word + OWNER] !== owner) {
      shownAhead += words[word + SHOWN]!;
      total += words[word + SHOWN]! + words[word + HIDDEN]!;
    } else if (!passesOver) return shownAhead >= missing ? shownAhead : BLOCKED;
    order = links[(order << ORDER_LINKS) + NEXT]!;
  }
  return total;
}
