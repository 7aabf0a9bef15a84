/**
 * Takes snapshots of what a journal comes to, one after the other, each from where the one before
 * was brought back to: all in one exchange, since a second one in a thread slows both (ADR 0009).
 */
import { EventBuffer } from '../exchange/event-sink.ts';
import { Exchange } from '../exchange/exchange.ts';
import type { JournalReplay } from '../journal/journal-replay.ts';
import type { JournalStore } from '../journal/journal-store.ts';
import {
  keepSnapshots,
  listSnapshots,
  replayFromSnapshot,
  type Snapshot,
  takeSnapshot,
  trimmableTo,
} from '../journal/snapshots.ts';
import { intervalOf, SnapshotPace } from './snapshot-pace.ts';

export interface SnapshotTaking {
  /** Snapshots that are kept. */
  readonly keep: number;
  /** Commands from one snapshot to the next, where it stands back for an exchange; 0: never. */
  readonly pace: number;
  /** Loads the oldest one that is kept again, too. */
  readonly seesOldest: boolean;
  /** Told of a snapshot that cannot be begun with. */
  readonly onBad: (why: string) => void;
  /** Called where it may rest: behind each batch, and each chunk of a snapshot. */
  readonly onRest: () => void;
}

export interface TakenSnapshot {
  readonly sequence: number;
  /** Commands that were replayed for it. */
  readonly replayed: number;
  readonly bytes: number;
  readonly replaySeconds: number;
  readonly writeSeconds: number;
  readonly kept: number;
  /** The journal may lose what comes before; where the oldest was to be seen. */
  readonly trimmable?: number;
}

export class SnapshotTaker {
  private readonly store: JournalStore;
  private readonly folder: string;
  private readonly taking: SnapshotTaking;
  private readonly exchange = new Exchange(new EventBuffer());
  /** What the exchange is at. */
  private replay: JournalReplay | undefined;
  /** The last command that is in a snapshot, or was replayed since. */
  private position = 0;
  private pace = new SnapshotPace(0);

  constructor(store: JournalStore, folder: string, taking: SnapshotTaking) {
    this.store = store;
    this.folder = folder;
    this.taking = taking;
  }

  /**
   * Of the last batch that has no command after this one.
   *
   * @param onReplayed told the last command that was replayed
   */
  take(to: number, onReplayed: (sequence: number) => void): TakenSnapshot {
    const { store, folder, exchange } = this;
    const { keep, seesOldest } = this.taking;
    const [newest] = listSnapshots(folder);
    this.pace = new SnapshotPace(intervalOf(this.taking.pace, newest?.bytes ?? 0));
    this.position = Math.max(this.position, newest?.sequence ?? 0);
    const startMs = performance.now();
    const replay = this.replay ?? this.begin();
    // Where something fails, what is left is of no use.
    this.replay = undefined;
    const from = exchange.sequence;
    this.replayTo(replay, to, onReplayed);
    const replayedMs = performance.now();
    const { sequence, bytes } = this.takeOrFind(replay);
    const writtenMs = performance.now();
    keepSnapshots(folder, keep, store.firstSequence());
    if (!seesOldest) this.replay = replay;
    return {
      sequence,
      replayed: sequence - from,
      bytes,
      replaySeconds: secondsOf(replayedMs - startMs),
      writeSeconds: secondsOf(writtenMs - replayedMs),
      kept: listSnapshots(folder).length,
      ...(seesOldest && { trimmable: trimmableTo(store, folder, keep, exchange, this.rest) }),
    };
  }

  private begin(): JournalReplay {
    const { store, folder, exchange, rest } = this;
    const { onBad } = this.taking;
    exchange.clear();
    return replayFromSnapshot(store, folder, { exchange, onBad, setsAside: true, onChunk: rest });
  }

  /** All batches that end with a command or before it. */
  private replayTo(
    replay: JournalReplay,
    to: number,
    onReplayed: (sequence: number) => void,
  ): void {
    const { exchange } = replay;
    for (;;) {
      this.position = exchange.sequence;
      onReplayed(exchange.sequence);
      const next = this.store.linkAt(exchange.sequence + 1);
      if (next !== undefined && next.lastSequence > to) return;
      if (!replay.next()) return;
      this.rest();
    }
  }

  /** Nothing to write where nothing came after the newest. */
  private takeOrFind(replay: JournalReplay): Snapshot {
    const { sequence } = replay.exchange;
    const known = listSnapshots(this.folder).find((found) => found.sequence === sequence);
    return known ?? takeSnapshot(this.folder, replay, this.rest);
  }

  private readonly rest = (): void => {
    this.taking.onRest();
    this.pace.rest(this.behind);
  };

  /** A journal that does not answer is told of where it is replayed, not as a bad snapshot. */
  private readonly behind = (): number => {
    try {
      return this.store.lastLink().lastSequence - this.position;
    } catch {
      return 0;
    }
  };
}

function secondsOf(ms: number): number {
  return Math.round(ms) / 1_000;
}
