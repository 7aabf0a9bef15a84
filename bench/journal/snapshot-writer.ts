/**
 * A thread that has one snapshot after the other written, each by the product's command in a
 * process of its own at low priority, all of the journal replayed each time; until it is told to
 * stop.
 */
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { constants } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { listSnapshots } from '../../journal/snapshots.ts';
import { CHILD_VARIABLE } from '../../server/journal-child.ts';

export interface SnapshotWriterData {
  readonly folder: string;
  /** An int32: not 0, and it stops. */
  readonly stop: SharedArrayBuffer;
}

if (parentPort !== null) {
  const { folder, stop } = workerData as SnapshotWriterData;
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const { pathname } = new URL(`../../server/cli.${extension}`, import.meta.url);
  const nice = ['-n', String(constants.priority.PRIORITY_LOW), process.execPath];
  const env = { ...process.env, [CHILD_VARIABLE]: '1' };
  let count = 0;
  parentPort.postMessage('started');
  for (; Atomics.load(new Int32Array(stop), 0) === 0; count++) {
    for (const { path } of listSnapshots(folder)) rmSync(path);
    const args = [...nice, pathname, 'snapshot', '--data', folder];
    const { status, stderr } = spawnSync('nice', args, { encoding: 'utf8', env });
    if (status !== 0) throw new Error(`no snapshot: ${stderr}`);
  }
  parentPort.postMessage(count);
}
