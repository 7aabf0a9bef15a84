/**
 * What a micro-benchmark repeats. Each is made of closures over its own data, and loops by itself,
 * so that what is measured is the operation and not the call of it.
 */
export interface MicroOperation {
  /**
   * Operations a sample: as many as let the clock, whose reading takes some 30 to 50 ns and which
   * tells 10 ns apart, not dominate. Percentiles are of the means of so many.
   */
  readonly batch: number;
  /** How much of the campaign's operations it executes; all by default. */
  readonly part?: number;
  /** Makes its data; returns what executes so many operations and tells what came of them. */
  readonly create: () => (count: number) => number;
}

export type MicroOperations = Readonly<Record<string, MicroOperation>>;

/** Of operations that take from ten nanoseconds to a microsecond. */
export const BATCH = 100;
/** Operations take their inputs from a table of these, in turn: a power of two. */
export const INPUTS = 1_024;
