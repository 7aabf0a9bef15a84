/**
 * What was told, and what is left of it after an end: nothing may be missing that the durability
 * promised, and what the exchange recovers must be what the journal's commands come to.
 */
import type { Exchange } from '../../exchange/exchange.ts';
import { hashState } from '../../exchange/state-hash.ts';
import { JournalError } from '../../journal/journal-error.ts';
import type { SimulatedDisk } from './disk.ts';
import { type EndKind, must } from './failure.ts';
import type { Checkpoint } from './follower.ts';
import type { Group } from './gateway.ts';
import { Model } from './model.ts';
import { recover } from './recovery.ts';
import type { Settings } from './settings.ts';

export interface Recovered {
  readonly exchange: Exchange;
  /** Commands that were told and are not there any more. */
  readonly lost: number;
  /** Whether the journal has the checkpoint; else PostgreSQL is filled again. */
  readonly isProjectionKept: boolean;
}

export class Chronicle {
  private readonly disk: SimulatedDisk;
  private readonly settings: Settings;
  /** By sequence number: a command and its events, as a gateway saw them. */
  private readonly told = new Map<number, Uint8Array>();
  private toldSequence = 0;
  private model = new Model();

  constructor(disk: SimulatedDisk, settings: Settings) {
    this.disk = disk;
    this.settings = settings;
  }

  /** Every gateway is told the same. */
  tell({ sequence, record, bytes }: Group): void {
    const seen = record.bytes.subarray(0, bytes);
    const known = this.told.get(sequence);
    if (known === undefined) {
      this.told.set(sequence, seen.slice());
      this.toldSequence = Math.max(this.toldSequence, sequence);
    } else {
      const isSame = Buffer.compare(known, seen) === 0;
      must(isSame, `command ${sequence} was told in two ways`);
    }
  }

  isAllTold(sequence: number): boolean {
    return this.toldSequence === sequence;
  }

  /**
   * What the exchange is after these ends, checked against all that is known.
   *
   * @throws ProcessEnd where the process ends while it recovers
   */
  recover(ends: readonly EndKind[], checkpoint: Checkpoint): Recovered {
    const exchange = this.replay();
    const { sequence } = exchange;
    const { firstTorn } = this.disk;
    must(firstTorn === undefined, `batch ${firstTorn} is torn, and is served`);
    const promised = this.promisedAfter(ends);
    must(
      sequence >= promised,
      `after ${ends}: ${promised} was told, the journal ends at ${sequence}`,
    );
    const { safeSequence } = this.disk;
    must(sequence >= safeSequence, `${safeSequence} was flushed, the journal ends at ${sequence}`);
    const lost = Math.max(0, this.toldSequence - sequence);
    this.forgetBehind(sequence);
    this.check(exchange);
    const isProjectionKept = this.model.eventHashes[checkpoint.sequence] === checkpoint.eventHash;
    // In the weaker modes it may have taken what a killed process had left unflushed.
    const mayDiffer = this.settings.durability !== 'fsync' && ends.includes('power cut');
    must(
      isProjectionKept || mayDiffer,
      `after ${ends}: PostgreSQL has ${checkpoint.sequence} of another journal`,
    );
    return { exchange, lost, isProjectionKept };
  }

  /** The exchange is what a clean run over the journal's commands comes to. */
  check(exchange: Exchange): void {
    const { model } = this;
    const { sequence } = exchange;
    model.advance(this.disk.batches, this.told);
    must(model.sequence === sequence, `${sequence} recovered, ${model.sequence} in the journal`);
    const eventHash = exchange.events.hash.toString();
    must(model.eventHash === eventHash, `after command ${sequence} the event hash differs`);
    must(model.stateHash === hashState(exchange), `after command ${sequence} the state differs`);
  }

  /**
   * A journal that is refused is cut where it is torn, and snapshots set aside that it does not
   * lead to, as an operator would.
   */
  private replay(): Exchange {
    const { control } = this.settings;
    const how = {
      takesStaged: control !== 'no-staging',
      checksSnapshots: control !== 'stale-snapshot',
    };
    try {
      return recover(this.disk, how).exchange;
    } catch (error) {
      if (!(error instanceof JournalError)) throw error;
      const { firstTorn } = this.disk;
      if (firstTorn === undefined) throw error;
      must(error.sequence >= firstTorn, `only ${firstTorn} is torn: ${error.message}`);
      this.disk.truncateFrom(firstTorn);
      this.disk.setSnapshotsAside();
      return recover(this.disk, how).exchange;
    }
  }

  /** The last command that must be there because it was told. */
  private promisedAfter(ends: readonly EndKind[]): number {
    const { durability } = this.settings;
    if (durability === 'fsync') return this.toldSequence;
    if (durability === 'commit' && !ends.includes('power cut')) return this.toldSequence;
    return 0;
  }

  private forgetBehind(sequence: number): void {
    for (let lost = sequence + 1; lost <= this.toldSequence; lost++) this.told.delete(lost);
    this.toldSequence = Math.min(this.toldSequence, sequence);
    if (this.model.sequence > sequence) this.model = new Model();
  }
}
