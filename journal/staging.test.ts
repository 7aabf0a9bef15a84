/**
 * What was told in durability `commit` and did not get into LMDB before the process died is taken
 * in at the next start: all of it that continues the journal, nothing else.
 */
import assert from 'node:assert/strict';
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { BatchBuilder, CHAIN_START, linkOfStored } from './batch.ts';
import { journalFolderOf } from './journal-store.ts';
import { emptyStagingFiles, openStagingFiles, Staging } from './staging.ts';
import { STAGING_HEADER_BYTES } from './staging-header.ts';
import { assertNothingStaged, restoreStaged, setStagingAside } from './staging-restore.ts';
import { CommandFlow } from './testing/command-flow.ts';
import { JournalRig, openStore, temporaryFolder } from './testing/journal-rig.ts';

const FILE_BYTES = 4_096;

interface Written {
  readonly lastSequence: number;
  readonly bytes: Uint8Array;
}

/** Batches of one to three commands each, a chain from the start. */
function makeBatches(count: number): Written[] {
  const builder = new BatchBuilder(CHAIN_START, FILE_BYTES);
  const flow = new CommandFlow(7);
  const batches: Written[] = [];
  for (let i = 0; i < count; i++) {
    for (let command = 0; command <= i % 3; command++) {
      flow.next();
      builder.append(flow.record.words, 0, 64);
    }
    const { bytes } = builder.finish();
    batches.push({ lastSequence: builder.lastSequence, bytes: bytes.slice() });
  }
  return batches;
}

function stagingFile(folder: string, index: number): string {
  return join(journalFolderOf(folder), `staging-${index}`);
}

const NOTHING = { batches: 0, isCut: false };

/** @param bootId of the system that had them; without it, of the one that runs */
function stage(folder: string, batches: readonly Written[], bootId?: string): Staging {
  const staging = new Staging(openStagingFiles(folder), FILE_BYTES, bootId);
  for (const { lastSequence, bytes } of batches) staging.append(lastSequence, bytes);
  return staging;
}

test('batches that LMDB has not are appended, those that it has are passed over', (t) => {
  for (const stored of [0, 1, 5, 8]) {
    const folder = temporaryFolder();
    const store = openStore(t, folder);
    const batches = makeBatches(8);
    stage(folder, batches);
    for (const { bytes } of batches.slice(0, stored)) {
      store.append(store.lastLink().lastSequence + 1, bytes);
    }
    assert.deepEqual(restoreStaged(folder, store, true), { batches: 8 - stored, isCut: false });
    assert.deepEqual(store.lastLink(), linkOfStored(batches[7]!.bytes));
    assert.deepEqual(restoreStaged(folder, store, true), NOTHING);
    emptyStagingFiles(folder);
    for (const index of [0, 1]) {
      assert.equal(readFileSync(stagingFile(folder, index)).length, STAGING_HEADER_BYTES);
    }
    assert.deepEqual(restoreStaged(folder, store, true), NOTHING);
  }
});

/** The batch that a position in the file is in, or the header before it. */
function batchAt(batches: readonly Written[], position: number): number {
  let at = STAGING_HEADER_BYTES;
  return batches.findIndex(({ bytes }) => {
    at += bytes.length;
    return position < at;
  });
}

test('a batch that was torn while it was written is dropped: nobody was told of it', (t) => {
  const batches = makeBatches(6);
  const last = batches.pop()!;
  for (const left of [0, 1, 8, 64, 100, last.bytes.length - 1]) {
    const folder = temporaryFolder();
    const store = openStore(t, folder);
    stage(folder, batches);
    appendFileSync(stagingFile(folder, 0), last.bytes.subarray(0, left));
    assert.deepEqual(restoreStaged(folder, store, true), { batches: 5, isCut: false });
  }
});

test('a batch that was whole and not told is taken in', (t) => {
  const folder = temporaryFolder();
  const store = openStore(t, folder);
  const batches = makeBatches(6);
  const last = batches.pop()!;
  stage(folder, batches);
  appendFileSync(stagingFile(folder, 0), last.bytes);
  assert.deepEqual(restoreStaged(folder, store, true), { batches: 6, isCut: false });
});

test('one that ends before what was told is refused, and stays', (t) => {
  const batches = makeBatches(6);
  const whole = batches.reduce((sum, { bytes }) => sum + bytes.length, STAGING_HEADER_BYTES);
  for (const cut of [1, 8, 64, 100, whole - STAGING_HEADER_BYTES]) {
    const folder = temporaryFolder();
    const store = openStore(t, folder);
    stage(folder, batches);
    truncateSync(stagingFile(folder, 0), whole - cut);
    assert.throws(
      () => restoreStaged(folder, store, true),
      /staging-0 says .* told, and is damaged at byte/,
    );
    assert.equal(existsSync(stagingFile(folder, 0)), true);
  }
});

test('any flipped bit of what was told is noticed, and what is before it is kept', (t) => {
  const batches = makeBatches(4);
  const length = batches.reduce((sum, { bytes }) => sum + bytes.length, STAGING_HEADER_BYTES);
  for (let bit = 3; bit < length * 8; bit += 37) {
    const folder = temporaryFolder();
    const store = openStore(t, folder);
    stage(folder, batches);
    const path = stagingFile(folder, 0);
    const bytes = readFileSync(path);
    bytes[bit >> 3]! ^= 1 << (bit & 7);
    writeFileSync(path, bytes);
    const isHeader = bit >> 3 < STAGING_HEADER_BYTES;
    const good = isHeader ? batches.length : batchAt(batches, bit >> 3);
    const expected = good === 0 ? 0 : batches[good - 1]!.lastSequence;
    const message = new RegExp(`sequence ${expected + 1}: .*staging-0.*damaged.*truncate --data`);
    assert.throws(() => restoreStaged(folder, store, true), message, `bit ${bit}`);
    assert.equal(store.lastLink().lastSequence, expected);
    assert.deepEqual(readFileSync(path), bytes);
    const kept = setStagingAside(folder, join(folder, 'kept'));
    assert.deepEqual(readFileSync(kept[0]!), bytes);
    assert.deepEqual(restoreStaged(folder, store, false), NOTHING);
  }
});

test('after a power cut any part may be missing: what is whole is taken in', (t) => {
  const batches = makeBatches(6);
  for (const [position, good] of [
    [STAGING_HEADER_BYTES + 3, 0],
    [STAGING_HEADER_BYTES + batches[0]!.bytes.length + 90, 1],
  ] as const) {
    const folder = temporaryFolder();
    const store = openStore(t, folder);
    stage(folder, batches, 'another life');
    const path = stagingFile(folder, 0);
    const bytes = readFileSync(path);
    bytes.fill(0, position, position + 100);
    writeFileSync(path, bytes);
    assert.deepEqual(restoreStaged(folder, store, true), { batches: good, isCut: true });
  }
});

test('damage to what the journal has already is none', (t) => {
  const folder = temporaryFolder();
  const store = openStore(t, folder);
  const batches = makeBatches(6);
  stage(folder, batches);
  for (const { bytes } of batches) store.append(store.lastLink().lastSequence + 1, bytes);
  truncateSync(stagingFile(folder, 0), STAGING_HEADER_BYTES + 10);
  assert.deepEqual(restoreStaged(folder, store, true), NOTHING);
});

test('a file that is gone, or empty, is refused where an exchange has used it', (t) => {
  for (const lose of [
    (path: string) => rmSync(path),
    (path: string) => truncateSync(path, 0),
    (path: string) => writeFileSync(path, Buffer.alloc(5_000)),
  ]) {
    const folder = temporaryFolder();
    const store = openStore(t, folder);
    stage(folder, makeBatches(6));
    lose(stagingFile(folder, 0));
    const refusal = /staging-0 (is missing|has lost its header)\..*truncate/;
    assert.throws(() => restoreStaged(folder, store, true), refusal);
  }
});

test('one file without the other is refused, whether that was expected or not', (t) => {
  for (const [lost, told] of [
    [0, 6],
    [0, 0],
    [1, 6],
  ] as const) {
    const folder = temporaryFolder();
    const store = openStore(t, folder);
    stage(folder, makeBatches(told));
    rmSync(stagingFile(folder, lost));
    const refusal = new RegExp(`staging-${lost} is missing`);
    assert.throws(() => restoreStaged(folder, store, false), refusal);
  }
  const folder = temporaryFolder();
  const store = openStore(t, folder);
  stage(folder, []);
  rmSync(stagingFile(folder, 1));
  assert.deepEqual(restoreStaged(folder, store, false), NOTHING, 'it was being made');
});

test('one file in place of both is refused', (t) => {
  for (const kept of [0, 1]) {
    const folder = temporaryFolder();
    const store = openStore(t, folder);
    stage(folder, makeBatches(6));
    copyFileSync(stagingFile(folder, kept), stagingFile(folder, 1 - kept));
    assert.throws(() => restoreStaged(folder, store, true), /is the other file once more/);
  }
});

test('a journal is not cut while staging files could still give it something', (t) => {
  const folder = temporaryFolder();
  const store = openStore(t, folder);
  assertNothingStaged(folder, store.lastLink());
  const batches = makeBatches(6);
  stage(folder, batches);
  const { lastSequence } = batches.at(-1)!;
  const what = new RegExp(`up to ${lastSequence} .* ends with 0: start the exchange once`);
  assert.throws(() => assertNothingStaged(folder, store.lastLink()), what);
  restoreStaged(folder, store, true);
  assertNothingStaged(folder, store.lastLink());
});

test('one that an older release wrote says so', (t) => {
  const folder = temporaryFolder();
  const store = openStore(t, folder);
  writeFileSync(stagingFile(folder, 0), makeBatches(1)[0]!.bytes);
  assert.throws(() => restoreStaged(folder, store, false), /older release wrote it: start that/);
});

test('batches that the journal does not lead to are refused, or lost by a power cut', (t) => {
  const flow = new CommandFlow(7);
  for (let i = 0; i < 2; i++) flow.next();
  const other = new BatchBuilder(CHAIN_START, FILE_BYTES);
  other.append(flow.record.words, 0, 64);
  const first = other.finish().bytes.slice();
  for (const isGap of [true, false]) {
    const folder = temporaryFolder();
    const store = openStore(t, folder);
    if (!isGap) store.append(1, first);
    stage(folder, isGap ? makeBatches(6).slice(2) : makeBatches(6));
    assert.throws(() => restoreStaged(folder, store, true), /the journal does not lead there/);
    stage(folder, isGap ? makeBatches(6).slice(2) : makeBatches(6), 'another life');
    assert.deepEqual(restoreStaged(folder, store, true), { batches: 0, isCut: true });
    assert.equal(store.lastLink().lastSequence, isGap ? 0 : 1);
  }
});

test('the files are written in turn, each again when all that it held is in LMDB', (t) => {
  const folder = temporaryFolder();
  const store = openStore(t, folder);
  const batches = makeBatches(60);
  const staging = new Staging(openStagingFiles(folder), FILE_BYTES);
  const most = STAGING_HEADER_BYTES + FILE_BYTES;
  let flushed = 0;
  let waits = 0;
  for (const [index, { lastSequence, bytes }] of batches.entries()) {
    while (!staging.hasRoomFor(bytes.length)) {
      waits++;
      const next = batches[flushed++]!;
      store.append(store.lastLink().lastSequence + 1, next.bytes);
      staging.flushed(next.lastSequence);
    }
    staging.append(lastSequence, bytes);
    assert.ok(readFileSync(stagingFile(folder, 0)).length <= most, `batch ${index}`);
    assert.ok(readFileSync(stagingFile(folder, 1)).length <= most, `batch ${index}`);
  }
  assert.ok(waits > 5, 'the files were full');
  const left = batches.length - flushed;
  assert.deepEqual(restoreStaged(folder, store, true), { batches: left, isCut: false });
  assert.deepEqual(store.lastLink(), linkOfStored(batches.at(-1)!.bytes));
});

test('what is no batch behind what was told does no harm', (t) => {
  const folder = temporaryFolder();
  const store = openStore(t, folder);
  stage(folder, makeBatches(3));
  appendFileSync(stagingFile(folder, 0), Buffer.alloc(1_000, 0xff));
  assert.deepEqual(restoreStaged(folder, store, true), { batches: 3, isCut: false });
});

test('what is no staging file is refused by name', (t) => {
  const folder = temporaryFolder();
  const store = openStore(t, folder);
  writeFileSync(
    stagingFile(folder, 1),
    'no staging file at all, but as long as a header would be.....',
  );
  appendFileSync(stagingFile(folder, 1), 'and longer');
  assert.throws(() => restoreStaged(folder, store, false), /staging-1: its header is damaged/);
});

test('a writer tells before LMDB has it, and tells what is stored later', async (t) => {
  const folder = temporaryFolder();
  const store = openStore(t, folder, 'commit');
  const staging = new Staging(openStagingFiles(folder), 2 ** 20);
  const writer = { durability: 'commit', staging, unflushedBytes: 2 ** 20 } as const;
  const rig = new JournalRig(store, { writer });
  const stored = new Promise<void>((resolve) => {
    rig.writer.onStored = resolve;
  });
  rig.run(new CommandFlow(3), 50);
  rig.flush();
  const { sequence } = rig.exchange;
  assert.equal(rig.writer.releasedSequence, sequence);
  assert.equal(rig.writer.storedSequence, 0);
  assert.equal(store.lastLink().lastSequence, 0);
  await stored;
  assert.equal(rig.writer.storedSequence, sequence);
  assert.equal(store.lastLink().lastSequence, sequence);
  assert.equal(store.unflushedBytes, 0);
  staging.close();
});

test('with too much unflushed a writer takes nothing more until it is flushed', async (t) => {
  const store = openStore(t, temporaryFolder(), 'none');
  const options = { durability: 'none', unflushedBytes: 1, batchBytes: 4_096 } as const;
  const rig = new JournalRig(store, { writer: options });
  const flow = new CommandFlow(3);
  rig.run(flow, 20);
  rig.publish();
  assert.ok(rig.writer.poll() > 0);
  rig.run(flow, 20);
  rig.publish();
  assert.equal(rig.writer.poll(), 0);
  while (store.unflushedBytes > 0) await new Promise((resolve) => setImmediate(resolve));
  assert.ok(rig.writer.poll() > 0);
  while (store.unflushedBytes > 0) await new Promise((resolve) => setImmediate(resolve));
});
