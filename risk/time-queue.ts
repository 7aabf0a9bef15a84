/**
 * Slots by the time at which they are due, those of one time in the order in which they were added.
 * A B+ tree from time to the slots of that time: only few transfers ever wait, so it links what
 * waits outside of their records, other than the engine's queue of GTD orders.
 */
import BTreeModule from 'sorted-btree';

const BTree = BTreeModule.default;

export class TimeQueue {
  private readonly queues = new BTree<number, Set<number>>();
  /** The first key, in a lane, which is never boxed: every command looks at it. */
  private readonly next = new Float64Array([Number.POSITIVE_INFINITY]);

  /** The earliest time; Infinity without any. */
  get nextTime(): number {
    return this.next[0]!;
  }

  /** The slot that is due first; undefined where there is none. */
  first(): number | undefined {
    const time = this.queues.minKey();
    if (time === undefined) return undefined;
    const [slot] = this.queues.get(time)!;
    return slot;
  }

  /** Forgets all. */
  clear(): void {
    this.queues.clear();
    this.next[0] = Number.POSITIVE_INFINITY;
  }

  add(time: number, slot: number): void {
    const queue = this.queues.get(time);
    if (queue === undefined) this.queues.set(time, new Set([slot]));
    else queue.add(slot);
    if (time < this.next[0]!) this.next[0] = time;
  }

  /** Removes a slot that was added at that time. */
  remove(time: number, slot: number): void {
    const queue = this.queues.get(time)!;
    queue.delete(slot);
    if (queue.size > 0) return;
    this.queues.delete(time);
    this.next[0] = this.queues.minKey() ?? Number.POSITIVE_INFINITY;
  }
}
