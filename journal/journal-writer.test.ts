/** The journal's writer on a real stream 20: what it stores, and when it releases it. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { writeBookImage } from '../exchange/book-image.ts';
import { hashState } from '../exchange/state-hash.ts';
import { MAX_COMMAND_LENGTH } from '../protocol/command-layout.ts';
import { Side } from '../protocol/enums.ts';
import { recordLengthAt } from '../protocol/record.ts';
import { RingReader } from '../ring/ring.ts';
import { cursorOf, TAIL } from '../ring/ring-layout.ts';
import { headerOf } from '../ring/testing/ring-at.ts';
import { seededRandom, testSeed } from '../test/support/seed.ts';
import { type ChainLink, linkOfStored } from './batch.ts';
import { JournalReplay } from './journal-replay.ts';
import { JournalStore } from './journal-store.ts';
import { BASE, CommandFlow, QUOTE } from './testing/command-flow.ts';
import {
  JournalRig,
  openStore,
  SMALL_CAPACITY,
  STORE_OPTIONS,
  temporaryFolder,
} from './testing/journal-rig.ts';
import { commandsIn } from './testing/stored-batches.ts';

/** Commands that open the venue of a CommandFlow. */
const OPENING = 19;

interface ReadBatch {
  readonly firstSequence: number;
  readonly commands: Buffer[];
  readonly link: ChainLink;
}

function batchesIn(store: JournalStore): ReadBatch[] {
  const batches: ReadBatch[] = [];
  for (let firstSequence = 1; ; ) {
    const value = store.read(firstSequence);
    if (value === undefined) return batches;
    const link = linkOfStored(value);
    batches.push({ firstSequence, commands: commandsIn(value), link });
    firstSequence = link.lastSequence + 1;
  }
}

/** A store that shows the ring's cursor at each append, and fails on request. */
class WatchedStore extends JournalStore {
  isBroken = false;
  /** Called when the batch is on disk. */
  onAppended = (): void => {};

  override append(firstSequence: number, bytes: Uint8Array): void {
    if (this.isBroken) throw new Error('no space left on device');
    super.append(firstSequence, bytes);
    this.onAppended();
  }
}

function openWatchedStore(t: TestContext): WatchedStore {
  const store = new WatchedStore(temporaryFolder(), STORE_OPTIONS);
  t.after(() => store.close());
  return store;
}

function assertReplays(store: JournalStore, rig: JournalRig): void {
  const replay = new JournalReplay(store, undefined, SMALL_CAPACITY);
  replay.runToEnd();
  assert.equal(replay.exchange.sequence, rig.exchange.sequence);
  assert.equal(hashState(replay.exchange), hashState(rig.exchange));
  assert.equal(replay.eventHash, rig.exchange.events.hash.toString());
}

test('batches hold the sequenced commands, all of them, in order and nothing else', (t) => {
  const random = seededRandom(testSeed(t));
  for (let round = 0; round < 12; round++) {
    const store = openStore(t, temporaryFolder());
    const batchBytes = MAX_COMMAND_LENGTH + random(2_000);
    const rig = new JournalRig(store, { ringBytes: 2_048 << random(6), batchBytes });
    const flow = new CommandFlow(random(2 ** 31));
    const expected: Buffer[] = [];
    while (expected.length < 300) {
      flow.next();
      rig.execute(flow.record);
      const length = recordLengthAt(flow.record, 0);
      expected.push(Buffer.from(flow.record.bytes.subarray(0, length)));
      if (random(8) === 0) rig.publish();
      if (random(8) === 0) rig.writer.poll();
    }
    rig.flush();
    const batches = batchesIn(store);
    assert.deepEqual(
      batches.flatMap(({ commands }) => commands),
      expected,
    );
    for (const { commands, link, firstSequence } of batches) {
      assert.equal(link.lastSequence - firstSequence + 1, commands.length);
      assert.ok(Buffer.concat(commands).length <= batchBytes);
    }
    assert.equal(rig.writer.releasedSequence, expected.length);
    assertReplays(store, rig);
  }
});

test('a batch is whatever waited, up to its largest size', (t) => {
  const store = openStore(t, temporaryFolder());
  const rig = new JournalRig(store, { batchBytes: 4_096 });
  const flow = new CommandFlow(1);
  for (const waiting of [OPENING, 1, 7, 30]) {
    rig.run(flow, waiting);
    rig.publish();
    assert.ok(rig.writer.poll() > waiting);
    assert.equal(batchesIn(store).at(-1)!.commands.length, waiting);
  }
  rig.run(flow, 200);
  rig.publish();
  rig.writer.poll();
  const { commands } = batchesIn(store).at(-1)!;
  assert.ok(commands.length > 25 && commands.length < 60, `${commands.length} commands in 4 KiB`);
});

test('nothing published: nothing is stored and nothing moves', (t) => {
  const store = openStore(t, temporaryFolder());
  const rig = new JournalRig(store);
  assert.equal(rig.writer.poll(), 0);
  rig.run(new CommandFlow(1), 1);
  assert.equal(rig.writer.poll(), 0);
  assert.deepEqual(batchesIn(store), []);
  assert.equal(headerOf(rig.ring)[cursorOf(0)], 0);
});

test('the cursor moves, and readers behind it see commands, only when they are on disk', (t) => {
  const store = openWatchedStore(t);
  const rig = new JournalRig(store, { batchBytes: 1_024 });
  const gateway = new RingReader(rig.ring, 1, 0);
  gateway.join();
  const header = headerOf(rig.ring);
  const flow = new CommandFlow(1);
  let appended = 0;
  store.onAppended = () => {
    appended++;
    assert.equal(header[cursorOf(0)], cursor);
    assert.equal(gateway.read(), -1);
    assert.equal(rig.writer.releasedSequence, released);
  };
  let cursor = 0;
  let released = 0;
  rig.run(flow, 200);
  rig.publish();
  while (rig.writer.poll() > 0) {
    assert.ok(header[cursorOf(0)]! > cursor);
    cursor = header[cursorOf(0)]!;
    released = rig.writer.releasedSequence;
    assert.equal(store.lastLink().lastSequence, released);
    while (gateway.read() >= 0);
  }
  assert.ok(appended > 10);
  assert.equal(cursor, header[TAIL]);
  assert.equal(released, 200);
});

test('an append that fails surfaces, and nothing behind the last good batch is released', (t) => {
  const store = openWatchedStore(t);
  const rig = new JournalRig(store);
  const gateway = new RingReader(rig.ring, 1, 0);
  gateway.join();
  const flow = new CommandFlow(1);
  rig.run(flow, 30);
  rig.flush();
  const cursor = headerOf(rig.ring)[cursorOf(0)];
  while (gateway.read() >= 0);
  store.isBroken = true;
  rig.run(flow, 5);
  rig.publish();
  assert.throws(() => rig.writer.poll(), { message: 'no space left on device' });
  assert.equal(headerOf(rig.ring)[cursorOf(0)], cursor);
  assert.equal(gateway.read(), -1);
  assert.equal(rig.writer.releasedSequence, 30);
  assert.equal(store.lastLink().lastSequence, 30);
});

test('a full batch ends behind a command whose group is in the next: its hash is older', (t) => {
  const store = openStore(t, temporaryFolder());
  const rig = new JournalRig(store, { batchBytes: 1_024 });
  const hashes = ['0'.repeat(16)];
  const flow = new CommandFlow(1);
  for (let i = 0; i < 100; i++) {
    rig.run(flow, 1);
    hashes.push(rig.exchange.events.hash.toString());
  }
  rig.flush();
  const batches = batchesIn(store);
  assert.ok(batches.length > 5);
  for (const [index, { link }] of batches.entries()) {
    const isLast = index === batches.length - 1;
    assert.equal(link.hashedSequence, isLast ? 100 : link.lastSequence - 1);
    const word = (value: number) => (value >>> 0).toString(16).padStart(8, '0');
    const hash = word(link.eventHashHigh) + word(link.eventHashLow);
    assert.equal(hash, hashes[link.hashedSequence]);
  }
  assertReplays(store, rig);
});

test('events that complete a group and no command: no batch, but they are released', (t) => {
  const store = openStore(t, temporaryFolder());
  const rig = new JournalRig(store, { batchBytes: MAX_COMMAND_LENGTH });
  rig.run(new CommandFlow(1), 1);
  rig.publish();
  assert.equal(rig.writer.poll(), 1);
  assert.equal(store.lastLink().hashedSequence, 0);
  const { length } = batchesIn(store);
  assert.ok(rig.writer.poll() > 0);
  assert.equal(batchesIn(store).length, length);
  assert.equal(headerOf(rig.ring)[cursorOf(0)], headerOf(rig.ring)[TAIL]);
});

test('an image of the books is released and not journaled', (t) => {
  const store = openStore(t, temporaryFolder());
  const rig = new JournalRig(store);
  const flow = new CommandFlow(1);
  rig.run(flow, 120);
  rig.flush();
  const link = store.lastLink();
  writeBookImage(rig.exchange, rig, 1, 1);
  rig.publish();
  // Begin, two currencies, a market, levels, End.
  assert.ok(rig.writer.poll() > 5);
  assert.equal(headerOf(rig.ring)[cursorOf(0)], headerOf(rig.ring)[TAIL]);
  assert.deepEqual(store.lastLink(), link);
  rig.run(flow, 1);
  writeBookImage(rig.exchange, rig, 1, 1);
  rig.run(flow, 1);
  rig.flush();
  assert.equal(batchesIn(store).at(-1)!.commands.length, 2);
  assertReplays(store, rig);
});

test('a sweep whose group is many times the ring is journaled, command first', (t) => {
  const store = openStore(t, temporaryFolder());
  const rig = new JournalRig(store, { ringBytes: 4_096 });
  const flow = new CommandFlow(1);
  const makers = 500;
  rig.run(flow, OPENING);
  flow.deposit(1, BASE, 1_000_000);
  rig.execute(flow.record);
  flow.deposit(2, QUOTE, 1_000_000_000);
  rig.execute(flow.record);
  for (let i = 0; i < makers; i++) {
    flow.newOrder(1, Side.Sell, 1_000 + i, 1);
    rig.execute(flow.record);
  }
  rig.flush();
  rig.fullCount = 0;
  flow.newOrder(2, Side.Buy, 1_000 + makers, makers);
  rig.execute(flow.record);
  assert.equal(rig.exchange.lastTradeId, makers);
  assert.ok(rig.fullCount > 50);
  const { link, commands } = batchesIn(store).at(-1)!;
  assert.equal(commands.length, 1);
  assert.equal(link.lastSequence, rig.exchange.sequence);
  assert.equal(link.hashedSequence, rig.exchange.sequence - 1);
  rig.flush();
  assertReplays(store, rig);
  rig.run(flow, 1);
  rig.flush();
  assert.equal(store.lastLink().hashedSequence, rig.exchange.sequence);
  assertReplays(store, rig);
});

test('a writer goes on where the journal ends', (t) => {
  const folder = temporaryFolder();
  const store = openStore(t, folder);
  const first = new JournalRig(store);
  first.run(new CommandFlow(1), 60);
  first.flush();
  const { exchange } = first;
  const second = new JournalRig(store, { exchange });
  assert.equal(second.writer.releasedSequence, 60);
  second.run(new CommandFlow(2, true), 60);
  second.flush();
  assert.equal(second.writer.releasedSequence, 120);
  assertReplays(store, second);
});

test('a command that is not the next one is refused before anything is stored', (t) => {
  const store = openStore(t, temporaryFolder());
  const first = new JournalRig(store);
  first.run(new CommandFlow(1), 5);
  first.flush();
  const stranger = new JournalRig(store);
  stranger.run(new CommandFlow(1), 1);
  stranger.publish();
  assert.throws(() => stranger.writer.poll(), /^Error: journal expected command 6, got 1$/);
  assert.equal(store.lastLink().lastSequence, 5);
  assert.equal(headerOf(stranger.ring)[cursorOf(0)], 0);
});
