/**
 * How long the exchange takes for a command, alone and while snapshots are written beside it: their
 * process must not be felt.
 */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { createExchangeUnderTest } from '../exchange/exchange-under-test.ts';
import { makeFlow } from '../exchange/mixes.ts';
import type { Measured, TaskOptions } from '../measuring/campaign.ts';
import { latenciesOf, percentilesOf } from '../measuring/probes.ts';
import { makeJournal } from './replay.ts';
import type { SnapshotWriterData } from './snapshot-writer.ts';

const SCALE = { mix: 'moves', symbols: 1, accounts: 1_000, resting: 10_000 } as const;

type Amount = Pick<TaskOptions, 'operations' | 'seed'>;

export async function measureExecuted(
  folder: string,
  amount: Amount,
  isBesideSnapshot: boolean,
): Promise<Measured> {
  const flow = makeFlow({ ...SCALE, ...amount });
  const exchange = createExchangeUnderTest(flow);
  exchange.define();
  exchange.fund();
  exchange.run(0, flow.buildUp);
  exchange.run(flow.buildUp, flow.measuredFrom);
  if (isBesideSnapshot) await makeJournal({ folder, mix: 'moves', ...amount, tail: 0 });
  const writer = isBesideSnapshot ? await startWriter(folder) : undefined;
  const tookMs = new Float64Array(flow.length - flow.measuredFrom);
  exchange.runTimed(flow.measuredFrom, flow.length, tookMs);
  await writer?.end();
  return latenciesOf('executed', tookMs, percentilesOf);
}

async function startWriter(folder: string) {
  const stop = new SharedArrayBuffer(4);
  const data: SnapshotWriterData = { folder, stop };
  const writer = new Worker(new URL('./snapshot-writer.js', import.meta.url), { workerData: data });
  await once(writer, 'message');
  return {
    async end(): Promise<void> {
      Atomics.store(new Int32Array(stop), 0, 1);
      const [count] = (await once(writer, 'message')) as [number];
      if (count === 0) throw new Error('no snapshot was written beside the commands');
      await once(writer, 'exit');
    },
  };
}
