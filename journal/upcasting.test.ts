/**
 * Records of older versions come out in the newest form, step by step; their CRC, their chain and
 * their event hash are those that were stored.
 */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { EventBuffer } from '../exchange/event-sink.ts';
import { Exchange } from '../exchange/exchange.ts';
import { NEW_ORDER } from '../protocol/command-layout.ts';
import { RecordBuffer, recordLengthAt, templateIdAt } from '../protocol/record.ts';
import { CHAIN_START, readBatch } from './batch.ts';
import { BATCH, BATCH_VERSION } from './batch-layout.ts';
import { CommandFlow } from './testing/command-flow.ts';
import { JournalRig, openStore, SMALL_CAPACITY, temporaryFolder } from './testing/journal-rig.ts';
import { commandsIn, type StoredBatch, seal } from './testing/stored-batches.ts';
import { type Upcasters, upcast } from './upcasting.ts';

const COMMANDS = 150;
/** Of a made-up older NewOrder, without groupId and what lies behind it. */
const OLD_NEW_ORDER_BYTES = NEW_ORDER.groupId;

/** It got its last fields in two steps. */
const STEPS: Upcasters = new Map([
  [BATCH_VERSION - 3, { command: lengthenTo(OLD_NEW_ORDER_BYTES, NEW_ORDER.length - 8) }],
  [BATCH_VERSION - 2, { command: lengthenTo(NEW_ORDER.length - 8, NEW_ORDER.length) }],
  [BATCH_VERSION - 1, {}],
]);

function lengthenTo(from: number, to: number) {
  return (record: RecordBuffer, offset: number): Uint8Array | undefined => {
    if (templateIdAt(record, offset) !== NEW_ORDER.templateId) return undefined;
    assert.equal(recordLengthAt(record, offset), from, 'a step gets what the one before made');
    return withLength(record.bytes.subarray(offset, offset + from), to);
  };
}

/** A record of another length, cut off or padded with zeros. */
function withLength(bytes: Uint8Array, length: number): Buffer {
  const other = Buffer.alloc(length);
  other.set(bytes.subarray(0, length));
  other.writeUInt16LE(length - 8, 0);
  return other;
}

/** Batches as this release writes them. */
function recordBatches(t: TestContext): StoredBatch[] {
  const store = openStore(t, temporaryFolder());
  const rig = new JournalRig(store);
  const flow = new CommandFlow(7);
  for (let i = 0; i < COMMANDS; i += 10) {
    rig.run(flow, 10);
    rig.flush();
  }
  return [...store.storedFrom(1)].map(({ firstSequence, bytes }) => {
    return { firstSequence, bytes: Buffer.from(bytes) };
  });
}

/** The same batches, as a made-up release of an older version would have written them. */
function asOld(batches: readonly StoredBatch[], version: number): StoredBatch[] {
  const old = batches.map(({ firstSequence, bytes }) => {
    const commands = commandsIn(bytes).map((command) => {
      const isOrder = command.readUInt16LE(2) === NEW_ORDER.templateId;
      return isOrder ? withLength(command, OLD_NEW_ORDER_BYTES) : command;
    });
    const header = Buffer.from(bytes.subarray(0, BATCH.commands));
    const body = Buffer.concat(commands);
    header.writeUInt16LE(version, BATCH.version);
    header.writeUInt32LE(body.length, BATCH.commandBytes);
    return { firstSequence, bytes: Buffer.concat([header, body]) };
  });
  seal(old);
  return old;
}

/** Executes what is read, and compares every event hash that is stored. */
function replay(batches: readonly StoredBatch[], upcasters: Upcasters): string {
  const exchange = new Exchange(new EventBuffer(), SMALL_CAPACITY);
  let link = CHAIN_START;
  for (const { firstSequence, bytes } of batches) {
    const batch = readBatch(bytes, firstSequence, link, upcasters);
    let count = 0;
    for (let at = batch.start; at < batch.end; at += recordLengthAt(batch.record, at)) {
      exchange.execute(batch.record, at);
      count++;
    }
    link = batch.link;
    assert.equal(count, batch.commandCount);
    assert.equal(link.hashedSequence, exchange.sequence);
    const { low, high } = exchange.events.hash;
    assert.deepEqual([link.eventHashLow, link.eventHashHigh], [low, high]);
  }
  return exchange.events.hash.toString();
}

test('commands of three versions back run as they ran, in a chain that is checked', (t) => {
  const batches = recordBatches(t);
  const old = asOld(batches, BATCH_VERSION - 3);
  assert.ok(old[5]!.bytes.length < batches[5]!.bytes.length);
  assert.equal(replay(old, STEPS), replay(batches, STEPS));
  old[5]!.bytes[BATCH.commands + 20]! ^= 1;
  assert.throws(() => replay(old, STEPS), /journal at sequence 51: CRC/);
});

test('a chain may go on in a newer version', (t) => {
  const batches = recordBatches(t);
  const expected = replay(batches, STEPS);
  const mixed = [...asOld(batches, BATCH_VERSION - 3).slice(0, 6), ...batches.slice(6)];
  assert.throws(() => replay(mixed, STEPS), /journal at sequence 61: .* does not continue/);
  seal(mixed);
  assert.equal(replay(mixed, STEPS), expected);
});

test('a version from which a step is missing is refused as one of an older release', (t) => {
  const [first] = asOld(recordBatches(t), BATCH_VERSION - 3);
  const gap: Upcasters = new Map([...STEPS].filter(([version]) => version !== BATCH_VERSION - 2));
  assert.throws(
    () => readBatch(first!.bytes, 1, CHAIN_START, gap),
    new RegExp(`this one reads ${BATCH_VERSION - 1} to ${BATCH_VERSION}`),
  );
});

test('what no step changes is not copied', () => {
  const stored = { record: RecordBuffer.allocate(64), start: 0, end: 64 };
  assert.equal(upcast(stored, BATCH_VERSION - 1, STEPS), stored);
});
