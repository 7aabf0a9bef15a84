/**
 * Rounds of the crowd, each with a fresh account that has one million. A round counts only if its
 * outcome is right: so many bought as could, and all others were refused for funds.
 */
import type { Histogram } from 'hdr-histogram-js';
import type { CampaignFigures } from '../measuring/campaign.ts';
import { histogramOf, newHistogram } from '../measuring/histograms.ts';
import { microsecondsOf } from '../measuring/probes.ts';
import { type Crowd, type CrowdAnswer, countOutcomes } from './crowd.ts';
import { CASH, CROWD_MARKETS, type CrowdMarket, fund } from './venue.ts';

export interface RoundOptions {
  readonly rounds: number;
  readonly onRound: () => void;
}

/** What a campaign comes to, where a round is a run. */
interface RoundFigures extends CampaignFigures {
  readonly samples: Map<string, Map<string, number[]>>;
  readonly histograms: Map<string, Map<string, Histogram>>;
}

/** Up to the end of a request's answer. */
const STAGE = 'answered';

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
): Promise<CampaignFigures> {
  const figures: RoundFigures = { samples: new Map(), histograms: new Map() };
  let accountId = 100_000_001;
  for (let round = -WARM_UP_ROUNDS; round < rounds; round++) {
    for (const market of CROWD_MARKETS) {
      await fund(url, accountId);
      const line = `${accountId++},${market.symbolId},${CASH},1,1`;
      const { answers, seconds } = await crowd.rush('POST', '/order', line);
      assertOutcome(market, answers);
      if (round >= 0) addRound(figures, `crowd/${market.name}`, answers, seconds);
      onRound();
    }
  }
  return figures;
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

/** One value more of each metric, and the answers' latencies to those of the rounds before. */
function addRound(
  { samples, histograms }: RoundFigures,
  name: string,
  answers: readonly CrowdAnswer[],
  seconds: number,
): void {
  const histogram = histogramOf(Float64Array.from(answers, ({ latencyMs }) => latencyMs));
  const { p50_us, p99_us } = microsecondsOf(histogram);
  const metrics = samples.get(name) ?? new Map<string, number[]>();
  samples.set(name, metrics);
  const figures = { requests_per_s: answers.length / seconds, p50_us: p50_us!, p99_us: p99_us! };
  for (const [metric, value] of Object.entries(figures)) {
    metrics.set(metric, [...(metrics.get(metric) ?? []), value]);
  }
  const stages = histograms.get(name) ?? new Map([[STAGE, newHistogram()]]);
  histograms.set(name, stages);
  stages.get(STAGE)!.add(histogram);
}
