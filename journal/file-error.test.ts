/**
 * An error of the system names the file and says what to do, whatever is read or written. Here a
 * folder is in the file's place; test/io-errors.test.ts has a disk that fails.
 */
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readArchive, writeArchive } from './archive.ts';
import { inspectJournalFile } from './journal-file.ts';
import { JournalStore, journalFileOf, journalFolderOf } from './journal-store.ts';
import { restoreStaged } from './staging-restore.ts';
import { openStore, STORE_OPTIONS, temporaryFolder } from './testing/journal-rig.ts';

/** A path where a folder is. */
function folderAt(path: string): string {
  mkdirSync(path, { recursive: true });
  return path;
}

function readErrorOf(path: string): { name: string; message: RegExp } {
  return { name: 'FileReadError', message: new RegExp(`^${path} cannot be read: .*start again`) };
}

test('a journal that cannot be read or opened names its file', () => {
  const folder = temporaryFolder();
  const path = folderAt(journalFileOf(folder));
  assert.throws(() => inspectJournalFile(folder), readErrorOf(path));
  assert.throws(() => new JournalStore(folder, STORE_OPTIONS), readErrorOf(path));
});

test('a staging file that cannot be read names itself, and stays', (t) => {
  const folder = temporaryFolder();
  const store = openStore(t, folder);
  const path = folderAt(join(journalFolderOf(folder), 'staging-1'));
  assert.throws(() => restoreStaged(folder, store, false), readErrorOf(path));
  assert.ok(readdirSync(journalFolderOf(folder)).includes('staging-1'));
});

test('an archive that cannot be written or read names its file, and leaves nothing', () => {
  const folder = temporaryFolder();
  const path = folderAt(join(folder, 'some.archive'));
  const batches = [{ firstSequence: 1, bytes: new Uint8Array(8) }];
  const message = new RegExp(`^${path} was not written: .*make room on the disk`);
  assert.throws(() => writeArchive(path, batches), { name: 'FileWriteError', message });
  assert.deepEqual(readdirSync(folder), ['some.archive']);
  assert.throws(() => [...readArchive(path)], readErrorOf(path));
});
