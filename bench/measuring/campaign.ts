/**
 * Runs the measurements of a benchmark, each in a fresh process and one at a time. In every run all
 * cases have their turn, so that a machine that grows slow slows them all.
 */
import { fork } from 'node:child_process';
import { join } from 'node:path';
import type { Histogram } from 'hdr-histogram-js';
import { V8_FLAGS } from '../../server/v8-flags.ts';
import { buildBench } from '../build.ts';
import { addHistograms, type EncodedHistograms, type StageHistograms } from './histograms.ts';

/** Throughput: the flow as a whole, and memory. Latency: every operation by itself. */
export type Pass = 'throughput' | 'latency';

export const PASSES: readonly Pass[] = ['throughput', 'latency'];

export interface Case {
  readonly name: string;
  /** How much of the flow's operations it executes. */
  readonly part: number;
  /** What its measurement needs to know besides the `TaskOptions`. */
  readonly task: object;
}

/** What every measurement's task says, besides the case's own. */
export interface TaskOptions {
  readonly pass: Pass;
  readonly operations: number;
  readonly seed: number;
}

/** By name: ops_per_s, heap_growth_bytes, … of a throughput pass, p50_ns, … of a latency pass. */
export type Metrics = Readonly<Record<string, number>>;

/** What the process of a measurement tells. */
export interface Measured {
  readonly metrics: Metrics;
  readonly histograms?: EncodedHistograms;
}

export interface Campaign {
  readonly cases: readonly Case[];
  readonly runs: number;
  readonly operations: number;
  readonly seed: number;
}

/** Metrics of a case, by name: one value a run. */
export type Samples = ReadonlyMap<string, number[]>;

/** What a campaign came to, by case. */
export interface CampaignFigures {
  readonly samples: ReadonlyMap<string, Samples>;
  /** Of all runs together; none for a case that told none. */
  readonly histograms: ReadonlyMap<string, StageHistograms>;
}

export function measurementsOf({ cases, runs }: Campaign, passes: readonly Pass[]): number {
  return cases.length * runs * passes.length;
}

/**
 * All samples and histograms by case. `onDone` is told how many measurements are done.
 *
 * @param worker path of the module that measures, without `.ts`: `bench/engine/worker`
 * @throws Error where what is measured does not come to what the flow says
 */
export async function runCampaign(
  campaign: Campaign,
  worker: string,
  passes: readonly Pass[],
  onDone: (done: number) => void,
): Promise<CampaignFigures> {
  const { cases, runs, operations, seed } = campaign;
  const script = join(buildBench(), `${worker}.js`);
  const samples = new Map(cases.map(({ name }) => [name, new Map<string, number[]>()]));
  const histograms = new Map(cases.map(({ name }) => [name, new Map<string, Histogram>()]));
  let done = 0;
  for (let run = 0; run < runs; run++) {
    for (const pass of passes) {
      for (const { name, part, task } of cases) {
        const own = samples.get(name)!;
        const options: TaskOptions = { pass, operations: Math.ceil(operations * part), seed };
        const told = await measureApart(script, `${name}, ${pass}`, { ...task, ...options });
        for (const [metric, value] of Object.entries(told.metrics)) {
          own.set(metric, [...(own.get(metric) ?? []), value]);
        }
        addHistograms(histograms.get(name)!, told.histograms ?? {});
        onDone(++done);
      }
    }
  }
  return { samples, histograms };
}

/** A measurement in a process of its own. */
function measureApart(script: string, name: string, task: object): Promise<Measured> {
  const { promise, resolve, reject } = Promise.withResolvers<Measured>();
  const worker = fork(script, [JSON.stringify(task)], {
    execArgv: ['--expose-gc', ...V8_FLAGS],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  const endWithParent = () => worker.kill();
  process.once('exit', endWithParent);
  let told = '';
  worker.stderr!.setEncoding('utf8').on('data', (text: string) => {
    told += text;
  });
  worker.once('message', resolve);
  worker.once('error', reject);
  worker.once('close', (code, signal) => {
    process.off('exit', endWithParent);
    // Has no effect where the measurement has been told.
    reject(new Error(`${name}: its process ended with ${signal ?? code}\n${told}`));
  });
  return promise;
}
