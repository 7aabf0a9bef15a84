/** The price levels of all books as BookLevel events told them, in the order of their prices. */
import BTreeModule from 'sorted-btree';
import { Side } from '../../protocol/enums.ts';
import type { BookLevel } from '../../protocol/events.ts';

const BTree = BTreeModule.default;
type Prices = InstanceType<typeof BTree<number, true>>;

export class ToldLevels {
  /** By market and side. */
  private readonly sides = new Map<string, Prices>();

  tell({ symbolId, side, price, orderCount }: BookLevel): void {
    const prices = this.of(symbolId, side);
    if (orderCount === 0) prices.delete(price);
    else prices.set(price, true);
  }

  /** The best price of a side; undefined where it is empty. */
  best(symbolId: number, side: number): number | undefined {
    const prices = this.of(symbolId, side);
    return side === Side.Buy ? prices.maxKey() : prices.minKey();
  }

  /** The price of a side that is farthest from its best. */
  farthest(symbolId: number, side: number): number | undefined {
    const prices = this.of(symbolId, side);
    return side === Side.Buy ? prices.minKey() : prices.maxKey();
  }

  private of(symbolId: number, side: number): Prices {
    const key = `${symbolId} ${side}`;
    let prices = this.sides.get(key);
    if (prices === undefined) {
      prices = new BTree<number, true>();
      this.sides.set(key, prices);
    }
    return prices;
  }
}
