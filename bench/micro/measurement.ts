/** One micro-benchmark by tinybench, in a process of its own: what ran before would decide much. */
import { Bench } from 'tinybench';
import type { Measured, TaskOptions } from '../measuring/campaign.ts';
import { OPERATIONS } from './cases.ts';

export interface Task extends TaskOptions {
  readonly operation: string;
}

/** Fewer say nothing of one in a thousand. */
const SAMPLES_FOR_P999 = 1_000;

/** @throws Error where an operation does not do what it should */
export function measure({ operation, operations }: Task): Measured {
  const measured = OPERATIONS[operation];
  if (measured === undefined) {
    const allowed = Object.keys(OPERATIONS).join(', ');
    throw new RangeError(`there is no operation '${operation}'; allowed: ${allowed}`);
  }
  const { batch, create } = measured;
  const iterations = Math.ceil(operations / batch);
  const run = create();
  const bench = new Bench({
    iterations,
    time: 0,
    warmupIterations: iterations,
    warmupTime: 0,
    throws: true,
  });
  bench.add(operation, () => run(batch));
  const { result } = bench.runSync()[0]!;
  if (result.state !== 'completed') throw new Error(`${operation} is ${result.state}`);
  const { latency, totalTime } = result;
  const nsOf = (sampleMs: number) => (sampleMs * 1e6) / batch;
  const p999 = latency.samplesCount < SAMPLES_FOR_P999 ? {} : { p999_ns: nsOf(latency.p999) };
  return {
    metrics: {
      ops_per_s: (latency.samplesCount * batch) / (totalTime / 1e3),
      p50_ns: nsOf(latency.p50),
      p99_ns: nsOf(latency.p99),
      ...p999,
    },
  };
}
