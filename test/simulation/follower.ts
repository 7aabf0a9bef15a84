/**
 * Replays the journal behind its writer, as the thread does that fills PostgreSQL: stops, starts,
 * and keeps a checkpoint that outlives every end of the process.
 */
import { hashState } from '../../exchange/state-hash.ts';
import { JournalReplay } from '../../journal/journal-replay.ts';
import type { SimulatedDisk } from './disk.ts';
import { must } from './failure.ts';
import type { SimulatedProcess } from './process.ts';
import type { RandomSource } from './random-source.ts';
import { CAPACITY, takeSnapshot } from './recovery.ts';
import type { Settings } from './settings.ts';

export interface Checkpoint {
  readonly sequence: number;
  readonly eventHash: string;
}

const EMPTY: Checkpoint = { sequence: 0, eventHash: '0'.repeat(16) };

export class SimulatedFollower {
  /** The last that it has projected. */
  checkpoint = EMPTY;
  /** How often its state was compared with the exchange's. */
  comparisons = 0;
  private readonly random: RandomSource;
  private readonly disk: SimulatedDisk;
  private readonly turnsASnapshot: number;
  private readonly takesUnflushed: boolean;
  private replay: JournalReplay | undefined;

  constructor(random: RandomSource, disk: SimulatedDisk, settings: Settings) {
    this.turnsASnapshot = settings.turnsASnapshot;
    this.takesUnflushed = settings.control === 'stale-snapshot';
    this.random = random;
    this.disk = disk;
  }

  stop(): void {
    this.replay = undefined;
  }

  /** Its tables are of another journal: it begins again. */
  rebuild(): void {
    this.checkpoint = EMPTY;
  }

  /** @param isAtRest whether the exchange is between two commands */
  turn(process: SimulatedProcess, isAtRest: boolean): void {
    if (this.random.oneIn(this.turnsASnapshot)) this.takeSnapshot(process);
    if (this.random.oneIn(40)) this.stop();
    else this.follow(process, this.random.below(4));
    if (isAtRest) this.compare(process);
  }

  private takeSnapshot({ writer }: SimulatedProcess): void {
    takeSnapshot(this.disk, this.takesUnflushed ? Number.POSITIVE_INFINITY : writer.storedSequence);
  }

  /** Reads so many batches at most, but none that is not stored. */
  follow({ writer }: SimulatedProcess, most: number): void {
    this.replay ??= new JournalReplay(this.disk, undefined, CAPACITY);
    const { replay } = this;
    for (let i = 0; i < most && replay.exchange.sequence < writer.storedSequence; i++) {
      must(replay.next(), `batch ${replay.exchange.sequence + 1} is stored and cannot be read`);
    }
    const { sequence } = replay.exchange;
    if (sequence <= this.checkpoint.sequence) return;
    this.checkpoint = { sequence, eventHash: replay.eventHash };
  }

  /** Where both have executed the same, they are the same. */
  compare({ exchange }: SimulatedProcess): void {
    if (this.replay?.exchange.sequence !== exchange.sequence) return;
    this.comparisons++;
    const isSame = hashState(this.replay.exchange) === hashState(exchange);
    must(isSame, `after command ${exchange.sequence} the follower has another state`);
  }
}
