/**
 * A frame through a ring, writer and reader on one thread: claim, commit, read, release. With the
 * reader that reads in place, and with the one that copies: frame by frame, and when it is behind.
 */
import { MAX_COMMAND_LENGTH } from '../../protocol/command-layout.ts';
import { CopyingReader } from '../../ring/copying-reader.ts';
import { createRing, RingProducer, RingReader } from '../../ring/ring.ts';
import { BATCH, type MicroOperations } from './micro-operation.ts';

const RING_BYTES = 2 ** 16;
/** That fit into the ring, and divide a batch. */
const FRAMES_BEHIND = 50;

/** @param framesBehind written before they are read */
function createFrames(Reader: typeof RingReader | typeof CopyingReader, framesBehind: number) {
  const ring = createRing(RING_BYTES);
  const producer = new RingProducer(ring);
  const reader = new Reader(ring, 0);
  reader.join();
  return (count: number) => {
    let sum = 0;
    for (let written = 0; written < count; written += framesBehind) {
      for (let i = 0; i < framesBehind; i++) {
        const at = producer.tryClaim(MAX_COMMAND_LENGTH);
        producer.record.words[at >> 2] = written + i;
        producer.commit();
      }
      for (let i = 0; i < framesBehind; i++) sum += reader.record.words[reader.read() >> 2]!;
      reader.release();
    }
    if (sum !== (count * (count - 1)) / 2) throw new Error(`the frames read came to ${sum}`);
    return sum;
  };
}

export const RING: MicroOperations = {
  'ring/frame': { batch: BATCH, create: () => createFrames(RingReader, 1) },
  'ring/frame-copied': { batch: BATCH, create: () => createFrames(CopyingReader, 1) },
  'ring/frames-behind': { batch: BATCH, create: () => createFrames(RingReader, FRAMES_BEHIND) },
  'ring/frames-behind-copied': {
    batch: BATCH,
    create: () => createFrames(CopyingReader, FRAMES_BEHIND),
  },
};
