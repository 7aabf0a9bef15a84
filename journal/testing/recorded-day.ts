/** A journal with snapshots, as tests of both need it, and ways to damage them. */
import { readFileSync, writeFileSync } from 'node:fs';
import { EventBuffer } from '../../exchange/event-sink.ts';
import { Exchange } from '../../exchange/exchange.ts';
import { hashState } from '../../exchange/state-hash.ts';
import type { RecordBuffer } from '../../protocol/record.ts';
import type { Random } from '../../test/support/seed.ts';
import { JournalReplay } from '../journal-replay.ts';
import { JournalStore } from '../journal-store.ts';
import { loadSnapshot } from '../snapshot-file.ts';
import { type ReplayFromSnapshot, replayFromSnapshot, takeSnapshot } from '../snapshots.ts';
import { CommandFlow } from './command-flow.ts';
import { JournalRig, SMALL_CAPACITY, STORE_OPTIONS, temporaryFolder } from './journal-rig.ts';

export const RECORDED_COMMANDS = 600;

export interface RecordedDay {
  readonly folder: string;
  /** Bytes of all events, by the command that caused them. */
  readonly events: readonly Buffer[];
  readonly stateHash: string;
}

/** A random day in a journal of many batches, and snapshots behind some of them. */
export async function recordDay(random: Random, snapshots = 3): Promise<RecordedDay> {
  const folder = temporaryFolder();
  const store = new JournalStore(folder, STORE_OPTIONS);
  const rig = new JournalRig(store);
  const flow = new CommandFlow(random(2 ** 31));
  while (rig.exchange.sequence < RECORDED_COMMANDS) {
    rig.run(flow, Math.min(1 + random(40), RECORDED_COMMANDS - rig.exchange.sequence));
    rig.flush();
  }
  const events: Buffer[] = [];
  const onCommand = (_: RecordBuffer, __: number, told: RecordBuffer, bytes: number) => {
    events[replay.exchange.sequence] = Buffer.from(told.bytes.slice(0, bytes));
  };
  const replay: JournalReplay = new JournalReplay(store, { onCommand }, SMALL_CAPACITY);
  const places = Array.from(
    { length: snapshots },
    (_, n) => ((n + 1) * RECORDED_COMMANDS) / (snapshots + 1),
  );
  while (replay.next()) {
    if (replay.exchange.sequence < (places[0] ?? Number.POSITIVE_INFINITY)) continue;
    places.shift();
    takeSnapshot(folder, replay);
  }
  await store.close();
  return { folder, events, stateHash: hashState(replay.exchange) };
}

export function runFromSnapshot(store: JournalStore, folder: string, options?: ReplayFromSnapshot) {
  const bad: string[] = [];
  const onBad = (why: string) => bad.push(why);
  const replay = replayFromSnapshot(store, folder, {
    capacity: SMALL_CAPACITY,
    onBad,
    ...options,
  });
  const from = replay.exchange.sequence;
  replay.runToEnd();
  return { replay, from, bad };
}

export function damage(path: string, change: (bytes: Buffer) => Buffer): void {
  writeFileSync(path, change(readFileSync(path)));
}

export function flipped(bytes: Buffer, bit: number): Buffer {
  bytes[bit >> 3]! ^= 1 << (bit & 7);
  return bytes;
}

export function assertLoads(path: string): void {
  loadSnapshot(path, new Exchange(new EventBuffer(), SMALL_CAPACITY));
}
