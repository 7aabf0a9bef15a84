/**
 * Counts the collections of garbage in the exchange thread, as `--trace-gc` tells them, while it
 * executes commands at a rate. A heap snapshot before and one after are marks in the trace: they
 * say which isolate is the exchange's, and where the measured part begins and ends.
 */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Worker } from 'node:worker_threads';
import type { Measured, Metrics } from '../measuring/campaign.ts';
import type { Task } from './measurement.ts';

/** `[pid:isolate]  ms since its start: what it did … MB … why`. */
const LINE = /^\[\d+:(0x[0-9a-f]+)\]\s+\d+ ms: (Scavenge|Mark-Compact|Minor Mark-Compact)\b(.*)$/;
const MARK = /heap profiler/;

/** Runs the same measurement in a process that traces collections. */
export async function measureTraced(task: Task): Promise<Measured> {
  const script = fileURLToPath(import.meta.resolve('./worker.js'));
  const child = fork(script, [JSON.stringify({ ...task, isTraced: true } satisfies Task)], {
    execArgv: [...process.execArgv, '--trace-gc'],
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  const endWithParent = () => child.kill();
  process.once('exit', endWithParent);
  let trace = '';
  child.stdout!.setEncoding('utf8').on('data', (text: string) => {
    trace += text;
  });
  const { promise, resolve, reject } = Promise.withResolvers<Measured>();
  let measured: Measured | undefined;
  child.once('message', (message) => {
    measured = message as Measured;
  });
  child.once('error', reject);
  child.once('close', (code) => {
    process.off('exit', endWithParent);
    if (measured === undefined) reject(new Error(`the traced process ended with ${code}`));
    else {
      const { metrics, ...rest } = measured;
      resolve({ ...rest, metrics: { ...metrics, ...collectionsIn(trace) } });
    }
  });
  return promise;
}

/** Writes a mark into the trace. */
export async function mark(worker: Worker): Promise<void> {
  for await (const _ of await worker.getHeapSnapshot());
}

/**
 * Between the marks of the isolate that has them.
 *
 * @throws Error where a mark is missing
 */
export function collectionsIn(trace: string): Metrics {
  const lines = trace.split('\n').flatMap((line) => {
    const [, isolate, kind, rest] = LINE.exec(line) ?? [];
    return isolate === undefined ? [] : [{ isolate, kind: kind!, isMark: MARK.test(rest!) }];
  });
  const marked = lines.find(({ isMark }) => isMark)?.isolate;
  const own = lines.filter(({ isolate }) => isolate === marked);
  // A snapshot may collect twice and more, but each does alike.
  const marks = own.flatMap(({ isMark }, at) => (isMark ? [at] : []));
  const half = marks.length / 2;
  if (half < 1 || half % 1 !== 0) throw new Error('the trace has no two marks of the exchange');
  const between = own.slice(marks[half - 1]! + 1, marks[half]!);
  const scavenges = between.filter(({ kind }) => kind === 'Scavenge').length;
  return { scavenges, mark_compacts: between.length - scavenges };
}
