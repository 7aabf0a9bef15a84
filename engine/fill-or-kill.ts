/**
 * Whether a fill-or-kill order can trade its whole quantity now, hidden quantity counted and what
 * self-trade prevention would take away not. Looks at levels only, and at single orders where one of
 * the same owner may stand.
 */
import { SelfTradePrevention } from '../protocol/enums.ts';
import { crosses } from './order-book.ts';
import type { OrderKeeper } from './order-keeper.ts';
import { ORDER } from './orders.ts';

const { HIDDEN, NEXT, NONE, ORDER_LINKS, ORDER_WORDS, OWNER, SHOWN } = ORDER;

/** The incoming order reaches one of its owner before it is done. */
const BLOCKED = -1;

export function canFillWhole(keeper: OrderKeeper, order: number): boolean {
  const { orders, levels } = keeper;
  const side = orders.side(order);
  const limit = orders.price(order);
  const ladder = keeper.bookOf(order).opposite(side);
  const prevention = orders.selfTradePrevention(order);
  const owner = orders.words[(order << ORDER_WORDS) + OWNER]!;
  const mayMeetItself = prevention !== SelfTradePrevention.None && owner !== 0;
  let missing = orders.leavesQty(order);
  for (let level = ladder.best(); level !== NONE; ) {
    const price = levels.price(level);
    if (!crosses(side, limit, price)) return false;
    const found = mayMeetItself
      ? fillableQty(keeper, level, owner, prevention, missing)
      : levels.totalQty(level);
    if (found === BLOCKED) return false;
    missing -= found;
    if (missing <= 0) return true;
    level = ladder.nextBehind(level);
  }
  return false;
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
