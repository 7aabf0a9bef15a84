/**
 * One measurement of a start: between rings, as the exchange thread is, command by command. It must
 * have a process of its own.
 */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { EventBuffer } from '../../exchange/event-sink.ts';
import { Exchange } from '../../exchange/exchange.ts';
import { Sequencer } from '../../exchange/sequencer.ts';
import { loadExchange } from '../../exchange/snapshot/snapshot.ts';
import { MAX_COMMAND_LENGTH } from '../../protocol/command-layout.ts';
import { copyRecord, RecordBuffer, recordLengthAt } from '../../protocol/record.ts';
import { createRing, RingProducer, RingReader } from '../../ring/ring.ts';
import { RingSink } from '../../server/threads/ring-sink.ts';
import { warmUp } from '../../server/warm-up/warm-up.ts';
import type { Measured, TaskOptions } from '../measuring/campaign.ts';
import { latenciesOf, microsecondsOf } from '../measuring/probes.ts';
import type { FirstOrdersCase } from './cases.ts';
import type { MadeStart, WantedStart } from './start-maker.ts';

export type Task = TaskOptions & FirstOrdersCase;

const FIRST = 1_000;
/** What is measured of a venue that has run for long. */
const STEADY = 100_000;
/** Commands that are replayed behind the snapshot. */
const TAIL = 20_000;
/** Commands that are in the ring at a time. */
const BLOCK = 500;
const COMMAND_RING_BYTES = 4 * 2 ** 20;
const EVENT_RING_BYTES = 32 * 2 ** 20;

const NEVER_FULL = {
  idle: () => {
    throw new Error('the ring is full: a block of commands has too many events');
  },
};

export async function measure(task: Task): Promise<Measured> {
  const tail = task.start === 'replayed' ? TAIL : 0;
  const before = task.isSteady ? task.operations : 0;
  const measured = task.isSteady ? STEADY : FIRST;
  const commands = tail + before + measured;
  const made = await makeStart({ isFresh: task.start === 'fresh', commands, seed: task.seed });
  const venue = createVenue(new RecordBuffer(made.commands));
  const startedAt = performance.now();
  if (task.warmUp > 0) warmUp(venue.exchange, task.warmUp);
  const warmUpMs = performance.now() - startedAt;
  if (made.state.length > 0) restore(venue.exchange, made.state);
  venue.replay(0, tail);
  const first = tail + made.setUp + before;
  venue.run(tail, first);
  const tookMs = new Float64Array(measured);
  venue.run(first, first + measured, tookMs);
  const { metrics, histograms } = latenciesOf('executed', tookMs, microsecondsOf);
  const { p50_us, p99_us, max_us } = metrics as Record<string, number>;
  return {
    metrics: { p50_us: p50_us!, p99_us: p99_us!, max_us: max_us!, warm_up_ms: warmUpMs },
    histograms,
  };
}

async function makeStart(wanted: WantedStart): Promise<MadeStart> {
  const maker = new Worker(new URL('./start-maker.js', import.meta.url), { workerData: wanted });
  const exit = once(maker, 'exit');
  const [made] = (await once(maker, 'message')) as [MadeStart];
  await exit;
  return made;
}

/** @param encoded commands, each at a multiple of `MAX_COMMAND_LENGTH` */
function createVenue(encoded: RecordBuffer) {
  const eventRing = createRing(EVENT_RING_BYTES);
  const sink = new RingSink(new RingProducer(eventRing), [], [], NEVER_FULL);
  const told = new RingReader(eventRing, 0);
  told.join();
  const commandRing = createRing(COMMAND_RING_BYTES);
  const producer = new RingProducer(commandRing);
  const reader = new RingReader(commandRing, 0);
  reader.join();
  const exchange = new Exchange(sink);
  const sequencer = new Sequencer(exchange, sink);

  function putAll(from: number, to: number): void {
    for (let i = from; i < to; i++) {
      const offset = i * MAX_COMMAND_LENGTH;
      const length = recordLengthAt(encoded, offset);
      const at = producer.tryClaim(length);
      copyRecord(encoded.words, offset, producer.record.words, at, length);
    }
    producer.commit();
  }

  return {
    exchange,

    /** Executes commands as a replay does, and then turns to the ring. */
    replay(from: number, to: number): void {
      const events = new EventBuffer();
      const batch = RecordBuffer.allocate(MAX_COMMAND_LENGTH);
      exchange.events.redirect(events);
      for (let i = from; i < to; i++) {
        copyRecord(encoded.words, i * MAX_COMMAND_LENGTH, batch.words, 0, MAX_COMMAND_LENGTH);
        events.clear();
        exchange.execute(batch, 0);
      }
      exchange.events.redirect(sink);
    },

    /** Executes commands out of the ring; with `tookMs` each is timed. */
    run(from: number, to: number, tookMs = new Float64Array(to - from)): void {
      for (let first = from; first < to; first += BLOCK) {
        const end = Math.min(first + BLOCK, to);
        putAll(first, end);
        let at = performance.now();
        for (let i = first; i < end; i++) {
          sequencer.sequence(reader.record, reader.read());
          sink.publish();
          const now = performance.now();
          tookMs[i - from] = now - at;
          at = now;
        }
        reader.release();
        while (told.read() >= 0);
        told.release();
      }
    },
  };
}

function restore(exchange: Exchange, state: Float64Array): void {
  let at = 0;
  // A small integer out of a float64 lane is to be one again, as out of a snapshot's file.
  const next = () => {
    const value = state[at++]!;
    return (value | 0) === value ? value | 0 : value;
  };
  loadExchange(exchange, {
    section: () => {
      at++;
      return next();
    },
    next,
    nextWords: (target, from, count) => {
      for (let i = 0; i < count; i++) target[from + i] = next();
    },
  });
}
