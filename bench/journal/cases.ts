/**
 * What the journal benchmark measures: what the disk can do, what LMDB makes of it, and what the
 * product's journal thread makes of that. A batch is so many commands of 128 bytes.
 */
import type { Durability } from '../../journal/durability.ts';
import type { Case } from '../measuring/campaign.ts';
import type { Target } from '../measuring/figures.ts';

export type JournalCase =
  | { readonly kind: 'raw-file' | 'lmdb-blob'; readonly batch: number }
  | { readonly kind: 'closed-loop'; readonly durability: Durability; readonly batch: number }
  | { readonly kind: 'open-loop'; readonly durability: Durability; readonly rate: number }
  | { readonly kind: 'executed'; readonly isBesideSnapshot: boolean }
  | { readonly kind: 'replay' | 'recovery' };

/** Batch → the part of the operations that it is given: a flush costs the same for all. */
const PARTS: ReadonlyMap<number, number> = new Map([
  [1, 0.002],
  [16, 0.02],
  [256, 0.2],
  [1_024, 0.6],
  [4_096, 1],
]);
/** Seconds of 100,000 commands each, where the operations are the default's. */
const OPEN_LOOP_PART = 0.25;

export const DEFAULT_OPERATIONS = 2_000_000;

function closedLoops(prefix: string, task: (batch: number) => JournalCase): Case[] {
  return [...PARTS].map(([batch, part]) => {
    return { name: `${prefix}/batch-${batch}`, part, task: task(batch) };
  });
}

function openLoop(durability: Durability): Case {
  const task: JournalCase = { kind: 'open-loop', durability, rate: 100_000 };
  return { name: `hoga/${durability}/open-loop-100k`, part: OPEN_LOOP_PART, task };
}

function executed(name: string, isBesideSnapshot: boolean): Case {
  const task: JournalCase = { kind: 'executed', isBesideSnapshot };
  return { name, part: 1, task };
}

const STORED_BEHIND: JournalCase = { kind: 'closed-loop', durability: 'none', batch: 4_096 };

export const CASES: readonly Case[] = [
  ...closedLoops('raw-file', (batch) => ({ kind: 'raw-file', batch })),
  ...closedLoops('lmdb-blob', (batch) => ({ kind: 'lmdb-blob', batch })),
  ...(['fsync', 'commit'] as const).flatMap((durability) =>
    closedLoops(`hoga/${durability}`, (batch) => ({ kind: 'closed-loop', durability, batch })),
  ),
  // Of smaller batches it would be the journal's naps: nobody waits for it in `none`.
  { name: 'hoga/none/batch-4096', part: 1, task: STORED_BEHIND },
  openLoop('fsync'),
  openLoop('commit'),
  executed('executed/alone', false),
  executed('executed/beside-snapshot', true),
  { name: 'replay', part: 1, task: { kind: 'replay' } satisfies JournalCase },
  { name: 'recovery-10m', part: 2.5, task: { kind: 'recovery' } satisfies JournalCase },
];

export const TARGETS: readonly Target[] = [
  { case: 'hoga/fsync/batch-4096', metric: 'ops_per_s', atLeast: 1_000_000 },
  { case: 'hoga/fsync/open-loop-100k', metric: 'p50_to_fdatasync', atMost: 2 },
  { case: 'hoga/commit/open-loop-100k', metric: 'p50_us', atMost: 100 },
  { case: 'replay', metric: 'ops_per_s', atLeast: 2_000_000 },
  { case: 'recovery-10m', metric: 'seconds', atMost: 5 },
];
