/** Which gateways are cut off: those that stand still, and hold enough of the ring. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CopyingReader } from '../ring/copying-reader.ts';
import { GatewayCounter, GatewayCounters } from '../ring/gateway-counters.ts';
import { RingProducer, RingReader } from '../ring/ring.ts';
import { GatewayWatch, type Stall } from './gateway-watch.ts';
import {
  createThreadLinks,
  gatewayBound,
  gatewayReader,
  JOURNAL_READER,
} from './threads/thread-links.ts';

const RING_BYTES = 65_536;
const STALL_MS = 1_000;
const LOOK_MS = 100;
const FRAME_BYTES = 1_024;

/** Two gateways, the journal, and the exchange's side of stream 20; time passes by hand. */
function setUp() {
  const links = createThreadLinks({
    gateways: 2,
    commandRingBytes: RING_BYTES,
    eventRingBytes: RING_BYTES,
    durability: 'fsync',
  });
  const producer = new RingProducer(links.eventRing);
  const journal = new RingReader(links.eventRing, JOURNAL_READER);
  const gateways = [0, 1].map(
    (gateway) => new CopyingReader(links.eventRing, gatewayReader(gateway), gatewayBound('fsync')),
  );
  const stalls: Stall[] = [];
  const watch = new GatewayWatch(links, STALL_MS, (stall) => stalls.push(stall));
  let nowMs = 0;
  return {
    producer,
    gateways,
    stalls,
    watch,
    counters: new GatewayCounters(links.gatewayCounters),
    /** Events of so many bytes, frames' headers included. */
    publish(bytes: number): void {
      for (let sent = 0; sent < bytes; sent += FRAME_BYTES) {
        assert.ok(producer.tryClaim(FRAME_BYTES - 8) >= 0, 'the ring is full');
      }
      producer.commit();
    },
    journalAll(): void {
      while (journal.read() >= 0);
      journal.release();
    },
    readAll(gateway: number): void {
      while (gateways[gateway]!.read() >= 0);
      gateways[gateway]!.release();
    },
    /** Looks as often as the watch does. */
    pass(ms: number): void {
      for (let passed = 0; passed < ms; passed += LOOK_MS) {
        nowMs += LOOK_MS;
        watch.look(nowMs);
      }
    },
    sleep(ms: number): void {
      nowMs += ms;
    },
  };
}

test('a gateway that stands still and holds a quarter of the ring is cut off, once', () => {
  const { publish, journalAll, readAll, pass, gateways, stalls, counters } = setUp();
  publish(RING_BYTES / 4);
  journalAll();
  pass(LOOK_MS);
  readAll(0);
  pass(STALL_MS - LOOK_MS);
  assert.deepEqual(stalls, []);
  pass(LOOK_MS);
  const heldBytes = RING_BYTES / 4;
  assert.deepEqual(stalls, [{ gateway: 2, stalledMs: STALL_MS, heldBytes, ringBytes: RING_BYTES }]);
  assert.deepEqual([gateways[0]!.isCutOff, gateways[1]!.isCutOff], [false, true]);
  pass(10 * STALL_MS);
  assert.equal(stalls.length, 1);
  assert.equal(counters.get(1, GatewayCounter.CutOffs), 1);
  assert.equal(counters.get(0, GatewayCounter.CutOffs), 0);
});

test('one that holds less goes on holding it, until it is enough', () => {
  const { publish, journalAll, readAll, pass, stalls } = setUp();
  publish(RING_BYTES / 4 - FRAME_BYTES);
  journalAll();
  readAll(0);
  pass(10 * STALL_MS);
  assert.deepEqual(stalls, []);
  publish(FRAME_BYTES);
  journalAll();
  readAll(0);
  pass(LOOK_MS);
  assert.equal(stalls.length, 1);
});

test('one that moves, however slowly, is not cut off', () => {
  const { publish, journalAll, readAll, pass, gateways, stalls } = setUp();
  publish(RING_BYTES / 2);
  journalAll();
  readAll(0);
  for (let frame = 0; frame < 10; frame++) {
    gateways[1]!.read();
    gateways[1]!.release();
    pass(STALL_MS);
  }
  assert.deepEqual(stalls, []);
});

test('one that has nothing to read stands still rightly: it waits for the journal', () => {
  const { publish, journalAll, pass, stalls } = setUp();
  publish(RING_BYTES);
  pass(10 * STALL_MS);
  assert.deepEqual(stalls, []);
  journalAll();
  pass(STALL_MS);
  assert.deepEqual(stalls, [], 'its time begins when it has something to read');
});

test('time in which the main thread had no turn does not count', () => {
  const { publish, journalAll, pass, sleep, stalls } = setUp();
  publish(RING_BYTES / 2);
  journalAll();
  pass(LOOK_MS);
  sleep(100 * STALL_MS);
  pass(LOOK_MS);
  assert.deepEqual(stalls, []);
});

test('one that has joined again is watched anew', () => {
  const { publish, journalAll, readAll, pass, gateways, stalls } = setUp();
  publish(RING_BYTES / 2);
  journalAll();
  readAll(0);
  pass(2 * STALL_MS);
  gateways[1]!.join();
  publish(RING_BYTES / 2);
  journalAll();
  readAll(0);
  pass(STALL_MS);
  assert.equal(stalls.length, 1);
  pass(LOOK_MS);
  assert.equal(stalls.length, 2);
});

test('gateways that have ended hold nobody back', () => {
  const { publish, journalAll, producer, watch } = setUp();
  publish(RING_BYTES);
  journalAll();
  assert.equal(producer.freeBytes(), 0);
  watch.release();
  assert.equal(producer.freeBytes(), RING_BYTES);
});
