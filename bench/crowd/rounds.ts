/**
 * Rounds of the crowd, each with a fresh account that has one million. A round counts only if its
 * outcome is right: so many bought as could, and all others were refused for funds.
 */
import { build } from 'hdr-histogram-js';
import { type Crowd, type CrowdAnswer, countOutcomes } from './crowd.ts';
import { CASH, CROWD_MARKETS, type CrowdMarket, fund } from './venue.ts';

export interface RoundOptions {
  readonly rounds: number;
  readonly onRound: () => void;
}

/** By case, then by metric: one value a round. */
export type RoundSamples = Map<string, Map<string, number[]>>;

/** Rounds that are not measured: the server compiles its code in them. */
const WARM_UP_ROUNDS = 3;

export function roundsOf(rounds: number): number {
  return (rounds + WARM_UP_ROUNDS) * CROWD_MARKETS.length;
}

/** @throws Error where a round's outcome is wrong */
export async function runRounds(
  url: string,
  crowd: Crowd,
  { rounds, onRound }: RoundOptions,
): Promise<RoundSamples> {
  const samples: RoundSamples = new Map();
  let accountId = 100_000_001;
  for (let round = -WARM_UP_ROUNDS; round < rounds; round++) {
    for (const market of CROWD_MARKETS) {
      await fund(url, accountId);
      const line = `${accountId++},${market.symbolId},${CASH},1,1`;
      const { answers, seconds } = await crowd.rush('POST', '/order', line);
      assertOutcome(market, answers);
      if (round >= 0) addSample(samples, `crowd/${market.name}`, answers, seconds);
      onRound();
    }
  }
  return samples;
}

function assertOutcome({ name, winners }: CrowdMarket, answers: readonly CrowdAnswer[]): void {
  const outcomes = countOutcomes(answers);
  const filled = outcomes.get('Filled') ?? 0;
  const refused = outcomes.get('InsufficientFunds') ?? 0;
  if (filled === winners && refused === answers.length - winners) return;
  const found = [...outcomes].map(([outcome, count]) => `${count} ${outcome}`).join(', ');
  throw new Error(
    `crowd/${name}: of ${answers.length} buys ${winners} can be filled and all others must be ` +
      `refused for funds; the outcome was ${found}`,
  );
}

function addSample(
  samples: RoundSamples,
  name: string,
  answers: readonly CrowdAnswer[],
  seconds: number,
): void {
  const histogram = build({ highestTrackableValue: 60_000_000 });
  for (const { latencyMs } of answers) histogram.recordValue(Math.round(latencyMs * 1_000));
  const figures = {
    requests_per_s: answers.length / seconds,
    p50_us: histogram.getValueAtPercentile(50),
    p99_us: histogram.getValueAtPercentile(99),
  };
  const metrics = samples.get(name) ?? new Map<string, number[]>();
  samples.set(name, metrics);
  for (const [metric, value] of Object.entries(figures)) {
    metrics.set(metric, [...(metrics.get(metric) ?? []), value]);
  }
}
