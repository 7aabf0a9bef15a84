/**
 * One measurement of one engine on one flow. It must have a process of its own, run with
 * `--expose-gc`: what ran before would decide how V8 compiles the engine and how its heap lies.
 */
import { build } from 'hdr-histogram-js';
import type { EngineFactory, EngineUnderTest } from './engine-under-test.ts';
import type { OrderFlow, Totals } from './order-flow.ts';
import { makeFlow } from './shapes.ts';

/** Throughput: the flow as a whole, and memory. Latency: every operation by itself. */
export type Pass = 'throughput' | 'latency';

export interface Task {
  readonly engine: string;
  readonly shape: string;
  readonly pass: Pass;
  readonly operations: number;
  readonly seed: number;
}

export interface Measurement {
  /** By metric: ops_per_s, ns_per_op, heap_growth_bytes, bytes_per_order or p50_ns … max_ns. */
  readonly metrics: Readonly<Record<string, number>>;
  readonly totals: Totals;
}

/** A module is loaded only where its engine is measured. */
const ENGINES: Readonly<Record<string, () => Promise<EngineFactory>>> = {
  hoga: async () => (await import('./hoga.ts')).createHoga,
  'nodejs-order-book': async () => (await import('./nodejs-order-book.ts')).createNodejsOrderBook,
};

export const ENGINE_NAMES: readonly string[] = Object.keys(ENGINES);

/** Fewer resting orders say little of what one of them takes. */
const FEWEST_TO_SHARE = 100_000;
/** Highest latency that is told apart, in ns. */
const MAX_NS = 60_000_000_000;

/** @throws Error where the engine does not come to what the flow says */
export async function measure(task: Task): Promise<Measurement> {
  const factory = await ENGINES[task.engine]?.();
  if (factory === undefined) {
    throw new RangeError(
      `there is no engine '${task.engine}'; allowed: ${ENGINE_NAMES.join(', ')}`,
    );
  }
  const flow = makeFlow(task.shape, task);
  const doneAt = new Float64Array(flow.length + 1);
  const engine = factory(flow);
  const empty = residentBytes();
  engine.run(0, flow.buildUp);
  const full = residentBytes();
  if (task.pass === 'latency') engine.runTimed(flow.buildUp, flow.measuredFrom, doneAt);
  else engine.run(flow.buildUp, flow.measuredFrom);
  const metrics =
    task.pass === 'latency'
      ? latencies(engine, flow, doneAt)
      : { ...throughput(engine, flow), ...bytesPerOrder(full - empty, flow.buildUp) };
  const totals = engine.totals();
  assertTotals(task, totals, flow.totals);
  return { metrics, totals };
}

function throughput(
  engine: EngineUnderTest,
  { length, measuredFrom }: OrderFlow,
): Record<string, number> {
  const before = usedBytes();
  const startedAt = performance.now();
  engine.run(measuredFrom, length);
  const ns = (performance.now() - startedAt) * 1e6;
  const operations = length - measuredFrom;
  return {
    ops_per_s: operations / (ns / 1e9),
    ns_per_op: ns / operations,
    heap_growth_bytes: usedBytes() - before,
  };
}

function latencies(
  engine: EngineUnderTest,
  { length, measuredFrom }: OrderFlow,
  doneAt: Float64Array,
): Record<string, number> {
  engine.runTimed(measuredFrom, length, doneAt);
  const histogram = build({ lowestDiscernibleValue: 1, highestTrackableValue: MAX_NS });
  for (let at = 1; at <= length - measuredFrom; at++) {
    histogram.recordValue(Math.round((doneAt[at]! - doneAt[at - 1]!) * 1e6));
  }
  return {
    p50_ns: histogram.getValueAtPercentile(50),
    p99_ns: histogram.getValueAtPercentile(99),
    p999_ns: histogram.getValueAtPercentile(99.9),
    p9999_ns: histogram.getValueAtPercentile(99.99),
    max_ns: histogram.maxValue,
  };
}

/** What a reading of the clock costs, in ns: each latency holds one. */
export function timerOverheadNs(): number {
  const readings = 1_000_000;
  const doneAt = new Float64Array(readings);
  for (let round = 0; round < 2; round++) {
    for (let at = 0; at < readings; at++) doneAt[at] = performance.now();
  }
  return ((doneAt[readings - 1]! - doneAt[0]!) * 1e6) / (readings - 1);
}

/**
 * Of all that the engine takes, what it needs without orders too: told only where that is little.
 */
function bytesPerOrder(bytes: number, orders: number): Record<string, number> {
  return orders < FEWEST_TO_SHARE ? {} : { bytes_per_order: bytes / orders };
}

/** What the process holds: tables that are reserved whole take memory where they are written. */
function residentBytes(): number {
  globalThis.gc!();
  globalThis.gc!();
  return process.memoryUsage.rss();
}

/** What lives on the heap and in typed arrays. */
function usedBytes(): number {
  // Twice, since the first may leave what only its finalizers free.
  globalThis.gc!();
  globalThis.gc!();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

function assertTotals({ engine, shape }: Task, is: Totals, shallBe: Totals): void {
  const [told, expected] = [JSON.stringify(is), JSON.stringify(shallBe)];
  if (told !== expected) {
    throw new Error(`${engine}/${shape} came to ${told}, and the flow to ${expected}`);
  }
}
