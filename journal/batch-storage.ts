/**
 * What the journal's parts need of the place where batches are kept. `JournalStore` is that place;
 * the simulation (test/simulation/) has one in memory that loses and tears what it may.
 */
import type { ChainLink } from './batch.ts';

/** For who reads a journal. */
export interface BatchSource {
  /** The batch with that key, as of now; undefined where there is none. */
  read(firstSequence: number): Uint8Array | undefined;
  /** Key of the oldest batch; undefined where there is none. */
  firstSequence(): number | undefined;
  /** The end of the chain as the newest batch states it. */
  lastLink(): ChainLink;
  /** What the batch that holds a command states of the chain; undefined where there is none. */
  linkAt(sequence: number): ChainLink | undefined;
}

/** For who writes one. What fails throws, or rejects: then nothing may go on. */
export interface BatchTarget {
  /** What was handed to `appendLater` and is not flushed yet. */
  readonly unflushedBytes: number;
  lastLink(): ChainLink;
  /** Flushes what an earlier process wrote and did not. */
  flush(): void;
  /** Stores a batch and flushes it to disk. */
  append(firstSequence: number, bytes: Uint8Array): void;
  /** Hands over a batch; calls back when it can be read and is flushed. */
  appendLater(firstSequence: number, bytes: Uint8Array, onStored: () => void): Promise<void>;
}
