/**
 * A thread of the test that cuts a reader off, again and again, at any moment: the producer, the
 * reader that always holds it back (and cuts the other off), or the one that is cut off and joins
 * again. Ends with an error at the first frame that is not whole, or not the next.
 */
import { workerData } from 'node:worker_threads';
import { seededRandom } from '../../test/support/seed.ts';
import { CopyingReader } from '../copying-reader.ts';
import { ReaderWatch } from '../reader-watch.ts';
import { RingProducer, RingReader } from '../ring.ts';
import { SHAKY_READER, Shown, STEADY_READER, THREADS } from './cut-off-slots.ts';
import { numberedLength, readNumbered, writeNumbered } from './numbered-frames.ts';

export interface CutOffWorkerData {
  readonly role: 'producer' | 'steady' | 'shaky';
  readonly ring: SharedArrayBuffer;
  readonly boundedBy: number | undefined;
  readonly shown: SharedArrayBuffer;
  readonly frameCount: number;
  readonly seed: number;
}

const NAP_MS = 0.05;
/** Frames between two cuts, on average; fewer while the other reader is far behind. */
const FRAMES_A_CUT = 400;
const FRAMES_A_CUT_BEHIND = 10;
const MOST_READS_A_RELEASE = 50;

const data = workerData as CutOffWorkerData;
const { ring, frameCount, boundedBy } = data;
const shown = new Int32Array(data.shown);
const random = seededRandom(data.seed);
// None of them is done before all are there.
Atomics.add(shown, Shown.Started, 1);
while (Atomics.load(shown, Shown.Started) < THREADS) nap();
if (data.role === 'producer') produce();
else if (data.role === 'steady') readAndCutOff();
else readShakily();

function nap(): void {
  Atomics.wait(shown, Shown.Nap, 0, NAP_MS);
}

function produce(): void {
  const producer = new RingProducer(ring);
  const { maxPayload, record } = producer;
  for (let number = 0; number < frameCount; number++) {
    const length = numberedLength(number, maxPayload);
    let at = producer.tryClaim(length);
    while (at < 0) {
      producer.commit();
      nap();
      at = producer.tryClaim(length);
    }
    writeNumbered(record, at, number, maxPayload);
    if (random(4) === 0) producer.commit();
  }
  producer.commit();
}

function readAndCutOff(): void {
  const reader = new RingReader(ring, STEADY_READER);
  const watch = new ReaderWatch(ring, SHAKY_READER, boundedBy);
  const { maxPayload, record } = reader;
  for (let expected = 0; expected < frameCount; ) {
    const at = reader.read();
    if (at < 0) {
      reader.release();
      nap();
      continue;
    }
    const number = readNumbered(record, at, reader.length, maxPayload);
    if (number !== expected) throw new Error(`frame ${number} came after ${expected - 1}`);
    expected++;
    if (random(MOST_READS_A_RELEASE) === 0) reader.release();
    const isBehind = watch.lagBytes > watch.capacityBytes / 2;
    if (random(isBehind ? FRAMES_A_CUT_BEHIND : FRAMES_A_CUT) !== 0) continue;
    if (watch.cutOff()) shown[Shown.CutOffs]! += 1;
  }
  reader.release();
  Atomics.store(shown, Shown.IsDone, 1);
}

function readShakily(): void {
  const reader = new CopyingReader(ring, SHAKY_READER, boundedBy);
  const { maxPayload, record } = reader;
  let last = -1;
  let isAfterGap = false;
  for (;;) {
    const isDone = Atomics.load(shown, Shown.IsDone) === 1;
    let count = 0;
    for (const most = 1 + random(MOST_READS_A_RELEASE); count < most; count++) {
      const at = reader.read();
      if (at < 0) break;
      const number = readNumbered(record, at, reader.length, maxPayload);
      if (isAfterGap ? number <= last : number !== last + 1) {
        throw new Error(`frame ${number} came after ${last}`);
      }
      isAfterGap = false;
      last = number;
    }
    shown[Shown.Seen]! += count;
    if (count > 0) reader.release();
    else if (reader.isCutOff) {
      reader.join();
      isAfterGap = true;
    } else if (isDone) return;
    else nap();
  }
}
