/**
 * What must be true of a data folder's journal before an exchange opens on it: it is there if it
 * was there before, and reading it does not kill the reader.
 */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { reading, writing } from '../journal/file-error.ts';
import { flushFolder } from '../journal/flush-folder.ts';
import { inspectJournalFile } from '../journal/journal-file.ts';
import type { JournalPoint } from '../journal/journal-point.ts';
import { JournalStore, journalFolderOf } from '../journal/journal-store.ts';

/**
 * Says that this folder has held commands, and up to where when that was last noted: at a start, an
 * end in order and a cut. Without it an empty journal is a new exchange.
 */
const MARKER = 'exchange.json';

interface Marker {
  readonly sequence: number;
  readonly crc: number;
  readonly notedAt: string;
}

/** Throws where the exchange must not open, and says what to do. */
export async function assertJournalCanBeOpened(
  dataFolder: string,
  mapBytes: number,
): Promise<void> {
  if (inspectJournalFile(dataFolder) !== 'unflushed') return;
  // LMDB goes back to what was flushed, but only in the durability of before, or a like one.
  await new JournalStore(dataFolder, { mapBytes, readOnly: false, durability: 'commit' }).close();
}

/** After recovery: an exchange that had commands must not begin again at nothing, unnoticed. */
export function assertJournalIsNotLost(dataFolder: string, recoveredSequence: number): void {
  if (recoveredSequence > 0 || !existsSync(markerOf(dataFolder))) return;
  throw new Error(
    `${journalFolderOf(dataFolder)} is empty, but this folder has held an exchange: restore the ` +
      `journal from a copy, or remove ${markerOf(dataFolder)} to begin a new exchange here`,
  );
}

/** Where the journal ended when that was last noted; undefined where it was not. */
export function notedEnd(dataFolder: string): JournalPoint | undefined {
  const path = markerOf(dataFolder);
  if (!existsSync(path)) return undefined;
  const text = reading(path, () => readFileSync(path, 'utf8'));
  try {
    const { sequence, crc } = JSON.parse(text) as Partial<Marker>;
    if (Number.isSafeInteger(sequence) && Number.isSafeInteger(crc)) {
      return { lastSequence: sequence!, crc: crc! };
    }
  } catch {
    // Falls through to what is said of both.
  }
  throw new Error(
    `${path} is damaged: it must name a sequence and a crc. Restore it from a copy, or remove it ` +
      'where you are sure that the journal is the right one',
  );
}

/** Remembers that this folder holds commands, and where its journal ends. That must be on disk. */
export function noteEnd(dataFolder: string, { lastSequence, crc }: JournalPoint): void {
  const path = markerOf(dataFolder);
  const marker: Marker = { sequence: lastSequence, crc, notedAt: new Date().toISOString() };
  const partial = `${path}.partial`;
  writing(path, () => {
    writeFileSync(partial, `${JSON.stringify(marker)}\n`, { flush: true });
    renameSync(partial, path);
    flushFolder(dataFolder);
  });
}

function markerOf(dataFolder: string): string {
  return join(dataFolder, MARKER);
}
