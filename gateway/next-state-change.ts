/** When a market changes its trading state next, where market hours say so: for GET /symbols. */
export interface NextStateChange {
  readonly symbolId: number;
  /** What it will be. */
  readonly state: string;
  /** µs since 1970. */
  readonly time: number;
}
