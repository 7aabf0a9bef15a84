/** What the projection's benchmark measures: transactions of so many commands. */
import type { Case } from '../measuring/campaign.ts';

export interface ProjectionCase {
  /** Commands a transaction. */
  readonly batch: number;
}

export const DEFAULT_OPERATIONS = 200_000;

/** 20 ms at 30,000 a second; some; and the most that the product puts into one. */
const BATCHES = [600, 6_000, 20_000] as const;

export const CASES: readonly Case[] = BATCHES.map((batch) => {
  const task: ProjectionCase = { batch };
  return { name: `projection/batch-${batch}`, part: 1, task };
});
