/** The one source of chance in a simulation: a seed decides everything. */
import { seededRandom } from '../support/seed.ts';

export class RandomSource {
  readonly seed: number;
  private readonly random: (bound: number) => number;

  constructor(seed: number) {
    this.seed = seed;
    this.random = seededRandom(seed);
  }

  /** A whole number from 0 to `bound` − 1. */
  below(bound: number): number {
    return this.random(bound);
  }

  /** Ends are included. */
  between(first: number, last: number): number {
    return first + this.random(last - first + 1);
  }

  /** True once in so many times; never for 0. */
  oneIn(times: number): boolean {
    return times > 0 && this.random(times) === 0;
  }

  pick<Item>(items: readonly Item[]): Item {
    return items[this.random(items.length)]!;
  }

  /** One of the names, by their weights; those of 0 never. */
  weighted<Name extends string>(weights: readonly (readonly [Name, number])[]): Name {
    let left = this.random(weights.reduce((sum, [, weight]) => sum + weight, 0));
    for (const [name, weight] of weights) {
      if (left < weight) return name;
      left -= weight;
    }
    throw new RangeError('nothing has a weight');
  }
}
