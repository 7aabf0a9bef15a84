/**
 * A histogram in shared memory: one thread records, any other reads counts that may be a moment
 * apart. For metrics, so its bounds are few and fixed.
 */

export class SharedHistogram {
  readonly bounds: readonly number[];
  /** Counts by bucket, the last one for what exceeds all bounds; then the sum of all values. */
  private readonly lanes: Float64Array;

  /** @param bounds the largest value of each bucket, ascending */
  constructor(buffer: SharedArrayBuffer, bounds: readonly number[]) {
    this.bounds = bounds;
    this.lanes = new Float64Array(buffer);
  }

  static create(bounds: readonly number[]): SharedArrayBuffer {
    return new SharedArrayBuffer((bounds.length + 2) * 8);
  }

  record(value: number): void {
    const { bounds, lanes } = this;
    let bucket = 0;
    while (bucket < bounds.length && value > bounds[bucket]!) bucket++;
    lanes[bucket]!++;
    lanes[bounds.length + 1]! += value;
  }

  /** How many values are at most each bound; the last one is of all. */
  cumulative(): number[] {
    let count = 0;
    return Array.from({ length: this.bounds.length + 1 }, (_, bucket) => {
      count += this.lanes[bucket]!;
      return count;
    });
  }

  get sum(): number {
    return this.lanes[this.bounds.length + 1]!;
  }
}
