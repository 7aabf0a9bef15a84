/**
 * Puts open orders back where they stood, from a snapshot: off the hot path. Orders come in book
 * order, so that each queue is as it was; those of an account, and those that expire at one time,
 * stand in the order of their entry, which is that of their ids.
 */
import { OrderType } from '../protocol/enums.ts';
import type { OrderKeeper } from './order-keeper.ts';
import type { OrderTicket } from './order-ticket.ts';
import { ORDER } from './orders.ts';

const { CUM, HIDDEN, ORDER_WORDS, SHOWN } = ORDER;

/** What is true of an open order besides its terms. */
export interface OrderStanding {
  readonly shownQty: number;
  readonly hiddenQty: number;
  readonly cumQty: number;
  /** A stop that has not fired. */
  readonly isWaiting: boolean;
}

export type OrderRestoration = ReturnType<typeof createOrderRestoration>;

export function createOrderRestoration(keeper: OrderKeeper) {
  const { bookOf, levels, open, orders, rest, wait } = keeper;
  const placed: number[] = [];

  return {
    /** Puts an order at the back of its level, or of the stops with its stop price. */
    place(ticket: OrderTicket, symbolIndex: number, standing: OrderStanding): number {
      const order = orders.admit(ticket, symbolIndex);
      const word = order << ORDER_WORDS;
      orders.words[word + SHOWN] = standing.shownQty;
      orders.words[word + HIDDEN] = standing.hiddenQty;
      orders.words[word + CUM] = standing.cumQty;
      if (standing.isWaiting) wait(order);
      else {
        if (ticket.orderType === OrderType.Market) bookOf(order).marketOrderCount++;
        rest(order);
      }
      placed.push(order);
      return order;
    },

    /** All orders are in their places: they can be found, and nobody is told of their levels. */
    finish(): void {
      placed.sort((a, b) => orders.orderId(a) - orders.orderId(b));
      for (const order of placed) open(order);
      const count = levels.changedCount();
      for (let i = 0; i < count; i++) levels.settle(levels.changedLevel(i));
      levels.forgetChanges();
    },
  };
}
