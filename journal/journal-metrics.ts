/** What the journal's writer tells of its work, in shared memory: for the metrics. */
import { SharedHistogram } from '../ring/histogram.ts';

/** Commands a batch. */
const BATCH_BOUNDS = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024, 2_048, 4_096, 8_192];
/** Seconds. */
const TIME_BOUNDS = [
  0.000_01, 0.000_03, 0.000_1, 0.000_2, 0.000_4, 0.000_8, 0.001_6, 0.003_2, 0.006_4, 0.012_8, 0.025,
  0.05, 0.1, 0.25, 0.5, 1,
];

export interface JournalMetricsBuffers {
  readonly batch: SharedArrayBuffer;
  readonly commit: SharedArrayBuffer;
  readonly flush: SharedArrayBuffer;
}

export class JournalMetrics {
  readonly batchCommands: SharedHistogram;
  /** From a batch's end until it may be told. */
  readonly commitSeconds: SharedHistogram;
  /** From a batch's end until it is flushed to disk. */
  readonly flushSeconds: SharedHistogram;

  constructor({ batch, commit, flush }: JournalMetricsBuffers) {
    this.batchCommands = new SharedHistogram(batch, BATCH_BOUNDS);
    this.commitSeconds = new SharedHistogram(commit, TIME_BOUNDS);
    this.flushSeconds = new SharedHistogram(flush, TIME_BOUNDS);
  }

  static create(): JournalMetricsBuffers {
    return {
      batch: SharedHistogram.create(BATCH_BOUNDS),
      commit: SharedHistogram.create(TIME_BOUNDS),
      flush: SharedHistogram.create(TIME_BOUNDS),
    };
  }
}
