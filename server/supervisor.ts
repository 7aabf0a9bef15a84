/**
 * The main thread: starts the others in order, watches them, and stops them in the order in which
 * nothing is lost: gateways (no more commands), exchange (executes what it has), journal (flushes
 * it), follower (projects it), PostgreSQL.
 */
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { TradingState } from '../protocol/enums.ts';
import { NEWEST_RULES_VERSION } from '../protocol/rules-version.ts';
import { Counter, Counters } from '../ring/counters.ts';
import { Signal } from '../ring/waiter.ts';
import type { Configuration } from './configuration.ts';
import { affordableConnections, maxOpenFiles } from './connection-limit.ts';
import { acquireDataFolderLock, type DataFolderLock } from './data-folder-lock.ts';
import { assertRoomForStart, DiskWatch, freeBytesOf } from './disk-watch.ts';
import { DueTicks } from './due-ticks.ts';
import { GatewayWatch } from './gateway-watch.ts';
import { Gateways } from './gateways.ts';
import { makeJournalReadable } from './journal-guard.ts';
import { layoutFor, type ThreadLayout } from './layout.ts';
import { assertPortIsFree } from './listening-port.ts';
import type { Logger } from './log.ts';
import { MarketHours } from './market-hours/market-hours.ts';
import { type MarketHoursTerms, readMarketHours } from './market-hours/market-hours-file.ts';
import { FIRST_LIFE, type NotedEnd, notedEnd, noteEnd } from './noted-end.ts';
import { packageVersion } from './package-version.ts';
import { PostgresKeeper } from './postgres-keeper.ts';
import { RecoveryProgress } from './recovery-progress.ts';
import { SnapshotKeeper } from './snapshot-keeper.ts';
import { SupervisorPort } from './supervisor-port.ts';
import { ThreadHandle, type ThreadRole } from './thread-handle.ts';
import { logExchangeEnd, noteJournal } from './thread-news.ts';
import type { ExchangeThreadData } from './threads/exchange-thread.ts';
import type { FollowerThreadData } from './threads/follower-thread.ts';
import type { GatewayThreadData } from './threads/gateway-thread.ts';
import type { JournalThreadData } from './threads/journal-thread.ts';
import {
  createThreadLinks,
  StopFlag,
  StopRequest,
  type ThreadLinks,
} from './threads/thread-links.ts';
import { limitsFor, VenueSetup } from './venue-setup.ts';

export class Supervisor {
  /** Resolves to the reason when a thread dies. */
  readonly failure: Promise<string>;
  isAbandoned = false;
  private isOpen = false;
  private readonly configuration: Configuration;
  private readonly log: Logger;
  private readonly links: ThreadLinks;
  private readonly layout: ThreadLayout;
  private readonly threads = new Map<string, ThreadHandle>();
  private readonly gateways = new Gateways((...thread) => this.startThread(...thread));
  private readonly dataFolder: string;
  private fail: (reason: string) => void = () => {};
  private lock: DataFolderLock | undefined;
  private journalEnd: Promise<void> | undefined;
  private postgres: PostgresKeeper | undefined;
  private ticks: DueTicks | undefined;
  private hours: MarketHours | undefined;
  private disk: DiskWatch | undefined;
  private watch: GatewayWatch | undefined;
  private readonly databaseUrl: Promise<string>;
  private snapshots: SnapshotKeeper | undefined;
  private resolveDatabaseUrl: (url: string) => void = () => {};

  constructor(configuration: Configuration, log: Logger) {
    this.configuration = configuration;
    this.log = log;
    this.dataFolder = resolve(configuration.data);
    this.layout = layoutFor(configuration, availableParallelism());
    this.links = createThreadLinks({
      gateways: configuration.gateways,
      commandRingBytes: configuration.commandRingBytes,
      eventRingBytes: configuration.eventRingBytes,
      durability: configuration.durability,
    });
    this.databaseUrl = new Promise((resolveUrl) => {
      this.resolveDatabaseUrl = resolveUrl;
    });
    this.failure = new Promise((resolveFailure) => {
      this.fail = resolveFailure;
    });
  }

  /** Starts everything; resolves to the address of the gateways. */
  async start(): Promise<string> {
    const { configuration } = this;
    const { host, port, databaseUrl, marketHours } = configuration;
    const hoursTerms = marketHours === '' ? undefined : readMarketHours(marketHours);
    this.log.info({ ...this.layout }, 'thread layout');
    await assertPortIsFree(host, port);
    assertRoomForStart(this.dataFolder);
    this.lock = acquireDataFolderLock(this.dataFolder, { address: `http://${host}:${port}` });
    await makeJournalReadable(this.dataFolder, configuration.journalMapBytes);
    const noted = notedEnd(this.dataFolder);
    if (databaseUrl === '') this.postgres = this.startPostgres();
    else this.resolveDatabaseUrl(databaseUrl);
    const journal = this.startThread('journal', 'journal', this.journalData(noted));
    await journal.receive('ready');
    if (noted === undefined && configuration.durability === 'commit') {
      noteEnd(this.dataFolder, FIRST_LIFE);
    }
    const exchange = this.startThread('exchange', 'exchange', this.exchangeData(noted));
    logExchangeEnd(exchange, this.log);
    const recovered = await this.recovery(exchange);
    this.noteJournal(journal, noted);
    const commands = new SupervisorPort(this.links);
    const counters = new Counters(this.links.counters);
    const setUp = new VenueSetup(commands, counters);
    const limits = limitsFor(recovered, configuration);
    const added = await setUp.apply(recovered, limits, configuration.markets === 'default');
    if (recovered.rulesVersion < NEWEST_RULES_VERSION) {
      const sequence = recovered.sequence + 1;
      this.log.info({ rulesVersion: NEWEST_RULES_VERSION, sequence }, 'rules version activated');
    }
    if (hoursTerms !== undefined)
      this.hours = this.createMarketHours(hoursTerms, commands, recovered.time);
    for (const market of recovered.markets) this.hours?.add(market);
    // Before anybody trades, the markets just added have the state that their hours say.
    for (const { symbolId, code } of added.markets) {
      this.hours?.add({ symbolId, code, state: TradingState.Continuous, changedByHandMs: 0 });
    }
    this.warnOfUnknownMarkets();
    this.followNewMarkets(exchange);
    this.disk = this.createDiskWatch(commands, counters, recovered.cancelOnlyReasons);
    // Before anybody trades: the gateway gets to know the mode with its image of the books.
    await this.disk.look();
    const follower = this.startThread('follower', 'follower', this.followerData());
    this.watch = this.createGatewayWatch();
    this.watch.start();
    const listeningPort = await this.gateways.start(configuration.gateways, this.gatewayData());
    this.assertWanted();
    this.connectDatabase(follower);
    this.ticks = new DueTicks(commands, counters);
    this.ticks.start(configuration.tickMs);
    this.snapshots = this.createSnapshotKeeper(counters);
    this.snapshots.start(SNAPSHOT_LOOK_MS);
    this.hours?.tellNextChanges();
    this.hours?.start(configuration.tickMs);
    this.disk.start(configuration.diskCheckMs);
    this.isOpen = true;
    return `http://${host}:${listeningPort}`;
  }

  /** Stops everything in order; false where something did not end in time. */
  async stop(): Promise<boolean> {
    if (!this.isOpen) return this.abandon();
    this.ticks?.stop();
    this.hours?.stop();
    this.snapshots?.stop();
    this.disk?.stop();
    for (const thread of this.threads.values()) thread.isEndExpected = true;
    const { exchange, journal, follower } = this.links.signals;
    this.gateways.post({ kind: 'stop' });
    const ends = await Promise.all(this.gateways.names.map((name) => this.ended(name)));
    let isClean = ends.every((isEnded) => isEnded);
    this.watch?.stop();
    this.watch?.release();
    new StopRequest(this.links, StopFlag.Exchange).raise();
    new Signal(exchange).ring();
    isClean = (await this.ended('exchange')) && isClean;
    new StopRequest(this.links, StopFlag.Journal).raise();
    new Signal(journal).ring();
    const isJournalClosed = await this.ended('journal');
    if (isJournalClosed) await this.journalEnd;
    isClean = isJournalClosed && isClean;
    new StopRequest(this.links, StopFlag.Follower).raise();
    new Signal(follower).ring();
    this.threads.get('follower')?.post({ kind: 'stop' });
    isClean = (await this.ended('follower')) && isClean;
    isClean = (await this.stopPostgres()) && isClean;
    this.lock?.release();
    return isClean;
  }

  /**
   * After a thread's death, or before everything is open: closes the gateways, so that the process
   * can leave, and PostgreSQL; false where that did not end in time. The journal needs no farewell.
   */
  async abandon(): Promise<boolean> {
    this.isAbandoned = true;
    this.ticks?.stop();
    this.hours?.stop();
    this.snapshots?.stop();
    this.disk?.stop();
    for (const thread of this.threads.values()) thread.isEndExpected = true;
    this.watch?.stop();
    const follower = this.threads.get('follower');
    // Ended by the process's end amid a call of LMDB, it would end that by SIGABRT.
    follower?.post({ kind: 'abandon' });
    await Promise.all([
      this.gateways.abandon(ABANDON_TIMEOUT_MS),
      follower?.ended(ABANDON_TIMEOUT_MS),
    ]);
    return this.stopPostgres();
  }

  /** Waits until the exchange has its state again. */
  private async recovery(exchange: ThreadHandle) {
    const progress = new RecoveryProgress(this.log);
    exchange.onProgress = (done, of) => progress.update(done, of);
    const recovered = await exchange.receive('recovered').finally(() => progress.stop());
    const { rulesVersion, seconds, sequence, snapshotSequence, stateHash } = recovered;
    const commandsPerSecond = Math.round((sequence - snapshotSequence) / Math.max(seconds, 1e-3));
    this.log.info(
      { sequence, snapshotSequence, seconds, commandsPerSecond, stateHash, rulesVersion },
      'recovered from the journal',
    );
    return recovered;
  }

  private createMarketHours(
    terms: MarketHoursTerms,
    commands: SupervisorPort,
    timeUs: number,
  ): MarketHours {
    return new MarketHours(terms, {
      fromMs: timeUs / 1_000,
      setState: (symbolId, state) => commands.sendTradingState(symbolId, state),
      onNextChanges: (nextChanges) => {
        this.gateways.post({ kind: 'marketHours', nextChanges });
      },
      log: (details, text) => this.log.info(details, text),
    });
  }

  private createSnapshotKeeper(counters: Counters): SnapshotKeeper {
    const { snapshotEvery, snapshotsKept, journalArchive, journalRetention } = this.configuration;
    const { diskLowBytes } = this.configuration;
    const { dataFolder, links, log } = this;
    const settings = {
      ...{ dataFolder, snapshotEvery, snapshotsKept },
      isTrimmed: journalRetention === 'snapshots',
      archiveFolder: journalArchive,
      isDiskLow: () => counters.get(Counter.DiskFreeBytes) < diskLowBytes,
      onTrimmable: () => new Signal(links.signals.journal).ring(),
    };
    return new SnapshotKeeper(settings, counters, log);
  }

  private createDiskWatch(
    commands: SupervisorPort,
    counters: Counters,
    reasons: number,
  ): DiskWatch {
    const { diskLowBytes: lowBytes, journalMapBytes: mapBytes } = this.configuration;
    return new DiskWatch({
      ...{ lowBytes, mapBytes, reasons },
      freeBytes: () => freeBytesOf(this.dataFolder),
      journalUsedBytes: () => counters.get(Counter.JournalUsedBytes),
      setMode: (mode, reason) => commands.sendVenueMode(mode, reason),
      onFreeBytes: (bytes) => counters.set(Counter.DiskFreeBytes, bytes),
      warn: (details, text) => this.log.warn(details, text),
    });
  }

  private createGatewayWatch(): GatewayWatch {
    return new GatewayWatch(this.links, this.configuration.gatewayStallMs, (stall) =>
      this.log.warn({ ...stall }, 'a gateway is stalled and was cut off; trading goes on'),
    );
  }

  private warnOfUnknownMarkets(): void {
    const codes = this.hours?.unknownCodes() ?? [];
    if (codes.length === 0) return;
    this.log.warn({ codes }, '--market-hours names markets that there are not yet');
  }

  /** Markets that are added while the exchange runs follow their hours too. */
  private async followNewMarkets(exchange: ThreadHandle): Promise<void> {
    for (;;) {
      const market = await exchange.receive('market').catch(() => undefined);
      if (market === undefined) return;
      this.hours?.add(market);
    }
  }

  private startThread(role: ThreadRole, name: string, data: unknown): ThreadHandle {
    this.assertWanted();
    const thread = new ThreadHandle(role, name, data, this.log, this.fail);
    this.threads.set(name, thread);
    return thread;
  }

  private async ended(name: string): Promise<boolean> {
    const thread = this.threads.get(name);
    if (thread === undefined) return true;
    const { stopTimeoutMs } = this.configuration;
    const isEnded = await thread.ended(stopTimeoutMs);
    if (isEnded) this.log.debug({ thread: name }, 'stopped');
    else this.log.error({ thread: name, stopTimeoutMs }, 'did not stop in time');
    return isEnded;
  }

  private assertWanted(): void {
    if (this.isAbandoned) throw new Error('told to stop while starting');
  }

  private async stopPostgres(): Promise<boolean> {
    if (this.postgres === undefined) return true;
    const { stopTimeoutMs } = this.configuration;
    const isStopped = await this.postgres.stop(stopTimeoutMs);
    if (!isStopped) this.log.error({ stopTimeoutMs }, 'embedded PostgreSQL did not stop in time');
    return isStopped;
  }

  /** PostgreSQL comes up beside the exchange and never holds it up. */
  private startPostgres(): PostgresKeeper {
    const keeper = new PostgresKeeper(resolve(this.dataFolder, 'postgres'), this.log);
    keeper.start((url) => this.resolveDatabaseUrl(url));
    return keeper;
  }

  private async connectDatabase(follower: ThreadHandle): Promise<void> {
    const url = await this.databaseUrl;
    follower.post({ kind: 'database', url });
    this.gateways.post({ kind: 'database', url });
  }

  private noteJournal(journal: ThreadHandle, noted: NotedEnd | undefined): void {
    const { configuration, dataFolder, log } = this;
    const isStaged = configuration.durability === 'commit' || noted?.isStaged === true;
    noteJournal('begun', journal, isStaged, dataFolder, log);
    this.journalEnd = noteJournal('closed', journal, isStaged, dataFolder, log);
  }

  private journalData(noted: NotedEnd | undefined): JournalThreadData {
    const { journalMapBytes, journalBatchBytes, journalUnflushedBytes } = this.configuration;
    const { links, dataFolder } = this;
    return {
      links,
      dataFolder,
      journalMapBytes,
      batchBytes: journalBatchBytes,
      unflushedBytes: Math.max(journalUnflushedBytes, 2 * journalBatchBytes),
      napMs: this.configuration.journalNapMs,
      isStaged: noted?.isStaged === true,
      wait: this.layout.journal,
    };
  }

  private exchangeData(noted: NotedEnd | undefined): ExchangeThreadData {
    const { journalMapBytes, turnCommands, warmUp } = this.configuration;
    const wait = this.layout.exchange;
    const { links, dataFolder } = this;
    return { links, dataFolder, journalMapBytes, noted, wait, turnCommands, warmUp };
  }

  private followerData(): FollowerThreadData {
    const { configuration, links, dataFolder } = this;
    return {
      links,
      dataFolder,
      journalMapBytes: configuration.journalMapBytes,
      batchCommands: configuration.projectionBatch,
      intervalMs: configuration.projectionIntervalMs,
      rebuild: configuration.rebuildProjection,
      databaseTimeoutMs: configuration.databaseTimeoutMs,
      projectionTimeoutMs: configuration.projectionTimeoutMs,
      stopTimeoutMs: configuration.stopTimeoutMs,
      nice: this.layout.follower.nice,
    };
  }

  private affordableConnections(): number {
    const { maxConnections: wanted } = this.configuration;
    const openFiles = maxOpenFiles();
    const maxConnections = affordableConnections(wanted, openFiles);
    if (maxConnections < wanted) {
      const what = 'fewer connections than --max-connections: allow more open files (ulimit -n)';
      this.log.warn({ maxConnections, wanted, openFiles }, what);
    }
    return maxConnections;
  }

  private gatewayData(): Omit<GatewayThreadData, 'gateway'> {
    const { configuration, links, dataFolder } = this;
    const identity = {
      version: packageVersion(),
      dataFolder,
      durability: configuration.durability,
      // The set-up has activated it, if it was not in force before.
      rulesVersion: NEWEST_RULES_VERSION,
      startedAt: new Date().toISOString(),
      layout: this.layout,
    };
    const { spins } = this.layout.gateway;
    const maxConnections = this.affordableConnections();
    return { links, settings: { ...configuration, maxConnections }, identity, spins };
  }
}

const ABANDON_TIMEOUT_MS = 2_000;
const SNAPSHOT_LOOK_MS = 1_000;
