/** Replay: a journal of the exchange benchmark's flow, read with every check. */
import { EventBuffer } from '../../exchange/event-sink.ts';
import { Exchange } from '../../exchange/exchange.ts';
import { BatchBuilder, CHAIN_START } from '../../journal/batch.ts';
import { JournalReplay } from '../../journal/journal-replay.ts';
import { JournalStore } from '../../journal/journal-store.ts';
import { MAX_COMMAND_LENGTH } from '../../protocol/command-layout.ts';
import { RecordBuffer } from '../../protocol/record.ts';
import { createCommandEncoder, type Encode } from '../exchange/command-encoder.ts';
import { makeFlow } from '../exchange/mixes.ts';
import type { Metrics } from '../measuring/campaign.ts';
import { throughputOf } from '../measuring/probes.ts';

const MAP_BYTES = 2 ** 35;
/** As the journal thread's under load. */
const BATCH_COMMANDS = 1_000;

export async function measureReplay(
  folder: string,
  operations: number,
  seed: number,
): Promise<Metrics> {
  const store = new JournalStore(folder, { mapBytes: MAP_BYTES, readOnly: false });
  const count = writeJournal(store, operations, seed);
  const startedAt = performance.now();
  const replay = new JournalReplay(store);
  replay.runToEnd();
  const tookMs = performance.now() - startedAt;
  if (replay.commandCount !== count) throw new Error(`${replay.commandCount} of ${count} replayed`);
  await store.close();
  return throughputOf(count, tookMs);
}

/** Returns how many commands it has: the flow's and those that fund it. */
function writeJournal(store: JournalStore, operations: number, seed: number): number {
  const scale = { mix: 'moves', symbols: 1, accounts: 1_000, resting: 10_000 } as const;
  const flow = makeFlow({ ...scale, operations, seed });
  const { definitions, deposits, encodeSetUp, encode } = createCommandEncoder(flow);
  const events = new EventBuffer();
  const exchange = new Exchange(events);
  const command = RecordBuffer.allocate(MAX_COMMAND_LENGTH);
  const batch = new BatchBuilder(CHAIN_START, BATCH_COMMANDS * MAX_COMMAND_LENGTH);
  let count = 0;
  const finish = () => {
    const { low, high } = exchange.events.hash;
    batch.complete(exchange.sequence, low, high);
    const { firstSequence, bytes } = batch.finish();
    store.append(firstSequence, bytes);
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
  return count;
}
