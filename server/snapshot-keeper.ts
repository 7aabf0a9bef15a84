/**
 * Has snapshots written while the exchange runs, by a process of its own at low priority (ADR 0012)
 * that ends when no next one is due, and says how much of the journal is no longer needed. What
 * fails is tried again later.
 */
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { listSnapshots, removePartialSnapshots } from '../journal/snapshots.ts';
import { Counter, type Counters } from '../ring/counters.ts';
import { endOf, startInBackground } from './background-command.ts';
import type { Logger } from './log.ts';
import { isWorthIt } from './snapshot-pace.ts';
import { SnapshotWriter } from './snapshot-writer.ts';

export interface SnapshotSettings {
  readonly dataFolder: string;
  /** Commands from one snapshot to the next; 0: none is written. */
  readonly snapshotEvery: number;
  readonly snapshotsKept: number;
  /** Whether the journal is trimmed before the oldest snapshot that is kept. */
  readonly isTrimmed: boolean;
  /** Where what is trimmed is archived; empty: nowhere. */
  readonly archiveFolder: string;
  /** Whether the disk has no room for snapshots and archives now. */
  readonly isDiskLow: () => boolean;
  /** Told that the journal may be trimmed. */
  readonly onTrimmable: () => void;
}

/** After something failed nothing is tried for so long. */
const PAUSE_MS = 60_000;

export class SnapshotKeeper {
  private readonly settings: SnapshotSettings;
  private readonly counters: Counters;
  private readonly log: Logger;
  private readonly stopping = new AbortController();
  private timer: NodeJS.Timeout | undefined;
  private isBusy = false;
  private pausedUntilMs = 0;
  /** The next snapshot is due so many commands after this one. */
  private latest: number;
  /** How large the newest is. */
  private bytes: number;
  /** When that was written, or the keeper began. */
  private writtenMs = performance.now();
  /** The journal may begin behind it, as the latest writer of a snapshot has seen. */
  private trimmable = 0;

  constructor(settings: SnapshotSettings, counters: Counters, log: Logger) {
    this.settings = settings;
    this.counters = counters;
    this.log = log;
    removePartialSnapshots(settings.dataFolder);
    const [newest] = listSnapshots(settings.dataFolder);
    this.latest = newest?.sequence ?? 0;
    this.bytes = newest?.bytes ?? 0;
    counters.set(Counter.SnapshotSequence, this.latest);
  }

  start(everyMs: number): void {
    if (this.settings.snapshotEvery === 0) return;
    this.timer = setInterval(() => this.look(), everyMs);
  }

  /** A snapshot that is not finished by now is not needed. */
  stop(): void {
    clearInterval(this.timer);
    this.stopping.abort();
  }

  private async look(): Promise<void> {
    if (this.isBusy || !this.mayWork()) return;
    this.isBusy = true;
    if (this.isDue()) await this.attempt('no snapshot was written', () => this.write());
    else await this.trim();
    this.isBusy = false;
  }

  private mayWork(): boolean {
    return performance.now() >= this.pausedUntilMs && !this.settings.isDiskLow();
  }

  private isDue(): boolean {
    const stored = this.counters.get(Counter.StoredSequence);
    const commands = stored - this.latest;
    const ms = performance.now() - this.writtenMs;
    return commands >= this.settings.snapshotEvery && isWorthIt(this.bytes, commands, ms);
  }

  /** What fails costs nothing but room, and a longer start. */
  private async attempt(failure: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (this.stopping.signal.aborted) return;
      this.pausedUntilMs = performance.now() + PAUSE_MS;
      const details = { error: String(error), againInSeconds: PAUSE_MS / 1_000 };
      this.log.error(details, `${failure}; trading goes on`);
    }
  }

  /** One after the other, while the next one is due: by one process, which ends then. */
  private async write(): Promise<void> {
    const { dataFolder, snapshotEvery, snapshotsKept, isTrimmed } = this.settings;
    removePartialSnapshots(dataFolder);
    const which = ['--data', dataFolder, '--keep', String(snapshotsKept)];
    const args = [...which, '--pace', String(snapshotEvery)];
    if (isTrimmed) args.push('--see-oldest');
    const writer = new SnapshotWriter(args, this.stopping.signal);
    try {
      do {
        await this.writeOne(writer);
        await this.trim();
      } while (this.isDue() && this.mayWork());
    } catch (error) {
      writer.kill();
      throw error;
    }
    await writer.end();
    this.warn('snapshot', writer.takeSaid());
  }

  /** None of a command that is not on disk: a power cut could take it back. */
  private async writeOne(writer: SnapshotWriter): Promise<void> {
    const stored = this.counters.get(Counter.StoredSequence);
    const startMs = performance.now();
    const results = await writer.write(stored);
    const figureOf = (metric: string) =>
      Number(results.find((result) => result.metric === metric)?.value ?? 0);
    const sequence = figureOf('sequence');
    const seconds = Math.round(performance.now() - startMs) / 1_000;
    this.latest = stored;
    this.bytes = figureOf('bytes');
    this.writtenMs = performance.now();
    this.trimmable = figureOf('trimmable');
    this.counters.set(Counter.SnapshotSequence, sequence);
    this.log.info({ sequence, seconds }, 'snapshot written');
    this.warn('snapshot', writer.takeSaid());
  }

  private async trim(): Promise<void> {
    if (!this.settings.isTrimmed) return;
    await this.attempt('the journal is not trimmed', () => this.trimJournal());
  }

  /** What is trimmed is in PostgreSQL, and in an archive. */
  private async trimJournal(): Promise<void> {
    const { counters, trimmable } = this;
    if (trimmable <= counters.get(Counter.TrimmableSequence)) return;
    if (trimmable > counters.get(Counter.ProjectionFlushedSequence)) return;
    if (this.settings.archiveFolder !== '') await this.archive(trimmable);
    counters.set(Counter.TrimmableSequence, trimmable);
    this.settings.onTrimmable();
    this.log.info({ upTo: trimmable }, 'journal trimmed');
  }

  /** All that is left of the journal up to a command. */
  private async archive(upTo: number): Promise<void> {
    const { archiveFolder, dataFolder } = this.settings;
    mkdirSync(archiveFolder, { recursive: true });
    const file = freeName(join(archiveFolder, `journal-to-${String(upTo).padStart(16, '0')}`));
    await this.run('journal', 'export', file, '--data', dataFolder, '--to', String(upTo));
    this.log.info({ file }, 'journal archived');
  }

  /** Runs a command of this program, which reads the journal beside us. */
  private async run(...args: readonly string[]): Promise<void> {
    const child = startInBackground([...args, '--json'], 'ignore', this.stopping.signal);
    child.stdout!.resume();
    let said = '';
    child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    await endOf(child, args[0]!, () => said);
    this.warn(args[0]!, said.trim());
  }

  private warn(command: string, said: string): void {
    if (said !== '') this.log.warn({ said }, `hoga ${command}`);
  }
}

/** Whatever is there by the first name may be of another time, or another exchange. */
function freeName(stem: string): string {
  for (let n = 1; ; n++) {
    const file = n === 1 ? `${stem}.archive` : `${stem}-${n}.archive`;
    if (!existsSync(file)) return file;
  }
}
