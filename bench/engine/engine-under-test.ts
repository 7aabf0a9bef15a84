/**
 * What the benchmark asks of an engine: to execute the operations of a flow. A process measures one
 * engine only. Made of closures, so that compiled code of the loops holds the addresses of the flow
 * and of the engine, and what is measured is the engine and not the way to it.
 */
import type { Totals } from '../measuring/totals.ts';
import type { OrderFlow } from './order-flow.ts';

export interface EngineUnderTest {
  /** What the flow came to so far. Not measured. */
  readonly totals: () => Totals;
  /** Executes the operations from one place to before another. */
  readonly run: (from: number, to: number) => void;
  /** The same with the time in ms at which each operation was done, after that of the start. */
  readonly runTimed: (from: number, to: number, doneAt: Float64Array) => void;
}

export type EngineFactory = (flow: OrderFlow) => EngineUnderTest;

/** @param execute executes the operation at a place of the flow */
export function createEngineUnderTest(
  execute: (at: number) => void,
  totals: () => Totals,
): EngineUnderTest {
  return {
    totals,
    run(from, to) {
      for (let at = from; at < to; at++) execute(at);
    },
    runTimed(from, to, doneAt) {
      doneAt[0] = performance.now();
      for (let at = from; at < to; at++) {
        execute(at);
        doneAt[at - from + 1] = performance.now();
      }
    },
  };
}
