/**
 * Runs the engine benchmark's measurements, each in a fresh process and one at a time. In every run
 * all cases have their turn, engine by engine, so that a machine that grows slow slows them all.
 */
import { fork } from 'node:child_process';
import { join } from 'node:path';
import { V8_FLAGS } from '../../server/v8-flags.ts';
import { buildBench } from '../build.ts';
import type { Measurement, Pass, Task } from './measurement.ts';
import { SHAPE_NAMES } from './shapes.ts';

const PASSES: readonly Pass[] = ['throughput', 'latency'];
const RIVAL = 'nodejs-order-book';
/** Of the flow with 100,000 orders the rival executes the beginning: all of it takes it minutes. */
const RIVAL_PARTS: Readonly<Record<string, number>> = { 'resting-100000': 1 / 20 };

export interface Case {
  readonly engine: string;
  readonly shape: string;
  /** How much of the flow's operations it executes. */
  readonly part: number;
}

export const CASES: readonly Case[] = SHAPE_NAMES.flatMap((shape) =>
  shape.startsWith('resting-')
    ? [
        { engine: 'hoga', shape, part: 1 },
        { engine: RIVAL, shape, part: RIVAL_PARTS[shape] ?? 1 },
      ]
    : [{ engine: 'hoga', shape, part: 1 }],
);

export interface Campaign {
  readonly cases: readonly Case[];
  readonly runs: number;
  readonly operations: number;
  readonly seed: number;
}

/** Metrics of a case, by name: one value a run. */
export type Samples = ReadonlyMap<string, number[]>;

export function nameOfCase({ engine, shape }: Pick<Case, 'engine' | 'shape'>): string {
  return `${engine}/${shape}`;
}

export function measurementsOf({ cases, runs }: Campaign): number {
  return cases.length * runs * PASSES.length;
}

/**
 * All samples by case. `onDone` is told how many measurements are done.
 *
 * @throws Error where an engine does not come to what the flow says
 */
export async function runCampaign(
  campaign: Campaign,
  onDone: (done: number) => void,
): Promise<ReadonlyMap<string, Samples>> {
  const { cases, runs, operations, seed } = campaign;
  const folder = buildBench();
  const samples = new Map(cases.map((each) => [nameOfCase(each), new Map<string, number[]>()]));
  let done = 0;
  for (let run = 0; run < runs; run++) {
    for (const pass of PASSES) {
      for (const each of cases) {
        const own = samples.get(nameOfCase(each))!;
        const share = Math.ceil(operations * each.part);
        const { metrics } = await measureApart(folder, {
          ...each,
          pass,
          operations: share,
          seed,
        });
        for (const [metric, value] of Object.entries(metrics)) {
          own.set(metric, [...(own.get(metric) ?? []), value]);
        }
        onDone(++done);
      }
    }
  }
  return samples;
}

/** A measurement in a process of its own, of what was built into a folder. */
export function measureApart(folder: string, task: Task): Promise<Measurement> {
  const { promise, resolve, reject } = Promise.withResolvers<Measurement>();
  const worker = fork(join(folder, 'bench/engine/worker.js'), [JSON.stringify(task)], {
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
    const name = `${nameOfCase(task)}, ${task.pass}`;
    // Has no effect where the measurement has been told.
    reject(new Error(`${name}: its process ended with ${signal ?? code}\n${told}`));
  });
  return promise;
}
