/** What must be true of a journal before an exchange opens on it. */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { inspectJournalFile } from '../journal/journal-file.ts';
import { JournalStore, journalFileOf } from '../journal/journal-store.ts';
import { snapshotsFolderOf } from '../journal/snapshots.ts';
import { STORE_OPTIONS, temporaryFolder } from '../journal/testing/journal-rig.ts';
import { assertIsTheNoted, assertJournalIsReadable, makeJournalReadable } from './journal-guard.ts';
import { FIRST_LIFE } from './noted-end.ts';

const BATCHES = 8;
const FLUSHED = 6;
/** In LMDB's headers. */
const METAS = [0, 4_096] as const;
const FREE_FLAGS = 52;
const JOURNAL_ROOT = 136;
const TRANSACTION = 152;
const BOOT_ID = 160;
const UNFLUSHED = 0x1000;

test('what was not flushed before a power cut is taken back, in any durability', async () => {
  const folder = temporaryFolder();
  const store = new JournalStore(folder, { ...STORE_OPTIONS, durability: 'commit' });
  const path = journalFileOf(folder);
  let flushed = Buffer.alloc(0);
  for (let sequence = 1; sequence <= BATCHES; sequence++) {
    await store.appendLater(sequence, new Uint8Array(5_000), () => {});
    if (sequence === FLUSHED) flushed = readFileSync(path).subarray(2_048, 4_096);
  }
  await store.close();
  const bytes = readFileSync(path);
  const numberOf = (meta: number) => bytes.readBigUInt64LE(meta + TRANSACTION);
  const newest = numberOf(METAS[0]) > numberOf(METAS[1]) ? METAS[0] : METAS[1];
  flushed.copy(bytes, 2_048);
  // As if its header had come to the disk, and its pages had not.
  bytes.writeUInt16LE(bytes.readUInt16LE(newest + FREE_FLAGS) | UNFLUSHED, newest + FREE_FLAGS);
  for (const meta of METAS) bytes.writeBigUInt64LE(7n, meta + BOOT_ID);
  const root = Number(bytes.readBigUInt64LE(newest + JOURNAL_ROOT)) * 4_096;
  bytes.fill(0, root, root + 4_096);
  writeFileSync(path, bytes);
  assert.equal(inspectJournalFile(folder), 'unflushed');
  assert.throws(() => assertJournalIsReadable(folder), /Start the exchange once/);
  await makeJournalReadable(folder, STORE_OPTIONS.mapBytes);
  assertJournalIsReadable(folder);
  assert.equal(inspectJournalFile(folder), 'sound');
  const after = new JournalStore(folder, STORE_OPTIONS);
  const left = [...after.storedFrom(1)].map(({ firstSequence }) => firstSequence);
  assert.deepEqual(left, [1, 2, 3, 4, 5, 6]);
  after.append(7, new Uint8Array(100));
  assert.equal([...after.storedFrom(1)].length, FLUSHED + 1);
  await after.close();
});

test('an empty journal is refused where something says that there were commands', async () => {
  const folder = temporaryFolder();
  const store = new JournalStore(folder, STORE_OPTIONS);
  const refused = (what: RegExp) => ({ message: what });
  assertIsTheNoted(store, folder, undefined);
  assertIsTheNoted(store, folder, FIRST_LIFE);
  for (const lastSequence of [0, 5]) {
    const noted = { lastSequence, crc: 0, isStaged: false };
    const why = refused(/is empty, but .* remove .*exchange\.json to begin a new/);
    assert.throws(() => assertIsTheNoted(store, folder, noted), why);
  }
  mkdirSync(snapshotsFolderOf(folder));
  writeFileSync(join(snapshotsFolderOf(folder), 'snapshot-0000000000000005'), 'whatever it holds');
  const both = refused(/remove .*exchange\.json and .*snapshots to begin a new/);
  const noted = { lastSequence: 5, crc: 0, isStaged: true };
  assert.throws(() => assertIsTheNoted(store, folder, noted), both);
  for (const unknown of [undefined, FIRST_LIFE]) {
    assert.throws(
      () => assertIsTheNoted(store, folder, unknown),
      refused(/remove (?!.*exchange\.json).*snapshots to begin a new/),
    );
  }
  await store.close();
});
