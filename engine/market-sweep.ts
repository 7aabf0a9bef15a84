/**
 * How far a market order reaches into the book now: what it can fill at prices that the band allows,
 * and the worst price of that. So risk can reserve for what the book can fill. Hot path, but for an
 * order that passes over its owner's own.
 */

import { SelfTradePrevention } from '../protocol/enums.ts';
import type { MatchingEngine } from './matching-engine.ts';
import { crosses, type OrderBook } from './order-book.ts';
import type { OrderTicket } from './order-ticket.ts';
import { ORDER } from './orders.ts';

const { NONE } = ORDER;

export class MarketSweep {
  /** The worst price; 0 where the order fills nothing. */
  price = 0;
  /** How much of its quantity the order can fill. */
  qty = 0;

  run(engine: MatchingEngine, book: OrderBook, ticket: OrderTicket): void {
    const { levels } = engine;
    const { side } = ticket;
    const collar = book.collar(side);
    const passedOwner = passedOwnerOf(ticket);
    const ladder = book.opposite(side);
    let leaves = ticket.qty;
    this.price = 0;
    for (
      let level = ladder.best();
      level !== NONE && leaves > 0;
      level = ladder.nextBehind(level)
    ) {
      const price = levels.price(level);
      if (!crosses(side, collar, price)) break;
      const found =
        passedOwner === 0 ? levels.totalQty(level) : qtyOfOthers(engine, level, passedOwner);
      if (found === 0) continue;
      this.price = price;
      leaves -= found;
    }
    this.qty = leaves > 0 ? ticket.qty - leaves : ticket.qty;
  }
}

/** Whose resting orders make way for the incoming one; 0: nobody's. */
function passedOwnerOf(ticket: OrderTicket): number {
  if (ticket.selfTradePrevention !== SelfTradePrevention.CancelMaker) return 0;
  return ticket.groupId !== 0 ? -ticket.groupId : ticket.accountId;
}

function qtyOfOthers({ levels, orders }: MatchingEngine, level: number, owner: number): number {
  let qty = 0;
  for (const order of levels.queue(level)) {
    if (orders.owner(order) !== owner) qty += orders.leavesQty(order);
  }
  return qty;
}
