/**
 * Follows the journal: replays it through an exchange of its own, with every check, and projects
 * the events into PostgreSQL. PostgreSQL slow or away only makes it lag; a journal that does not
 * reproduce ends it with a JournalError, for the whole process to stop.
 */
import type { JournalReplay, ReplayListener } from '../journal/journal-replay.ts';
import type { JournalStore } from '../journal/journal-store.ts';
import { replayFromSnapshot } from '../journal/snapshots.ts';
import type { RecordBuffer } from '../protocol/record.ts';
import type { Database } from './database.ts';
import { dropProjection, migrate } from './migrations.ts';
import { ProjectionBatch } from './projection-batch.ts';
import { type Checkpoint, flushProjection, project, readCheckpoint } from './projector.ts';

export interface FollowerReport {
  /** The tables were emptied, as asked for. */
  onEmptied(): void;
  onFollowed(sequence: number): void;
  onProjected(sequence: number): void;
  /** Up to there it is on PostgreSQL's disk, too. */
  onFlushed(sequence: number): void;
  /** PostgreSQL failed; the follower tries again after a pause. */
  onRetry(error: unknown, pauseMs: number): void;
  /** A snapshot that cannot be used: an older one is, or all of the journal. */
  onBadSnapshot(why: string): void;
  /** The tables do not belong to this journal: they must be rebuilt. Projection has stopped. */
  onDiverged(message: string): void;
}

export interface FollowerSettings {
  /** The data folder, for its snapshots. */
  readonly dataFolder: string;
  /** How many commands one transaction holds at most, about. */
  readonly batchCommands: number;
  /** Make the tables anew first. */
  readonly rebuild: boolean;
  /** How far the journal is on disk, as its writer says. */
  readonly storedSequence: () => number;
  /** Whether there is no time left for more: the rest is for the next start. */
  readonly isOutOfTime: () => boolean;
}

const REBUILD = 'Start with --rebuild-projection to fill them again from this journal.';
const IMPORT =
  'Take in the archives that were made when it was trimmed, with `npm run journal -- import`, ' +
  'newest first.';
/**
 * How often what was projected is flushed: each flush waits for the disk that the journal writes
 * to, and what a crash of PostgreSQL takes back is projected again.
 */
const FLUSH_EVERY_MS = 1_000;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;

export class Follower implements ReplayListener {
  /** How many commands its last transaction held; 0 where there was none. */
  latestCommands = 0;
  private readonly db: Database;
  private readonly store: JournalStore;
  private readonly report: FollowerReport;
  private readonly batchCommands: number;
  private readonly dataFolder: string;
  private readonly storedSequence: () => number;
  private readonly isOutOfTime: () => boolean;
  private mustRebuild: boolean;
  /** None before it is known where to begin. */
  private replay: JournalReplay | undefined;
  private batch = new ProjectionBatch();
  private checkpoint: Checkpoint = { sequence: 0, eventHash: '' };
  private isAttached = false;
  private pauseMs = FIRST_PAUSE_MS;
  private hasDiverged = false;
  private flushedSequence = 0;
  private flushedAtMs = Number.NEGATIVE_INFINITY;

  constructor(
    db: Database,
    store: JournalStore,
    report: FollowerReport,
    settings: FollowerSettings,
  ) {
    this.db = db;
    this.store = store;
    this.report = report;
    this.batchCommands = settings.batchCommands;
    this.mustRebuild = settings.rebuild;
    this.storedSequence = settings.storedSequence;
    this.isOutOfTime = settings.isOutOfTime;
    this.dataFolder = settings.dataFolder;
  }

  /**
   * Projects what is in the journal. Returns 0 when it has it all, but for what has come meanwhile,
   * or after a failure how long to pause, in ms.
   */
  async catchUp(): Promise<number> {
    this.latestCommands = 0;
    if (this.hasDiverged) return this.followOnly();
    try {
      if (!this.isAttached) await this.attach();
      if (this.hasDiverged) return this.followOnly();
      while (!this.isOutOfTime() && this.fillBatch()) {
        const isFull = this.batch.commandCount >= this.batchCommands;
        await this.flush();
        if (!isFull) break;
      }
      if (this.hasUnflushed && this.isFlushDue()) {
        await flushProjection(this.db, this.checkpoint);
        this.noteFlush();
      }
      this.pauseMs = FIRST_PAUSE_MS;
      return 0;
    } catch (error) {
      if ((error as Error).name === 'JournalError') throw error;
      this.isAttached = false;
      const pauseMs = this.pauseMs;
      this.pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
      this.report.onRetry(error, pauseMs);
      return pauseMs;
    }
  }

  /** Whether something is to be flushed before long, though nothing more may come. */
  get hasUnflushed(): boolean {
    if (this.hasDiverged || !this.isAttached) return false;
    return this.checkpoint.sequence > this.flushedSequence;
  }

  onCommand(command: RecordBuffer, offset: number, events: RecordBuffer, bytes: number): void {
    const sequence = this.followedSequence;
    if (sequence > this.checkpoint.sequence) this.batch.add(command, offset, events, bytes);
    else if (sequence === this.checkpoint.sequence) this.checkCheckpoint();
  }

  /** Brings the schema up to date and takes up the projection where its checkpoint says. */
  private async attach(): Promise<void> {
    const first = this.store.firstSequence() ?? 1;
    if (this.mustRebuild && first > 1) {
      const what = `The tables stay as they are: the journal was trimmed and begins with ${first}`;
      return this.diverge(what, IMPORT);
    }
    if (this.mustRebuild) {
      await dropProjection(this.db);
      this.report.onEmptied();
    }
    await migrate(this.db);
    this.mustRebuild = false;
    const checkpoint = await readCheckpoint(this.db);
    if (checkpoint === undefined) {
      this.diverge("PostgreSQL's tables have no checkpoint");
      return;
    }
    const isWhereWeAre =
      checkpoint.sequence === this.checkpoint.sequence &&
      checkpoint.eventHash === this.checkpoint.eventHash;
    if (!isWhereWeAre) {
      // First start, an uncertain commit, or an old backup: replay silently up to the checkpoint.
      this.checkpoint = checkpoint;
      this.batch = new ProjectionBatch();
      if (!this.replayTo(checkpoint.sequence)) return;
    }
    this.isAttached = true;
    if (!this.hasDiverged) this.report.onProjected(this.checkpoint.sequence);
  }

  /** Replays silently up to a checkpoint, from a snapshot at or before it; false: no time left. */
  private replayTo(sequence: number): boolean {
    const replay = this.replayFrom(sequence);
    if (replay.isCutOff) {
      this.replay = undefined;
      this.diverge(
        `PostgreSQL's tables end with sequence ${sequence}, and the journal was trimmed behind it`,
        IMPORT,
      );
      return true;
    }
    if (sequence > 0 && replay.exchange.sequence === sequence) this.checkCheckpoint();
    while (replay.exchange.sequence < sequence && replay.next()) {
      if (this.isOutOfTime()) return false;
    }
    if (replay.exchange.sequence < sequence) {
      this.disagree(`the journal ends at ${replay.exchange.sequence}, before it`);
    }
    return true;
  }

  private replayFrom(upTo?: number): JournalReplay {
    this.replay = replayFromSnapshot(this.store, this.dataFolder, {
      listener: this,
      onBad: (why) => this.report.onBadSnapshot(why),
      ...(upTo !== undefined && { upTo }),
    });
    return this.replay;
  }

  private get followedSequence(): number {
    return this.replay?.exchange.sequence ?? 0;
  }

  private checkCheckpoint(): void {
    const { eventHash } = this.replay!;
    if (eventHash === this.checkpoint.eventHash) return;
    this.disagree(`its event hash is ${this.checkpoint.eventHash}, the journal's is ${eventHash}`);
  }

  private disagree(why: string): void {
    const { sequence } = this.checkpoint;
    this.diverge(
      `PostgreSQL's checkpoint is at sequence ${sequence}, but ${why}: ` +
        'its tables belong to another journal',
    );
  }

  private diverge(what: string, whatToDo = REBUILD): void {
    this.hasDiverged = true;
    this.report.onDiverged(`${what}. ${whatToDo}`);
  }

  /** Replays until the batch is large enough or the journal is read; true if there is a batch. */
  private fillBatch(): boolean {
    const replay = this.replay!;
    while (this.batch.commandCount < this.batchCommands && this.isBehind() && replay.next());
    this.report.onFollowed(replay.exchange.sequence);
    return this.batch.commandCount > 0;
  }

  /** Only what is stored: another thread may see a batch a moment before it is on disk. */
  private isBehind(): boolean {
    return this.followedSequence < this.storedSequence();
  }

  private async flush(): Promise<void> {
    const { batch } = this;
    const to = { sequence: batch.sequence, eventHash: this.replay!.eventHash };
    const isFlushed = this.isFlushDue();
    await project(this.db, batch, this.checkpoint, to, isFlushed);
    this.checkpoint = to;
    this.latestCommands = batch.commandCount;
    this.batch = new ProjectionBatch();
    this.report.onProjected(to.sequence);
    if (isFlushed) this.noteFlush();
  }

  private isFlushDue(): boolean {
    return performance.now() - this.flushedAtMs >= FLUSH_EVERY_MS;
  }

  private noteFlush(): void {
    this.flushedAtMs = performance.now();
    this.flushedSequence = this.checkpoint.sequence;
    this.report.onFlushed(this.flushedSequence);
  }

  /** The journal is still checked by hash when there is nothing to project to. */
  private followOnly(): number {
    const replay = this.replay ?? this.replayFrom();
    while (!this.isOutOfTime() && this.isBehind() && replay.next()) {
      this.batch = new ProjectionBatch();
    }
    this.report.onFollowed(replay.exchange.sequence);
    return 0;
  }
}
