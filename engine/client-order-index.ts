/**
 * Finds an account's open order by its client order id: open addressing over order slots beside
 * their hashes, so that only the order that is looked for is touched; at most half full. The slab
 * has its full size from the start (ADR 0009), but only its first part is used, which doubles when
 * it is half full: ids are all over what is used, and that should stay in the caches. Hot path.
 */
import { hashIdIn } from '../collections/id-table.ts';
import { ORDER, type Orders } from './orders.ts';

const { ACCOUNT_ID, CLIENT_ORDER_ID, NONE, ORDER_WORDS } = ORDER;

const FIRST_LENGTH = 1024;

/** Places of `registers`. */
const MASK = 0;
const COUNT = 1;

export type ClientOrderIndex = ReturnType<typeof createClientOrderIndex>;

export function createClientOrderIndex(orders: Orders) {
  const { words } = orders;
  const most = 2 ** Math.ceil(Math.log2(orders.capacity * 2));
  /** Two lanes an entry: slot + 1, or 0 where free, and the hash. */
  const entries = new Int32Array(most * 2);
  const firstMask = Math.min(most, FIRST_LENGTH) - 1;
  const registers = new Int32Array([firstMask, 0]);

  function hashOf(order: number): number {
    return hashPair(words, (order << ORDER_WORDS) + ACCOUNT_ID);
  }

  function place(entry: number, hash: number): void {
    const mask = registers[MASK]!;
    let at = hash & mask;
    while (entries[at * 2] !== 0) at = (at + 1) & mask;
    entries[at * 2] = entry;
    entries[at * 2 + 1] = hash;
  }

  /** Doubles the part that is used. */
  function grow(): void {
    const length = (registers[MASK]! + 1) * 2;
    const before = entries.slice(0, length);
    entries.fill(0, 0, length);
    registers[MASK] = length - 1;
    for (let at = 0; at < length; at += 2) {
      if (before[at] !== 0) place(before[at]!, before[at + 1]!);
    }
  }

  function find(lanes: Float64Array, place: number): number {
    const mask = registers[MASK]!;
    const accountId = lanes[place]!;
    const clientOrderId = lanes[place + 1]!;
    const hash = hashPair(lanes, place);
    let at = hash & mask;
    for (;;) {
      const order = entries[at * 2]! - 1;
      if (order === NONE) return NONE;
      if (entries[at * 2 + 1] === hash) {
        const word = order << ORDER_WORDS;
        if (
          words[word + CLIENT_ORDER_ID] === clientOrderId &&
          words[word + ACCOUNT_ID] === accountId
        )
          return order;
      }
      at = (at + 1) & mask;
    }
  }

  return {
    /** The open order of an account's and a client's id in two lanes, or NONE. */
    find,

    /** Forgets all, and is as small as at first. */
    clear(): void {
      entries.fill(0, 0, (registers[MASK]! + 1) * 2);
      registers[MASK] = firstMask;
      registers[COUNT] = 0;
    },

    add(order: number): void {
      registers[COUNT]!++;
      if (registers[COUNT]! * 2 > registers[MASK]! + 1) grow();
      place(order + 1, hashOf(order));
    },

    delete(order: number): void {
      const mask = registers[MASK]!;
      registers[COUNT]!--;
      let hole = hashOf(order) & mask;
      while (entries[hole * 2] !== order + 1) hole = (hole + 1) & mask;
      let at = hole;
      for (;;) {
        at = (at + 1) & mask;
        const moved = entries[at * 2]!;
        if (moved === 0) break;
        const hash = entries[at * 2 + 1]!;
        if (((at - hash) & mask) < ((at - hole) & mask)) continue;
        entries[hole * 2] = moved;
        entries[hole * 2 + 1] = hash;
        hole = at;
      }
      entries[hole * 2] = 0;
    },
  };
}

/** Of an account's and a client's id, in two lanes side by side. */
function hashPair(lanes: Float64Array, place: number): number {
  const hash = Math.imul(hashIdIn(lanes, place), 0xc2b2ae35) ^ hashIdIn(lanes, place + 1);
  return hash ^ (hash >>> 15);
}
