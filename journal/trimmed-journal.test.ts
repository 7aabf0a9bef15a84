/**
 * A trimmed journal: it begins behind a snapshot that was seen to be good, and takes its archives
 * in again.
 *
 * A failure prints its seed; `HOGA_TEST_SEED=<seed>` runs the same again.
 */
import assert from 'node:assert/strict';
import { copyFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { EventBuffer } from '../exchange/event-sink.ts';
import { Exchange } from '../exchange/exchange.ts';
import { hashState } from '../exchange/state-hash.ts';
import { seededRandom, testSeed } from '../test/support/seed.ts';
import { JournalError } from './journal-error.ts';
import { JournalReplay } from './journal-replay.ts';
import { JournalStore, journalFileOf } from './journal-store.ts';
import { exportArchive, importArchive, planCut } from './journal-surgery.ts';
import { SnapshotError } from './snapshot-file.ts';
import { keepSnapshots, listSnapshots, replayWhole, trimmableTo } from './snapshots.ts';
import { openStore, SMALL_CAPACITY, temporaryFolder } from './testing/journal-rig.ts';
import {
  damage,
  flipped,
  RECORDED_COMMANDS,
  recordDay,
  runFromSnapshot,
} from './testing/recorded-day.ts';
import { loadBatches } from './testing/stored-batches.ts';

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
      for (let calls = 0; store.trim(RECORDED_COMMANDS - 50, 2); calls++) assert.ok(calls < length);
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
    assert.equal(planCut(store, folder, RECORDED_COMMANDS - 1).commands, 1);
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
    for (const after of [0, RECORDED_COMMANDS - 1]) {
      assert.throws(() => planCut(store, folder, after), what, 'nothing to begin with');
    }
  });

  test('is only trimmed before a snapshot that was seen to be good', async (t) => {
    const random = seededRandom(testSeed(t));
    const [{ folder }, other] = [await recordDay(random, 3), await recordDay(random, 3)];
    const store = openStore(t, folder);
    const [, middle, oldest] = listSnapshots(folder);
    const exchange = new Exchange(new EventBuffer(), SMALL_CAPACITY);
    assert.equal(trimmableTo(store, folder, 4, exchange), 0, 'there are not so many');
    assert.equal(trimmableTo(store, folder, 3, exchange), oldest!.sequence);
    damage(oldest!.path, (bytes) => flipped(bytes, 4_000));
    assert.throws(() => trimmableTo(store, folder, 3, exchange), SnapshotError);
    copyFileSync(listSnapshots(other.folder)[1]!.path, middle!.path);
    assert.throws(() => trimmableTo(store, folder, 2, exchange), /another exchange/);
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
