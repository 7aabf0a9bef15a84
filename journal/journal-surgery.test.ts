/**
 * Cutting a journal and putting it together again: what stays replays to the state that the
 * exchange had after that command, what goes is kept as it was, and an archive takes it back.
 */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { hashState } from '../exchange/state-hash.ts';
import { seededRandom, testSeed } from '../test/support/seed.ts';
import { readArchive } from './archive.ts';
import { JournalReplay } from './journal-replay.ts';
import type { JournalStore } from './journal-store.ts';
import { cut, exportArchive, importArchive, planCut } from './journal-surgery.ts';
import { CommandFlow } from './testing/command-flow.ts';
import { JournalRig, openStore, SMALL_CAPACITY, temporaryFolder } from './testing/journal-rig.ts';
import { loadBatches, saveBatches } from './testing/stored-batches.ts';

const COMMANDS = 200;

interface Recorded {
  readonly folder: string;
  readonly store: JournalStore;
  readonly last: number;
}

/** A journal of many batches, of one to a dozen commands. */
function record(t: TestContext, seed = 5): Recorded {
  const folder = temporaryFolder();
  const store = openStore(t, folder);
  const rig = new JournalRig(store);
  const flow = new CommandFlow(seed);
  const random = seededRandom(seed);
  for (let i = 0; i < COMMANDS; i++) {
    rig.run(flow, 1);
    if (random(6) === 0) rig.flush();
  }
  rig.flush();
  return { folder, store, last: rig.exchange.sequence };
}

/** The state and event hash after a command, by a replay. */
function stateAfter(store: JournalStore, sequence: number): string {
  let found = '';
  const listener = {
    onCommand: () => {
      const { exchange } = replay;
      if (exchange.sequence === sequence) found = `${hashState(exchange)} ${replay.eventHash}`;
    },
  };
  const replay: JournalReplay = new JournalReplay(store, listener, SMALL_CAPACITY);
  replay.runToEnd();
  return found;
}

function archiveIn(folder: string): string {
  return join(folder, 'cut.archive');
}

test('cut anywhere, a journal replays to where it was, and its archive makes it whole', (t) => {
  const random = seededRandom(testSeed(t));
  for (let round = 0; round < 12; round++) {
    const { folder, store, last } = record(t, random(1_000));
    const after = 1 + random(last);
    const [expected, whole] = [stateAfter(store, after), stateAfter(store, last)];
    const before = [...store.storedFrom(1)];
    const plan = planCut(store, folder, after);
    assert.equal(plan.commands, last - after);
    assert.deepEqual([...store.storedFrom(1)], before, 'a plan changes nothing');
    cut(store, plan, archiveIn(folder));
    assert.equal(store.lastLink().lastSequence, after);
    assert.equal(stateAfter(store, after), expected);
    const kept = [...readArchive(archiveIn(folder))];
    const isKept = ({ firstSequence }: { firstSequence: number }) =>
      firstSequence >= plan.firstSequence;
    assert.deepEqual(kept, before.filter(isKept));
    if (plan.beginning === undefined) {
      assert.equal(importArchive(store, archiveIn(folder)), plan.batches);
      assert.equal(stateAfter(store, last), whole);
    }
  }
});

test('a journal goes on behind a cut', (t) => {
  const { folder, store, last } = record(t);
  cut(store, planCut(store, folder, last - 30), archiveIn(folder));
  const replay = new JournalReplay(store, undefined, SMALL_CAPACITY);
  replay.runToEnd();
  const rig = new JournalRig(store, { exchange: replay.exchange });
  rig.run(new CommandFlow(77), 40);
  rig.flush();
  assert.equal(stateAfter(store, last + 10).split(' ')[0], hashState(rig.exchange));
});

test('a damaged end is cut off, and kept as it is', async (t) => {
  const { folder, store } = record(t);
  await store.close();
  const batches = await loadBatches(folder);
  const damaged = batches[10]!;
  damaged.bytes[70]! ^= 1;
  await saveBatches(folder, batches);
  const again = openStore(t, folder);
  const after = damaged.firstSequence - 1;
  assert.throws(() => planCut(again, folder, after + 1), /CRC is \d+, the record says/);
  const plan = planCut(again, folder, after);
  assert.equal(plan.batches, batches.length - 10);
  cut(again, plan, archiveIn(folder));
  assert.deepEqual(Buffer.from([...readArchive(archiveIn(folder))][0]!.bytes), damaged.bytes);
  assert.notEqual(stateAfter(again, after), '');
});

test('what cannot be cut is told: nothing there, a gap, an archive in the way', async (t) => {
  const { folder, store, last } = record(t);
  assert.throws(() => planCut(store, folder, last + 1), new RegExp(`after command ${last}`));
  assert.equal(planCut(store, folder, last).batches, 0);
  writeFileSync(archiveIn(folder), 'mine');
  assert.throws(() => cut(store, planCut(store, folder, 50), archiveIn(folder)), /exists already/);
  assert.equal(readFileSync(archiveIn(folder), 'utf8'), 'mine');
  assert.equal(store.lastLink().lastSequence, last);
  await store.close();
  const batches = await loadBatches(folder);
  const [missing] = batches.splice(6, 1);
  await saveBatches(folder, batches);
  const end = missing!.firstSequence - 1;
  assert.throws(
    () => planCut(openStore(t, folder), folder, last),
    new RegExp(`after command ${end}`),
  );
});

test('batches exported in parts make the journal again, in order only', (t) => {
  const { folder, store, last } = record(t);
  const parts = [join(folder, '1.archive'), join(folder, '2.archive')] as const;
  const middle = planCut(store, folder, 100).firstSequence;
  exportArchive(store, parts[0], 1, middle - 1);
  exportArchive(store, parts[1], middle, last);
  const copy = openStore(t, temporaryFolder());
  assert.throws(() => importArchive(copy, parts[1]), /the journal ends with 0/);
  assert.ok(importArchive(copy, parts[0]) > 0);
  assert.ok(importArchive(copy, parts[1]) > 0);
  assert.equal(importArchive(copy, parts[0]), 0);
  assert.deepEqual([...copy.storedFrom(1)], [...store.storedFrom(1)]);
  const other = record(t, 6);
  assert.throws(() => importArchive(other.store, parts[0]), /another batch here/);
});

test('an archive that is damaged or cut off anywhere is refused', (t) => {
  const { folder, store, last } = record(t);
  const path = archiveIn(folder);
  exportArchive(store, path, 1, last);
  const whole = readFileSync(path);
  const random = seededRandom(testSeed(t));
  const readAll = () => [...readArchive(path)].length;
  const count = readAll();
  for (let round = 0; round < 200; round++) {
    const at = random(whole.length);
    const bytes = Buffer.from(whole);
    bytes[at]! ^= 1 << random(8);
    writeFileSync(path, bytes);
    assert.throws(readAll, { name: 'JournalError' }, `byte ${at}`);
    writeFileSync(path, whole);
    truncateSync(path, at);
    assert.throws(readAll, { name: 'JournalError' }, `cut at ${at}`);
  }
  for (let bit = 0; bit < 32; bit++) {
    const bytes = Buffer.from(whole);
    bytes[8 + (bit >> 3)]! ^= 1 << (bit & 7);
    writeFileSync(path, bytes);
    assert.throws(readAll, { name: 'JournalError' }, `bit ${bit} of the first batch's length`);
  }
  truncateSync(path, 3 * 2 ** 30); // the last flip, 2 GiB, where there are as many
  assert.throws(readAll, { name: 'JournalError', message: /its batch 1 is damaged/ });
  writeFileSync(path, whole);
  assert.equal(readAll(), count);
  assert.ok(!existsSync(`${path}.partial`));
});
