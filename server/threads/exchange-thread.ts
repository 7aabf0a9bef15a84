/**
 * The exchange thread: recovers from the journal, then drains every command ring, sequences and
 * executes. It never waits for a disk; it waits for commands, and for room on stream 20.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { writeBookImage } from '../../exchange/book-image.ts';
import { EventBuffer } from '../../exchange/event-sink.ts';
import { DEFAULT_CAPACITY, Exchange } from '../../exchange/exchange.ts';
import { Sequencer } from '../../exchange/sequencer.ts';
import { hashState } from '../../exchange/state-hash.ts';
import type { JournalReplay } from '../../journal/journal-replay.ts';
import { JournalStore } from '../../journal/journal-store.ts';
import { replayFromSnapshot } from '../../journal/snapshots.ts';
import { BOOK_IMAGE_REQUEST } from '../../protocol/command-layout.ts';
import { CommandHeader } from '../../protocol/commands.ts';
import { TradingState } from '../../protocol/enums.ts';
import { LATENCY_STAMPS } from '../../protocol/event-layout.ts';
import { type RecordBuffer, templateIdAt } from '../../protocol/record.ts';
import { Counter, Counters } from '../../ring/counters.ts';
import { LatencyClock } from '../../ring/latency-clock.ts';
import { RingProducer, RingReader } from '../../ring/ring.ts';
import { Signal, Waiter } from '../../ring/waiter.ts';
import { assertIsTheNoted } from '../journal-guard.ts';
import type { NotedEnd } from '../noted-end.ts';
import { warmUp } from '../warm-up/warm-up.ts';
import { LatencyStamper } from './latency-stamper.ts';
import { RingSink } from './ring-sink.ts';
import {
  StopFlag,
  StopRequest,
  SUPERVISOR_PRODUCER,
  type ThreadLinks,
  type WaitSettings,
} from './thread-links.ts';
import type { MarketState, ThreadMessage } from './thread-messages.ts';

export interface ExchangeThreadData {
  readonly links: ThreadLinks;
  readonly dataFolder: string;
  readonly journalMapBytes: number;
  /** Where the journal ended when that was last noted; undefined where it was not. */
  readonly noted: NotedEnd | undefined;
  readonly wait: WaitSettings;
  /** Commands taken from one ring before the next ring has its turn. */
  readonly turnCommands: number;
  /** Commands that train the exchange before anything else; 0: none. */
  readonly warmUp: number;
}

const PROGRESS_INTERVAL_MS = 250;
const US_PER_MS = 1_000;
const EXECUTED_LANE = Counters.laneOf(Counter.ExecutedSequence);
const NEXT_EXPIRE_LANE = Counters.laneOf(Counter.NextExpireTime);

const data = workerData as ExchangeThreadData;
const links = data.links;
const replay = await recover();
const exchange = replay.exchange;
const signal = new Signal(links.signals.exchange);
const newWaiter = () => new Waiter(signal, data.wait.strategy, data.wait.spins);
/** Where nobody waits for the journal, gateways are told by the exchange itself. */
const [told, toldWhenFull] =
  links.durability === 'none'
    ? [links.signals.gateways, [links.signals.journal]]
    : [[links.signals.journal], []];
const signalsOf = (buffers: readonly SharedArrayBuffer[]) =>
  buffers.map((buffer) => new Signal(buffer));
const sink = new RingSink(
  new RingProducer(links.eventRing),
  signalsOf(told),
  signalsOf(toldWhenFull),
  newWaiter(),
);
exchange.events.redirect(sink);
const stamper = new LatencyStamper(sink, new LatencyClock(links.latencyOrigin));
const sequencer = new Sequencer(exchange, sink);
const header = new CommandHeader();
const counters = new Counters(links.counters);
const readers = links.commandRings.map((ring) => new RingReader(ring, 0));
/** Markets that the supervisor was told of. */
let toldMarkets = exchange.symbols.length;
run();
post({ kind: 'stopped', sequence: exchange.sequence, stateHash: hashState(exchange) });

function post(message: ThreadMessage): void {
  parentPort!.postMessage(message);
}

async function recover(): Promise<JournalReplay> {
  const exchange = warmedUp();
  const startMs = performance.now();
  const store = new JournalStore(data.dataFolder, {
    mapBytes: data.journalMapBytes,
    readOnly: false,
    durability: links.durability,
  });
  assertIsTheNoted(store, data.dataFolder, data.noted);
  const recovering = replayFromSnapshot(store, data.dataFolder, {
    exchange,
    setsAside: true,
    onBad: (why) => post({ kind: 'log', level: 'error', text: `snapshot refused: ${why}` }),
  });
  const from = recovering.exchange.sequence;
  const end = store.lastLink().lastSequence;
  let reportedMs = startMs;
  while (recovering.next()) {
    if (performance.now() - reportedMs < PROGRESS_INTERVAL_MS) continue;
    reportedMs = performance.now();
    post({ kind: 'progress', done: recovering.exchange.sequence - from, of: end - from });
  }
  recovering.runToEnd();
  await store.close();
  const { sequence, time, limits, symbols, engine, venue } = recovering.exchange;
  const { cancelOnlyReasons } = venue;
  const markets: MarketState[] = symbols.map(({ symbolId, code }, index) => {
    const { state } = engine.books[index]!;
    const change = venue.stateChange(index);
    const changedByHandMs = change.gatewayId === SUPERVISOR_PRODUCER ? 0 : change.time / US_PER_MS;
    return { symbolId, code, state, changedByHandMs };
  });
  const recovered = new Counters(links.counters);
  recovered.set(Counter.ExecutedSequence, sequence);
  recovered.set(Counter.NextExpireTime, recovering.exchange.nextExpireTime);
  post({
    kind: 'recovered',
    sequence,
    snapshotSequence: from,
    time,
    markets,
    limits,
    rulesVersion: recovering.exchange.rules.version,
    cancelOnlyReasons,
    seconds: (performance.now() - startMs) / 1_000,
    stateHash: hashState(recovering.exchange),
  });
  return recovering;
}

/** Trained before it recovers, so that the replay is fast too. */
function warmedUp(): Exchange {
  const exchange = new Exchange(new EventBuffer(), DEFAULT_CAPACITY);
  if (data.warmUp === 0) return exchange;
  const startMs = performance.now();
  warmUp(exchange, data.warmUp);
  const seconds = (performance.now() - startMs) / 1_000;
  const details = { commands: data.warmUp, seconds };
  post({ kind: 'log', level: 'info', text: 'exchange warmed up', details });
  return exchange;
}

/** The duty cycle. */
function run(): void {
  const waiter = newWaiter();
  const stop = new StopRequest(links, StopFlag.Exchange);
  for (;;) {
    const wasStopRaised = stop.isRaised;
    let workCount = 0;
    for (let i = 0; i < readers.length; i++) workCount += drain(readers[i]!);
    if (workCount > 0) {
      sink.publish();
      exchange.readNextExpireTime(counters.lanes, NEXT_EXPIRE_LANE);
      if (exchange.symbols.length > toldMarkets) tellNewMarkets();
    } else if (wasStopRaised) return;
    waiter.idle(workCount);
  }
}

function drain(reader: RingReader): number {
  let count = 0;
  while (count < data.turnCommands) {
    const at = reader.read();
    if (at < 0) break;
    count++;
    const templateId = templateIdAt(reader.record, at);
    if (templateId === BOOK_IMAGE_REQUEST.templateId) {
      const { gatewayId, correlationId } = header.wrap(reader.record, at);
      writeBookImage(exchange, sink, gatewayId, correlationId);
    } else if (templateId === LATENCY_STAMPS.templateId) {
      stamper.begin(reader.record, at);
      // Its command was published with it.
      execute(reader.record, reader.read());
      stamper.end(exchange);
    } else execute(reader.record, at);
  }
  if (count > 0) reader.release();
  return count;
}

function execute(record: RecordBuffer, at: number): void {
  sequencer.sequence(record, at);
  exchange.readSequence(counters.lanes, EXECUTED_LANE);
}

function tellNewMarkets(): void {
  for (; toldMarkets < exchange.symbols.length; toldMarkets++) {
    const { symbolId, code } = exchange.symbols[toldMarkets]!;
    const { state } = exchange.engine.books[toldMarkets]!;
    // A new market is Continuous: if it is not, its maker had it otherwise.
    const changedByHandMs = state === TradingState.Continuous ? 0 : exchange.time / US_PER_MS;
    post({ kind: 'market', symbolId, code, state, changedByHandMs });
  }
}
