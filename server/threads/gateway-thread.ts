/** A gateway thread: listens when told to, closes when told to, and is never terminated. */
import { parentPort, workerData } from 'node:worker_threads';
import { Gateway, type GatewayIdentity } from '../../gateway/gateway.ts';
import type { GatewaySettings } from '../../gateway/gateway-settings.ts';
import { JournalMetrics } from '../../journal/journal-metrics.ts';
import { openDatabase } from '../../persistence/database.ts';
import { CopyingReader } from '../../ring/copying-reader.ts';
import { Counters } from '../../ring/counters.ts';
import { GatewayCounters } from '../../ring/gateway-counters.ts';
import { LatencyClock } from '../../ring/latency-clock.ts';
import { RingProducer } from '../../ring/ring.ts';
import { Signal } from '../../ring/waiter.ts';
import { gatewayBound, gatewayProducer, gatewayReader, type ThreadLinks } from './thread-links.ts';
import type { GatewayRequest, ThreadMessage } from './thread-messages.ts';

export interface GatewayThreadData {
  readonly links: ThreadLinks;
  readonly gateway: number;
  readonly settings: GatewaySettings;
  readonly identity: GatewayIdentity;
  readonly spins: number;
}

const DATABASE_CONNECTIONS = 4;

const { links, gateway: index, settings, identity, spins } = workerData as GatewayThreadData;
const gateway = new Gateway(
  {
    gatewayId: gatewayProducer(index),
    commands: new RingProducer(links.commandRings[gatewayProducer(index)]!),
    events: new CopyingReader(
      links.eventRing,
      gatewayReader(index),
      gatewayBound(links.durability),
    ),
    exchangeSignal: new Signal(links.signals.exchange),
    ownSignal: new Signal(links.signals.gateways[index]!),
    counters: new Counters(links.counters),
    gatewayCounters: new GatewayCounters(links.gatewayCounters),
    journal: new JournalMetrics(links.journalMetrics),
    clock: new LatencyClock(links.latencyOrigin),
    spins,
    onRejoined: (lost) => {
      const details = { gateway: gatewayProducer(index), ...lost };
      const text = 'a gateway that was cut off listens again: its clients have to come back';
      const message: ThreadMessage = { kind: 'log', level: 'info', text, details };
      parentPort!.postMessage(message);
    },
  },
  settings,
  identity,
);

// An uncaught error would end this thread beside its live app, and that aborts the process without
// a word: say why and close the app instead.
process.on('uncaughtException', (error) => {
  const reason = error.stack ?? error.message;
  parentPort!.postMessage({ kind: 'failed', reason } satisfies ThreadMessage);
  stop(0);
});
parentPort!.on('message', (request: GatewayRequest) => {
  if (request.kind === 'database') gateway.useDatabase(openDatabase(databaseOptions(request.url)));
  else if (request.kind === 'marketHours') gateway.useNextChanges(request.nextChanges);
  else stop(request.kind === 'stop' ? settings.drainTimeoutMs : 0);
});
const port = await gateway.start();
parentPort!.postMessage({ kind: 'listening', port } satisfies ThreadMessage);
await gateway.run();

function databaseOptions(url: string) {
  return {
    url,
    maxConnections: DATABASE_CONNECTIONS,
    connectTimeoutMs: settings.databaseTimeoutMs,
    queryTimeoutMs: settings.databaseTimeoutMs,
  };
}

async function stop(drainTimeoutMs: number): Promise<void> {
  await gateway.stop(drainTimeoutMs);
  parentPort!.close();
}
