/**
 * What was told in durability `commit` and did not get into LMDB before the process died is taken
 * in at the next start: all of it that continues the journal, nothing else.
 */
import assert from 'node:assert/strict';
import { appendFileSync, existsSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { BatchBuilder, CHAIN_START, linkOfStored } from './batch.ts';
import { journalFolderOf } from './journal-store.ts';
import { openStagingFiles, restoreStaged, Staging } from './staging.ts';
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

function stage(folder: string, batches: readonly Written[]): Staging {
  const staging = new Staging(openStagingFiles(folder), FILE_BYTES);
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
    assert.equal(restoreStaged(folder, store), 8 - stored);
    assert.deepEqual(store.lastLink(), linkOfStored(batches[7]!.bytes));
    for (const index of [0, 1]) assert.ok(!existsSync(stagingFile(folder, index)));
    assert.equal(restoreStaged(folder, store), 0);
  }
});

test('a batch that was torn by the end is dropped, and all behind it', (t) => {
  const batches = makeBatches(6);
  const whole = batches.reduce((sum, { bytes }) => sum + bytes.length, 0);
  for (const cut of [1, 8, 64, 100, whole - 1, whole]) {
    const folder = temporaryFolder();
    const store = openStore(t, folder);
    stage(folder, batches);
    truncateSync(stagingFile(folder, 0), whole - cut);
    let left = 0;
    for (let at = 0; at + batches[left]!.bytes.length <= whole - cut; left++) {
      at += batches[left]!.bytes.length;
    }
    assert.equal(restoreStaged(folder, store), left);
  }
});

test('a batch with a flipped bit is not taken in', (t) => {
  const folder = temporaryFolder();
  const store = openStore(t, folder);
  const batches = makeBatches(6);
  stage(folder, batches);
  const path = stagingFile(folder, 0);
  const bytes = readFileSync(path);
  bytes[batches[0]!.bytes.length + batches[1]!.bytes.length + 90]! ^= 4;
  writeFileSync(path, bytes);
  assert.equal(restoreStaged(folder, store), 2);
});

test('nothing that leaves a gap is taken in', (t) => {
  const folder = temporaryFolder();
  const store = openStore(t, folder);
  stage(folder, makeBatches(6).slice(2));
  assert.equal(restoreStaged(folder, store), 0);
  assert.equal(store.lastLink().lastSequence, 0);
});

test('a batch with the next number that continues another chain is not taken in', (t) => {
  const folder = temporaryFolder();
  const store = openStore(t, folder);
  const flow = new CommandFlow(7);
  for (let i = 0; i < 2; i++) flow.next();
  const other = new BatchBuilder(CHAIN_START, FILE_BYTES);
  other.append(flow.record.words, 0, 64);
  store.append(1, other.finish().bytes);
  stage(folder, makeBatches(6));
  assert.equal(restoreStaged(folder, store), 0);
  assert.equal(store.lastLink().lastSequence, 1);
});

test('the files are written in turn, each again when all that it held is in LMDB', (t) => {
  const folder = temporaryFolder();
  const store = openStore(t, folder);
  const batches = makeBatches(60);
  const staging = new Staging(openStagingFiles(folder), FILE_BYTES);
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
    assert.ok(readFileSync(stagingFile(folder, 0)).length <= FILE_BYTES, `batch ${index}`);
    assert.ok(readFileSync(stagingFile(folder, 1)).length <= FILE_BYTES, `batch ${index}`);
  }
  assert.ok(waits > 5, 'the files were full');
  assert.equal(restoreStaged(folder, store), batches.length - flushed);
  assert.deepEqual(store.lastLink(), linkOfStored(batches.at(-1)!.bytes));
});

test('what is no batch at the end of a file does no harm', (t) => {
  const folder = temporaryFolder();
  const store = openStore(t, folder);
  stage(folder, makeBatches(3));
  appendFileSync(stagingFile(folder, 0), Buffer.alloc(1_000, 0xff));
  writeFileSync(stagingFile(folder, 1), 'no batch at all');
  assert.equal(restoreStaged(folder, store), 3);
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
  staging.close(folder);
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
