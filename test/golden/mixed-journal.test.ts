/**
 * An upgrade: a journal that an older release began goes on with this one's batches and rules. All
 * that reads or cuts a journal must take both halves; a release that does not know the rules must
 * say so.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { hashState } from '../../exchange/state-hash.ts';
import { BATCH, BATCH_VERSION } from '../../journal/batch-layout.ts';
import { JournalReplay, type ReplayListener } from '../../journal/journal-replay.ts';
import type { JournalStore } from '../../journal/journal-store.ts';
import { cut, exportArchive, importArchive, planCut } from '../../journal/journal-surgery.ts';
import {
  JournalRig,
  openStore,
  SMALL_CAPACITY,
  temporaryFolder,
} from '../../journal/testing/journal-rig.ts';
import { seal } from '../../journal/testing/stored-batches.ts';
import { SET_RULES_VERSION } from '../../protocol/command-layout.ts';
import { NEWEST_RULES_VERSION } from '../../protocol/rules-version.ts';
import { auditJournal } from '../../server/audit/journal-audit.ts';
import { runReplay } from '../../server/commands/replay.ts';
import { GoldenFlow } from './golden-flow.ts';
import { archivePathOf, readGolden } from './golden-journal.ts';
import { changeRules } from './golden-venue.ts';

const OLD = 'rules-1';
const OLD_VERSION = 2;
const { finalSequence: LAST_OLD } = readGolden(OLD);
const MORE_COMMANDS = 200;

interface Upgraded {
  readonly folder: string;
  readonly store: JournalStore;
  readonly last: number;
}

/** The old journal, taken up by this release: first it activates its rules, as a start does. */
function upgrade(t: TestContext): Upgraded {
  const folder = temporaryFolder();
  const store = openStore(t, folder);
  importArchive(store, archivePathOf(OLD));
  const { exchange } = replayOf(store);
  const rig = new JournalRig(store, { exchange });
  const flow = new GoldenFlow(exchange, 3);
  flow.insert(changeRules(NEWEST_RULES_VERSION));
  for (let i = 1; i <= MORE_COMMANDS; i++) {
    flow.next();
    rig.execute(flow.record);
    if (i % 20 === 0) rig.flush();
  }
  return { folder, store, last: exchange.sequence };
}

function replayOf(store: JournalStore): JournalReplay {
  const replay = new JournalReplay(store, undefined, SMALL_CAPACITY);
  replay.runToEnd();
  return replay;
}

function stateOf(store: JournalStore): string {
  const replay = replayOf(store);
  return `${replay.eventHash} ${hashState(replay.exchange)}`;
}

function versionsIn(store: JournalStore): number[] {
  const versions = [...store.storedFrom(1)].map(({ bytes }) => bytes[BATCH.version]!);
  return [...new Set(versions)];
}

test('old batches and new ones replay as one journal, and audit finds nothing', (t) => {
  const { folder, store, last } = upgrade(t);
  assert.deepEqual(versionsIn(store), [OLD_VERSION, BATCH_VERSION]);
  const results = runReplay(store, folder, false);
  const metricOf = (metric: string) => results.find((result) => result.metric === metric)?.value;
  assert.equal(metricOf('final_sequence'), last);
  assert.equal(metricOf('rules_version'), NEWEST_RULES_VERSION);
  const open = (listener: ReplayListener) => new JournalReplay(store, listener, SMALL_CAPACITY);
  assert.equal(auditJournal(open, { every: 10 }).violation, undefined);
});

test('exported and imported again it is the same journal', (t) => {
  const { folder, store } = upgrade(t);
  const path = join(folder, 'whole.archive');
  exportArchive(store, path, 1, Number.MAX_SAFE_INTEGER);
  const copy = openStore(t, temporaryFolder());
  importArchive(copy, path);
  assert.deepEqual([...copy.storedFrom(1)], [...store.storedFrom(1)]);
  assert.equal(stateOf(copy), stateOf(store));
});

for (const [where, after] of [
  ['inside the old batches', LAST_OLD - 100],
  ['where they meet', LAST_OLD],
  ['inside the new ones', LAST_OLD + 50],
] as const) {
  test(`cut ${where} it replays and goes on`, (t) => {
    const { folder, store, last } = upgrade(t);
    const plan = planCut(store, folder, after);
    assert.equal(plan.commands, last - after);
    cut(store, plan, join(folder, 'cut.archive'));
    const { exchange } = replayOf(store);
    assert.equal(exchange.sequence, after);
    const rig = new JournalRig(store, { exchange });
    const flow = new GoldenFlow(exchange, 4);
    for (let i = 0; i < 30; i++) {
      flow.next();
      rig.execute(flow.record);
    }
    rig.flush();
    assert.equal(replayOf(store).exchange.sequence, exchange.sequence);
  });
}

test('unknown rules are named, with where they begin and what to do', (t) => {
  const folder = temporaryFolder();
  const unknown = NEWEST_RULES_VERSION + 1;
  const batches = [...upgrade(t).store.storedFrom(1)].map((batch) => {
    return { ...batch, bytes: Buffer.from(batch.bytes) };
  });
  const { bytes } = batches.find(({ firstSequence }) => firstSequence === LAST_OLD + 1)!;
  assert.equal(bytes.readUInt16LE(BATCH.commands + 2), SET_RULES_VERSION.templateId);
  bytes.writeUInt32LE(unknown, BATCH.commands + SET_RULES_VERSION.rulesVersion);
  seal(batches);
  const store = openStore(t, folder);
  for (const batch of batches) store.append(batch.firstSequence, batch.bytes);
  assert.throws(() => replayOf(store), {
    name: 'JournalError',
    message:
      `journal at sequence ${LAST_OLD + 1}: this command activates rules version ${unknown}, ` +
      `and this release knows them up to ${NEWEST_RULES_VERSION}. It is not damaged: go on with ` +
      'the release that wrote it, or a newer one; or, to give up this command and all behind it, ' +
      `\`npm run journal -- truncate --after ${LAST_OLD}\`.`,
  });
  cut(store, planCut(store, folder, LAST_OLD), join(folder, 'cut.archive'));
  const { eventHash, stateHash } = readGolden(OLD);
  assert.equal(stateOf(store), `${eventHash} ${stateHash}`);
});
