/**
 * Golden journals: archives that an older or this release wrote, with what their replay must come
 * to. `NAME.archive` is what `journal export` writes, `NAME.json` says the rest.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hashState } from '../../exchange/state-hash.ts';
import { readEvents } from '../../exchange/testing/recorded-exchange.ts';
import { JournalReplay, type ReplayListener } from '../../journal/journal-replay.ts';
import { JournalStore } from '../../journal/journal-store.ts';
import { importArchive } from '../../journal/journal-surgery.ts';
import {
  SMALL_CAPACITY,
  STORE_OPTIONS,
  temporaryFolder,
} from '../../journal/testing/journal-rig.ts';
import { commandName } from '../../protocol/command-validation.ts';
import {
  CancelReason,
  ExecType,
  Liquidity,
  nameOf,
  TransferKind,
  TransferStatus,
} from '../../protocol/enums.ts';
import { CommandDone, Transfer } from '../../protocol/events.ts';
import { ExecutionReport } from '../../protocol/execution-report.ts';
import { OrderAnswer } from '../../protocol/order-answer.ts';
import { type RecordBuffer, templateIdAt } from '../../protocol/record.ts';
import { RejectReason } from '../../protocol/reject-reason.ts';
import { TransferReport } from '../../protocol/transfer-report.ts';

export const GOLDEN_FOLDER = fileURLToPath(new URL('.', import.meta.url));

/** What a replay of a golden journal comes to. */
export interface GoldenResult {
  readonly finalSequence: number;
  readonly eventHash: string;
  readonly stateHash: string;
  /** How often what happens in it. */
  readonly covers: Readonly<Record<string, number>>;
}

export interface GoldenFile extends GoldenResult {
  readonly seed: number;
  /** What is in it, in a sentence. */
  readonly about: string;
}

export function archivePathOf(name: string): string {
  return join(GOLDEN_FOLDER, `${name}.archive`);
}

export function resultPathOf(name: string): string {
  return join(GOLDEN_FOLDER, `${name}.json`);
}

export function goldenNames(): string[] {
  const files = readdirSync(GOLDEN_FOLDER).filter((file) => file.endsWith('.archive'));
  return files.map((file) => file.slice(0, -'.archive'.length)).sort();
}

export function readGolden(name: string): GoldenFile {
  return JSON.parse(readFileSync(resultPathOf(name), 'utf8')) as GoldenFile;
}

export function isTaken(name: string): boolean {
  return existsSync(archivePathOf(name)) || existsSync(resultPathOf(name));
}

/** Imports an archive into a new journal and replays it, with every check of the journal's own. */
export async function replayArchive(path: string): Promise<GoldenResult> {
  const store = new JournalStore(temporaryFolder(), STORE_OPTIONS);
  try {
    importArchive(store, path);
    const coverage = new Coverage();
    const replay = new JournalReplay(store, coverage, SMALL_CAPACITY);
    replay.runToEnd();
    return {
      finalSequence: replay.exchange.sequence,
      eventHash: replay.eventHash,
      stateHash: hashState(replay.exchange),
      covers: coverage.counts(),
    };
  } finally {
    await store.close();
  }
}

/** Counts kinds of commands and outcomes. */
class Coverage implements ReplayListener {
  private readonly seen = new Map<string, number>();

  onCommand(command: RecordBuffer, offset: number, events: RecordBuffer, eventBytes: number): void {
    this.add(`command ${commandName(templateIdAt(command, offset)) ?? 'Tick'}`);
    for (const event of readEvents(events, eventBytes)) {
      if (event instanceof CommandDone) this.addNamed('reject', RejectReason, event.rejectReason);
      else if (event instanceof ExecutionReport) this.addReport(event);
      else if (event instanceof Transfer) this.addNamed('posting', TransferKind, event.kind);
      else if (event instanceof TransferReport) {
        const what = event.isRepeat === 1 ? 'transfer again' : 'transfer';
        this.addNamed(what, TransferStatus, event.status);
      } else if (event instanceof OrderAnswer) this.add('order again');
    }
  }

  /** In order of their names. */
  counts(): Record<string, number> {
    return Object.fromEntries([...this.seen].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  private addReport({ execType, cancelReason, liquidity }: ExecutionReport): void {
    this.addNamed('report', ExecType, execType);
    if (cancelReason !== CancelReason.None) this.addNamed('cancel', CancelReason, cancelReason);
    if (liquidity !== Liquidity.None) this.addNamed('fill', Liquidity, liquidity);
  }

  private addNamed(what: string, names: Readonly<Record<string, number>>, value: number): void {
    this.add(`${what} ${nameOf(names, value)}`);
  }

  private add(what: string): void {
    this.seen.set(what, (this.seen.get(what) ?? 0) + 1);
  }
}
