/**
 * The ring between real threads, hammered: one producer and three readers, one of them bounded by
 * reader 0 as gateways are by the journal. A ring so small that it wraps and fills all the time.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { testSeed } from '../test/support/seed.ts';
import { RingReader } from './ring.ts';
import { FRAME_HEADER_BYTES } from './ring-layout.ts';
import { HammerFrames } from './testing/hammer-frames.ts';
import { createRingAt } from './testing/ring-at.ts';
import type { RingWorkerData } from './testing/ring-worker.ts';
import { createSignal, type WaitStrategy } from './waiter.ts';

/** Far longer than any of these takes on a slow machine. */
const HANG_MS = 120_000;
const BOUNDS = [undefined, undefined, 0];
/** The wrap of the positions comes while the threads run. */
const START = 2 ** 31 - 5_000;

interface Hammer {
  readonly strategy: WaitStrategy;
  readonly spins: number;
  readonly capacity: number;
  readonly frameCount: number;
}

/**
 * Whom each thread wakes: the producer those it shows frames to, reader 0 the one it bounds too.
 */
function listenersOf(
  reader: number | undefined,
  producer: SharedArrayBuffer,
  readers: SharedArrayBuffer[],
) {
  if (reader === undefined) return readers.filter((_, index) => BOUNDS[index] === undefined);
  return [producer, ...readers.filter((_, index) => BOUNDS[index] === reader)];
}

async function hammer({ capacity, ...settings }: Hammer, seed: number): Promise<void> {
  const ring = createRingAt(capacity, START);
  for (const [reader, bound] of BOUNDS.entries()) new RingReader(ring, reader, bound).join();
  const producerSignal = createSignal();
  const readerSignals = BOUNDS.map(createSignal);
  const progress = new SharedArrayBuffer(BOUNDS.length * 4);
  const start = (reader: number | undefined) => {
    const workerData: RingWorkerData = {
      ...settings,
      ring,
      reader,
      boundedBy: reader === undefined ? undefined : BOUNDS[reader],
      listeners: listenersOf(reader, producerSignal, readerSignals),
      ownSignal: reader === undefined ? producerSignal : readerSignals[reader]!,
      progress,
      seed,
    };
    return new Worker(new URL('./testing/ring-worker.ts', import.meta.url), { workerData });
  };
  const workers = [undefined, ...BOUNDS.keys()].map(start);
  const hang = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    const seen = [...new Int32Array(progress)].join(', ');
    const what = `no end after ${HANG_MS} ms: readers saw ${seen} of ${settings.frameCount} frames`;
    hang.reject(new Error(`${what}; a wake-up or a frame was lost`));
  }, HANG_MS);
  try {
    // `once` rejects where the thread ends with an error.
    await Promise.race([Promise.all(workers.map((worker) => once(worker, 'exit'))), hang.promise]);
  } finally {
    clearTimeout(timer);
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
  assert.deepEqual(
    [...new Int32Array(progress)],
    BOUNDS.map(() => settings.frameCount),
  );
}

/** How often these frames go round the ring, padding not counted. */
function roundsOf({ capacity, frameCount }: Hammer, seed: number): number {
  const frames = new HammerFrames(seed, capacity / 8 - FRAME_HEADER_BYTES);
  let bytes = 0;
  for (let i = 0; i < frameCount; i++) bytes += frames.next().length + FRAME_HEADER_BYTES;
  return Math.floor(bytes / capacity);
}

for (const settings of [
  // With more threads than cores, spinners take turns by the scheduler's time slices: fewer frames.
  { strategy: 'busy-spin', spins: 0, capacity: 1024, frameCount: 1_000 },
  { strategy: 'spin-then-park', spins: 100, capacity: 1024, frameCount: 300_000 },
  { strategy: 'park', spins: 0, capacity: 1024, frameCount: 200_000 },
] as const satisfies Hammer[]) {
  test(`with ${settings.strategy} each reader sees all frames once, in order, whole`, async (t) => {
    const seed = testSeed(t);
    const rounds = roundsOf(settings, seed);
    t.diagnostic(`${settings.frameCount} frames, ${rounds} times round the ring`);
    assert.ok(rounds > 30);
    await hammer(settings, seed);
  });
}
