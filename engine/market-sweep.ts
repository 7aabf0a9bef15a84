/**
 * What of a market order the book can fill now at prices that the band allows, and the worst price
 * of that: so that risk can reserve for the fills and for nothing else. What self-trade prevention
 * takes away is no fill. Hot path, but for an order that may meet its owner's own.
 *
 * | mode | what can be filled |
 * |---|---|
 * | None | all that stands there |
 * | CancelTaker, CancelBoth | what trades before the first own order is reached |
 * | CancelMaker | others' orders: own ones make way |
 * | Decrement | others' orders, for which own ones leave less; of the last level at most so much |
 */

import { SelfTradePrevention } from '../protocol/enums.ts';
import type { MatchingEngine } from './matching-engine.ts';
import { crosses, type OrderBook } from './order-book.ts';
import type { OrderTicket } from './order-ticket.ts';
import { ORDER } from './orders.ts';

const { NEXT, NONE, ORDER_LINKS } = ORDER;

export class MarketSweep {
  /** The worst price; 0 where the order fills nothing. */
  price = 0;
  /** How much of its quantity the order can fill. */
  qty = 0;
  /** Behind the ticket's price stand orders in the band with which it would fill more. */
  isCut = false;
  /** Of the level at hand: what others' orders can fill, and what own ones take away. */
  private othersQty = 0;
  private ownQty = 0;
  /** The level at hand has an order that ends the incoming one. */
  private isBlocked = false;

  run(engine: MatchingEngine, book: OrderBook, ticket: OrderTicket): void {
    const { levels } = engine;
    const { side, selfTradePrevention } = ticket;
    const collar = book.collar(side);
    const owner = selfTradePrevention === SelfTradePrevention.None ? 0 : ownerOf(ticket);
    const ladder = book.opposite(side);
    let leaves = ticket.qty;
    let amountLeft = ticket.amount;
    this.isCut = false;
    this.price = 0;
    this.qty = 0;
    this.ownQty = 0;
    this.isBlocked = false;
    for (
      let level = ladder.best();
      level !== NONE && (leaves > 0 || amountLeft > 0) && !this.isBlocked;
      level = ladder.nextBehind(level)
    ) {
      const price = levels.price(level);
      if (!crosses(side, collar, price) || (amountLeft > 0 && amountLeft < price)) break;
      if (ticket.price !== 0 && !crosses(side, ticket.price, price)) {
        this.isCut = true;
        break;
      }
      if (owner === 0) this.othersQty = levels.totalQty(level);
      else this.look(engine, level, owner, selfTradePrevention);
      if (amountLeft > 0) {
        amountLeft -= Math.min(Math.floor(amountLeft / price), this.othersQty) * price;
        continue;
      }
      const filled = Math.min(leaves, this.othersQty);
      if (filled > 0) this.price = price;
      this.qty += filled;
      leaves -= filled + this.ownQty;
    }
  }

  /** Goes through a level's queue, in which own orders may stand. */
  private look(engine: MatchingEngine, level: number, owner: number, prevention: number): void {
    const { levels, orders } = engine;
    const decrements = prevention === SelfTradePrevention.Decrement;
    const passesOver = prevention === SelfTradePrevention.CancelMaker;
    let shownAhead = 0;
    this.othersQty = 0;
    this.ownQty = 0;
    let order = levels.head(level);
    while (order !== NONE) {
      if (orders.owner(order) !== owner) {
        shownAhead += orders.shownQty(order);
        this.othersQty += orders.leavesQty(order);
      } else if (decrements) this.ownQty += orders.leavesQty(order);
      else if (!passesOver) {
        // What icebergs ahead of it hide would come behind it.
        this.othersQty = shownAhead;
        this.isBlocked = true;
        return;
      }
      order = orders.links[(order << ORDER_LINKS) + NEXT]!;
    }
  }
}

function ownerOf({ groupId, accountId }: OrderTicket): number {
  return groupId !== 0 ? -groupId : accountId;
}
