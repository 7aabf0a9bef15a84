/**
 * The journal's file: LMDB, one record a batch. `append` returns when the batch is flushed to disk
 * (`overlappingSync: false`: what is visible is durable; never `noSync`).
 */
import { mkdirSync, statfsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { open, type RootDatabase } from 'lmdb';
import { CHAIN_START, type ChainLink, linkOfStored } from './batch.ts';

export interface JournalStoreOptions {
  /** Address space for the file, in bytes; the journal is not allowed to grow beyond it. */
  readonly mapBytes: number;
  readonly readOnly: boolean;
}

/** What LMDB may write beside a batch: the tree's pages that change, and its list of free pages. */
const OVERHEAD_BYTES = 65_536;

export class JournalStore {
  private readonly file: string;
  private readonly mapBytes: number;
  private readonly database: RootDatabase<Buffer, number>;

  /** @param dataFolder the folder that holds, or will hold, the folder `journal` */
  constructor(dataFolder: string, options: JournalStoreOptions) {
    const folder = journalFolderOf(dataFolder);
    if (!options.readOnly) mkdirSync(folder, { recursive: true });
    this.file = journalFileOf(dataFolder);
    this.mapBytes = options.mapBytes;
    this.database = open<Buffer, number>({
      path: this.file,
      encoding: 'binary',
      mapSize: options.mapBytes,
      overlappingSync: false,
      readOnly: options.readOnly,
      cache: false,
    });
  }

  /** Stores a batch and flushes it to disk. Throws where that fails: then nothing may go on. */
  append(firstSequence: number, bytes: Uint8Array): void {
    // LMDB as lmdb-js drives it would enlarge its map instead, so the bound is ours to keep.
    const needed = statSync(this.file).size + bytes.length + OVERHEAD_BYTES;
    if (needed > this.mapBytes) {
      throw new Error(
        `the journal is full: batch ${firstSequence} does not fit into ${this.mapBytes} bytes ` +
          '(--journal-map-bytes)',
      );
    }
    const value = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    try {
      this.database.transactionSync(() => this.database.putSync(firstSequence, value));
    } catch (error) {
      const { bavail, bsize } = statfsSync(dirname(this.file));
      const free = `${bavail * bsize} bytes are free on its disk`;
      throw new Error(`batch ${firstSequence} was not written to ${this.file} (${free}): ${error}`);
    }
  }

  /** The batch with that key, as of now; undefined where there is none. */
  read(firstSequence: number): Uint8Array | undefined {
    this.database.resetReadTxn();
    return this.database.getBinary(firstSequence);
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

  async close(): Promise<void> {
    await this.database.close();
  }
}

export function journalFileOf(dataFolder: string): string {
  return join(journalFolderOf(dataFolder), 'journal.mdb');
}

export function journalFolderOf(dataFolder: string): string {
  return join(dataFolder, 'journal');
}
