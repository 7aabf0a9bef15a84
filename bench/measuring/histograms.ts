/**
 * Histograms of latencies in ns, one a stage: a process that measures tells them as text, and those
 * of all runs of a case are added. All have the same range and precision.
 */
import {
  build,
  decodeFromCompressedBase64,
  encodeIntoCompressedBase64,
  type Histogram,
} from 'hdr-histogram-js';

/** Stage, as 'executed' or 'released' → its encoded histogram. */
export type EncodedHistograms = Readonly<Record<string, string>>;

/** Stage → the histogram of all runs so far. */
export type StageHistograms = ReadonlyMap<string, Histogram>;

/** Highest latency that is told apart, in ns. */
const MAX_NS = 60_000_000_000;

/** Of latencies in ns, to three digits. */
export function newHistogram(): Histogram {
  return build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: MAX_NS,
    numberOfSignificantValueDigits: 3,
  });
}

/** Of what each operation took, in ms. */
export function histogramOf(tookMs: Float64Array): Histogram {
  const histogram = newHistogram();
  for (const ms of tookMs) histogram.recordValue(Math.round(ms * 1e6));
  return histogram;
}

export function encode(histogram: Histogram): string {
  return encodeIntoCompressedBase64(histogram);
}

/** @throws Error for a text that no histogram was encoded into */
export function decode(text: string): Histogram {
  return decodeFromCompressedBase64(text);
}

/** Adds what one measurement told to the histograms of its case. */
export function addHistograms(to: Map<string, Histogram>, told: EncodedHistograms): void {
  for (const [stage, text] of Object.entries(told)) {
    const histogram = to.get(stage) ?? newHistogram();
    to.set(stage, histogram);
    histogram.add(decode(text));
  }
}
