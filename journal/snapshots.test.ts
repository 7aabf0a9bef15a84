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
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { describe, test } from 'node:test';
import { crc32 } from 'node:zlib';
import { EventBuffer } from '../exchange/event-sink.ts';
import { Exchange } from '../exchange/exchange.ts';
import { hashState } from '../exchange/state-hash.ts';
import type { RecordBuffer } from '../protocol/record.ts';
import { seededRandom, testSeed } from '../test/support/seed.ts';
import { readBootMark } from './boot-id.ts';
import { JournalError } from './journal-error.ts';
import type { JournalReplay } from './journal-replay.ts';
import { SnapshotError } from './snapshot-file.ts';
import {
  differenceOf,
  keepSnapshots,
  listSnapshots,
  removePartialSnapshots,
  replayFromSnapshot,
  type Snapshot,
  setSnapshotsAside,
  snapshotsFolderOf,
  takeSnapshot,
} from './snapshots.ts';
import { openStore, SMALL_CAPACITY, temporaryFolder } from './testing/journal-rig.ts';
import {
  assertLoads,
  damage,
  flipped,
  RECORDED_COMMANDS,
  recordDay,
  runFromSnapshot,
} from './testing/recorded-day.ts';
import { loadBatches, saveBatches } from './testing/stored-batches.ts';

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
      assert.equal(told, RECORDED_COMMANDS - upTo);
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
    for (const { path } of listSnapshots(folder)) rmSync(path);
    exchange.clear();
    const whole = runFromSnapshot(openStore(t, folder), folder, { exchange });
    assert.equal(whole.from, 0);
    assert.equal(hashState(exchange), stateHash);
  });
});

describe('a journal is refused', () => {
  test('where a snapshot is of another one', async (t) => {
    const random = seededRandom(testSeed(t));
    const [one, other] = [await recordDay(random, 1), await recordDay(random, 1)];
    const { path } = listSnapshots(one.folder)[0]!;
    for (const { path: own } of listSnapshots(other.folder)) rmSync(own);
    copyFileSync(path, join(snapshotsFolderOf(other.folder), basename(path)));
    const store = openStore(t, other.folder);
    assert.throws(() => runFromSnapshot(store, other.folder), /of another exchange.*truncate/);
    assert.equal(setSnapshotsAside(other.folder, store).length, 1);
    assert.equal(runFromSnapshot(store, other.folder).from, 0);
  });

  test('where it is an older copy than a snapshot', async (t) => {
    const { folder } = await recordDay(seededRandom(testSeed(t)), 1);
    const { sequence } = listSnapshots(folder)[0]!;
    const batches = await loadBatches(folder);
    const older = batches.filter(({ firstSequence }) => firstSequence < sequence - 60);
    await saveBatches(folder, older);
    const store = openStore(t, folder);
    assert.throws(
      () => runFromSnapshot(store, folder),
      /had come to \d+ at .*: it is an older copy/,
    );
    setSnapshotsAside(folder, store);
    assert.equal(runFromSnapshot(store, folder).from, 0);
  });
});

test('one of commands that a power cut took back is passed over', async (t) => {
  const { folder } = await recordDay(seededRandom(testSeed(t)), 2);
  const [newest, older] = listSnapshots(folder);
  const batches = await loadBatches(folder);
  const { sequence } = newest!;
  await saveBatches(
    folder,
    batches.filter(({ firstSequence }) => firstSequence < sequence - 60),
  );
  const madeIn = (mark: number) =>
    damage(newest!.path, (bytes) => {
      bytes.writeUInt32LE(mark, 28);
      bytes.writeUInt32LE(crc32(bytes.subarray(0, 48)), 48);
      return bytes;
    });
  const store = openStore(t, folder);
  for (const mark of [0, readBootMark()]) {
    madeIn(mark);
    assert.throws(() => runFromSnapshot(store, folder), /it is an older copy/);
  }
  madeIn((readBootMark() ^ 2) >>> 0);
  const { from, bad } = runFromSnapshot(store, folder);
  assert.equal(from, older!.sequence);
  assert.match(bad[0]!, /a power cut took back commands that are in it/);
});

test('who stands back is asked behind each chunk that is written and read', async (t) => {
  const { folder } = await recordDay(seededRandom(testSeed(t)), 1);
  let chunks = 0;
  const onChunk = () => {
    chunks++;
  };
  const { replay } = runFromSnapshot(openStore(t, folder), folder, { onChunk });
  assert.equal(chunks, 2, 'read: one of numbers, and the last');
  takeSnapshot(folder, replay, onChunk);
  assert.equal(chunks, 2 + 4, 'written, and read');
});

describe('the folder of snapshots', () => {
  test('may lose one while somebody checks it', async (t) => {
    const { folder } = await recordDay(seededRandom(testSeed(t)), 1);
    const [snapshot] = listSnapshots(folder);
    const { replay } = runFromSnapshot(openStore(t, folder), folder);
    assert.match(differenceOf(snapshot!, replay)!, /comes to another state/);
    rmSync(snapshot!.path);
    assert.equal(differenceOf(snapshot!, replay), undefined);
  });

  test('keeps as many as it is told to, and none ahead of the journal', async (t) => {
    const { folder } = await recordDay(seededRandom(testSeed(t)), 5);
    const sequences = () => listSnapshots(folder).map(({ sequence }) => sequence);
    const all = sequences();
    keepSnapshots(folder, 4);
    assert.deepEqual(sequences(), all.slice(0, 4));
    const store = openStore(t, folder);
    store.replaceFrom(all[1]! + 1, undefined);
    setSnapshotsAside(folder, store);
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
    const named = ({ sequence, path }: Snapshot) => ({ sequence, path });
    assert.deepEqual(listSnapshots(folder).map(named), [middle!, oldest!].map(named));
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
