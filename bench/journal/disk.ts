/** What the disk and LMDB do without Hoga: one blob a flush, one after the other. */
import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { open } from 'lmdb';
import type { Measured } from '../measuring/campaign.ts';
import { latenciesOf, microsecondsOf, throughputOf } from '../measuring/probes.ts';
import { batchBytesOf } from './journal-under-load.ts';

const PAGE_BYTES = 4_096;
const CHUNK = Buffer.alloc(1024 * 1024);

/** A file that is written before, so that no flush changes its length. */
export function measureRawFile(folder: string, operations: number, batch: number): Measured {
  const blob = Buffer.alloc(batchBytesOf(batch), 7);
  const place = Math.ceil(blob.length / PAGE_BYTES) * PAGE_BYTES;
  const file = openSync(join(folder, 'raw'), 'w');
  const flushes = Math.ceil(operations / batch);
  for (let bytes = 0; bytes < flushes * place; bytes += CHUNK.length) writeSync(file, CHUNK);
  fdatasyncSync(file);
  const measured = timeFlushes(flushes, batch, (at) => {
    writeSync(file, blob, 0, blob.length, at * place);
    fdatasyncSync(file);
  });
  closeSync(file);
  return measured;
}

/** LMDB as it comes, its file growing. */
export async function measureLmdbBlob(
  folder: string,
  operations: number,
  batch: number,
): Promise<Measured> {
  const blob = Buffer.alloc(batchBytesOf(batch), 7);
  const path = join(folder, 'blob.mdb');
  const options = { mapSize: 2 ** 34, overlappingSync: false, cache: false } as const;
  const database = open<Buffer, number>({ path, encoding: 'binary', ...options });
  const measured = timeFlushes(Math.ceil(operations / batch), batch, (at) => {
    database.transactionSync(() => database.putSync(at + 1, blob));
  });
  await database.close();
  return measured;
}

function timeFlushes(flushes: number, batch: number, flush: (at: number) => void): Measured {
  const tookMs = new Float64Array(flushes);
  const startedAt = performance.now();
  let before = startedAt;
  for (let at = 0; at < flushes; at++) {
    flush(at);
    const now = performance.now();
    tookMs[at] = now - before;
    before = now;
  }
  const { metrics, histograms } = latenciesOf('flushed', tookMs, microsecondsOf);
  return {
    metrics: { ...throughputOf(flushes * batch, before - startedAt), ...metrics },
    histograms,
  };
}
