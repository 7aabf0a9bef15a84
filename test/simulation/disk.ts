/**
 * A disk in memory. What was flushed is there for ever; what the operating system has survives the
 * end of the process, and of that a power cut leaves a beginning, of which the last batch may be
 * torn. (LMDB tears none; a disk may, and nobody may be served a torn batch.) It can be slow, full,
 * or fail.
 */
import { CHAIN_START, type ChainLink, linkOfStored } from '../../journal/batch.ts';
import type { BatchSource, BatchTarget } from '../../journal/batch-storage.ts';
import { isContinued } from '../../journal/journal-point.ts';
import { type EndKind, ProcessEnd } from './failure.ts';
import type { RandomSource } from './random-source.ts';
import { SimulatedFile } from './simulated-file.ts';
import { reseal, tear } from './torn-batch.ts';

export interface DiskOptions {
  readonly capacityBytes: number;
  /** Writes between two that fail, by chance; 0: none does. */
  readonly writesAFailure: number;
  /** Says flushed, and did not. */
  readonly isLying: boolean;
  /** Makes the CRC of what is torn right, as if nobody looked at it. */
  readonly hidesDamage: boolean;
}

export interface StoredBatch {
  readonly firstSequence: number;
  /** As it was written. */
  readonly written: Uint8Array;
  /** As it is read. */
  bytes: Uint8Array;
  isFlushed: boolean;
}

interface HandedBatch {
  readonly batch: StoredBatch;
  readonly onStored: () => void;
  isCommitted: boolean;
}

/** The state of an exchange in numbers, behind the batch of this link. */
export interface SimulatedSnapshot {
  readonly link: ChainLink;
  readonly numbers: number[];
  /** Of the system that had it, where some of it was not flushed yet. */
  readonly bootId: string | undefined;
}

const SNAPSHOTS_KEPT = 3;
const NEVER = new Promise<void>(() => {});

export class SimulatedDisk implements BatchSource, BatchTarget {
  unflushedBytes = 0;
  /** In the order of their sequence numbers. */
  batches: StoredBatch[] = [];
  /** Of durability `commit`. */
  readonly stagingFiles: readonly SimulatedFile[];
  /** Newest first. */
  snapshots: readonly SimulatedSnapshot[] = [];
  /** Starts that began with one. */
  usedSnapshots = 0;
  tornBatches = 0;
  /** Whether an exchange has begun to use them, so that they have headers. */
  areStagingFilesExpected = false;
  private boots = 1;
  /** The last command that was flushed at the last end, and so must be there after it. */
  safeSequence = 0;
  private readonly random: RandomSource;
  private readonly options: DiskOptions;
  private readonly pause: () => void;
  private capacityBytes: number;
  private usedBytes = 0;
  /** Being appended: it is neither there nor not. */
  private inFlight: StoredBatch | undefined;
  /** Handed over; not flushed. */
  private handed: HandedBatch[] = [];
  /** Flushed; whoever handed them over is to be told at its next turn. */
  private toldNext: HandedBatch[] = [];
  /** What failed in the back: it ends the process when its thread comes to know of it. */
  private failure: EndKind | undefined;

  /** @param pause called where others may run, or the process may end */
  constructor(random: RandomSource, options: DiskOptions, pause: () => void) {
    this.random = random;
    this.options = options;
    this.pause = pause;
    this.capacityBytes = options.capacityBytes;
    this.stagingFiles = [new SimulatedFile(pause), new SimulatedFile(pause)];
  }

  append(firstSequence: number, bytes: Uint8Array): void {
    const failure = this.fails(bytes.length);
    if (failure !== undefined) throw new ProcessEnd(failure);
    this.pause();
    const batch = batchOf(firstSequence, bytes);
    this.inFlight = batch;
    this.pause();
    this.inFlight = undefined;
    this.store(batch);
    this.flush();
    this.pause();
  }

  appendLater(firstSequence: number, bytes: Uint8Array, onStored: () => void): Promise<void> {
    const failure = this.fails(bytes.length);
    if (failure !== undefined) this.failure = failure;
    else {
      this.unflushedBytes += bytes.length;
      this.handed.push({ batch: batchOf(firstSequence, bytes), onStored, isCommitted: false });
    }
    return NEVER;
  }

  /** Goes on with what was handed over. */
  work(): void {
    const next = this.handed.find(({ isCommitted }) => !isCommitted);
    if (next !== undefined && !this.random.oneIn(3)) {
      next.isCommitted = true;
      this.store(next.batch);
      return;
    }
    const flushed = this.handed.filter(({ isCommitted }) => isCommitted);
    if (flushed.length === 0) return;
    this.flush();
    this.toldNext.push(...flushed);
    this.handed = this.handed.filter(({ isCommitted }) => !isCommitted);
  }

  /** The turn of the event loop in which the journal's thread hears of its writes. */
  tell(): void {
    if (this.failure !== undefined) throw new ProcessEnd(this.failure);
    const told = this.toldNext;
    this.toldNext = [];
    for (const { batch, onStored } of told) {
      this.unflushedBytes -= batch.written.length;
      onStored();
    }
  }

  read(firstSequence: number): Uint8Array | undefined {
    const batch = this.batches.find((each) => each.firstSequence === firstSequence);
    if (batch === undefined) return undefined;
    return this.options.hidesDamage ? reseal(batch.bytes) : batch.bytes;
  }

  firstSequence(): number | undefined {
    return this.batches[0]?.firstSequence;
  }

  lastLink(): ChainLink {
    const last = this.batches.at(-1);
    return last === undefined ? CHAIN_START : linkOfStored(last.bytes);
  }

  linkAt(sequence: number): ChainLink | undefined {
    const batch = this.batches.findLast(({ firstSequence }) => firstSequence <= sequence);
    const link = batch === undefined ? undefined : linkOfStored(batch.bytes);
    return link !== undefined && link.lastSequence >= sequence ? link : undefined;
  }

  /** Whole, and on disk, at once: it gets its name only then. */
  keepSnapshot(snapshot: SimulatedSnapshot): void {
    this.snapshots = [snapshot, ...this.snapshots].slice(0, SNAPSHOTS_KEPT);
  }

  /** Of the operating system, which a power cut ends. */
  get bootId(): string {
    return `boot ${this.boots}`;
  }

  get isFlushed(): boolean {
    return this.batches.every(({ isFlushed }) => isFlushed);
  }

  get firstTorn(): number | undefined {
    return this.batches.find(({ bytes, written }) => bytes !== written)?.firstSequence;
  }

  /** What an operator does about a journal that is damaged from a batch on. */
  truncateFrom(firstSequence: number): void {
    this.batches = this.batches.filter((batch) => batch.firstSequence < firstSequence);
  }

  /** What an operator does about snapshots that the journal does not lead to. */
  setSnapshotsAside(): void {
    this.snapshots = this.snapshots.filter(({ link }) => isContinued(this, link));
  }

  /** Leaves what the end of the process leaves. */
  end(kind: EndKind): void {
    this.safeSequence = this.flushedSequence();
    if (kind === 'full disk') this.capacityBytes += 65_536;
    const { inFlight } = this;
    if (kind === 'power cut') this.cutPower();
    // Who is killed in a synchronous write ends when that has returned.
    else if (inFlight !== undefined && this.random.oneIn(2)) {
      this.store(inFlight);
      this.flush();
    }
    this.inFlight = undefined;
    this.handed = [];
    this.toldNext = [];
    this.unflushedBytes = 0;
    this.failure = undefined;
  }

  private flushedSequence(): number {
    const { firstTorn = Number.POSITIVE_INFINITY } = this;
    const last = this.batches.findLast(
      ({ firstSequence, isFlushed }) => isFlushed && firstSequence < firstTorn,
    );
    return last === undefined ? 0 : linkOfStored(last.written).lastSequence;
  }

  private cutPower(): void {
    this.boots++;
    if (this.inFlight !== undefined) this.store(this.inFlight);
    const { random } = this;
    const unflushed = this.batches.filter(({ isFlushed }) => !isFlushed);
    const left = random.below(unflushed.length + 1);
    for (const batch of unflushed.slice(0, left)) batch.isFlushed = true;
    this.batches = this.batches.filter(({ isFlushed }) => isFlushed);
    const torn = unflushed[left];
    if (torn !== undefined && !random.oneIn(4)) {
      this.tornBatches++;
      this.batches.push({ ...torn, bytes: tear(torn.written, random), isFlushed: true });
    }
    for (const file of this.stagingFiles) file.cutPower(random);
  }

  private store(batch: StoredBatch): void {
    this.batches.push(batch);
  }

  flush(): void {
    if (this.options.isLying) return;
    for (const batch of this.batches) batch.isFlushed = true;
  }

  private fails(bytes: number): EndKind | undefined {
    if (this.usedBytes + bytes > this.capacityBytes) return 'full disk';
    if (this.random.oneIn(this.options.writesAFailure)) return 'failed write';
    this.usedBytes += bytes;
    return undefined;
  }
}

function batchOf(firstSequence: number, bytes: Uint8Array): StoredBatch {
  const written = bytes.slice();
  return { firstSequence, written, bytes: written, isFlushed: false };
}
