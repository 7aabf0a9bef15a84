/**
 * What this machine allows at best: two threads that only spin, as load and exchange do, and how
 * long each is kept from it. A command due every 10 µs would have waited so long if it took no
 * time. After jHiccup (Gil Tene).
 */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Measured } from '../measuring/campaign.ts';
import { decode, encode, newHistogram } from '../measuring/histograms.ts';
import { microsecondsOf } from '../measuring/probes.ts';

const DUE_EVERY_MS = 0.01;
const NS_PER_MS = 1e6;

/** @param ms how long both spin */
export async function measureFloor(ms: number): Promise<Measured> {
  const spinner = new Worker(new URL('./floor-worker.js', import.meta.url), { workerData: ms });
  const histogram = spin(ms);
  const [other] = (await once(spinner, 'message')) as [string];
  histogram.add(decode(other));
  return { metrics: microsecondsOf(histogram), histograms: { floor: encode(histogram) } };
}

export function spin(ms: number) {
  const histogram = newHistogram();
  let dueMs = performance.now();
  const endMs = dueMs + ms;
  while (dueMs < endMs) {
    const now = performance.now();
    for (; dueMs <= now; dueMs += DUE_EVERY_MS) {
      histogram.recordValue(Math.round((now - dueMs) * NS_PER_MS));
    }
  }
  return histogram;
}
