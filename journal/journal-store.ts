/**
 * The journal's file: LMDB, one record a batch. `append` returns when the batch is flushed to disk
 * (`overlappingSync: false`: what is visible is durable; never `noSync`).
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { open, type RootDatabase } from 'lmdb';
import { CHAIN_START, type ChainLink, linkOfStored } from './batch.ts';

export interface JournalStoreOptions {
  /** Address space for the file, in bytes: the journal cannot grow beyond it. */
  readonly mapBytes: number;
  readonly readOnly: boolean;
}

export class JournalStore {
  private readonly database: RootDatabase<Buffer, number>;

  /** @param dataFolder the folder that holds, or will hold, the folder `journal` */
  constructor(dataFolder: string, options: JournalStoreOptions) {
    const folder = journalFolderOf(dataFolder);
    if (!options.readOnly) mkdirSync(folder, { recursive: true });
    this.database = open<Buffer, number>({
      path: join(folder, 'journal.mdb'),
      encoding: 'binary',
      mapSize: options.mapBytes,
      overlappingSync: false,
      readOnly: options.readOnly,
      cache: false,
    });
  }

  /** Stores a batch and flushes it to disk. Throws where that fails: then nothing may go on. */
  append(firstSequence: number, bytes: Uint8Array): void {
    const value = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.database.transactionSync(() => this.database.putSync(firstSequence, value));
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

export function journalFolderOf(dataFolder: string): string {
  return join(dataFolder, 'journal');
}
