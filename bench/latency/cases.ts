/**
 * What the latency benchmark measures: the product's exchange and journal threads under a load
 * thread in the place of a gateway. Commands are due at planned times and their latency counts from
 * then, so that no waiting is hidden, the load thread's own included.
 */
import type { Durability } from '../../journal/durability.ts';
import type { WaitStrategy } from '../../ring/waiter.ts';
import type { Case } from '../measuring/campaign.ts';
import type { Target } from '../measuring/figures.ts';
import type { Arrivals } from './arrivals.ts';

export interface LatencyCase {
  readonly durability: Durability;
  /** What exchange and journal thread do without work. */
  readonly wait: WaitStrategy;
  /** Whether the load thread sleeps where nothing is due for a while, and leaves its core. */
  readonly loadParks: boolean;
  readonly arrivals: Arrivals;
  /** Commands due in a second; 0: whenever there is room. */
  readonly rate: number;
  /** Where the latency that is told ends. */
  readonly until: 'executed' | 'released';
  /** Whether only the machine is measured: two threads that spin, and nothing else. */
  readonly isFloor?: boolean;
  /** Whether the exchange's collections of garbage are counted. */
  readonly countsGarbage?: boolean;
}

/** Commands of a run where its case's part is 1. */
export const DEFAULT_OPERATIONS = 500_000;

const RATES = { '10k': 10_000, '100k': 100_000, '500k': 500_000, '1m': 1_000_000 } as const;
/** A part of 1 is 500,000 commands. */
const PARTS = { '10k': 0.1, '100k': 1, '500k': 2, '1m': 2 } as const;
type RateName = keyof typeof RATES;

function at(rate: RateName, name: string, options: Omit<LatencyCase, 'rate'>): Case {
  const task: LatencyCase = { ...options, rate: RATES[rate] };
  return { name, part: PARTS[rate], task };
}

const SPINNING = {
  durability: 'none',
  wait: 'busy-spin',
  loadParks: false,
  arrivals: 'constant',
  until: 'executed',
} as const;
const PARKING = { ...SPINNING, wait: 'park' } as const;
/** As the product is set up where nothing is said. */
const RELEASED = {
  wait: 'spin-then-park',
  loadParks: true,
  arrivals: 'constant',
  until: 'released',
} as const;

function saturation(durability: Durability): Case {
  const task: LatencyCase = { ...RELEASED, durability, loadParks: false, rate: 0 };
  return { name: `saturation/${durability}`, part: 4, task };
}

/** A minute at 500,000/s. */
function garbage(): Case {
  const task: LatencyCase = { ...SPINNING, rate: RATES['500k'], countsGarbage: true };
  return { name: 'garbage/500k', part: 60, task };
}

export const FLOOR = 'machine/two-spinning';

export const CASES: readonly Case[] = [
  { name: FLOOR, part: 1, task: { ...SPINNING, rate: RATES['100k'], isFloor: true } },
  at('10k', 'executed/spin/10k', SPINNING),
  at('100k', 'executed/spin/100k', SPINNING),
  at('500k', 'executed/spin/500k', SPINNING),
  at('1m', 'executed/spin/1m', SPINNING),
  at('100k', 'executed/spin/100k-poisson', { ...SPINNING, arrivals: 'poisson' }),
  at('100k', 'executed/spin/100k-bursts', { ...SPINNING, arrivals: 'bursts' }),
  at('10k', 'executed/park/10k', PARKING),
  at('100k', 'executed/park/100k', PARKING),
  ...(['fsync', 'commit', 'none'] as const).flatMap((durability) => [
    at('10k', `released/${durability}/10k`, { ...RELEASED, durability }),
    at('100k', `released/${durability}/100k`, { ...RELEASED, durability }),
  ]),
  at('500k', 'released/fsync/500k', { ...RELEASED, durability: 'fsync' }),
  ...(['fsync', 'commit', 'none'] as const).map(saturation),
  garbage(),
];

export const TARGETS: readonly Target[] = [
  { case: 'executed/spin/100k', metric: 'p50_us', atMost: 2 },
  { case: 'executed/spin/100k', metric: 'p99_us', atMost: 20 },
  { case: 'executed/spin/100k', metric: 'p999_us', atMost: 100 },
  { case: 'executed/park/100k', metric: 'p50_us', atMost: 100 },
  { case: 'garbage/500k', metric: 'scavenges', atMost: 0 },
  { case: 'garbage/500k', metric: 'mark_compacts', atMost: 0 },
  { case: 'saturation/none', metric: 'ops_per_s', atLeast: 2_000_000 },
  { case: 'saturation/fsync', metric: 'ops_per_s', atLeast: 1_000_000 },
];
