/**
 * What is measured of a start: how long the first orders take, by what the exchange did before they
 * came, with and without its training; and the same when all of it has run for long.
 */
import { SETTINGS } from '../../server/configuration.ts';
import type { Case } from '../measuring/campaign.ts';
import type { Target } from '../measuring/figures.ts';

/**
 * | start | |
 * |---|---|
 * | fresh | an empty exchange: its markets and deposits come first, the orders after them |
 * | snapshot | the state is restored, nothing has been executed |
 * | replayed | behind the snapshot a tail is replayed, its events into memory |
 */
export const STARTS = ['fresh', 'snapshot', 'replayed'] as const;
export type Start = (typeof STARTS)[number];

export interface FirstOrdersCase {
  readonly start: Start;
  /** Commands of the training; 0: none. */
  readonly warmUp: number;
  /** Whether the operations come first, and what is measured behind them. */
  readonly isSteady: boolean;
}

export const DEFAULT_OPERATIONS = 500_000;

const TRAINED = SETTINGS.warmUp.default;

export const CASES: readonly Case[] = [
  ...STARTS.flatMap((start) => [
    caseOf(`first-1000/${start}/untrained`, { start, warmUp: 0, isSteady: false }),
    caseOf(`first-1000/${start}/trained`, { start, warmUp: TRAINED, isSteady: false }),
  ]),
  caseOf('steady/untrained', { start: 'snapshot', warmUp: 0, isSteady: true }),
  caseOf('steady/trained', { start: 'snapshot', warmUp: TRAINED, isSteady: true }),
];

export const TARGETS: readonly Target[] = STARTS.map((start) => {
  return { case: `first-1000/${start}/trained`, metric: 'p99_us', atMost: 100 };
});

function caseOf(name: string, task: FirstOrdersCase): Case {
  return { name, part: 1, task };
}
