/**
 * The journal's file: LMDB, one record a batch. In durability `fsync` an append returns when the
 * batch is flushed to disk (what is visible is durable); in the others LMDB's own thread writes,
 * and flushes while the next ones come (`overlappingSync`). Never `noSync`.
 */
import { closeSync, existsSync, mkdirSync, openSync, readSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { open, type RootDatabase } from 'lmdb';
import type { ArchivedBatch } from './archive.ts';
import { CHAIN_START, type ChainLink, linkOfStored } from './batch.ts';
import type { BatchSource, BatchTarget } from './batch-storage.ts';
import type { Durability } from './durability.ts';
import { FileReadError, reading } from './file-error.ts';
import { JournalFullError, JournalWriteError } from './journal-error.ts';

export interface JournalStoreOptions {
  /** Address space for the file, in bytes; the journal is not allowed to grow beyond it. */
  readonly mapBytes: number;
  readonly readOnly: boolean;
  /** All who open the file in one process name the same. */
  readonly durability?: Durability;
}

/** A batch that was handed over, and waits for those before it. */
interface Waiting {
  readonly firstSequence: number;
  readonly value: Buffer;
  readonly onStored: () => void;
}

/** A key that no batch has. */
const NO_BATCH = 0;
/** What LMDB may write beside a batch: the tree's pages that change, and its list of free pages. */
const OVERHEAD_BYTES = 65_536;
/** A long value begins a page of its own. */
const PAGE_BYTES = 4_096;
/**
 * Written with zeros ahead of the batches. So a flush changes no file's length: half of what it
 * costs (docs/performance.md). And so LMDB never meets a full disk, which it does not survive: its
 * heap was corrupt after it, and later batches were stored without the one that failed.
 */
const AHEAD = Buffer.alloc(512 * 1_024);

/** Both meta pages. */
const HEADER = Buffer.alloc(8_192);

export class JournalStore implements BatchSource, BatchTarget {
  /** What was handed to `appendLater` and is not flushed yet. */
  unflushedBytes = 0;
  private readonly file: string;
  private readonly mapBytes: number;
  private readonly database: RootDatabase<Buffer, number>;
  /** The file, to be written ahead of LMDB, and up to where it was, at least. */
  private aheadFile: number | undefined;
  private aheadEnd = 0;
  /** At most so much of the file is used. */
  private usedBytes: number;
  /** Of it LMDB may use again; as of when it was asked. */
  private freeBytes = 0;
  /** Where `usedBytes` goes beyond, LMDB is asked how much it is. */
  private askBytes = 0;
  /** For the next transaction, and when it is stored; the one before may be under way. */
  private waiting: Waiting[] = [];
  private next: Promise<void> | undefined;
  private latest: Promise<void> = Promise.resolve();

  /** @param dataFolder the folder that holds, or will hold, the folder `journal` */
  constructor(dataFolder: string, options: JournalStoreOptions) {
    const folder = journalFolderOf(dataFolder);
    const { mapBytes, readOnly, durability = 'fsync' } = options;
    if (!readOnly) mkdirSync(folder, { recursive: true });
    this.file = journalFileOf(dataFolder);
    this.mapBytes = mapBytes;
    this.database = this.open(durability, readOnly);
    this.usedBytes = this.measure();
    if (readOnly) return;
    this.aheadFile = openSync(this.file, 'a');
    this.aheadEnd = Math.max(this.usedBytes, statSync(this.file).size);
  }

  /** How much of the map is taken, at most. */
  get filledBytes(): number {
    return this.usedBytes - this.freeBytes;
  }

  /** Stores a batch and flushes it to disk. Throws where that fails: then nothing may go on. */
  append(firstSequence: number, bytes: Uint8Array): void {
    const value = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    try {
      this.makeRoom(firstSequence, bytes.length);
      this.database.transactionSync(() => this.database.putSync(firstSequence, value));
    } catch (error) {
      throw this.failure(firstSequence, error);
    }
  }

  /**
   * Hands over a batch; calls back when it can be read and is flushed. Throws at once where there
   * is no room for it, and rejects where it is not written: then nothing may go on. The caller's
   * event loop must turn meanwhile. One transaction follows the other, and has all that waits: were
   * LMDB given the next while one is under way, it would write that behind one that has failed.
   */
  appendLater(firstSequence: number, bytes: Uint8Array, onStored: () => void): Promise<void> {
    const value = Buffer.from(bytes);
    try {
      this.makeRoom(firstSequence, value.length);
    } catch (error) {
      throw this.failure(firstSequence, error);
    }
    this.unflushedBytes += value.length + OVERHEAD_BYTES;
    this.waiting.push({ firstSequence, value, onStored });
    this.next ??= this.latest.then(() => this.storeWaiting());
    return this.next;
  }

  /**
   * Flushes what an earlier process wrote and did not: all that can be read is on disk then. LMDB
   * does that when it writes, and not when it opens, so a record comes and goes.
   */
  flush(): void {
    try {
      this.makeRoom(0, 0);
      this.database.transactionSync(() => {
        this.database.putSync(NO_BATCH, Buffer.alloc(1));
        this.database.removeSync(NO_BATCH);
      });
    } catch (error) {
      throw this.failure(NO_BATCH, error);
    }
  }

  /** The batch with that key, as of now; undefined where there is none. */
  read(firstSequence: number): Uint8Array | undefined {
    this.database.resetReadTxn();
    try {
      return this.database.getBinary(firstSequence);
    } catch (error) {
      throw new FileReadError(this.file, `batch ${firstSequence}: ${error}`);
    }
  }

  /** The end of the chain as the newest batch states it. */
  lastLink(): ChainLink {
    this.database.resetReadTxn();
    for (const key of this.database.getKeys({ reverse: true, limit: 1 })) {
      const value = this.database.getBinary(key);
      if (value !== undefined) return linkOfStored(value);
    }
    return CHAIN_START;
  }

  /** Key of the oldest batch; undefined where there is none. */
  firstSequence(): number | undefined {
    this.database.resetReadTxn();
    for (const key of this.database.getKeys({ limit: 1 })) return key;
    return undefined;
  }

  /** What the batch that holds a command states of the chain; undefined where there is none. */
  linkAt(sequence: number): ChainLink | undefined {
    this.database.resetReadTxn();
    for (const key of this.database.getKeys({ start: sequence, reverse: true, limit: 1 })) {
      const link = linkOfStored(this.database.getBinary(key)!);
      if (link.lastSequence >= sequence) return link;
    }
    return undefined;
  }

  /** The batches from a key on, as they are stored. */
  *storedFrom(firstSequence: number): Generator<ArchivedBatch> {
    this.database.resetReadTxn();
    for (const { key, value } of this.database.getRange({ start: firstSequence })) {
      yield { firstSequence: key, bytes: value };
    }
  }

  /** Removes the batches from a key on, and stores another there instead; at once, or not. */
  replaceFrom(firstSequence: number, bytes: Uint8Array | undefined): void {
    const keys = [...this.database.getKeys({ start: firstSequence })];
    this.makeRoom(firstSequence, bytes?.length ?? 0);
    this.database.transactionSync(() => {
      for (const key of keys) this.database.removeSync(key);
      if (bytes !== undefined) this.database.putSync(firstSequence, Buffer.from(bytes));
    });
  }

  /**
   * Removes at most so many of the oldest batches, of those whose commands are all up to one; never
   * the newest. Returns false when there are no more of them.
   */
  trim(upTo: number, most: number): boolean {
    this.database.resetReadTxn();
    // A batch ends before the next one's key.
    const keys = [...this.database.getKeys({ end: upTo + 2, limit: most + 1 })];
    const isMore = keys.length > most;
    keys.pop();
    if (keys.length === 0) return false;
    // Not more than there is room for: this is what makes room.
    this.usedBytes += OVERHEAD_BYTES;
    this.writeAhead();
    // In any durability: what is handed over is only done when the caller's event loop turns.
    this.database.transactionSync(() => {
      for (const key of keys) this.database.removeSync(key);
    });
    return isMore;
  }

  /** Stores batches that come before the first, at once. */
  prepend(batches: readonly ArchivedBatch[]): void {
    const allBytes = batches.reduce((sum, { bytes }) => sum + bytes.length + PAGE_BYTES, 0);
    this.makeRoom(batches[0]?.firstSequence ?? 0, allBytes);
    this.database.transactionSync(() => {
      for (const { firstSequence, bytes } of batches) {
        this.database.putSync(firstSequence, Buffer.from(bytes));
      }
    });
  }

  async close(): Promise<void> {
    if (this.aheadFile !== undefined) closeSync(this.aheadFile);
    this.aheadFile = undefined;
    await this.database.close();
  }

  /**
   * LMDB as lmdb-js drives it would enlarge its map, so the bound is ours to keep. What is used is
   * asked for only where it could matter: the question takes 16 µs.
   */
  private makeRoom(firstSequence: number, bytes: number): void {
    const needed = bytes + OVERHEAD_BYTES;
    this.usedBytes += needed;
    if (this.usedBytes <= this.askBytes) return;
    const pagesEnd = this.measure();
    this.usedBytes = pagesEnd + this.unflushedBytes + needed;
    // A reader that holds pages keeps LMDB from using them again: then the file would grow on.
    if (this.filledBytes > this.mapBytes || pagesEnd > this.mapBytes) {
      throw new JournalFullError(
        `the journal is full: batch ${firstSequence} does not fit into ${this.mapBytes} bytes ` +
          '(--journal-map-bytes). Nothing is acknowledged any more: start again with a larger one',
      );
    }
    this.aheadEnd = Math.max(this.aheadEnd, pagesEnd);
    this.writeAhead();
    this.askBytes = Math.min(this.aheadEnd, this.mapBytes);
  }

  /** Where LMDB's last page ends; what is not flushed yet may come behind. */
  private measure(): number {
    const stats = this.database.getStats() as PageStats;
    this.freeBytes = freeBytesOf(stats);
    return (stats.lastPageNumber + 1) * stats.pageSize;
  }

  /**
   * Appended, so that no zero ever comes over a page: LMDB may get beyond what was written ahead,
   * and be writing there at this moment. (Once a long reader is gone, one list of free pages is as
   * large as all that it had held.) Throws where the disk has no room for what the batch may need;
   * zeros beyond that are only as many as fit.
   */
  private writeAhead(): void {
    try {
      const end = Math.min(this.usedBytes, this.mapBytes);
      while (this.aheadEnd < end) {
        const bytes = Math.min(AHEAD.length, this.mapBytes - this.aheadEnd);
        this.aheadEnd += writeSync(this.aheadFile!, AHEAD, 0, bytes);
      }
    } catch (error) {
      throw new Error(`nothing can be written ahead of it (${error})`);
    }
  }

  private async storeWaiting(): Promise<void> {
    const batches = this.waiting;
    this.waiting = [];
    this.latest = this.next!;
    this.next = undefined;
    try {
      const puts: Promise<boolean>[] = [];
      const batch = this.database.batch(() => {
        for (const { firstSequence, value } of batches) {
          puts.push(this.database.put(firstSequence, value));
        }
      });
      await Promise.all([batch, ...puts]);
      this.assertUsable();
    } catch (error) {
      // Nothing more is taken while we ask why.
      this.unflushedBytes = Number.POSITIVE_INFINITY;
      throw this.failure(batches[0]!.firstSequence, await causeOf(error));
    }
    for (const { value, onStored } of batches) {
      this.unflushedBytes -= value.length + OVERHEAD_BYTES;
      onStored();
    }
  }

  /**
   * Where LMDB could not write that all is flushed, its thread says all the same that it is, and of
   * the next transaction nothing, for ever. But it lets nobody read any more.
   */
  private assertUsable(): void {
    this.database.resetReadTxn();
    this.database.doesExist(NO_BATCH);
  }

  /** LMDB does not survive it (SIGSEGV) where it cannot read its header, so we try that first. */
  private assertHeaderCanBeRead(): void {
    if (!existsSync(this.file)) return;
    reading(this.file, () => {
      const file = openSync(this.file, 'r');
      try {
        readSync(file, HEADER, 0, HEADER.length, 0);
      } finally {
        closeSync(file);
      }
    });
  }

  private open(durability: Durability, readOnly: boolean): RootDatabase<Buffer, number> {
    this.assertHeaderCanBeRead();
    try {
      return open<Buffer, number>({
        path: this.file,
        encoding: 'binary',
        mapSize: this.mapBytes,
        overlappingSync: durability !== 'fsync',
        readOnly,
        cache: false,
      });
    } catch (error) {
      throw new FileReadError(this.file, error);
    }
  }

  private failure(firstSequence: number, error: unknown): Error {
    if (error instanceof JournalFullError) return error;
    return new JournalWriteError(`batch ${firstSequence}`, this.file, error);
  }
}

const CAUSE_PATIENCE_MS = 1_000;

/** Why a commit failed: lmdb-js says so in a promise beside, when its thread has come to an end. */
export async function causeOf(error: unknown): Promise<unknown> {
  const { commitError } = error as { readonly commitError?: Promise<never> };
  if (commitError === undefined) return error;
  const late = setTimeout(CAUSE_PATIENCE_MS, error, { ref: false });
  return Promise.race([commitError.catch((cause: unknown) => cause), late]);
}

interface TreeStats {
  readonly treeBranchPageCount: number;
  readonly treeLeafPageCount: number;
  readonly overflowPages: number;
}

interface PageStats extends TreeStats {
  readonly lastPageNumber: number;
  readonly pageSize: number;
  readonly free: TreeStats;
}

const META_PAGES = 2;

/** Pages that trimming gave back, which LMDB uses again. */
function freeBytesOf({ lastPageNumber, pageSize, free, ...root }: PageStats): number {
  return (lastPageNumber + 1 - META_PAGES - pagesOf(root) - pagesOf(free)) * pageSize;
}

function pagesOf({ treeBranchPageCount, treeLeafPageCount, overflowPages }: TreeStats): number {
  return treeBranchPageCount + treeLeafPageCount + overflowPages;
}

export function journalFileOf(dataFolder: string): string {
  return join(journalFolderOf(dataFolder), 'journal.mdb');
}

export function journalFolderOf(dataFolder: string): string {
  return join(dataFolder, 'journal');
}
