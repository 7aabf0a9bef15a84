/** What the HTTP benchmark measures: how orders come, over how many connections, how safe. */
import { fileURLToPath } from 'node:url';
import type { Durability } from '../../journal/durability.ts';
import type { Case } from '../measuring/campaign.ts';
import type { Target } from '../measuring/figures.ts';

export interface HttpCase {
  readonly encoding: 'csv' | 'binary' | 'websocket';
  readonly connections: number;
  /** Requests that a connection has on its way at most; over HTTP one. */
  readonly inFlight: number;
  /** Commands a request. */
  readonly batch: number;
  readonly durability: Durability;
  /** Requests due in a second; 0: each as soon as the one before it is answered. */
  readonly rate: number;
}

/** What a measurement's process is told besides. */
export interface WithServer {
  readonly cli: string;
}

/** Commands a run: a part of them where each waits for the one before. */
export const DEFAULT_OPERATIONS = 400_000;

/** Of the exchange that is measured: it runs from the sources, as the product does. */
const CLI = fileURLToPath(new URL('../../server/cli.ts', import.meta.url));

const ALL_AT_ONCE = 64;
/** Connections of a WebSocket case, with as many messages in all as HTTP has requests. */
const SOCKETS = 4;

const CSV: HttpCase = {
  encoding: 'csv',
  connections: ALL_AT_ONCE,
  inFlight: 1,
  batch: 1,
  durability: 'none',
  rate: 0,
};

function caseOf(name: string, part: number, terms: Partial<HttpCase>): Case {
  const task: HttpCase & WithServer = { ...CSV, ...terms, cli: CLI };
  return { name, part, task };
}

function binary(batch: number, part: number): Case {
  return caseOf(`binary-${batch}`, part, { encoding: 'binary', batch });
}

function webSocket(batch: number, part: number): Case {
  const inFlight = ALL_AT_ONCE / SOCKETS;
  const terms = { encoding: 'websocket', batch, connections: SOCKETS, inFlight } as const;
  return caseOf(`ws-binary-${batch}`, part, terms);
}

export const CASES: readonly Case[] = [
  caseOf('csv/1-connection', 0.1, { connections: 1 }),
  caseOf('csv/64-connections', 0.5, {}),
  caseOf('csv/1-connection/fsync', 0.02, { connections: 1, durability: 'fsync' }),
  caseOf('csv/open-loop-10k', 0.1, { rate: 10_000 }),
  binary(1, 0.5),
  binary(10, 1),
  binary(100, 4),
  webSocket(1, 0.5),
  webSocket(100, 4),
];

export const TARGETS: readonly Target[] = [
  { case: 'csv/1-connection', metric: 'p50_us', atMost: 100 },
  { case: 'csv/64-connections', metric: 'requests_per_s', atLeast: 60_000 },
  { case: 'csv/1-connection/fsync', metric: 'p50_beyond_fdatasync_us', atMost: 150 },
  { case: 'binary-100', metric: 'ops_per_s', atLeast: 500_000 },
  { case: 'ws-binary-100', metric: 'ops_per_s', atLeast: 500_000 },
];
