/**
 * One measurement of one engine on one flow. It must have a process of its own, run with
 * `--expose-gc`: what ran before would decide how V8 compiles the engine and how its heap lies.
 */
import type { Measured, Metrics, TaskOptions } from '../measuring/campaign.ts';
import {
  bytesPer,
  latenciesOf,
  percentilesOf,
  residentBytes,
  throughputOf,
  usedBytes,
} from '../measuring/probes.ts';
import { assertTotals } from '../measuring/totals.ts';
import type { EngineFactory, EngineUnderTest } from './engine-under-test.ts';
import type { OrderFlow } from './order-flow.ts';
import { makeFlow } from './shapes.ts';

export interface Task extends TaskOptions {
  readonly engine: string;
  readonly shape: string;
}

/** A module is loaded only where its engine is measured. */
const ENGINES: Readonly<Record<string, () => Promise<EngineFactory>>> = {
  hoga: async () => (await import('./hoga.ts')).createHoga,
  'nodejs-order-book': async () => (await import('./nodejs-order-book.ts')).createNodejsOrderBook,
};

/** @throws Error where the engine does not come to what the flow says */
export async function measure(task: Task): Promise<Measured> {
  const factory = await ENGINES[task.engine]?.();
  if (factory === undefined) {
    const allowed = Object.keys(ENGINES).join(', ');
    throw new RangeError(`there is no engine '${task.engine}'; allowed: ${allowed}`);
  }
  const flow = makeFlow(task.shape, task);
  const doneAt = new Float64Array(flow.length + 1);
  const engine = factory(flow);
  const empty = residentBytes();
  engine.run(0, flow.buildUp);
  const full = residentBytes();
  if (task.pass === 'latency') engine.runTimed(flow.buildUp, flow.measuredFrom, doneAt);
  else engine.run(flow.buildUp, flow.measuredFrom);
  const measured =
    task.pass === 'latency'
      ? latencies(engine, flow, doneAt)
      : {
          metrics: {
            ...throughput(engine, flow),
            ...bytesPer('bytes_per_order', full - empty, flow.buildUp),
          },
        };
  assertTotals(`${task.engine}/${task.shape}`, engine.totals(), flow.totals);
  return measured;
}

function throughput(engine: EngineUnderTest, { length, measuredFrom }: OrderFlow): Metrics {
  const before = usedBytes();
  const startedAt = performance.now();
  engine.run(measuredFrom, length);
  const tookMs = performance.now() - startedAt;
  return {
    ...throughputOf(length - measuredFrom, tookMs),
    heap_growth_bytes: usedBytes() - before,
  };
}

function latencies(
  engine: EngineUnderTest,
  { length, measuredFrom }: OrderFlow,
  doneAt: Float64Array,
): Measured {
  engine.runTimed(measuredFrom, length, doneAt);
  const tookMs = doneAt.slice(1, length - measuredFrom + 1);
  for (const [at, previous] of doneAt.subarray(0, tookMs.length).entries()) tookMs[at]! -= previous;
  return latenciesOf('executed', tookMs, percentilesOf);
}
