/** What all commands that read a data folder's journal have in common. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { JournalStore, journalFolderOf } from '../../journal/journal-store.ts';
import { stagedEnd } from '../../journal/staging-restore.ts';
import { SETTINGS } from '../configuration.ts';
import { isDataFolderLocked } from '../data-folder-lock.ts';
import { inChild } from '../journal-child.ts';
import { assertJournalIsReadable } from '../journal-guard.ts';

/** The journal is bad, or what the command checks does not hold. */
export const EXIT_FAILED = 1;
/** There is no journal, or not enough of it. */
export const EXIT_CANNOT_READ = 2;

/** What was told in durability `commit` and is not in the journal yet is not looked at. */
function tellOfStaged(store: JournalStore, folder: string): void {
  const { lastSequence } = store.lastLink();
  const staged = stagedEnd(folder, store.lastLink());
  if (staged === undefined || isDataFolderLocked(folder) !== undefined) return;
  process.stderr.write(
    `staging files have commands up to ${staged}, the journal up to ${lastSequence}: the others ` +
      'are not looked at before a start has taken them in\n',
  );
}

/**
 * Opens the journal of a data folder, reads it in a child process and tells an error that it
 * throws. Returns the exit code: what `read` returned, EXIT_FAILED, or EXIT_CANNOT_READ.
 */
export function readJournal(
  command: string,
  data: string,
  read: (store: JournalStore, folder: string) => number | Promise<number>,
): Promise<number> {
  return inChild(command, EXIT_FAILED, async () => {
    const folder = resolve(data);
    if (!existsSync(journalFolderOf(folder))) {
      process.stderr.write(`${folder} holds no journal: --data names the folder of an exchange\n`);
      return EXIT_CANNOT_READ;
    }
    const mapBytes = SETTINGS.journalMapBytes.default;
    let store: JournalStore | undefined;
    try {
      assertJournalIsReadable(folder);
      store = new JournalStore(folder, { mapBytes, readOnly: true });
      tellOfStaged(store, folder);
      return await read(store, folder);
    } catch (error) {
      process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
      return EXIT_FAILED;
    } finally {
      await store?.close();
    }
  });
}
