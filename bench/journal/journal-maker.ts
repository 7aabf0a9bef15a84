/** A thread that writes a journal of the exchange benchmark's flow, and a snapshot within it. */
import { parentPort, workerData } from 'node:worker_threads';
import { EventBuffer } from '../../exchange/event-sink.ts';
import { Exchange } from '../../exchange/exchange.ts';
import { BatchBuilder, CHAIN_START, linkOfStored } from '../../journal/batch.ts';
import { JournalStore } from '../../journal/journal-store.ts';
import { takeSnapshot } from '../../journal/snapshots.ts';
import { MAX_COMMAND_LENGTH } from '../../protocol/command-layout.ts';
import { RecordBuffer } from '../../protocol/record.ts';
import { createCommandEncoder, type Encode } from '../exchange/command-encoder.ts';
import { makeFlow } from '../exchange/mixes.ts';

export interface WantedJournal {
  readonly folder: string;
  /** One of the exchange benchmark's. */
  readonly mix: string;
  readonly operations: number;
  readonly seed: number;
  /** Commands behind the snapshot; 0: there is none. */
  readonly tail: number;
}

export const MAP_BYTES = 2 ** 35;
/** As the journal thread's under load. */
const BATCH_COMMANDS = 1_000;

if (parentPort !== null) parentPort.postMessage(await make(workerData as WantedJournal));

/** Returns how many commands it has: the flow's and those that fund it. */
async function make({ folder, mix, operations, seed, tail }: WantedJournal): Promise<number> {
  const store = new JournalStore(folder, { mapBytes: MAP_BYTES, readOnly: false });
  const scale = { symbols: 1, accounts: 1_000, resting: 10_000 };
  const flow = makeFlow({ ...scale, mix, operations, seed });
  const { definitions, deposits, encodeSetUp, encode } = createCommandEncoder(flow);
  const events = new EventBuffer();
  const exchange = new Exchange(events);
  const command = RecordBuffer.allocate(MAX_COMMAND_LENGTH);
  const batch = new BatchBuilder(CHAIN_START, BATCH_COMMANDS * MAX_COMMAND_LENGTH);
  const total = definitions + deposits + flow.length;
  let count = 0;
  let isTaken = tail === 0;
  const finish = () => {
    const { low, high } = exchange.events.hash;
    batch.complete(exchange.sequence, low, high);
    const { firstSequence, bytes } = batch.finish();
    store.append(firstSequence, bytes);
    if (isTaken || count < total - tail) return;
    isTaken = true;
    takeSnapshot(folder, { exchange, link: linkOfStored(bytes) });
  };
  const add = (write: Encode, at: number) => {
    const length = write(at, command, 0);
    events.clear();
    exchange.execute(command, 0);
    batch.append(command.words, 0, length);
    count++;
    if (batch.commandCount === BATCH_COMMANDS) finish();
  };
  for (let at = 0; at < definitions + deposits; at++) add(encodeSetUp, at);
  for (let at = 0; at < flow.length; at++) add(encode, at);
  if (batch.commandCount > 0) finish();
  await store.close();
  return count;
}
