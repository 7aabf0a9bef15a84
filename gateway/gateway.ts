/**
 * A gateway: one uWebSockets app, its command ring and its view of stream 20. It polls the stream
 * at every turn of its event loop, and after some turns without news it sleeps at its signal.
 *
 * A gateway that was stalled finds itself cut off from the stream: it closes all its connections,
 * whose outcomes it will not see, and begins again with an image of the books.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Database } from '../persistence/database.ts';
import { venueModeReasonNames } from '../protocol/venue-mode.ts';
import type { CopyingReader } from '../ring/copying-reader.ts';
import { Counter, type Counters, ProjectionState } from '../ring/counters.ts';
import { GatewayCounter, type GatewayCounters } from '../ring/gateway-counters.ts';
import type { LatencyClock } from '../ring/latency-clock.ts';
import type { RingProducer } from '../ring/ring.ts';
import type { Signal } from '../ring/waiter.ts';
import { BookReplica } from './book-replica.ts';
import { CommandIntake } from './command-intake.ts';
import { type CommandList, CommandPort, type CommandReply } from './command-port.ts';
import { addCommandSocket } from './command-socket.ts';
import { EventPump } from './event-pump.ts';
import { CONNECTIONS_REFUSED, type GatewaySettings } from './gateway-settings.ts';
import { addRoutes, type GatewayServices } from './http-routes.ts';
import { Latencies } from './latencies.ts';
import { MarketDataFeed } from './market-data-feed.ts';
import { type JournalHistograms, Metrics } from './metrics.ts';
import type { NextStateChange } from './next-state-change.ts';
import {
  App,
  type HttpResponse,
  type TemplatedApp,
  type us_listen_socket,
  us_listen_socket_close,
  us_socket_local_port,
} from './uws.ts';
import { addWebSocket } from './websocket.ts';

export interface GatewayLinks {
  /** The first has 1. */
  readonly gatewayId: number;
  readonly commands: RingProducer;
  readonly events: CopyingReader;
  readonly exchangeSignal: Signal;
  readonly ownSignal: Signal;
  readonly counters: Counters;
  readonly gatewayCounters: GatewayCounters;
  readonly journal: JournalHistograms;
  readonly clock: LatencyClock;
  /** Turns of the event loop without news before it sleeps, whether or not requests are open. */
  readonly spins: number;
  /** After it was cut off it listens again. */
  onRejoined(lost: Lost): void;
}

/** What a gateway that was cut off closed and forgot. */
export interface Lost {
  readonly connections: number;
  readonly requests: number;
}

/** Shown by /health. */
export interface GatewayIdentity {
  readonly version: string;
  readonly dataFolder: string;
  readonly durability: string;
  readonly rulesVersion: number;
  readonly startedAt: string;
  /** How its threads wait, and their priorities. */
  readonly layout: object;
}

/** Frames handled before the event loop has its turn. */
const FRAMES_A_TURN = 4_096;

export class Gateway implements GatewayServices {
  readonly settings: GatewaySettings;
  replica!: BookReplica;
  readonly intake = new CommandIntake(this);
  private readonly links: GatewayLinks;
  private readonly identity: GatewayIdentity;
  /** In the gateways' counters, from 0. */
  private readonly index: number;
  private readonly port: CommandPort;
  private readonly metrics: Metrics;
  private readonly latencies: Latencies;
  private app!: TemplatedApp;
  private pump!: EventPump;
  private listenSocket: us_listen_socket | undefined;
  private listeningPort: number;
  private db: Database | undefined;
  private nextChanges: ReadonlyMap<number, NextStateChange> = new Map();
  private stopping: Promise<void> | undefined;
  private isStopped = false;
  private isAsleep = false;
  /** Ends when somebody rang; undefined where nobody waits for that. */
  private sleep: Promise<void> | undefined;
  private onEnd: () => void = () => {};
  private onFailure: (error: unknown) => void = () => {};
  private idleTurns = 0;

  constructor(links: GatewayLinks, settings: GatewaySettings, identity: GatewayIdentity) {
    this.links = links;
    this.settings = settings;
    this.identity = identity;
    this.index = links.gatewayId - 1;
    this.listeningPort = settings.port;
    const { gatewayId, commands, exchangeSignal } = links;
    const { counters, gatewayCounters, journal, clock } = links;
    this.port = new CommandPort(commands, exchangeSignal, gatewayId, settings, clock);
    this.latencies = new Latencies(clock, settings.latencyEvery);
    const { latencies } = this;
    const cancelOnlyReasons = () => this.replica.cancelOnlyReasons;
    const shown = { gatewayId, cancelOnlyReasons, latencies };
    this.metrics = new Metrics({ counters, gatewayCounters, journal, ...identity, ...shown });
    this.begin();
  }

  /** What is lost with a place in the stream: the clients, and all that they were told. */
  private begin(): void {
    const { links, settings, port, latencies } = this;
    const app = App();
    this.app = app;
    this.replica = new BookReplica();
    const { replica } = this;
    const feed = new MarketDataFeed(replica, app, settings.recentTrades);
    this.pump = new EventPump(links.events, port, replica, feed, links.gatewayId, latencies);
    links.gatewayCounters.set(this.index, GatewayCounter.Connections, 0);
    const countConnection = (change: number) => {
      if (app === this.app) this.countConnection(change);
    };
    const count = { isFull: () => this.isFull(), closed: () => countConnection(-1) };
    addWebSocket(app, settings, feed, count);
    addCommandSocket(app, settings, this.intake, count);
    addRoutes(app, this);
    const onConnection = (response: HttpResponse, change: number): void => {
      countConnection(change);
      // One that asks nothing cannot be answered 503, and takes a file all the same.
      if (change > 0 && this.isBeyond(CONNECTIONS_REFUSED)) response.close();
    };
    app.filter(onConnection);
  }

  /** Asks for the books, waits for them, then listens. Resolves to the port listened at. */
  async start(): Promise<number> {
    await this.synchronise();
    while (this.links.events.isCutOff && !this.isStopped) {
      this.beginAgain();
      await this.synchronise();
    }
    if (this.isStopped || this.stopping !== undefined) return 0;
    const { host } = this.settings;
    const port = this.listeningPort;
    const socket = await new Promise<us_listen_socket | false>((resolve) => {
      this.app.listen(host, port, resolve);
    });
    if (socket === false) throw new Error(`cannot listen on ${host}:${port}`);
    this.listenSocket = socket;
    this.listeningPort = us_socket_local_port(socket);
    return this.listeningPort;
  }

  /** Returns when the replica is good, or the gateway is cut off or stopped. */
  private async synchronise(): Promise<void> {
    const { events } = this.links;
    let imageNumber = 0;
    while (!this.isStopped && !events.isCutOff && !this.pump.isSynchronised) {
      if (imageNumber === 0) {
        imageNumber = this.port.requestBookImage();
        if (imageNumber > 0) this.pump.awaitImage(imageNumber);
      }
      if (this.poll() === 0) await nextTurn();
    }
  }

  private beginAgain(): void {
    this.app.close();
    this.listenSocket = undefined;
    this.begin();
    this.links.events.join();
  }

  /**
   * Outcomes of what its clients sent may have passed unseen: they are not told, whoever wants to
   * know sends again with the same ids. What comes behind the image is whole again.
   */
  private async rejoin(): Promise<void> {
    const connections = this.links.gatewayCounters.get(this.index, GatewayCounter.Connections);
    const requests = this.port.forget();
    this.beginAgain();
    if ((await this.start()) > 0) this.links.onRejoined({ connections, requests });
  }

  /** Polls until the gateway is stopped. */
  run(): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.onEnd = resolve;
    this.onFailure = reject;
    this.turn();
    return promise;
  }

  /**
   * One turn: polls, and asks for the next one, or sleeps where there is nothing to wait for. Plain
   * calls: promises would cost a request more than reading it does.
   */
  private readonly turn = (): void => {
    if (this.isStopped) this.onEnd();
    else if (this.links.events.isCutOff) {
      this.rejoin().then(this.turn, this.onFailure);
    } else if (!this.fallAsleep()) setImmediate(this.turn);
  };

  /** Polls; false while there is news, or was lately. */
  private fallAsleep(): boolean {
    const { ownSignal, spins } = this.links;
    this.idleTurns = this.poll() > 0 ? 0 : this.idleTurns + 1;
    if (this.idleTurns <= spins) return false;
    this.idleTurns = 0;
    ownSignal.prepare();
    if (this.poll() > 0) {
      ownSignal.cancel();
      return false;
    }
    this.isAsleep = true;
    // Who was woken otherwise still waits here, and need not do so twice.
    this.sleep ??= ownSignal.sleepAsync(Number.POSITIVE_INFINITY).then(() => {
      this.sleep = undefined;
      this.wakeUp();
    });
    return true;
  }

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
    // The answers just written leave in this turn, refusals of what it received in the next.
    await nextTurn();
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

  submit(commands: CommandList, reply: CommandReply, receivedNs: number): boolean {
    if (this.stopping !== undefined || this.links.events.isCutOff) return false;
    const timeUs = Math.floor((performance.timeOrigin + performance.now()) * 1_000);
    if (!this.port.submit(commands, timeUs, reply, receivedNs)) return false;
    this.wakeUp();
    return true;
  }

  isBusyFor(isCancelsOnly: boolean): boolean {
    return this.port.isBusyFor(isCancelsOnly);
  }

  isFull(): boolean {
    return this.isBeyond(0);
  }

  /** Whether there are more than so many connections beyond the limit. */
  private isBeyond(more: number): boolean {
    const connections = this.links.gatewayCounters.sum(GatewayCounter.Connections);
    return connections > this.settings.maxConnections + more;
  }

  beginRequest(): number {
    return this.latencies.begin();
  }

  latencyReport(): Record<string, unknown> {
    return { gateway: this.links.gatewayId, ...this.latencies.report() };
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
      gateway: this.links.gatewayId,
      connections: this.links.gatewayCounters.sum(GatewayCounter.Connections),
      gateways: this.gatewaysReport(),
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

  private gatewaysReport() {
    const { gatewayCounters } = this.links;
    return Array.from({ length: gatewayCounters.gateways }, (_, index) => ({
      gateway: index + 1,
      connections: gatewayCounters.get(index, GatewayCounter.Connections),
      cutOffs: gatewayCounters.get(index, GatewayCounter.CutOffs),
    }));
  }

  private openStatus(): string {
    return this.replica.cancelOnlyReasons === 0 ? 'ok' : 'cancel-only';
  }

  /**
   * Wakes the exchange for what was sent, and handles what is released; the exchange may be waiting
   * for the room that it took.
   */
  private poll(): number {
    this.port.wakeExchange();
    const frames = this.pump.poll(FRAMES_A_TURN);
    if (frames > 0) this.links.exchangeSignal.ring();
    return frames;
  }

  private countConnection(change: number): void {
    this.links.gatewayCounters.add(this.index, GatewayCounter.Connections, change);
  }

  private wakeUp(): void {
    if (!this.isAsleep) return;
    this.isAsleep = false;
    this.links.ownSignal.cancel();
    setImmediate(this.turn);
  }
}
