/** Journal records: what goes in comes out, and no damage goes unseen. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import * as commandLayouts from '../protocol/command-layout.ts';
import { RecordBuffer } from '../protocol/record.ts';
import { seededRandom, testSeed } from '../test/support/seed.ts';
import { BatchBuilder, CHAIN_START, type ChainLink, linkOfStored, readBatch } from './batch.ts';
import { BATCH, BATCH_VERSION } from './batch-layout.ts';
import { JournalError } from './journal-error.ts';
import { seal } from './testing/stored-batches.ts';
import { oldestReadable, UPCASTERS } from './upcasting.ts';

/** Words that stand for commands: the batch does not look into them. */
function commandsOf(byteLength: number, seed: number): RecordBuffer {
  const random = seededRandom(seed);
  const commands = RecordBuffer.allocate(byteLength);
  for (let i = 0; i < byteLength; i++) commands.bytes[i] = random(256);
  return commands;
}

interface Sample {
  readonly firstSequence: number;
  readonly bytes: Uint8Array;
  readonly previous: ChainLink;
}

/** Three batches in a chain, of 2, 3 and 4 commands of 64 bytes. */
function sampleChain(): Sample[] {
  const builder = new BatchBuilder(CHAIN_START, 1_024);
  const samples: Sample[] = [];
  let previous = CHAIN_START;
  for (const count of [2, 3, 4]) {
    const commands = commandsOf(count * 64, count);
    for (let i = 0; i < count; i++) builder.append(commands.words, i * 64, 64);
    builder.complete(builder.lastSequence, -count, count * 1_000);
    const { firstSequence, bytes } = builder.finish();
    const copy = bytes.slice();
    samples.push({ firstSequence, bytes: copy, previous });
    previous = linkOfStored(copy);
  }
  return samples;
}

const OLDEST = oldestReadable(UPCASTERS);

/** The middle one of a chain. */
const SAMPLE = sampleChain()[1]!;

function read(sample: Sample, changes: Partial<Sample> = {}) {
  const { bytes, firstSequence, previous } = { ...sample, ...changes };
  return readBatch(bytes, firstSequence, previous);
}

function assertRefused(changes: Partial<Sample>, what: RegExp): void {
  assert.throws(
    () => read(SAMPLE, changes),
    (error: unknown) => {
      assert.ok(error instanceof JournalError, String(error));
      assert.equal(error.sequence, changes.firstSequence ?? SAMPLE.firstSequence);
      assert.match(error.message, what);
      return true;
    },
  );
}

function withBitFlipped(bytes: Uint8Array, bit: number): Uint8Array {
  const copy = bytes.slice();
  copy[bit >> 3]! ^= 1 << (bit & 7);
  return copy;
}

test('batches of any commands come back as they went in, each chained to the one before', (t) => {
  const batch = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 20 });
  const property = fc.property(fc.array(batch, { minLength: 1 }), fc.nat(), (batches, seed) => {
    const source = commandsOf(1_024, seed);
    const builder = new BatchBuilder(CHAIN_START, 20 * 240);
    let link = CHAIN_START;
    for (const lengths of batches) {
      const expected: number[] = [];
      for (const [index, units] of lengths.entries()) {
        const offset = (index * 40) % 512;
        builder.append(source.words, offset, units * 8);
        expected.push(...source.bytes.subarray(offset, offset + units * 8));
      }
      const hashedSequence = link.lastSequence + lengths.length - 1;
      builder.complete(hashedSequence, seed | 0, -seed);
      const { firstSequence, bytes } = builder.finish();
      assert.equal(firstSequence, link.lastSequence + 1);
      const stored = readBatch(bytes, firstSequence, link);
      assert.equal(stored.commandCount, lengths.length);
      assert.deepEqual([...stored.record.bytes.subarray(stored.start, stored.end)], expected);
      assert.deepEqual(stored.link, {
        lastSequence: link.lastSequence + lengths.length,
        crc: stored.link.crc,
        hashedSequence,
        eventHashLow: seed | 0,
        eventHashHigh: -seed | 0,
      });
      assert.deepEqual(linkOfStored(bytes), stored.link);
      link = stored.link;
    }
  });
  fc.assert(property, { seed: testSeed(t), numRuns: 100 });
});

test('a batch without a complete group goes on with the hash that the one before it states', () => {
  const previous: ChainLink = {
    ...{ lastSequence: 5, crc: 9, hashedSequence: 3 },
    ...{ eventHashLow: 7, eventHashHigh: -8 },
  };
  // An exchange was killed amid the groups of 4 and 5, recovered both, and began a large 6.
  const builder = new BatchBuilder(previous, 1_024);
  builder.append(commandsOf(64, 1).words, 0, 64);
  const { bytes } = builder.finish();
  assert.equal(readBatch(bytes, 6, previous).link.hashedSequence, 3);
  const others = [{ hashedSequence: 2 }, { eventHashLow: 8 }, { eventHashHigh: 8 }];
  for (const other of others) {
    assert.throws(() => readBatch(bytes, 6, { ...previous, ...other }), /event hash is of command/);
  }
});

test('a builder has room up to its capacity, and all of it again after finish', () => {
  const builder = new BatchBuilder(CHAIN_START, 128);
  const commands = commandsOf(128, 1);
  for (let turn = 0; turn < 2; turn++) {
    assert.ok(builder.hasRoomFor(128));
    assert.ok(!builder.hasRoomFor(136));
    builder.append(commands.words, 0, 64);
    assert.ok(builder.hasRoomFor(64));
    assert.ok(!builder.hasRoomFor(72));
    builder.append(commands.words, 64, 64);
    assert.equal(builder.commandCount, 2);
    assert.equal(builder.lastSequence, 2 * (turn + 1));
    assert.equal(builder.finish().bytes.length, BATCH.commands + 128);
    assert.equal(builder.commandCount, 0);
  }
});

test('the event hash stays that of the last complete command when a batch completes none', () => {
  const builder = new BatchBuilder(CHAIN_START, 1_024);
  const commands = commandsOf(64, 1);
  builder.append(commands.words, 0, 64);
  builder.complete(1, 11, 12);
  builder.finish();
  builder.append(commands.words, 0, 64);
  const { lastSequence, ...link } = linkOfStored(builder.finish().bytes);
  assert.equal(lastSequence, 2);
  assert.deepEqual([link.hashedSequence, link.eventHashLow, link.eventHashHigh], [1, 11, 12]);
});

test('sequence numbers beyond 2^32 keep all their bits', () => {
  const lastSequence = 2 ** 45 + 2 ** 31;
  const previous = { ...CHAIN_START, lastSequence, hashedSequence: lastSequence };
  const builder = new BatchBuilder(previous, 64);
  builder.append(commandsOf(64, 1).words, 0, 64);
  const { firstSequence, bytes } = builder.finish();
  assert.equal(firstSequence, lastSequence + 1);
  const { link } = readBatch(bytes, firstSequence, previous);
  assert.equal(link.lastSequence, lastSequence + 1);
  assert.equal(link.hashedSequence, lastSequence);
});

test('every batch of an undamaged chain is read', () => {
  for (const sample of sampleChain()) assert.doesNotThrow(() => read(sample));
});

test('every bit of the header that is flipped is noticed', () => {
  for (let bit = 0; bit < BATCH.commands * 8; bit++) {
    assertRefused({ bytes: withBitFlipped(SAMPLE.bytes, bit) }, /not a journal record|CRC/);
  }
});

test('a bit of the commands that is flipped is noticed', (t) => {
  const random = seededRandom(testSeed(t));
  const commandBits = (SAMPLE.bytes.length - BATCH.commands) * 8;
  for (let i = 0; i < 500; i++) {
    const bit = BATCH.commands * 8 + random(commandBits);
    assertRefused({ bytes: withBitFlipped(SAMPLE.bytes, bit) }, /CRC is \d+, .*damaged/);
  }
});

test('a record that was cut anywhere, or has something behind it, is refused', () => {
  const { bytes } = SAMPLE;
  for (let length = 0; length < BATCH.commands; length++) {
    const what = new RegExp(`record has only ${length} bytes`);
    assertRefused({ bytes: bytes.subarray(0, length) }, what);
  }
  for (let length = BATCH.commands; length < bytes.length; length++) {
    assertRefused({ bytes: bytes.subarray(0, length) }, /damaged/);
  }
  assertRefused({ bytes: Buffer.concat([bytes, Buffer.alloc(8)]) }, /damaged/);
});

test('a record under another key is refused', () => {
  const { firstSequence } = SAMPLE;
  for (const key of [firstSequence - 1, firstSequence + 1, firstSequence + 2 ** 32]) {
    assertRefused({ firstSequence: key }, /another sequence number than its key/);
  }
});

test('a record behind another batch than the one it was written behind is refused', () => {
  const [first, , last] = sampleChain();
  for (const previous of [CHAIN_START, linkOfStored(last!.bytes)]) {
    assertRefused({ previous }, /does not continue the batch before it/);
  }
  const { crc } = linkOfStored(first!.bytes);
  assert.doesNotThrow(() => read(SAMPLE, { previous: { ...CHAIN_START, crc } }));
});

test('a record of another version is refused as such: it is not damaged', () => {
  for (const [version, release] of [
    [OLDEST - 1, 'an older'],
    [BATCH_VERSION + 1, 'a newer'],
  ] as const) {
    const bytes = Buffer.from(SAMPLE.bytes);
    bytes.writeUInt16LE(version, BATCH.version);
    seal([{ firstSequence: SAMPLE.firstSequence, bytes }], SAMPLE.previous.crc);
    const versions = `journal version ${version}; this one reads ${OLDEST} to ${BATCH_VERSION}`;
    const whatToDo =
      'It is not damaged: go on with the release that wrote it, or begin a new exchange';
    assertRefused(
      { bytes },
      new RegExp(`${release} release of Hoga wrote it, in ${versions}. ${whatToDo}`),
    );
  }
});

test('the version is raised when a command changes or is added, with a step from the last', () => {
  const layouts = JSON.stringify({ ...commandLayouts });
  assert.deepEqual(
    { version: BATCH_VERSION, crc: crc32(layouts) },
    { version: 3, crc: 322313883 },
    'a release has journals of the version before: raise BATCH_VERSION, and add an upcaster',
  );
  assert.equal(OLDEST, 2, 'journals of version 2 are read for ever');
});
