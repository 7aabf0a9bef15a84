/** Files that would kill who maps them are found before. */
import assert from 'node:assert/strict';
import {
  closeSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, beforeEach, describe, it } from 'node:test';
import { DURABILITIES } from './durability.ts';
import { inspectJournalFile } from './journal-file.ts';
import { JournalStore, journalFileOf } from './journal-store.ts';
import { usedBytesOf } from './testing/used-bytes.ts';

const BATCH_BYTES = 100_000;
const LAST_PAGE = 144;
/** Of both meta pages, [from, to). */
const BELIEVED = [
  [0, 40],
  [48, 53],
  [96, 102],
  [152, 160],
] as const;
/** Of the newer one, too: so not the map's size, counts, the last page and the boot id. */
const BELIEVED_OF_NEWER = [...BELIEVED, [54, 56], [88, 96], [102, 104], [136, 144]] as const;
const TRANSACTION = 152;
const JOURNAL_ROOT = 136;
/** Of a page: where twice the count of its entries is, and their lowest place behind that. */
const ENTRY_COUNT = 20;

function newerIn(file: Buffer): number {
  const numberOf = (meta: number) => file.readBigUInt64LE(meta + TRANSACTION);
  return numberOf(0) > numberOf(4_096) ? 0 : 4_096;
}

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

  it('is refused when its end is cut off', () => {
    const size = usedBytesOf(journalFileOf(folder));
    for (const cut of [1, 4_096, size / 2]) {
      truncateSync(journalFileOf(folder), Math.floor(size - cut));
      assert.throws(() => inspectJournalFile(folder), /is cut off: it has \d+ bytes, .* needs/);
    }
  });

  it('is refused where the newer header says that used pages are not, or of too many', () => {
    const path = journalFileOf(folder);
    const whole = readFileSync(path);
    const at = newerIn(whole) + LAST_PAGE;
    const last = Number(whole.readBigUInt64LE(at));
    const file = openSync(path, 'r+');
    for (let pages = 0; pages < last; pages++) {
      whole.writeBigUInt64LE(BigInt(pages), at);
      writeSync(file, whole, at, 8, at);
      assert.throws(() => inspectJournalFile(folder), /is damaged/, `${pages} of ${last} pages`);
    }
    for (let bit = 8; bit < 64; bit++) {
      whole.writeBigUInt64LE(BigInt(last) ^ (1n << BigInt(bit)), at);
      writeSync(file, whole, at, 8, at);
      assert.throws(() => inspectJournalFile(folder), /is damaged/, `bit ${bit}`);
    }
    closeSync(file);
  });

  it('is sound where a transaction that failed wrote over what the older header names', () => {
    const path = journalFileOf(folder);
    const whole = readFileSync(path);
    const older = 4_096 - newerIn(whole);
    const last = whole.readBigUInt64LE(newerIn(whole) + TRANSACTION);
    for (const root of [88, 136]) {
      const damaged = Buffer.from(whole);
      const page = Number(damaged.readBigUInt64LE(older + root)) * 4_096;
      damaged.writeBigUInt64LE(last + 1n, page + 8);
      writeFileSync(path, damaged);
      assert.equal(inspectJournalFile(folder), 'sound');
    }
  });

  it('is refused when either header is gone', () => {
    truncateSync(journalFileOf(folder), 4_100);
    assert.throws(() => inspectJournalFile(folder), { name: 'JournalError' });
    writeFileSync(journalFileOf(folder), Buffer.alloc(8_192));
    assert.throws(() => inspectJournalFile(folder), /no LMDB header at byte 0/);
  });

  it('is refused where one bit of a header is another that LMDB believes', () => {
    const path = journalFileOf(folder);
    const whole = readFileSync(path);
    const newer = newerIn(whole);
    const file = openSync(path, 'r+');
    for (const meta of [0, 4_096]) {
      for (const [from, to] of meta === newer ? BELIEVED_OF_NEWER : BELIEVED) {
        for (let bit = from * 8; bit < to * 8; bit++) {
          const at = meta + (bit >> 3);
          writeSync(file, Buffer.of(whole[at]! ^ (1 << (bit & 7))), 0, 1, at);
          const what = `bit ${bit & 7} of byte ${meta + (bit >> 3)}`;
          const refusal = /is damaged: (its (newer )?headers? |no LMDB header)/;
          assert.throws(() => inspectJournalFile(folder), refusal, what);
          writeSync(file, whole, at, 1, at);
        }
      }
    }
    closeSync(file);
  });

  it('is refused where its last page counts other entries than it has', () => {
    const path = journalFileOf(folder);
    const whole = readFileSync(path);
    const page = Number(whole.readBigUInt64LE(newerIn(whole) + JOURNAL_ROOT)) * 4_096;
    const file = openSync(path, 'r+');
    // Bit 0 of the count's double says nothing.
    for (let bit = 1; bit < 32; bit++) {
      const at = page + ENTRY_COUNT + (bit >> 3);
      writeSync(file, Buffer.of(whole[at]! ^ (1 << (bit & 7))), 0, 1, at);
      assert.throws(() => inspectJournalFile(folder), /page \d+ of its tree/, `bit ${bit}`);
      writeSync(file, whole, at, 1, at);
    }
    closeSync(file);
    assert.equal(inspectJournalFile(folder), 'sound');
  });
});

for (const durability of DURABILITIES) {
  it(`a journal's file is sound at any time, and beside its writer, in ${durability}`, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'hoga-journal-file-'));
    try {
      for (let life = 0; life < 3; life++) {
        const options = { mapBytes: 2 ** 28, readOnly: false, durability };
        const store = new JournalStore(folder, options);
        const stored: Promise<void>[] = [];
        for (let batch = 1; batch <= 20; batch++) {
          const sequence = life * 20 + batch;
          const bytes = new Uint8Array(batch * 1_000);
          if (durability === 'fsync') store.append(sequence, bytes);
          else stored.push(store.appendLater(sequence, bytes, () => {}));
          assert.equal(inspectJournalFile(folder), 'sound');
          if (batch % 7 === 0) await Promise.all(stored);
          if (batch % 5 === 0) store.trim(sequence - 12, 3);
          assert.equal(inspectJournalFile(folder), 'sound');
        }
        await Promise.all(stored);
        await store.close();
        assert.equal(inspectJournalFile(folder), 'sound');
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
}
