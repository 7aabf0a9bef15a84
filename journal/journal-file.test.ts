/** Files that would kill who maps them are found before. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, beforeEach, describe, it } from 'node:test';
import { inspectJournalFile } from './journal-file.ts';
import { JournalStore, journalFileOf } from './journal-store.ts';
import { usedBytesOf } from './testing/used-bytes.ts';

const BATCH_BYTES = 100_000;

describe("the journal's file", () => {
  const folders: string[] = [];
  let folder = '';

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'hoga-journal-file-'));
    folders.push(folder);
    const store = new JournalStore(folder, { mapBytes: 2 ** 28, readOnly: false });
    for (let sequence = 1; sequence <= 20; sequence++) {
      store.append(sequence, new Uint8Array(BATCH_BYTES));
      assert.equal(inspectJournalFile(folder), 'sound');
    }
    await store.close();
  });

  after(() => {
    for (const path of folders) rmSync(path, { recursive: true, force: true });
  });

  it('is sound after each append and after closing', () => {
    assert.equal(inspectJournalFile(folder), 'sound');
  });

  it('is absent where there is none, or an empty one', () => {
    truncateSync(journalFileOf(folder), 0);
    assert.equal(inspectJournalFile(folder), 'absent');
    rmSync(journalFileOf(folder));
    assert.equal(inspectJournalFile(folder), 'absent');
  });

  it('is suspect when its end is cut off', () => {
    const size = usedBytesOf(journalFileOf(folder));
    for (const cut of [1, 4_096, size / 2]) {
      truncateSync(journalFileOf(folder), Math.floor(size - cut));
      assert.equal(inspectJournalFile(folder), 'suspect');
    }
  });

  it('is refused when either header is gone', () => {
    truncateSync(journalFileOf(folder), 4_100);
    assert.throws(() => inspectJournalFile(folder), { name: 'JournalError' });
    writeFileSync(journalFileOf(folder), Buffer.alloc(8_192));
    assert.throws(() => inspectJournalFile(folder), /no LMDB header at byte 0/);
  });
});
