/** A frame through a ring, writer and reader on one thread: claim, commit, read, release. */
import { MAX_COMMAND_LENGTH } from '../../protocol/command-layout.ts';
import { createRing, RingProducer, RingReader } from '../../ring/ring.ts';
import { BATCH, type MicroOperations } from './micro-operation.ts';

const RING_BYTES = 2 ** 16;

function createFrames() {
  const ring = createRing(RING_BYTES);
  const producer = new RingProducer(ring);
  const reader = new RingReader(ring, 0);
  reader.join();
  return (count: number) => {
    let sum = 0;
    for (let i = 0; i < count; i++) {
      const at = producer.tryClaim(MAX_COMMAND_LENGTH);
      producer.record.words[at >> 2] = i;
      producer.commit();
      sum += reader.record.words[reader.read() >> 2]!;
      reader.release();
    }
    if (sum !== (count * (count - 1)) / 2) throw new Error(`the frames read came to ${sum}`);
    return sum;
  };
}

export const RING: MicroOperations = { 'ring/frame': { batch: BATCH, create: createFrames } };
