/**
 * Replay of a whole journal with every check, and recovery as a start does it: from the newest
 * snapshot. Another thread writes the journal, so that this one has compiled nothing yet and has
 * one exchange, as the thread has that recovers.
 */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { hashState } from '../../exchange/state-hash.ts';
import { JournalReplay } from '../../journal/journal-replay.ts';
import { JournalStore } from '../../journal/journal-store.ts';
import { replayFromSnapshot } from '../../journal/snapshots.ts';
import type { Measured, TaskOptions } from '../measuring/campaign.ts';
import { throughputOf } from '../measuring/probes.ts';
import { MAP_BYTES, type WantedJournal } from './journal-maker.ts';

const MIX = 'moves';
/** Commands behind the snapshot. */
const TAIL = 1_000_000;

type Amount = Pick<TaskOptions, 'operations' | 'seed'>;

export async function measureReplay(folder: string, amount: Amount): Promise<Measured> {
  const count = await makeJournal({ folder, mix: MIX, ...amount, tail: 0 });
  const store = new JournalStore(folder, { mapBytes: MAP_BYTES, readOnly: false });
  const startedAt = performance.now();
  const replay = new JournalReplay(store);
  replay.runToEnd();
  const tookMs = performance.now() - startedAt;
  if (replay.commandCount !== count) throw new Error(`${replay.commandCount} of ${count} replayed`);
  await store.close();
  return { metrics: throughputOf(count, tookMs) };
}

/** All that the exchange thread does before it opens. */
export async function measureRecovery(folder: string, amount: Amount): Promise<Measured> {
  const tail = Math.min(TAIL, amount.operations / 10);
  const count = await makeJournal({ folder, mix: MIX, ...amount, tail });
  const startedAt = performance.now();
  const store = new JournalStore(folder, { mapBytes: MAP_BYTES, readOnly: false });
  const replay = replayFromSnapshot(store, folder);
  const loadedAt = performance.now();
  replay.runToEnd();
  hashState(replay.exchange);
  const seconds = (performance.now() - startedAt) / 1_000;
  const { commandCount: replayed, exchange } = replay;
  if (exchange.sequence !== count || replayed > tail) {
    throw new Error(`${exchange.sequence} of ${count} recovered, ${replayed} replayed`);
  }
  await store.close();
  const snapshotSeconds = (loadedAt - startedAt) / 1_000;
  return { metrics: { seconds, snapshot_seconds: snapshotSeconds, replayed } };
}

/** In another thread; returns how many commands it has. */
export async function makeJournal(wanted: WantedJournal): Promise<number> {
  const maker = new Worker(new URL('./journal-maker.js', import.meta.url), { workerData: wanted });
  const [count] = (await once(maker, 'message')) as [number];
  await once(maker, 'exit');
  return count;
}
