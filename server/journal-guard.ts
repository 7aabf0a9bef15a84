/**
 * What must be true of a data folder's journal before an exchange opens on it: reading it does not
 * kill the reader, it is there if it was there before, and it is the same.
 */
import { inspectJournalFile } from '../journal/journal-file.ts';
import { assertHasPoint } from '../journal/journal-point.ts';
import { JournalStore, journalFolderOf } from '../journal/journal-store.ts';
import { listSnapshots, snapshotsFolderOf } from '../journal/snapshots.ts';
import { isFirstLife, markerOf, type NotedEnd } from './noted-end.ts';

/**
 * Takes back what the system's end left unflushed: LMDB does that by itself, but only in the
 * durability of before, or a like one. Throws where the journal's file is damaged.
 */
export async function makeJournalReadable(dataFolder: string, mapBytes: number): Promise<void> {
  if (inspectJournalFile(dataFolder) !== 'unflushed') return;
  await new JournalStore(dataFolder, { mapBytes, readOnly: false, durability: 'commit' }).close();
}

/** For who only reads. Throws where the file is damaged, or something is to be taken back first. */
export function assertJournalIsReadable(dataFolder: string): void {
  if (inspectJournalFile(dataFolder) !== 'unflushed') return;
  throw new Error(
    `${journalFolderOf(dataFolder)}: the system has ended before its newest commands were ` +
      'flushed. Start the exchange once, which goes back to what was, and stop it',
  );
}

/** Throws where the journal is not the one that was noted, and says what to do. */
export function assertIsTheNoted(
  store: JournalStore,
  dataFolder: string,
  noted: NotedEnd | undefined,
): void {
  if (store.lastLink().lastSequence > 0) {
    if (noted !== undefined) assertHasPoint(store, noted, 'when it was last in use');
    return;
  }
  const [newest] = listSnapshots(dataFolder);
  // In its first life an exchange may end before it has anything to keep.
  const isNew = noted === undefined || isFirstLife(noted);
  const left = [
    ...(isNew ? [] : [markerOf(dataFolder)]),
    ...(newest === undefined ? [] : [snapshotsFolderOf(dataFolder)]),
  ];
  if (left.length === 0) return;
  throw new Error(
    `${journalFolderOf(dataFolder)} is empty, but this folder has held an exchange: restore the ` +
      `journal from a copy, or remove ${left.join(' and ')} to begin a new exchange here`,
  );
}
