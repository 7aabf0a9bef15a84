/**
 * Snapshots: a replay that begins with one ends as one of the whole journal does; one that is
 * damaged, or of another journal, is never used.
 *
 * A failure prints its seed; `HOGA_TEST_SEED=<seed>` runs the same again.
 */
import assert from 'node:assert/strict';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { describe, test } from 'node:test';
import { EventBuffer } from '../exchange/event-sink.ts';
import { Exchange } from '../exchange/exchange.ts';
import { hashState } from '../exchange/state-hash.ts';
import type { RecordBuffer } from '../protocol/record.ts';
import { type Random, seededRandom, testSeed } from '../test/support/seed.ts';
import { JournalError } from './journal-error.ts';
import { JournalReplay } from './journal-replay.ts';
import { JournalStore, journalFileOf } from './journal-store.ts';
import { exportArchive, importArchive, planCut } from './journal-surgery.ts';
import { loadSnapshot, SnapshotError } from './snapshot-file.ts';
import {
  keepSnapshots,
  listSnapshots,
  type ReplayFromSnapshot,
  removePartialSnapshots,
  removeSnapshotsAfter,
  replayFromSnapshot,
  replayWhole,
  snapshotsFolderOf,
  takeSnapshot,
  trimmableTo,
} from './snapshots.ts';
import { CommandFlow } from './testing/command-flow.ts';
import {
  JournalRig,
  openStore,
  SMALL_CAPACITY,
  STORE_OPTIONS,
  temporaryFolder,
} from './testing/journal-rig.ts';
import { loadBatches, saveBatches } from './testing/stored-batches.ts';

const COMMANDS = 600;

interface Day {
  readonly folder: string;
  /** Bytes of all events, by the command that caused them. */
  readonly events: readonly Buffer[];
  readonly stateHash: string;
}

/** A random day in a journal of many batches, and snapshots behind some of them. */
async function recordDay(random: Random, snapshots = 3): Promise<Day> {
  const folder = temporaryFolder();
  const store = new JournalStore(folder, STORE_OPTIONS);
  const rig = new JournalRig(store);
  const flow = new CommandFlow(random(2 ** 31));
  while (rig.exchange.sequence < COMMANDS) {
    rig.run(flow, Math.min(1 + random(40), COMMANDS - rig.exchange.sequence));
    rig.flush();
  }
  const events: Buffer[] = [];
  const onCommand = (_: RecordBuffer, __: number, told: RecordBuffer, bytes: number) => {
    events[replay.exchange.sequence] = Buffer.from(told.bytes.slice(0, bytes));
  };
  const replay: JournalReplay = new JournalReplay(store, { onCommand }, SMALL_CAPACITY);
  const places = Array.from(
    { length: snapshots },
    (_, n) => ((n + 1) * COMMANDS) / (snapshots + 1),
  );
  while (replay.next()) {
    if (replay.exchange.sequence < (places[0] ?? Number.POSITIVE_INFINITY)) continue;
    places.shift();
    takeSnapshot(folder, replay, SMALL_CAPACITY);
  }
  await store.close();
  return { folder, events, stateHash: hashState(replay.exchange) };
}

function runFromSnapshot(store: JournalStore, folder: string, options?: ReplayFromSnapshot) {
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

function damage(path: string, change: (bytes: Buffer) => Buffer): void {
  writeFileSync(path, change(readFileSync(path)));
}

function flipped(bytes: Buffer, bit: number): Buffer {
  bytes[bit >> 3]! ^= 1 << (bit & 7);
  return bytes;
}

function assertLoads(path: string): void {
  loadSnapshot(path, new Exchange(new EventBuffer(), SMALL_CAPACITY));
}

describe('a replay from any snapshot', () => {
  test('ends in the same state with the same bytes of events', async (t) => {
    const day = await recordDay(seededRandom(testSeed(t)), 6);
    const store = openStore(t, day.folder);
    const sequences = listSnapshots(day.folder).map(({ sequence }) => sequence);
    assert.equal(sequences.length, 6);
    for (const upTo of [...sequences, 0]) {
      let told = 0;
      const onCommand = (_: RecordBuffer, __: number, events: RecordBuffer, bytes: number) => {
        const { sequence } = run.exchange;
        assert.ok(day.events[sequence]!.equals(events.bytes.subarray(0, bytes)), `${sequence}`);
        told++;
      };
      const options = { listener: { onCommand }, capacity: SMALL_CAPACITY, upTo };
      const run: JournalReplay = replayFromSnapshot(store, day.folder, options);
      assert.equal(run.exchange.sequence, upTo);
      run.runToEnd();
      assert.equal(told, COMMANDS - upTo);
      assert.equal(hashState(run.exchange), day.stateHash);
    }
  });

  test('begins with the newest, or with the newest up to a command', async (t) => {
    const { folder } = await recordDay(seededRandom(testSeed(t)));
    const store = openStore(t, folder);
    const [newest, middle] = listSnapshots(folder);
    assert.equal(runFromSnapshot(store, folder).from, newest!.sequence);
    const upTo = newest!.sequence - 1;
    assert.equal(runFromSnapshot(store, folder, { upTo }).from, middle!.sequence);
  });

  test('goes on where the journal was trimmed before it', async (t) => {
    const { folder, stateHash } = await recordDay(seededRandom(testSeed(t)), 1);
    const [snapshot] = listSnapshots(folder);
    const batches = await loadBatches(folder);
    const kept = batches.filter(({ firstSequence }) => firstSequence > snapshot!.sequence);
    await saveBatches(folder, kept);
    const store = openStore(t, folder);
    const { replay, from } = runFromSnapshot(store, folder);
    assert.equal(from, snapshot!.sequence);
    assert.equal(hashState(replay.exchange), stateHash);
    damage(snapshot!.path, (bytes) => flipped(bytes, 1_000));
    assert.throws(
      () => runFromSnapshot(store, folder),
      (error: Error) =>
        error instanceof JournalError && /begins with command.*import/.test(error.message),
    );
  });
});

describe('a snapshot is refused, and the one before it is taken,', () => {
  test('with any bit flipped, and cut off or longer anywhere', async (t) => {
    const random = seededRandom(testSeed(t));
    const { folder } = await recordDay(random, 1);
    const { path } = listSnapshots(folder)[0]!;
    const whole = readFileSync(path);
    for (let n = 0; n < 300; n++) {
      const bit = n < 100 ? n : random(whole.length * 8);
      writeFileSync(path, flipped(Buffer.from(whole), bit));
      assert.throws(() => assertLoads(path), SnapshotError, `bit ${bit}`);
    }
    for (let n = 0; n < 50; n++) {
      const length = random(whole.length);
      writeFileSync(path, whole.subarray(0, length));
      assert.throws(() => assertLoads(path), SnapshotError, `cut to ${length} bytes`);
    }
    writeFileSync(path, Buffer.concat([whole, Buffer.alloc(8)]));
    assert.throws(() => assertLoads(path), SnapshotError);
    writeFileSync(path, whole);
    assertLoads(path);
  });

  test('and of several bad ones each is told', async (t) => {
    const { folder, stateHash } = await recordDay(seededRandom(testSeed(t)));
    const store = openStore(t, folder);
    const [newest, middle, oldest] = listSnapshots(folder);
    damage(newest!.path, (bytes) => flipped(bytes, 5_000));
    damage(middle!.path, (bytes) => bytes.subarray(0, 3));
    const { replay, from, bad } = runFromSnapshot(store, folder);
    assert.equal(from, oldest!.sequence);
    assert.equal(bad.length, 2);
    assert.ok(bad[0]!.includes(newest!.path) && bad[1]!.includes(middle!.path));
    assert.equal(hashState(replay.exchange), stateHash);
    damage(oldest!.path, () => Buffer.alloc(0));
    assert.equal(runFromSnapshot(store, folder).from, 0, 'all of the journal');
  });

  test('where its end is missing, and leaves nothing of it in the exchange', async (t) => {
    const { folder, stateHash } = await recordDay(seededRandom(testSeed(t)), 2);
    const [newest, oldest] = listSnapshots(folder);
    damage(newest!.path, (bytes) => bytes.subarray(0, -1));
    const exchange = new Exchange(new EventBuffer(), SMALL_CAPACITY);
    const { replay, from } = runFromSnapshot(openStore(t, folder), folder, { exchange });
    assert.equal(from, oldest!.sequence);
    assert.equal(replay.exchange, exchange, 'it is used again');
    assert.equal(hashState(exchange), stateHash);
    removeSnapshotsAfter(folder, 0);
    exchange.clear();
    const whole = runFromSnapshot(openStore(t, folder), folder, { exchange });
    assert.equal(whole.from, 0);
    assert.equal(hashState(exchange), stateHash);
  });

  test('where it is of another journal, or ahead of this one', async (t) => {
    const random = seededRandom(testSeed(t));
    const [one, other] = [await recordDay(random, 1), await recordDay(random, 1)];
    const { path, sequence } = listSnapshots(one.folder)[0]!;
    removeSnapshotsAfter(other.folder, 0);
    copyFileSync(path, join(snapshotsFolderOf(other.folder), basename(path)));
    const { from, bad } = runFromSnapshot(openStore(t, other.folder), other.folder);
    assert.equal(from, 0);
    assert.match(bad[0]!, /another journal/);
    const batches = await loadBatches(one.folder);
    await saveBatches(
      one.folder,
      batches.filter(({ firstSequence }) => firstSequence < sequence - 60),
    );
    assert.equal(runFromSnapshot(openStore(t, one.folder), one.folder).from, 0);
  });
});

describe('the folder of snapshots', () => {
  test('keeps as many as it is told to, and none ahead of the journal', async (t) => {
    const { folder } = await recordDay(seededRandom(testSeed(t)), 5);
    const sequences = () => listSnapshots(folder).map(({ sequence }) => sequence);
    const all = sequences();
    keepSnapshots(folder, 4);
    assert.deepEqual(sequences(), all.slice(0, 4));
    removeSnapshotsAfter(folder, all[1]!);
    assert.deepEqual(sequences(), all.slice(1, 4));
  });

  test('gives what never can be used another name, and only that', async (t) => {
    const { folder } = await recordDay(seededRandom(testSeed(t)), 3);
    const store = openStore(t, folder);
    const [newest, middle, oldest] = listSnapshots(folder);
    damage(newest!.path, (bytes) => flipped(bytes, 4_000));
    rmSync(middle!.path);
    mkdirSync(middle!.path);
    const options = { setsAside: true, capacity: SMALL_CAPACITY };
    assert.equal(replayFromSnapshot(store, folder, options).exchange.sequence, oldest!.sequence);
    assert.deepEqual(listSnapshots(folder), [middle, oldest]);
    assert.ok(existsSync(`${newest!.path}.refused`));
  });

  test('has nothing left of a writer that died', async (t) => {
    const { folder } = await recordDay(seededRandom(testSeed(t)), 1);
    const { path } = listSnapshots(folder)[0]!;
    writeFileSync(`${path}.123.partial`, 'half');
    assert.equal(listSnapshots(folder).length, 1);
    removePartialSnapshots(folder);
    assert.deepEqual(readdirSync(snapshotsFolderOf(folder)), [basename(path)]);
  });

  test('is not there before the first', () => {
    const folder = temporaryFolder();
    assert.ok(!existsSync(snapshotsFolderOf(folder)));
    assert.deepEqual(listSnapshots(folder), []);
  });
});

describe('a trimmed journal', () => {
  test('keeps all behind a command, whole batches only, and never loses its end', async (t) => {
    const { folder } = await recordDay(seededRandom(testSeed(t)), 1);
    const batches = await loadBatches(folder);
    const keys = batches.map(({ firstSequence }) => firstSequence);
    const store = openStore(t, folder);
    const left = () => [...store.storedFrom(1)].map(({ firstSequence }) => firstSequence);
    const long = keys.findIndex((key, index) => index >= 4 && keys[index + 1]! - key > 1);
    assert.equal(store.trim(keys[long]!, long - 1), true, 'there are more');
    assert.deepEqual(left(), keys.slice(long - 1));
    assert.equal(store.trim(keys[long]!, long - 1), false);
    assert.deepEqual(left(), keys.slice(long), 'the batch with the command stays');
    assert.equal(store.trim(keys[long + 1]! - 1, 3), false);
    assert.deepEqual(left(), keys.slice(long + 1), 'one that ends with it goes');
    assert.equal(store.trim(Number.MAX_SAFE_INTEGER - 2, 10_000), false);
    assert.deepEqual(left(), keys.slice(-1));
  });

  for (const durability of ['commit', 'none'] as const) {
    test(`is done with no turn of the event loop in durability ${durability}`, async (t) => {
      const { folder } = await recordDay(seededRandom(testSeed(t)), 0);
      const store = openStore(t, folder, durability);
      const { length } = [...store.storedFrom(1)];
      for (let calls = 0; store.trim(COMMANDS - 50, 2); calls++) assert.ok(calls < length);
      assert.ok([...store.storedFrom(1)].length < length / 2);
    });
  }

  test('keeps the snapshot that it begins behind, whatever others come', async (t) => {
    const { folder, stateHash } = await recordDay(seededRandom(testSeed(t)), 4);
    const store = openStore(t, folder);
    const [newest, , , oldest] = listSnapshots(folder);
    store.trim(oldest!.sequence, 10_000);
    keepSnapshots(folder, 1, store.firstSequence());
    assert.deepEqual(listSnapshots(folder), [newest, oldest]);
    const whole = replayWhole(store, folder, { capacity: SMALL_CAPACITY });
    assert.equal(whole.exchange.sequence, oldest!.sequence);
    whole.runToEnd();
    assert.equal(hashState(whole.exchange), stateHash);
    // Without it another one does, and all behind that can still be cut off.
    rmSync(oldest!.path);
    assert.equal(replayWhole(store, folder).exchange.sequence, newest!.sequence);
    assert.equal(planCut(store, folder, COMMANDS - 1).commands, 1);
  });

  test('is never emptied by cutting its end off', async (t) => {
    const { folder } = await recordDay(seededRandom(testSeed(t)), 1);
    const store = openStore(t, folder);
    const { path, sequence } = listSnapshots(folder)[0]!;
    store.trim(sequence, 10_000);
    const what = new RegExp(`begins with command ${sequence + 1}`);
    for (const after of [0, sequence - 1, sequence]) {
      assert.throws(() => planCut(store, folder, after), what);
    }
    assert.equal(planCut(store, folder, sequence + 1).after, sequence + 1);
    rmSync(path);
    for (const after of [0, COMMANDS - 1]) {
      assert.throws(() => planCut(store, folder, after), what, 'nothing to begin with');
    }
  });

  test('is only trimmed before a snapshot that was seen to be good', async (t) => {
    const random = seededRandom(testSeed(t));
    const [{ folder }, other] = [await recordDay(random, 3), await recordDay(random, 3)];
    const store = openStore(t, folder);
    const [, middle, oldest] = listSnapshots(folder);
    assert.equal(trimmableTo(store, folder, 4, SMALL_CAPACITY), 0, 'there are not so many');
    assert.equal(trimmableTo(store, folder, 3, SMALL_CAPACITY), oldest!.sequence);
    damage(oldest!.path, (bytes) => flipped(bytes, 4_000));
    assert.throws(() => trimmableTo(store, folder, 3, SMALL_CAPACITY), SnapshotError);
    copyFileSync(listSnapshots(other.folder)[1]!.path, middle!.path);
    assert.throws(() => trimmableTo(store, folder, 2, SMALL_CAPACITY), /another journal/);
  });

  test('takes its archives in again, newest first, and no others', async (t) => {
    const random = seededRandom(testSeed(t));
    const [day, other] = [await recordDay(random, 3), await recordDay(random, 0)];
    const archive = (name: string) => join(day.folder, name);
    const store = openStore(t, day.folder);
    const [newest, middle] = listSnapshots(day.folder);
    exportArchive(store, archive('first'), 1, middle!.sequence);
    exportArchive(store, archive('second'), middle!.sequence + 1, newest!.sequence);
    exportArchive(openStore(t, other.folder), archive('other'), 1, newest!.sequence);
    store.trim(newest!.sequence, 10_000);
    assert.equal(hashState(runFromSnapshot(store, day.folder).replay.exchange), day.stateHash);
    assert.throws(() => importArchive(store, archive('first')), /does not go on from it/);
    assert.throws(() => importArchive(store, archive('other')), JournalError);
    assert.ok(importArchive(store, archive('second')) > 0);
    assert.equal(importArchive(store, archive('second')), 0, 'it has them');
    assert.ok(importArchive(store, archive('first')) > 0);
    const whole = new JournalReplay(store, undefined, SMALL_CAPACITY);
    whole.runToEnd();
    assert.equal(hashState(whole.exchange), day.stateHash);
  });

  test('uses its space again, and is full only when none is left', async (t) => {
    const mapBytes = 2 ** 22;
    const folder = temporaryFolder();
    const store = new JournalStore(folder, { mapBytes, readOnly: false });
    t.after(() => store.close());
    const batch = Buffer.alloc(100_000);
    let key = 1;
    for (let round = 0; round < 10; round++) {
      for (let n = 0; n < 20; n++, key += 10) store.append(key, batch);
      store.trim(key - 12, 10_000);
    }
    assert.ok(statSync(journalFileOf(folder)).size <= mapBytes);
    const fill = () => {
      for (let n = 0; n < 100; n++, key += 10) store.append(key, batch);
    };
    assert.throws(fill, /the journal is full/);
  });
});
