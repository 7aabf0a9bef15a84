/**
 * The product's exchange and journal threads, started as the supervisor starts them, in a data
 * folder of their own.
 */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Durability } from '../../journal/durability.ts';
import { Signal } from '../../ring/waiter.ts';
import { readConfiguration } from '../../server/configuration.ts';
import type { ExchangeThreadData } from '../../server/threads/exchange-thread.ts';
import type { JournalThreadData } from '../../server/threads/journal-thread.ts';
import {
  createThreadLinks,
  StopFlag,
  StopRequest,
  type ThreadLinks,
  type WaitSettings,
} from '../../server/threads/thread-links.ts';

export interface Venue {
  readonly links: ThreadLinks;
  readonly exchange: Worker;
  /** Ends both threads: all that was sent is executed and journaled. */
  readonly stop: () => Promise<void>;
}

export interface VenueOptions {
  readonly folder: string;
  readonly durability: Durability;
  readonly exchange: WaitSettings;
  readonly journal: WaitSettings;
}

export async function startVenue(options: VenueOptions): Promise<Venue> {
  const { folder, durability } = options;
  const configuration = readConfiguration({}, {});
  const { commandRingBytes, eventRingBytes, journalMapBytes, turnCommands, warmUp } = configuration;
  const { journalBatchBytes: batchBytes, journalUnflushedBytes: unflushedBytes } = configuration;
  const links = createThreadLinks({ gateways: 1, commandRingBytes, eventRingBytes, durability });
  const shared = { links, dataFolder: folder, journalMapBytes };
  const journalData: JournalThreadData = {
    ...shared,
    wait: options.journal,
    batchBytes,
    unflushedBytes,
    napMs: configuration.journalNapMs,
    isStaged: false,
  };
  const journal = await startThread('journal', journalData, 'ready');
  const exchangeData: ExchangeThreadData = {
    ...shared,
    noted: undefined,
    wait: options.exchange,
    turnCommands,
    warmUp,
  };
  const exchange = await startThread('exchange', exchangeData, 'recovered');
  async function stop(): Promise<void> {
    const { signals } = links;
    const ends = [
      { worker: exchange, flag: StopFlag.Exchange, signal: signals.exchange },
      { worker: journal, flag: StopFlag.Journal, signal: signals.journal },
    ];
    for (const { worker, flag, signal } of ends) {
      new StopRequest(links, flag).raise();
      new Signal(signal).ring();
      await once(worker, 'exit');
    }
  }
  return { links, exchange, stop };
}

async function startThread(name: string, data: unknown, awaited: string): Promise<Worker> {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const file = new URL(`../../server/threads/${name}-thread.${extension}`, import.meta.url);
  const worker = new Worker(file, { workerData: data });
  // What it cannot handle must end the measurement.
  worker.on('error', (error) => {
    throw error;
  });
  for (;;) {
    const [message] = (await once(worker, 'message')) as [{ kind: string }];
    if (message.kind === awaited) return worker;
  }
}
