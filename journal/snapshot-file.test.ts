/** A snapshot's file as such: many chunks, each in its place, and a state that is what it says. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { crc32 } from 'node:zlib';
import { EventBuffer } from '../exchange/event-sink.ts';
import { Exchange } from '../exchange/exchange.ts';
import { hashState } from '../exchange/state-hash.ts';
import { RecordedExchange, USD } from '../exchange/testing/recorded-exchange.ts';
import { CHAIN_START } from './batch.ts';
import { loadSnapshot, readSnapshotOrigin, SnapshotError, writeSnapshot } from './snapshot-file.ts';
import { SMALL_CAPACITY, temporaryFolder } from './testing/journal-rig.ts';

/** Sixteen numbers each: more than two whole chunks. */
const TRANSFERS = 17_000;
const HEADER_BYTES = 56;
const CHUNK_BYTES = 8 + 2 ** 20;

const path = join(temporaryFolder(), 'snapshot');
let exchange: Exchange;
let whole: Buffer;

function load(): Exchange {
  const restored = new Exchange(new EventBuffer(), SMALL_CAPACITY);
  loadSnapshot(path, restored);
  return restored;
}

function assertRefused(change: (bytes: Buffer) => void, why: RegExp): void {
  const bytes = Buffer.from(whole);
  change(bytes);
  writeFileSync(path, bytes);
  assert.throws(load, (error: Error) => error instanceof SnapshotError && why.test(error.message));
}

/** The header's own CRC is made right again. */
function seal(bytes: Buffer): void {
  bytes.writeUInt32LE(crc32(bytes.subarray(0, 48)), 48);
}

describe('a snapshot of many chunks', () => {
  before(() => {
    const venue = new RecordedExchange();
    for (let transferId = 1; transferId <= TRANSFERS; transferId++) {
      venue.deposit(1, USD, 1, { transferId });
    }
    exchange = venue.exchange;
    const lastSequence = exchange.sequence;
    const bytes = writeSnapshot(path, exchange, { ...CHAIN_START, lastSequence, crc: 2 ** 32 - 1 });
    whole = readFileSync(path);
    assert.equal(whole.length, bytes);
    assert.ok(bytes > HEADER_BYTES + 2 * CHUNK_BYTES);
  });

  test('comes to the same state, and says where it continues its journal', () => {
    writeFileSync(path, whole);
    assert.equal(hashState(load()), hashState(exchange));
    const { crc, lastSequence } = readSnapshotOrigin(path).link;
    assert.deepEqual([crc, lastSequence], [2 ** 32 - 1, exchange.sequence]);
  });

  test('is refused where two of them have changed places', () => {
    assertRefused((bytes) => {
      const second = HEADER_BYTES + CHUNK_BYTES;
      whole.copy(bytes, HEADER_BYTES, second, second + CHUNK_BYTES);
      whole.copy(bytes, second, HEADER_BYTES, second);
    }, /damaged \(chunk 0\)/);
  });

  test('is refused where its state is not that of its header', () => {
    assertRefused((bytes) => {
      bytes[40]! ^= 1;
      seal(bytes);
    }, /another state hash/);
    assertRefused((bytes) => {
      bytes[8]! ^= 1;
      seal(bytes);
    }, /another state hash/);
  });

  test('is refused in a version that is not known', () => {
    assertRefused((bytes) => {
      bytes[4] = 9;
      seal(bytes);
    }, /version 9, this release reads 1/);
  });
});
