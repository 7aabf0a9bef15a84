/**
 * A thread of the ring hammer: the producer, or one of the readers. Each waits at a signal of its
 * own without a timeout, so a lost wake-up is a hang. Ends with an error at the first wrong frame.
 */
import { workerData } from 'node:worker_threads';
import { type Random, seededRandom } from '../../test/support/seed.ts';
import { RingProducer, RingReader } from '../ring.ts';
import { Signal, Waiter, type WaitStrategy } from '../waiter.ts';
import { type HammerFrame, HammerFrames, isIntact, writeFrame } from './hammer-frames.ts';

export interface RingWorkerData {
  readonly ring: SharedArrayBuffer;
  /** Undefined: the producer. */
  readonly reader: number | undefined;
  readonly boundedBy: number | undefined;
  /** Whom to ring after a commit or a release. */
  readonly listeners: readonly SharedArrayBuffer[];
  readonly ownSignal: SharedArrayBuffer;
  /** One Int32 for each reader: frames it found intact, written before their release. */
  readonly progress: SharedArrayBuffer;
  readonly frameCount: number;
  readonly seed: number;
  readonly strategy: WaitStrategy;
  readonly spins: number;
}

const MOST_CLAIMS_A_COMMIT = 4;
const MOST_READS_A_RELEASE = 8;
/** One round in so many: an abort, a wait until all is read, a pause of up to PAUSE_MS_MAX. */
const ROUNDS_AN_ABORT = 16;
const ROUNDS_A_DRAIN = 8;
const ROUNDS_A_PAUSE = 1_500;
const PAUSE_MS_MAX = 2;

const data = workerData as RingWorkerData;
const listeners = data.listeners.map((signal) => new Signal(signal));
const waiter = new Waiter(new Signal(data.ownSignal), data.strategy, data.spins);
const pauseCell = new Int32Array(new SharedArrayBuffer(4));
if (data.reader === undefined) produce();
else read(data.reader);

function ringListeners(): void {
  for (const listener of listeners) listener.ring();
}

function pauseNowAndThen(random: Random): void {
  if (random(ROUNDS_A_PAUSE) === 0)
    Atomics.wait(pauseCell, 0, 0, random(PAUSE_MS_MAX * 1_000) / 1e3);
}

function produce(): void {
  const producer = new RingProducer(data.ring);
  const random = seededRandom(data.seed + 1);
  const frames = new HammerFrames(data.seed, producer.maxPayload);
  let sent = 0;
  while (sent < data.frameCount) {
    if (random(ROUNDS_AN_ABORT) === 0) claimAndAbort(producer, random);
    const end = Math.min(sent + 1 + random(MOST_CLAIMS_A_COMMIT), data.frameCount);
    for (; sent < end; sent++) {
      const frame = frames.next();
      writeFrame(producer.record.bytes, claim(producer, frame.length), frame);
    }
    pauseNowAndThen(random);
    producer.commit();
    ringListeners();
    if (random(ROUNDS_A_DRAIN) === 0) waitUntilRead(producer);
  }
}

/** Nothing more comes before all have read: here no later ring makes up for one that is lost. */
function waitUntilRead(producer: RingProducer): void {
  const capacity = producer.record.bytes.length;
  while (producer.freeBytes() < capacity) waiter.idle(0);
  waiter.idle(1);
}

function claim(producer: RingProducer, length: number): number {
  let at = producer.tryClaim(length);
  if (at >= 0) return at;
  producer.commit();
  ringListeners();
  for (at = producer.tryClaim(length); at < 0; at = producer.tryClaim(length)) waiter.idle(0);
  waiter.idle(1);
  return at;
}

/** Leaves wrong bytes in the ring where the next frames go. */
function claimAndAbort(producer: RingProducer, random: Random): void {
  for (let i = random(MOST_CLAIMS_A_COMMIT); i >= 0; i--) {
    const length = random(producer.maxPayload + 1);
    const at = producer.tryClaim(length);
    if (at >= 0) producer.record.bytes.fill(random(256), at, at + length);
  }
  producer.abort();
}

function read(index: number): void {
  const reader = new RingReader(data.ring, index, data.boundedBy);
  const random = seededRandom(data.seed + 2 + index);
  const frames = new HammerFrames(data.seed, reader.maxPayload);
  const progress = new Int32Array(data.progress);
  const held: { readonly at: number; readonly frame: HammerFrame }[] = [];
  let seen = 0;
  while (seen < data.frameCount) {
    held.length = 0;
    for (let most = 1 + random(MOST_READS_A_RELEASE); held.length < most; ) {
      const at = reader.read();
      if (at < 0) break;
      const frame = frames.next();
      const number = seen + held.length;
      if (reader.length !== frame.length) {
        throw new Error(`frame ${number} has ${reader.length} bytes, not ${frame.length}`);
      }
      held.push({ at, frame });
    }
    const end = seen + held.length;
    if (data.boundedBy !== undefined && Atomics.load(progress, data.boundedBy) < end) {
      throw new Error(`saw frame ${end - 1} before reader ${data.boundedBy} released it`);
    }
    if (held.length > 0) pauseNowAndThen(random);
    // Checked as late as it may be: until its release nobody may write over a frame.
    for (const { at, frame } of held) {
      if (!isIntact(reader.record.bytes, at, frame)) throw new Error(`frame ${seen} is damaged`);
      seen++;
    }
    if (held.length > 0) {
      Atomics.store(progress, index, seen);
      reader.release();
      ringListeners();
    }
    if (seen < data.frameCount) waiter.idle(held.length);
  }
  if (reader.read() >= 0) throw new Error(`a frame came after the last, ${seen - 1}`);
}
