/** One measurement of the journal, in a data folder of its own that is gone afterwards. */
import type { Measured, TaskOptions } from '../measuring/campaign.ts';
import { withFolder } from '../measuring/folder.ts';
import type { JournalCase } from './cases.ts';
import { measureLmdbBlob, measureRawFile } from './disk.ts';
import { measureExecuted } from './executed.ts';
import { measureClosedLoop, measureOpenLoop } from './journal-under-load.ts';
import { measureRecovery, measureReplay } from './replay.ts';

export type Task = TaskOptions & JournalCase;

export function measure(task: Task): Promise<Measured> {
  return withFolder((folder) => measureIn(folder, task));
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
