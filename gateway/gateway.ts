/**
 * A gateway: one uWebSockets app, its command ring and its view of stream 20. While requests are in
 * flight it polls the stream at every turn of its event loop; idle, it sleeps at its signal.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Database } from '../persistence/database.ts';
import { venueModeReasonNames } from '../protocol/venue-mode.ts';
import { Counter, type Counters, ProjectionState } from '../ring/counters.ts';
import type { RingProducer, RingReader } from '../ring/ring.ts';
import type { Signal } from '../ring/waiter.ts';
import { BookReplica } from './book-replica.ts';
import { CommandIntake } from './command-intake.ts';
import { type CommandList, CommandPort, type CommandReply } from './command-port.ts';
import { addCommandSocket } from './command-socket.ts';
import { EventPump } from './event-pump.ts';
import type { GatewaySettings } from './gateway-settings.ts';
import { addRoutes, type GatewayServices } from './http-routes.ts';
import { MarketDataFeed } from './market-data-feed.ts';
import { type JournalHistograms, Metrics } from './metrics.ts';
import type { NextStateChange } from './next-state-change.ts';
import {
  App,
  type TemplatedApp,
  type us_listen_socket,
  us_listen_socket_close,
  us_socket_local_port,
} from './uws.ts';
import { addWebSocket } from './websocket.ts';

export interface GatewayLinks {
  readonly gatewayId: number;
  readonly commands: RingProducer;
  readonly events: RingReader;
  readonly exchangeSignal: Signal;
  readonly ownSignal: Signal;
  readonly counters: Counters;
  readonly journal: JournalHistograms;
}

/** Shown by /health. */
export interface GatewayIdentity {
  readonly version: string;
  readonly dataFolder: string;
  readonly durability: string;
  readonly rulesVersion: number;
  readonly startedAt: string;
}

/** Frames handled before the event loop has its turn. */
const FRAMES_A_TURN = 4_096;

export class Gateway implements GatewayServices {
  readonly settings: GatewaySettings;
  readonly replica = new BookReplica();
  readonly intake = new CommandIntake(this);
  private readonly links: GatewayLinks;
  private readonly identity: GatewayIdentity;
  private readonly app: TemplatedApp;
  private readonly port: CommandPort;
  private readonly pump: EventPump;
  private readonly metrics: Metrics;
  private listenSocket: us_listen_socket | undefined;
  private db: Database | undefined;
  private nextChanges: ReadonlyMap<number, NextStateChange> = new Map();
  private connections = 0;
  private stopping: Promise<void> | undefined;
  private isStopped = false;
  private isAsleep = false;
  /** Ends when somebody rang; undefined where nobody waits for that. */
  private sleep: Promise<void> | undefined;
  private onEnd: () => void = () => {};

  constructor(links: GatewayLinks, settings: GatewaySettings, identity: GatewayIdentity) {
    this.links = links;
    this.settings = settings;
    this.identity = identity;
    this.app = App();
    const feed = new MarketDataFeed(this.replica, this.app, settings.recentTrades);
    const { gatewayId, commands, exchangeSignal } = links;
    const { cancelReserveBytes } = settings;
    this.port = new CommandPort(commands, exchangeSignal, gatewayId, cancelReserveBytes);
    this.pump = new EventPump(links.events, this.port, this.replica, feed, gatewayId);
    const { counters, journal } = links;
    const connections = () => this.connections;
    const cancelOnlyReasons = () => this.replica.cancelOnlyReasons;
    const shown = { connections, cancelOnlyReasons };
    this.metrics = new Metrics({ counters, journal, ...identity, ...shown });
    const count = { isFull: () => this.isFull(), closed: () => this.countConnection(-1) };
    addWebSocket(this.app, settings, feed, count);
    addCommandSocket(this.app, settings, this.intake, count);
    addRoutes(this.app, this);
    this.app.filter((_, change) => this.countConnection(change));
  }

  /** Asks for the books, waits for them, then listens. Resolves to the port listened at. */
  async start(): Promise<number> {
    this.port.requestBookImage();
    while (!this.pump.isSynchronised && !this.isStopped) {
      if (this.poll() === 0) await nextTurn();
    }
    if (this.isStopped) return 0;
    const { host, port } = this.settings;
    const socket = await new Promise<us_listen_socket | false>((resolve) => {
      this.app.listen(host, port, resolve);
    });
    if (socket === false) throw new Error(`cannot listen on ${host}:${port}`);
    this.listenSocket = socket;
    return us_socket_local_port(socket);
  }

  /** Polls until the gateway is stopped. */
  run(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.onEnd = resolve;
    this.turn();
    return promise;
  }

  /**
   * One turn: polls, and asks for the next one, or sleeps where there is nothing to wait for. Plain
   * calls: promises would cost a request more than reading it does.
   */
  private readonly turn = (): void => {
    const { ownSignal } = this.links;
    if (this.isStopped) {
      this.onEnd();
      return;
    }
    if (this.poll() === 0 && this.port.inFlight === 0) {
      ownSignal.prepare();
      if (this.poll() === 0) {
        this.isAsleep = true;
        // Who was woken otherwise still waits here, and need not do so twice.
        this.sleep ??= ownSignal.sleepAsync(Number.POSITIVE_INFINITY).then(() => {
          this.sleep = undefined;
          this.wakeUp();
        });
        return;
      }
      ownSignal.cancel();
    }
    setImmediate(this.turn);
  };

  /** Takes no more commands, waits for the outcomes of those it took, closes every connection. */
  stop(drainTimeoutMs: number): Promise<void> {
    this.stopping ??= this.close(drainTimeoutMs);
    return this.stopping;
  }

  private async close(drainTimeoutMs: number): Promise<void> {
    if (this.listenSocket !== undefined) us_listen_socket_close(this.listenSocket);
    const deadlineMs = performance.now() + drainTimeoutMs;
    while (this.port.inFlight > 0 && performance.now() < deadlineMs) await nextTurn();
    this.isStopped = true;
    this.wakeUp();
    // The answers just written leave in this turn.
    await nextTurn();
    this.app.close();
    await this.db?.destroy();
  }

  useDatabase(db: Database): void {
    this.db = db;
  }

  useNextChanges(nextChanges: readonly NextStateChange[]): void {
    this.nextChanges = new Map(nextChanges.map((next) => [next.symbolId, next]));
  }

  nextChange(symbolId: number): NextStateChange | undefined {
    return this.nextChanges.get(symbolId);
  }

  database(): Database | undefined {
    return this.db;
  }

  submit(commands: CommandList, reply: CommandReply): boolean {
    if (this.stopping !== undefined) return false;
    const timeUs = Math.floor((performance.timeOrigin + performance.now()) * 1_000);
    if (!this.port.submit(commands, timeUs, reply)) return false;
    this.wakeUp();
    return true;
  }

  isFull(): boolean {
    return this.connections > this.settings.maxConnections;
  }

  metricsText(): Promise<string> {
    return this.metrics.text();
  }

  health(): { isHealthy: boolean; report: unknown } {
    const { counters } = this.links;
    const isHealthy = this.stopping === undefined;
    const journaled = counters.get(Counter.ReleasedSequence);
    // A command may be journaled before it is executed to its end.
    const executed = Math.max(counters.get(Counter.ExecutedSequence), journaled);
    const released = this.identity.durability === 'none' ? executed : journaled;
    const projected = counters.get(Counter.ProjectedSequence);
    const state = counters.get(Counter.ProjectionState);
    const states = Object.keys(ProjectionState) as (keyof typeof ProjectionState)[];
    const report = {
      status: isHealthy ? this.openStatus() : 'stopping',
      ...this.identity,
      pid: process.pid,
      connections: this.connections,
      sequence: {
        executed,
        released,
        stored: counters.get(Counter.StoredSequence),
        verified: counters.get(Counter.FollowedSequence),
        projected,
      },
      projection: {
        state: states.find((name) => ProjectionState[name] === state)?.toLowerCase(),
        lag: Math.max(0, executed - projected),
      },
      venue: {
        mode: this.replica.venueMode,
        reasons: venueModeReasonNames(this.replica.cancelOnlyReasons),
      },
      disk: {
        freeBytes: counters.get(Counter.DiskFreeBytes),
        lowBytes: this.settings.diskLowBytes,
        journalUsedBytes: counters.get(Counter.JournalUsedBytes),
        journalMapBytes: this.settings.journalMapBytes,
      },
    };
    return { isHealthy, report };
  }

  private openStatus(): string {
    return this.replica.cancelOnlyReasons === 0 ? 'ok' : 'cancel-only';
  }

  /** Handles what is released; the exchange may be waiting for the room that it took. */
  private poll(): number {
    const frames = this.pump.poll(FRAMES_A_TURN);
    if (frames > 0) this.links.exchangeSignal.ring();
    return frames;
  }

  private countConnection(change: number): void {
    this.connections += change;
  }

  private wakeUp(): void {
    if (!this.isAsleep) return;
    this.isAsleep = false;
    this.links.ownSignal.cancel();
    setImmediate(this.turn);
  }
}
