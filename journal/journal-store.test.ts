/** The journal's file: what was appended is there, for this process, another one and the next. */
import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { setImmediate as nextTurn, setTimeout } from 'node:timers/promises';
import type { RootDatabase } from 'lmdb';
import { RecordBuffer } from '../protocol/record.ts';
import { BatchBuilder, CHAIN_START, linkOfStored } from './batch.ts';
import { causeOf, JournalStore, journalFolderOf } from './journal-store.ts';
import { openStore, STORE_OPTIONS, temporaryFolder } from './testing/journal-rig.ts';

const STORE_URL = import.meta.resolve('./journal-store.ts');
const COMMAND_BYTES = 64;
/** Far longer than another process needs. */
const PATIENCE_MS = 60_000;

/** Finished batches of `counts` commands, copied. */
function batchesOf(counts: readonly number[]) {
  const builder = new BatchBuilder(CHAIN_START, 2 ** 20);
  const command = RecordBuffer.allocate(COMMAND_BYTES);
  return counts.map((count) => {
    for (let i = 0; i < count; i++) {
      command.words[2] = builder.lastSequence;
      builder.append(command.words, 0, COMMAND_BYTES);
    }
    const { firstSequence, bytes } = builder.finish();
    return { firstSequence, bytes: bytes.slice() };
  });
}

test('an empty journal has no batch, and its chain is at the start', (t) => {
  const store = openStore(t, temporaryFolder());
  assert.equal(store.read(1), undefined);
  assert.deepEqual(store.lastLink(), CHAIN_START);
});

test('each batch is read back under its first sequence; the last one ends the chain', (t) => {
  const store = openStore(t, temporaryFolder());
  const batches = batchesOf([2, 300, 1]);
  for (const { firstSequence, bytes } of batches) {
    store.append(firstSequence, bytes);
    assert.deepEqual(store.lastLink(), linkOfStored(bytes));
  }
  for (const { firstSequence, bytes } of batches) {
    assert.deepEqual(Buffer.from(store.read(firstSequence)!), Buffer.from(bytes));
  }
  assert.deepEqual(
    batches.map(({ firstSequence }) => firstSequence),
    [1, 3, 303],
  );
  for (const sequence of [0, 2, 4, 302, 304]) assert.equal(store.read(sequence), undefined);
});

test('what was read stays as it was when more is appended', (t) => {
  const store = openStore(t, temporaryFolder());
  const [first, ...more] = batchesOf([40, 40, 40, 40]);
  store.append(first!.firstSequence, first!.bytes);
  const value = store.read(1)!;
  for (const { firstSequence, bytes } of more) {
    store.append(firstSequence, bytes);
    store.read(firstSequence);
  }
  assert.deepEqual(Buffer.from(value), Buffer.from(first!.bytes));
});

test('the newest batch is the one with the highest number, beyond 2^32 too', (t) => {
  const store = openStore(t, temporaryFolder());
  for (const lastSequence of [2 ** 31, 9, 2 ** 40, 255, 2 ** 32]) {
    const builder = new BatchBuilder({ ...CHAIN_START, lastSequence }, COMMAND_BYTES);
    builder.append(RecordBuffer.allocate(COMMAND_BYTES).words, 0, COMMAND_BYTES);
    const { firstSequence, bytes } = builder.finish();
    store.append(firstSequence, bytes);
  }
  assert.equal(store.lastLink().lastSequence, 2 ** 40 + 1);
  assert.ok(store.read(2 ** 32 + 1) !== undefined);
});

test('a journal that is opened again holds what it held', async (t) => {
  const folder = temporaryFolder();
  const [first, second] = batchesOf([3, 4]);
  const store = new JournalStore(folder, STORE_OPTIONS);
  store.append(first!.firstSequence, first!.bytes);
  await store.close();
  const reopened = openStore(t, folder);
  assert.deepEqual(Buffer.from(reopened.read(1)!), Buffer.from(first!.bytes));
  assert.deepEqual(reopened.lastLink(), linkOfStored(first!.bytes));
  reopened.append(second!.firstSequence, second!.bytes);
  assert.equal(reopened.lastLink().lastSequence, 7);
});

const READER_OPTIONS = JSON.stringify({ ...STORE_OPTIONS, readOnly: true });
/** Answers each line with the last sequence number it sees. */
const READER_SOURCE = `
  import { JournalStore } from ${JSON.stringify(STORE_URL)};
  const store = new JournalStore(process.argv[1], ${READER_OPTIONS});
  for await (const _ of process.stdin) console.log(store.lastLink().lastSequence);
  await store.close();
`;

function spawnScript(source: string, folder: string): ChildProcess {
  const options = ['--input-type=module', '-e', source, folder];
  return spawn(process.execPath, options, { stdio: ['pipe', 'pipe', 'inherit'] });
}

test('another process sees each batch as soon as append returns', async (t) => {
  const folder = temporaryFolder();
  const store = openStore(t, folder);
  const child = spawnScript(READER_SOURCE, folder);
  t.after(() => child.kill('SIGKILL'));
  const exit = once(child, 'exit');
  const lines = createInterface(child.stdout!)[Symbol.asyncIterator]();
  for (const { firstSequence, bytes } of batchesOf([2, 1, 5])) {
    store.append(firstSequence, bytes);
    child.stdin!.write('\n');
    const { value } = await lines.next();
    assert.equal(Number(value), store.lastLink().lastSequence);
  }
  child.stdin!.end();
  assert.deepEqual(await exit, [0, null]);
});

test('a journal opened read-only is read and refuses to be written', async (t) => {
  const folder = temporaryFolder();
  const [first, second] = batchesOf([3, 4]);
  const store = new JournalStore(folder, STORE_OPTIONS);
  store.append(first!.firstSequence, first!.bytes);
  await store.close();
  const readOnly = new JournalStore(folder, { ...STORE_OPTIONS, readOnly: true });
  t.after(() => readOnly.close());
  assert.deepEqual(Buffer.from(readOnly.read(1)!), Buffer.from(first!.bytes));
  assert.throws(() => readOnly.append(second!.firstSequence, second!.bytes));
  assert.equal(readOnly.lastLink().lastSequence, 3);
});

test('a journal that is not there cannot be opened read-only, and is not made', () => {
  const folder = temporaryFolder();
  assert.throws(() => new JournalStore(folder, { ...STORE_OPTIONS, readOnly: true }));
  assert.ok(!existsSync(join(journalFolderOf(folder), 'journal.mdb')));
});

/** Appends 64 KiB at a time, four times what the map holds, and says how that ended. */
const FILLER_SOURCE = `
  import { JournalStore } from ${JSON.stringify(STORE_URL)};
  const mapBytes = 2 ** 20;
  const store = new JournalStore(process.argv[1], { mapBytes, readOnly: false });
  let appended = 0;
  try {
    while (appended < 4 * mapBytes) {
      store.append(appended + 1, new Uint8Array(65_536));
      appended += 65_536;
    }
    console.log('appended four times as much');
  } catch {
    console.log(appended < mapBytes ? 'full' : 'full too late');
  }
  process.exit();
`;

test('zeros that are written ahead never come over what LMDB is writing', async (t) => {
  const ROUNDS = 20;
  const BATCHES = 20;
  const store = openStore(t, temporaryFolder(), 'none');
  const { database } = store as unknown as { database: RootDatabase<Buffer, number> };
  // What nobody counted, as a list of free pages is: it takes LMDB beyond what was written ahead.
  const uncounted = Buffer.alloc(3_000_000, 1);
  const batch = Buffer.alloc(60_000, 2);
  for (let round = 1; round <= ROUNDS; round++) {
    const first = round * BATCHES;
    const stored: Promise<unknown>[] = [database.put(first, uncounted)];
    for (let at = 1; at < BATCHES; at++) {
      stored.push(store.appendLater(first + at, batch, () => {}));
      if (at % 4 === 0) await nextTurn();
    }
    await Promise.all(stored);
  }
  for (let at = BATCHES; at < (ROUNDS + 1) * BATCHES; at++) {
    const expected = at % BATCHES === 0 ? uncounted : batch;
    assert.ok(store.read(at) !== undefined && expected.equals(store.read(at)!), `batch ${at}`);
  }
});

test('LMDB is given a batch when the one before is flushed, and not before', async (t) => {
  const store = openStore(t, temporaryFolder(), 'commit');
  for (let first = 1; first < 80; first += 2) {
    let isFlushed = false;
    const onStored = () => {
      isFlushed = true;
    };
    const stored = [store.appendLater(first, Buffer.alloc(60_000), onStored)];
    while (store.read(first) === undefined) await nextTurn();
    stored.push(store.appendLater(first + 1, Buffer.alloc(100), () => {}));
    while (!isFlushed) {
      assert.equal(store.read(first + 1), undefined, `batch ${first + 1}`);
      await nextTurn();
    }
    await Promise.all(stored);
    assert.ok(store.read(first + 1) !== undefined);
  }
  assert.equal(store.unflushedBytes, 0);
});

test("a failed commit's cause is waited for", async () => {
  const cause = new Error('Input/output error');
  const commitError = setTimeout(50).then(() => Promise.reject(cause));
  assert.equal(await causeOf(Object.assign(new Error('Commit failed'), { commitError })), cause);
});

test('a journal does not grow beyond its map: the batch that does not fit is refused', () => {
  const options = ['--input-type=module', '-e', FILLER_SOURCE, temporaryFolder()];
  const settings = { encoding: 'utf8', timeout: PATIENCE_MS, killSignal: 'SIGKILL' } as const;
  const output = execFileSync(process.execPath, options, settings);
  assert.equal(output.trim(), 'full');
});

test('a batch without room is refused before the next one could be stored', (t) => {
  const options = { mapBytes: 2 ** 20, readOnly: false, durability: 'commit' } as const;
  const store = new JournalStore(temporaryFolder(), options);
  t.after(() => store.close());
  assert.throws(() => store.appendLater(1, new Uint8Array(2 ** 20), () => {}), {
    name: 'JournalFullError',
  });
});
