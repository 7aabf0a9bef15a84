/**
 * Has snapshots written while the exchange runs, each by a process of its own at low priority (ADR
 * 0012), and says how much of the journal is no longer needed. A snapshot that fails costs nothing
 * but a longer start: the next one is tried when as many commands have come again.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { listSnapshots, removePartialSnapshots } from '../journal/snapshots.ts';
import { Counter, type Counters } from '../ring/counters.ts';
import { CHILD_VARIABLE } from './journal-child.ts';
import type { Logger } from './log.ts';

const CLI = fileURLToPath(new URL('./cli.ts', import.meta.url));

export interface SnapshotSettings {
  readonly dataFolder: string;
  /** Commands from one snapshot to the next; 0: none is written. */
  readonly snapshotEvery: number;
  readonly snapshotsKept: number;
  /** Whether the journal is trimmed before the oldest snapshot that is kept. */
  readonly isTrimmed: boolean;
  /** Where what is trimmed is archived; empty: nowhere. */
  readonly archiveFolder: string;
  /** Told that the journal may be trimmed. */
  readonly onTrimmable: () => void;
}

export class SnapshotKeeper {
  private readonly settings: SnapshotSettings;
  private readonly counters: Counters;
  private readonly log: Logger;
  private readonly stopping = new AbortController();
  private timer: NodeJS.Timeout | undefined;
  private isBusy = false;
  /** The next snapshot is due so many commands after this one. */
  private latest: number;

  constructor(settings: SnapshotSettings, counters: Counters, log: Logger) {
    this.settings = settings;
    this.counters = counters;
    this.log = log;
    removePartialSnapshots(settings.dataFolder);
    this.latest = listSnapshots(settings.dataFolder)[0]?.sequence ?? 0;
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
    if (this.isBusy) return;
    const stored = this.counters.get(Counter.StoredSequence);
    const isDue = stored - this.latest >= this.settings.snapshotEvery;
    this.isBusy = true;
    try {
      if (isDue) await this.write(stored);
      if (this.settings.isTrimmed) await this.trim();
    } catch (error) {
      if (this.stopping.signal.aborted) return;
      this.log.error({ error: String(error) }, 'no snapshot; trading goes on');
    } finally {
      this.isBusy = false;
    }
  }

  private async write(stored: number): Promise<void> {
    const { dataFolder, snapshotsKept } = this.settings;
    this.latest = stored;
    const startMs = performance.now();
    await this.run('snapshot', '--data', dataFolder, '--keep', String(snapshotsKept));
    const sequence = listSnapshots(dataFolder)[0]?.sequence ?? 0;
    const seconds = Math.round(performance.now() - startMs) / 1_000;
    this.latest = sequence;
    this.counters.set(Counter.SnapshotSequence, sequence);
    this.log.info({ sequence, seconds }, 'snapshot written');
  }

  /**
   * What comes before the oldest snapshot that is kept, and is in PostgreSQL, may go when it is in
   * an archive.
   */
  private async trim(): Promise<void> {
    const { archiveFolder, dataFolder, snapshotsKept } = this.settings;
    const snapshots = listSnapshots(dataFolder);
    if (snapshots.length < snapshotsKept) return;
    const { sequence } = snapshots.at(-1)!;
    if (sequence <= this.counters.get(Counter.TrimmableSequence)) return;
    if (sequence > this.counters.get(Counter.ProjectedSequence)) return;
    if (archiveFolder !== '') await this.archive(sequence);
    this.counters.set(Counter.TrimmableSequence, sequence);
    this.settings.onTrimmable();
    this.log.info({ upTo: sequence }, 'journal trimmed');
  }

  /** All that is left of the journal up to a command; a file by that name is whole. */
  private async archive(upTo: number): Promise<void> {
    const { archiveFolder, dataFolder } = this.settings;
    mkdirSync(archiveFolder, { recursive: true });
    const file = join(archiveFolder, `journal-to-${String(upTo).padStart(16, '0')}.archive`);
    if (existsSync(file)) return;
    await this.run('journal', 'export', file, '--data', dataFolder, '--to', String(upTo));
    this.log.info({ file }, 'journal archived');
  }

  /** Runs a command of this program, which reads the journal beside us. */
  private async run(...args: readonly string[]): Promise<void> {
    const env = { ...process.env, [CHILD_VARIABLE]: '1' };
    const child = spawn(process.execPath, [CLI, ...args, '--json'], {
      env,
      stdio: ['ignore', 'ignore', 'pipe'],
      signal: this.stopping.signal,
      killSignal: 'SIGKILL',
    });
    if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_LOW);
    let said = '';
    child.stderr.on('data', (chunk) => {
      said += String(chunk);
    });
    const code = await new Promise<number | null>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', resolve);
    });
    if (code !== 0) throw new Error(`hoga ${args[0]} ended with ${code}: ${said.trim()}`);
    if (said !== '') this.log.warn({ said: said.trim() }, `hoga ${args[0]}`);
  }
}
