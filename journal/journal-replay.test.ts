/**
 * Replay: the same journal gives the same state and events; a journal that was damaged is refused.
 */
import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import type { ExchangeCapacity } from '../exchange/exchange.ts';
import { hashState } from '../exchange/state-hash.ts';
import { FUNDING, MAX_COMMAND_LENGTH, NEW_ORDER } from '../protocol/command-layout.ts';
import { CommandHeader } from '../protocol/commands.ts';
import { COMMAND_DONE, EXECUTION_REPORT, TRADE } from '../protocol/event-layout.ts';
import { type RecordBuffer, recordLengthAt, SCHEMA_ID, templateIdAt } from '../protocol/record.ts';
import { type Random, seededRandom, testSeed } from '../test/support/seed.ts';
import { BATCH, BATCH_MAGIC } from './batch-layout.ts';
import { JournalError } from './journal-error.ts';
import { JournalReplay } from './journal-replay.ts';
import { JournalStore } from './journal-store.ts';
import { CommandFlow } from './testing/command-flow.ts';
import {
  JournalRig,
  openStore,
  SMALL_CAPACITY,
  STORE_OPTIONS,
  temporaryFolder,
} from './testing/journal-rig.ts';
import {
  commandsIn,
  loadBatches,
  type StoredBatch,
  saveBatches,
  seal,
} from './testing/stored-batches.ts';

const COMMANDS = 600;

interface Run {
  readonly folder: string;
  readonly stateHash: string;
  readonly eventHash: string;
  readonly tradeCount: number;
}

/** A day of random commands in a journal that is closed afterwards, in batches of random sizes. */
async function recordRun(random: Random, batchBytes = 2 ** 16): Promise<Run> {
  const folder = temporaryFolder();
  const store = new JournalStore(folder, STORE_OPTIONS);
  const rig = new JournalRig(store, { batchBytes });
  const flow = new CommandFlow(random(2 ** 31));
  while (rig.exchange.sequence < COMMANDS) {
    rig.run(flow, Math.min(1 + random(60), COMMANDS - rig.exchange.sequence));
    rig.flush();
  }
  await store.close();
  const { exchange } = rig;
  return {
    folder,
    stateHash: hashState(exchange),
    eventHash: exchange.events.hash.toString(),
    tradeCount: exchange.lastTradeId,
  };
}

function replayOf(store: JournalStore, capacity: ExchangeCapacity = SMALL_CAPACITY): JournalReplay {
  const replay = new JournalReplay(store, undefined, capacity);
  replay.runToEnd();
  return replay;
}

/** Replays a run's journal after `damage`, which must be refused at a sequence number. */
async function assertRefused(
  t: TestContext,
  run: Run,
  damage: (batches: StoredBatch[]) => number | StoredBatch,
  what: RegExp,
): Promise<void> {
  const batches = await loadBatches(run.folder);
  const where = damage(batches);
  await saveBatches(run.folder, batches);
  const store = openStore(t, run.folder);
  assert.throws(
    () => replayOf(store),
    (error: unknown) => {
      assert.ok(error instanceof JournalError, String(error));
      const sequence = typeof where === 'number' ? where : where.firstSequence;
      assert.equal(error.sequence, sequence, error.message);
      assert.ok(error.message.startsWith(`journal at sequence ${sequence}: `), error.message);
      assert.match(error.message, what);
      return true;
    },
  );
}

/** A batch that is neither the first nor the last. */
function anyMiddle(batches: readonly StoredBatch[], random: Random): number {
  return 1 + random(batches.length - 2);
}

/** Byte offset in a batch of the first command that `isWanted`. */
function findCommand(bytes: Buffer, isWanted: (templateId: number) => boolean): number {
  let at: number = BATCH.commands;
  for (const command of commandsIn(bytes)) {
    if (isWanted(command.readUInt16LE(2))) return at;
    at += command.length;
  }
  return -1;
}

describe('replay', () => {
  for (const [name, capacity] of Object.entries({
    'the smallest': { openOrders: 4_096, accounts: 1 },
    small: SMALL_CAPACITY,
    large: { openOrders: 200_000, accounts: 3_000 },
  })) {
    test(`gives the run's state and events with ${name} initial capacities`, async (t) => {
      const run = await recordRun(seededRandom(testSeed(t)));
      assert.ok(run.tradeCount > 50, 'the commands trade');
      const replay = replayOf(openStore(t, run.folder), capacity);
      assert.equal(hashState(replay.exchange), run.stateHash);
      assert.equal(replay.eventHash, run.eventHash);
      assert.equal(replay.commandCount, COMMANDS);
      assert.equal(replay.exchange.lastTradeId, run.tradeCount);
    });
  }

  test('gives the same twice', async (t) => {
    const run = await recordRun(seededRandom(testSeed(t)));
    const store = openStore(t, run.folder);
    const [first, second] = [replayOf(store), replayOf(store)];
    assert.equal(hashState(first.exchange), hashState(second.exchange));
    assert.equal(first.eventHash, second.eventHash);
    assert.equal(first.eventCount, second.eventCount);
  });

  test('gives the same whatever the size of the batches', async (t) => {
    const seed = testSeed(t);
    for (const batchBytes of [MAX_COMMAND_LENGTH, 500, 5_000]) {
      const run = await recordRun(seededRandom(seed), batchBytes);
      const replay = replayOf(openStore(t, run.folder));
      assert.equal(hashState(replay.exchange), run.stateHash);
      assert.equal(replay.eventHash, run.eventHash);
    }
  });

  test('hands its listener each command with its events, CommandDone last', async (t) => {
    const run = await recordRun(seededRandom(testSeed(t)));
    const header = new CommandHeader();
    const eventsOf = new Map<number, number>();
    let sequence = 0;
    const onCommand = (
      command: RecordBuffer,
      offset: number,
      events: RecordBuffer,
      eventBytes: number,
    ) => {
      sequence++;
      assert.equal(header.wrap(command, offset).sequence, sequence);
      let last = 0;
      for (let at = 0; at < eventBytes; at += recordLengthAt(events, at)) {
        last = templateIdAt(events, at);
        eventsOf.set(last, (eventsOf.get(last) ?? 0) + 1);
      }
      assert.equal(last, COMMAND_DONE.templateId);
    };
    const replay = new JournalReplay(openStore(t, run.folder), { onCommand }, SMALL_CAPACITY);
    replay.runToEnd();
    assert.equal(sequence, COMMANDS);
    assert.equal(eventsOf.get(COMMAND_DONE.templateId), COMMANDS);
    assert.equal(eventsOf.get(TRADE.templateId), run.tradeCount);
    assert.ok(eventsOf.get(EXECUTION_REPORT.templateId)! > 2 * run.tradeCount);
    const eventCount = [...eventsOf.values()].reduce((sum, count) => sum + count);
    assert.equal(replay.eventCount, eventCount);
  });

  test('of an empty journal is at the start', (t) => {
    const replay = replayOf(openStore(t, temporaryFolder()));
    assert.equal(replay.exchange.sequence, 0);
    assert.equal(replay.eventHash, '0'.repeat(16));
  });

  test('follows a journal that grows, batch by batch', (t) => {
    const store = openStore(t, temporaryFolder());
    const rig = new JournalRig(store);
    const flow = new CommandFlow(1);
    const replay = new JournalReplay(store, undefined, SMALL_CAPACITY);
    assert.equal(replay.next(), false);
    for (const count of [30, 1, 200]) {
      rig.run(flow, count);
      rig.flush();
      assert.equal(replay.next(), true);
      assert.equal(replay.next(), false);
      assert.equal(hashState(replay.exchange), hashState(rig.exchange));
    }
  });

  test('to the end of a journal that grows meanwhile takes no new batch for a gap', (t) => {
    const folder = temporaryFolder();
    class GrowingStore extends JournalStore {
      isGrowing = false;
      override read(firstSequence: number): Uint8Array | undefined {
        const value = super.read(firstSequence);
        if (value === undefined && this.isGrowing) {
          this.isGrowing = false;
          rig.run(flow, 10);
          rig.flush();
        }
        return value;
      }
    }
    const store = new GrowingStore(folder, STORE_OPTIONS);
    t.after(() => store.close());
    const rig = new JournalRig(store);
    const flow = new CommandFlow(1);
    rig.run(flow, 30);
    rig.flush();
    store.isGrowing = true;
    assert.doesNotThrow(() => replayOf(store));
  });
});

describe('replay refuses', () => {
  test('a byte that was changed in a record', async (t) => {
    const random = seededRandom(testSeed(t));
    for (let round = 0; round < 8; round++) {
      const run = await recordRun(random);
      const damage = (batches: StoredBatch[]) => {
        const batch = batches[anyMiddle(batches, random)]!;
        batch.bytes[random(batch.bytes.length)]! ^= 1 + random(255);
        return batch;
      };
      await assertRefused(t, run, damage, /CRC is \d+|not a journal record|record version/);
    }
  });

  test('a record that was cut', async (t) => {
    const random = seededRandom(testSeed(t));
    const damage = (batches: StoredBatch[]) => {
      const batch = batches[anyMiddle(batches, random)]!;
      batch.bytes = batch.bytes.subarray(0, random(batch.bytes.length));
      return batch;
    };
    await assertRefused(t, await recordRun(random), damage, /CRC is \d+|has only \d+ bytes/);
  });

  test('a gap: a batch that is missing, the first one too', async (t) => {
    const random = seededRandom(testSeed(t));
    const inTheMiddle = new RegExp(`batch is missing, though the journal goes on to ${COMMANDS}`);
    const atTheStart = /batch is missing, the journal begins with command \d+.*archives/;
    for (const [choose, what] of [
      [anyMiddle, inTheMiddle],
      [() => 0, atTheStart],
    ] as const) {
      const damage = (batches: StoredBatch[]) =>
        batches.splice(choose(batches, random), 1)[0]!.firstSequence;
      await assertRefused(t, await recordRun(random), damage, what);
    }
  });

  test('batches that changed places', async (t) => {
    const random = seededRandom(testSeed(t));
    const damage = (batches: StoredBatch[]) => {
      const index = anyMiddle(batches, random) - 1;
      const [one, other] = [batches[index]!, batches[index + 1]!];
      [one.bytes, other.bytes] = [other.bytes, one.bytes];
      return one;
    };
    await assertRefused(t, await recordRun(random), damage, /does not continue the batch before/);
  });

  test('a batch of another journal', async (t) => {
    const random = seededRandom(testSeed(t));
    const strangers = await loadBatches((await recordRun(random)).folder);
    const damage = (batches: StoredBatch[]) => {
      // Short batches of the same first commands are the same in both.
      const isOther = (batch: StoredBatch, i: number) => !batch.bytes.equals(strangers[i]!.bytes);
      const behind = 1 + batches.findIndex(isOther);
      batches[behind]!.bytes = strangers[behind]!.bytes;
      return batches[behind]!;
    };
    await assertRefused(t, await recordRun(random), damage, /does not continue the batch before/);
  });

  test('an event hash that replay does not give, in a chain that is whole', async (t) => {
    const random = seededRandom(testSeed(t));
    for (let round = 0; round < 4; round++) {
      const damage = (batches: StoredBatch[]) => {
        const { bytes } = batches[random(batches.length)]!;
        bytes[BATCH.eventHash + 2 * round + random(2)]! ^= 1 + random(255);
        seal(batches);
        return Number(bytes.readBigInt64LE(BATCH.hashedSequence));
      };
      const what = /recorded event hash [0-9a-f]{16} is not reproduced, replay gives [0-9a-f]{16}/;
      await assertRefused(t, await recordRun(random), damage, what);
    }
  });

  test('a wrong event hash of a command that stands in the batch before', async (t) => {
    const random = seededRandom(testSeed(t));
    const damage = (batches: StoredBatch[]) => {
      const { bytes, firstSequence } = batches[anyMiddle(batches, random)]!;
      const hashedSequence = Number(bytes.readBigInt64LE(BATCH.hashedSequence));
      assert.equal(hashedSequence, firstSequence - 1);
      bytes[BATCH.eventHash]! ^= 1;
      seal(batches);
      return hashedSequence;
    };
    // Each batch is one command, so its group is never complete when it is written.
    const run = await recordRun(random, MAX_COMMAND_LENGTH);
    await assertRefused(t, run, damage, /recorded event hash .* is not reproduced/);
  });

  test('a command that was changed, in a chain that is whole', async (t) => {
    const random = seededRandom(testSeed(t));
    for (const [templateId, field] of [
      [NEW_ORDER.templateId, NEW_ORDER.qty],
      [FUNDING.depositTemplateId, FUNDING.amount],
    ] as const) {
      const damage = (batches: StoredBatch[]) => {
        const isWanted = (candidate: number) => candidate === templateId;
        const { bytes } = batches.find(({ bytes }) => findCommand(bytes, isWanted) >= 0)!;
        bytes[findCommand(bytes, isWanted) + field]! ^= 1;
        seal(batches);
        return Number(bytes.readBigInt64LE(BATCH.hashedSequence));
      };
      const what = /recorded event hash .* is not reproduced/;
      await assertRefused(t, await recordRun(random), damage, what);
    }
  });

  test('a batch that ends with another command than it says, in a whole chain', async (t) => {
    const random = seededRandom(testSeed(t));
    const damage = (batches: StoredBatch[]) => {
      const batch = batches[anyMiddle(batches, random)]!;
      const lastSequence = batch.bytes.readBigInt64LE(BATCH.lastSequence);
      batch.bytes.writeBigInt64LE(lastSequence + 1n, BATCH.lastSequence);
      seal(batches);
      return batch;
    };
    const what = /batch ends with command \d+, it says \d+/;
    await assertRefused(t, await recordRun(random), damage, what);
  });

  test('a journal of version 1, whose NewOrder had 80 bytes: it is old, not damaged', async (t) => {
    const folder = temporaryFolder();
    const bytes = Buffer.alloc(BATCH.commands + 80);
    bytes.writeUInt32LE(BATCH_MAGIC, BATCH.magic);
    bytes.writeUInt16LE(1, BATCH.version);
    for (const field of [BATCH.firstSequence, BATCH.lastSequence]) bytes.writeBigInt64LE(1n, field);
    bytes.writeInt32LE(80, BATCH.commandBytes);
    bytes.writeInt32LE(1, BATCH.commandCount);
    const newOrder = [72, NEW_ORDER.templateId, SCHEMA_ID, 1];
    for (const [i, part] of newOrder.entries()) bytes.writeUInt16LE(part, BATCH.commands + 2 * i);
    bytes.writeBigInt64LE(1n, BATCH.commands + 8);
    const old = [{ firstSequence: 1, bytes }];
    seal(old);
    await new JournalStore(folder, STORE_OPTIONS).close();
    await saveBatches(folder, old);
    const store = openStore(t, folder);
    assert.throws(() => replayOf(store), {
      name: 'JournalError',
      message:
        'journal at sequence 1: an older release of Hoga wrote it, in journal version 1; this ' +
        'one reads 2 to 3. It is not damaged: go on with the release that wrote it, or begin a ' +
        'new exchange in another data folder (--data).',
    });
  });

  for (const [name, offset] of [
    ['sequence number', 8],
    ['template', 2],
  ] as const) {
    test(`a command with a wrong ${name}, in a chain that is whole`, async (t) => {
      const random = seededRandom(testSeed(t));
      const damage = (batches: StoredBatch[]) => {
        const batch = batches[anyMiddle(batches, random)]!;
        batch.bytes[BATCH.commands + offset]! ^= 0x40;
        seal(batches);
        return batch;
      };
      await assertRefused(t, await recordRun(random), damage, /sequence|template/);
    });
  }
});
