/** The records of a journal as plain bytes: to look at, to damage, and to seal again. */
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { open } from 'lmdb';
import { RecordBuffer, recordLengthAt } from '../../protocol/record.ts';
import { BATCH } from '../batch-layout.ts';
import { journalFolderOf } from '../journal-store.ts';
import { STORE_OPTIONS } from './journal-rig.ts';

export interface StoredBatch {
  firstSequence: number;
  bytes: Buffer;
}

/** All batches of a journal that nobody has open, in the order of their keys. */
export async function loadBatches(dataFolder: string): Promise<StoredBatch[]> {
  const database = openDatabase(dataFolder);
  const batches: StoredBatch[] = [];
  for (const firstSequence of database.getKeys()) {
    batches.push({ firstSequence, bytes: Buffer.from(database.getBinary(firstSequence)!) });
  }
  await database.close();
  return batches;
}

/** Replaces all batches of a journal that nobody has open. */
export async function saveBatches(dataFolder: string, batches: StoredBatch[]): Promise<void> {
  const database = openDatabase(dataFolder);
  database.transactionSync(() => {
    for (const key of [...database.getKeys()]) database.removeSync(key);
    for (const { firstSequence, bytes } of batches) database.putSync(firstSequence, bytes);
  });
  await database.close();
}

function openDatabase(dataFolder: string) {
  return open<Buffer, number>({
    path: join(journalFolderOf(dataFolder), 'journal.mdb'),
    encoding: 'binary',
    mapSize: STORE_OPTIONS.mapBytes,
    overlappingSync: false,
  });
}

/** Makes every CRC right again and every batch the successor of the one before it. */
export function seal(batches: readonly StoredBatch[], firstPreviousCrc = 0): void {
  let previousCrc = firstPreviousCrc;
  for (const { bytes } of batches) {
    bytes.writeUInt32LE(previousCrc, BATCH.previousCrc);
    previousCrc = crc32(bytes.subarray(BATCH.crc + 4), crc32(bytes.subarray(0, BATCH.crc)));
    bytes.writeUInt32LE(previousCrc, BATCH.crc);
  }
}

/** The commands in a batch's bytes. */
export function commandsIn(bytes: Uint8Array): Buffer[] {
  const record = RecordBuffer.allocate(bytes.length);
  record.bytes.set(bytes);
  const commands: Buffer[] = [];
  for (let at: number = BATCH.commands; at < bytes.length; ) {
    const end = at + recordLengthAt(record, at);
    commands.push(Buffer.from(record.bytes.subarray(at, end)));
    at = end;
  }
  return commands;
}
