/**
 * Who spins, how long, who parks, and who has to stand back: the threads' waiting and priorities in
 * one table. A thread that spins answers in 0.2 µs and one that is parked in 50 µs, but spinning
 * takes a core from those who work; so it depends on how many there are.
 */
import type { WaitStrategy } from '../ring/waiter.ts';
import type { WaitSettings } from './threads/thread-links.ts';

export const LAYOUTS = ['auto', 'compact', 'spread'] as const;
export type LayoutChoice = (typeof LAYOUTS)[number];

export interface ThreadLayout {
  readonly name: Exclude<LayoutChoice, 'auto'>;
  /** What the process may use. */
  readonly cores: number;
  readonly exchange: WaitSettings;
  readonly journal: WaitSettings;
  /** Rounds are turns of its event loop. */
  readonly gateway: WaitSettings;
  /** Steps of niceness below the others. */
  readonly follower: { readonly nice: number };
}

type Table = Omit<ThreadLayout, 'name' | 'cores'>;

/** Behind the exchange by design: it takes what the others leave. */
const FOLLOWER = { nice: 10 };

const TABLES: Readonly<Record<ThreadLayout['name'], Table>> = {
  /**
   * More threads than cores: who spins takes a core from somebody who works, so all sleep at once
   * but for a moment of the exchange and of a gateway, as long as an answer of the exchange takes
   * (ADR 0017 has the figures).
   */
  compact: {
    exchange: { strategy: 'spin-then-park', spins: 20 },
    journal: { strategy: 'park', spins: 0 },
    gateway: { strategy: 'spin-then-park', spins: 80 },
    follower: FOLLOWER,
  },
  /**
   * A core for each who spins. With traffic nobody parks: rounds for some milliseconds of the
   * exchange, and about one of the journal, which waits for the disk most of the time, and of a
   * gateway, whose rounds are some microseconds long. Without traffic all sleep.
   */
  spread: {
    exchange: { strategy: 'spin-then-park', spins: 100_000 },
    journal: { strategy: 'spin-then-park', spins: 20_000 },
    gateway: { strategy: 'spin-then-park', spins: 500 },
    follower: FOLLOWER,
  },
};

const SPREAD_CORES = 8;
/** Exchange and journal. */
const SPINNERS_BESIDE_GATEWAYS = 2;

export interface LayoutSettings {
  readonly layout: LayoutChoice;
  readonly gateways: number;
  /** Of exchange and journal, in the place of the layout's. */
  readonly waitStrategy: WaitStrategy | 'layout';
  readonly spins: number | '';
}

/** @param cores that the process may use */
export function layoutFor(settings: LayoutSettings, cores: number): ThreadLayout {
  const { layout, gateways } = settings;
  const name = layout === 'auto' ? chosen(gateways, cores) : layout;
  const table = TABLES[name];
  const wait = ({ strategy, spins }: WaitSettings): WaitSettings => ({
    strategy: settings.waitStrategy === 'layout' ? strategy : settings.waitStrategy,
    spins: settings.spins === '' ? spins : settings.spins,
  });
  return {
    ...table,
    ...{ name, cores, exchange: wait(table.exchange), journal: wait(table.journal) },
  };
}

/** Half of the cores are for those who do not spin: main thread, follower, PostgreSQL, LMDB. */
function chosen(gateways: number, cores: number): ThreadLayout['name'] {
  const spinners = SPINNERS_BESIDE_GATEWAYS + gateways;
  return cores >= Math.max(SPREAD_CORES, 2 * spinners) ? 'spread' : 'compact';
}
