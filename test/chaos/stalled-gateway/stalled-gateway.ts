/**
 * Stalls one of two gateways of a running exchange and measures what those see who trade through
 * the other: the latency of orders that are due at planned times, before, during and after.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { planArrivals } from '../../../bench/latency/arrivals.ts';
import { histogramOf } from '../../../bench/measuring/histograms.ts';
import { microsecondsOf } from '../../../bench/measuring/probes.ts';
import { GatewayConnection } from '../../support/gateway-connection.ts';
import { type Random, seededRandom } from '../../support/seed.ts';
import { NO_DATABASE, runCli, ServerProcess } from '../../support/server-process.ts';
import { stallThread, WITH_INSPECTOR } from '../../support/stall.ts';

export interface StallOptions {
  readonly seed: number;
  /** Of each phase; the gateway stands still for all of the middle one. */
  readonly seconds: number;
  /** Orders a second. */
  readonly rate: number;
  readonly ringBytes: number;
  /** Nobody is cut off: trading must be seen to stand still then. */
  readonly isControl: boolean;
}

export interface StallOutcome {
  /** By phase and percentile, from when an order was due to its answer. */
  readonly latenciesUs: Readonly<Record<string, number>>;
  readonly orders: number;
  readonly cutOffs: number;
  /** Orders refused or answered wrongly, retries that were executed twice, checks that failed. */
  readonly faults: number;
  readonly failures: readonly string[];
}

const PHASES = ['before', 'during', 'after'] as const;
type Phase = (typeof PHASES)[number];

const CONNECTIONS = 32;
const ACCOUNTS = 8;
const STALL_MS = 1_000;
const NEVER_MS = 3_600_000;
const NS_PER_MS = 1e6;
const FIRST_ID = 1_000;

export async function stallGateway(
  options: StallOptions,
  onPhase: (done: number) => void,
): Promise<StallOutcome> {
  const { seed, seconds, ringBytes, isControl } = options;
  const folder = mkdtempSync(join(tmpdir(), 'hoga-stall-'));
  const stallMs = isControl ? NEVER_MS : STALL_MS;
  const flags = ['--gateways', '2', '--gateway-stall-ms', `${stallMs}`];
  flags.push('--event-ring-bytes', `${ringBytes}`);
  const environment = { ...NO_DATABASE, ...WITH_INSPECTOR };
  const server = await ServerProcess.start(folder, flags, environment);
  const failures: string[] = [];
  try {
    for (let account = 1; account <= ACCOUNTS; account++) {
      for (const currency of [1, 10]) {
        await server.send('/deposit', `${account},${currency},1000000000000`);
      }
    }
    const random = seededRandom(seed);
    const load = new Load(await connectionsTo(server, 1), random, failures);
    // A process that has just started is slow for reasons of its own.
    await load.run(options.rate, seconds);
    const latenciesUs: Record<string, number> = {};
    for (const [index, phase] of PHASES.entries()) {
      const stalled = phase === 'during' ? await StalledClient.begin(server, seconds) : undefined;
      const tookMs = await load.run(options.rate, seconds);
      await stalled?.end(failures);
      Object.assign(latenciesUs, named(phase, tookMs));
      onPhase(index + 1);
    }
    load.close();
    const cutOffs = server.log.filter(({ msg }) => msg.startsWith('a gateway is stalled')).length;
    if (!isControl && cutOffs !== 1) failures.push(`cut off ${cutOffs} times, not once`);
    await server.end('SIGTERM');
    for (const command of ['verify', 'audit']) {
      const { code, stderr } = await runCli([command, '--data', folder]);
      if (code !== 0) failures.push(`${command}: ${stderr.trim()}`);
    }
    return { latenciesUs, orders: load.orders, cutOffs, faults: failures.length, failures };
  } finally {
    await server.end('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
}

function named(phase: Phase, tookMs: Float64Array): Record<string, number> {
  const { p50_us, p99_us, max_us } = microsecondsOf(histogramOf(tookMs));
  const figures = Object.entries({ p50_us, p99_us, max_us });
  return Object.fromEntries(figures.map(([name, us]) => [`${phase}_${name}`, Math.round(us!)]));
}

async function connectionsTo(server: ServerProcess, gateway: number): Promise<GatewayConnection[]> {
  const opening = Array.from({ length: CONNECTIONS }, () =>
    GatewayConnection.open(server.address, gateway),
  );
  return Promise.all(opening);
}

/** Orders at planned times, each over the connection that was free for longest. */
class Load {
  orders = 0;
  private readonly connections: readonly GatewayConnection[];
  private readonly free: GatewayConnection[];
  private readonly waiting: (() => void)[] = [];
  private readonly random: Random;
  private readonly failures: string[];

  constructor(connections: readonly GatewayConnection[], random: Random, failures: string[]) {
    this.connections = connections;
    this.free = [...connections];
    this.random = random;
    this.failures = failures;
  }

  /** Each order's time from when it was due to its answer, in ms. */
  async run(rate: number, seconds: number): Promise<Float64Array> {
    const count = Math.round(rate * seconds);
    const dueNs = planArrivals('poisson', rate, count, this.random);
    const tookMs = new Float64Array(count);
    const startMs = performance.now();
    const sent: Promise<void>[] = [];
    for (let index = 0; index < count; index++) {
      const dueMs = startMs + dueNs[index]! / NS_PER_MS;
      // Timers count whole milliseconds, and may be early by one.
      for (let now = performance.now(); now < dueMs; now = performance.now()) {
        await setTimeout(Math.ceil(dueMs - now));
      }
      sent.push(
        this.send().then(() => {
          tookMs[index] = performance.now() - dueMs;
        }),
      );
    }
    await Promise.all(sent);
    return tookMs;
  }

  close(): void {
    for (const connection of this.connections) connection.close();
  }

  private async send(): Promise<void> {
    const { random } = this;
    const id = FIRST_ID + this.orders++;
    const terms = `${95 + random(10)},${1 + random(20)},${1 + random(2)},limit,GTC,${id}`;
    const line = `${1 + random(ACCOUNTS)},1,${terms}`;
    while (this.free.length === 0) {
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
    const connection = this.free.shift()!;
    try {
      const { status, text } = await connection.ask('/order', line);
      if (status !== 200) this.failures.push(`${line}: ${status} ${text}`);
    } catch (error) {
      this.failures.push(`${line}: ${error}`);
    } finally {
      this.free.push(connection);
      this.waiting.shift()?.();
    }
  }
}

/** Sends an order to the gateway that stands still, and again when it is over. */
class StalledClient {
  private readonly server: ServerProcess;
  private readonly over: Promise<void>;
  private readonly unanswered: Promise<unknown>;
  private readonly line = `1,1,90,1,1,limit,GTC,${FIRST_ID - 1}`;

  private constructor(server: ServerProcess, connection: GatewayConnection, standstillMs: number) {
    this.server = server;
    this.over = stallThread(server, 'gateway-2', standstillMs);
    this.unanswered = setTimeout(standstillMs / 2).then(() =>
      connection.ask('/order', this.line).catch(() => undefined),
    );
  }

  static async begin(server: ServerProcess, seconds: number): Promise<StalledClient> {
    const connection = await GatewayConnection.open(server.address, 2);
    return new StalledClient(server, connection, seconds * 1_000);
  }

  async end(failures: string[]): Promise<void> {
    await Promise.all([this.over, this.unanswered]);
    const again = [1, 2].map(async () => {
      const connection = new GatewayConnection(this.server.address);
      const { text } = await connection.ask('/order', this.line);
      connection.close();
      return (JSON.parse(text) as { orderId?: number }).orderId;
    });
    const [first, second] = await Promise.all(again);
    if (first !== second || first === undefined) {
      failures.push(`${this.line}: order ${first}, then ${second}`);
    }
  }
}
