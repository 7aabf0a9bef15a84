/**
 * A thread that has one snapshot after the other written, each by the product's command in a
 * process of its own that stands back, all of the journal replayed each time; until it is told to
 * stop.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { listSnapshots } from '../../journal/snapshots.ts';
import { CHILD_VARIABLE } from '../../server/journal-child.ts';
import { standBack } from '../../server/standing-back.ts';

export interface SnapshotWriterData {
  readonly folder: string;
  /** An int32: not 0, and it stops. */
  readonly stop: SharedArrayBuffer;
}

if (parentPort !== null) {
  const { folder, stop } = workerData as SnapshotWriterData;
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const { pathname } = new URL(`../../server/cli.${extension}`, import.meta.url);
  const env = { ...process.env, [CHILD_VARIABLE]: '1' };
  let count = 0;
  parentPort.postMessage('started');
  for (; Atomics.load(new Int32Array(stop), 0) === 0; count++) {
    for (const { path } of listSnapshots(folder)) rmSync(path);
    const child = spawn(process.execPath, [pathname, 'snapshot', '--data', folder], {
      env,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const why = standBack(child.pid!);
    if (why !== undefined) throw new Error(`a snapshot does not stand back: ${why}`);
    const [code] = await once(child, 'close');
    if (code !== 0) throw new Error('no snapshot was written');
  }
  parentPort.postMessage(count);
}
