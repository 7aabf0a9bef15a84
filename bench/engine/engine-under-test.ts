/**
 * What the benchmark asks of an engine: to execute one operation of a flow. A process measures one
 * engine only, so that the loops below see one class and are compiled for it.
 */
import type { OrderFlow, Totals } from './order-flow.ts';

export abstract class EngineUnderTest {
  protected readonly flow: OrderFlow;

  constructor(flow: OrderFlow) {
    this.flow = flow;
  }

  /** What the flow came to so far. Not measured. */
  abstract totals(): Totals;

  /** Executes the operation at a place of the flow. */
  protected abstract execute(at: number): void;

  /** Executes the operations from one place to before another. */
  run(from: number, to: number): void {
    for (let at = from; at < to; at++) this.execute(at);
  }

  /** The same with the time in ms at which each operation was done, after that of the start. */
  runTimed(from: number, to: number, doneAt: Float64Array): void {
    doneAt[0] = performance.now();
    for (let at = from; at < to; at++) {
      this.execute(at);
      doneAt[at - from + 1] = performance.now();
    }
  }
}

/** Makes an engine for a flow, with all that it needs besides made before it. */
export type EngineFactory = (flow: OrderFlow) => () => EngineUnderTest;
