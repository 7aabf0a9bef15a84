/** One measurement of the journal, in a data folder of its own that is gone afterwards. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Measured, TaskOptions } from '../measuring/campaign.ts';
import type { JournalCase } from './cases.ts';
import { measureLmdbBlob, measureRawFile } from './disk.ts';
import { measureExecuted } from './executed.ts';
import { measureClosedLoop, measureOpenLoop } from './journal-under-load.ts';
import { measureRecovery, measureReplay } from './replay.ts';

export type Task = TaskOptions & JournalCase;

/** The folder whose disk is measured, if not the system's own for temporary files. */
export const FOLDER_VARIABLE = 'HOGA_BENCH_FOLDER';

export async function measure(task: Task): Promise<Measured> {
  const folder = mkdtempSync(join(process.env[FOLDER_VARIABLE] ?? tmpdir(), 'hoga-bench-'));
  try {
    return await measureIn(folder, task);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function measureIn(folder: string, task: Task): Promise<Measured> | Measured {
  const { operations } = task;
  switch (task.kind) {
    case 'raw-file':
      return measureRawFile(folder, operations, task.batch);
    case 'lmdb-blob':
      return measureLmdbBlob(folder, operations, task.batch);
    case 'closed-loop':
      return measureClosedLoop(folder, operations, task.durability, task.batch);
    case 'open-loop':
      return measureOpenLoop(folder, operations, task.durability, task.rate);
    case 'executed':
      return measureExecuted(folder, task, task.isBesideSnapshot);
    case 'recovery':
      return measureRecovery(folder, task);
    default:
      return measureReplay(folder, task);
  }
}
