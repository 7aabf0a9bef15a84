/**
 * Finds an open order by its id. Ids are mostly given in a row, so an id's last bits are its home
 * in a table of twice as many places as there may be orders: orders that are young together stand
 * together, sixteen to a cache line. An order whose home is taken by an older one is in a hash
 * table behind it. The key is in the order itself. Hot path.
 */
import { IdTable } from '../collections/id-table.ts';
import { ORDER, type Orders } from './orders.ts';

const { NONE, ORDER_ID, ORDER_WORDS } = ORDER;

export type OrderIndex = ReturnType<typeof createOrderIndex>;

export function createOrderIndex(orders: Orders) {
  const { words } = orders;
  const length = 2 ** Math.ceil(Math.log2(orders.capacity * 2));
  /** Slot + 1, or 0 where free. */
  const homes = new Int32Array(length);
  const mask = length - 1;
  const displaced = new IdTable();
  const counts = new Int32Array(1);
  const wanted = new Float64Array(1);

  function find(lanes: Float64Array, place: number): number {
    const orderId = lanes[place]!;
    const order = homes[orderId & mask]! - 1;
    if (order !== NONE && words[(order << ORDER_WORDS) + ORDER_ID] === orderId) return order;
    return displaced.size === 0 ? NONE : displaced.find(lanes, place);
  }

  return {
    /** Open orders. */
    count(): number {
      return counts[0]!;
    },

    /** The open order of an id in a lane, or NONE. */
    find,

    get(orderId: number): number {
      wanted[0] = orderId;
      return find(wanted, 0);
    },

    /** Adds an order whose id is not here. */
    add(order: number): void {
      const orderId = words[(order << ORDER_WORDS) + ORDER_ID]!;
      counts[0]!++;
      if (homes[orderId & mask] === 0) homes[orderId & mask] = order + 1;
      else displaced.add(orderId, order);
    },

    /** Forgets all; must come before the orders forget theirs. */
    clear(): void {
      // What has a home is of a slot that was used, and there by the id that the slot has now.
      for (let order = orders.usedSlots() - 1; order >= 0; order--) {
        homes[words[(order << ORDER_WORDS) + ORDER_ID]! & mask] = 0;
      }
      displaced.clear();
      counts[0] = 0;
    },

    delete(order: number): void {
      const orderId = words[(order << ORDER_WORDS) + ORDER_ID]!;
      counts[0]!--;
      if (homes[orderId & mask] === order + 1) homes[orderId & mask] = 0;
      else displaced.delete(orderId);
    },
  };
}
