/** All benchmarks, in the order in which `npm run bench` runs them: one line for each. */
import type { Command } from 'commander';
import { addCrowd } from './commands/crowd.ts';
import { addEngine } from './commands/engine.ts';
import { addExchange } from './commands/exchange.ts';
import { addFirstOrders } from './commands/first-orders.ts';
import { addHttp } from './commands/http.ts';
import { addJournal } from './commands/journal.ts';
import { addLatency } from './commands/latency.ts';
import { addMicro } from './commands/micro.ts';
import { addProjection } from './commands/projection.ts';
import { TARGETS as ENGINE_TARGETS } from './engine/summary.ts';
import { TARGETS as EXCHANGE_TARGETS } from './exchange/cases.ts';
import { TARGETS as FIRST_ORDERS_TARGETS } from './first-orders/cases.ts';
import { TARGETS as HTTP_TARGETS } from './http/cases.ts';
import { TARGETS as JOURNAL_TARGETS } from './journal/cases.ts';
import { TARGETS as LATENCY_TARGETS } from './latency/cases.ts';
import type { Target } from './measuring/figures.ts';

export interface ListedBenchmark {
  /** Its command's, and that of what it leaves in the folder of results. */
  readonly name: string;
  readonly addTo: (program: Command) => void;
  /** What the report holds its figures against. */
  readonly targets: readonly Target[];
}

export const BENCHMARKS: readonly ListedBenchmark[] = [
  { name: 'micro', addTo: addMicro, targets: [] },
  { name: 'engine', addTo: addEngine, targets: ENGINE_TARGETS },
  { name: 'exchange', addTo: addExchange, targets: EXCHANGE_TARGETS },
  { name: 'first-orders', addTo: addFirstOrders, targets: FIRST_ORDERS_TARGETS },
  { name: 'journal', addTo: addJournal, targets: JOURNAL_TARGETS },
  { name: 'projection', addTo: addProjection, targets: [] },
  { name: 'latency', addTo: addLatency, targets: LATENCY_TARGETS },
  { name: 'http', addTo: addHttp, targets: HTTP_TARGETS },
  { name: 'crowd', addTo: addCrowd, targets: [] },
];
