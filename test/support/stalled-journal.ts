/** A disk that hangs, played by holding the lock of the journal's file. */
import { join } from 'node:path';
import { open } from 'lmdb';
import { journalFolderOf } from '../../journal/journal-store.ts';
import { SETTINGS } from '../../server/configuration.ts';

/** Nothing is flushed, and so nothing is told, until the returned function is called. */
export function stallJournal(dataFolder: string): () => Promise<void> {
  const file = open({
    path: join(journalFolderOf(dataFolder), 'journal.mdb'),
    encoding: 'binary',
    mapSize: SETTINGS.journalMapBytes.default,
    overlappingSync: false,
  });
  let goOn: () => void = () => {};
  const held = file.transactionSync(
    () =>
      new Promise<void>((resolve) => {
        goOn = resolve;
      }),
  );
  return async () => {
    goOn();
    await held;
    await file.close();
  };
}
