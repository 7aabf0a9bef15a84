/** One measurement of latencies, in a data folder of its own that is gone afterwards. */
import { availableParallelism } from 'node:os';
import { layoutFor } from '../../server/layout.ts';
import { seededRandom } from '../../test/support/seed.ts';
import { createCommandEncoder, FROM_ONE, LARGE_IDS } from '../exchange/command-encoder.ts';
import { makeFlow } from '../exchange/mixes.ts';
import type { Measured, TaskOptions } from '../measuring/campaign.ts';
import { withFolder } from '../measuring/folder.ts';
import { encode } from '../measuring/histograms.ts';
import { microsecondsOf } from '../measuring/probes.ts';
import { planArrivals } from './arrivals.ts';
import type { LatencyCase } from './cases.ts';
import { measureFloor } from './floor.ts';
import { mark, measureTraced } from './garbage.ts';
import { LoadThread, STAGES } from './load-thread.ts';
import { startVenue, type Venue } from './venue.ts';

export interface Task extends TaskOptions, LatencyCase {
  /** In a process that traces collections. */
  readonly isTraced?: boolean;
}

const SCALE = { mix: 'moves', symbols: 1, accounts: 1_000, resting: 10_000 } as const;
/** At higher rates reading the clocks would be what is measured: one in so many is stamped. */
const STAMPED_RATE = 100_000;
const STAMP_EVERY = 32;
/** To read a clock allocates, and here that is what is counted. */
const STAMP_EVERY_TRACED = 1_024;
const LAYOUT = { layout: 'auto', gateways: 1, waitStrategy: 'layout', spins: '' } as const;
const MS_PER_S = 1_000;
const MOST_REJECTS_SHARE = 0.01;

export function measure(task: Task): Promise<Measured> {
  if (task.isFloor === true) return measureFloor((task.operations / task.rate) * MS_PER_S);
  if (task.countsGarbage && task.isTraced !== true) return measureTraced(task);
  return withFolder((folder) => measureIn(folder, task));
}

async function measureIn(folder: string, task: Task): Promise<Measured> {
  const { operations, seed, durability, rate, arrivals, loadParks } = task;
  const flow = makeFlow({ ...SCALE, operations, seed });
  // A new exchange numbers from 1, but accounts and client order ids are what clients make them.
  const firstIds = task.countsGarbage ? { ...LARGE_IDS, sequence: 0 } : FROM_ONE;
  const encoder = createCommandEncoder(flow, firstIds);
  const { exchange, journal } = layoutFor(LAYOUT, availableParallelism());
  const wait = { ...exchange, strategy: task.wait };
  const venue = await startVenue({ folder, durability, exchange: wait, journal });
  const { links } = venue;
  const load = new LoadThread({ links, encode: encoder.encode, parks: loadParks });
  load.send(encoder.encodeSetUp, 0, encoder.definitions + encoder.deposits);
  load.send(encoder.encode, 0, flow.measuredFrom);
  load.rejected = 0;
  const random = seededRandom(seed);
  const dueNs = rate === 0 ? undefined : planArrivals(arrivals, rate, operations, random);
  const stampSeldom = task.isTraced === true ? STAMP_EVERY_TRACED : STAMP_EVERY;
  const stampEvery = rate > 0 && rate <= STAMPED_RATE ? 1 : stampSeldom;
  if (task.isTraced === true) await mark(venue.exchange);
  const heapBefore = await usedHeap(venue);
  const tookMs = load.run(flow.measuredFrom, flow.length, dueNs, stampEvery);
  const heapGrowth = (await usedHeap(venue)) - heapBefore;
  if (task.isTraced === true) await mark(venue.exchange);
  await venue.stop();
  if (load.rejected > operations * MOST_REJECTS_SHARE) {
    throw new Error(`the exchange refused ${load.rejected} of ${operations} commands`);
  }
  const histograms = STAGES.map((stage) => [stage, encode(load.stages[stage])] as const);
  const metrics = {
    ops_per_s: operations / (tookMs / 1e3),
    ...(rate > 0 && { offered_per_s: rate }),
    ...microsecondsOf(load.stages[task.until]),
    heap_growth_bytes: heapGrowth,
    ring_to_executed_p50_us: microsecondsOf(load.stages.execute)['p50_us']!,
  };
  return { metrics, histograms: Object.fromEntries(histograms) };
}

/** Of the exchange thread. */
async function usedHeap({ exchange }: Venue): Promise<number> {
  return (await exchange.getHeapStatistics()).used_heap_size;
}
