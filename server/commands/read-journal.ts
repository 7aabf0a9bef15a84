/** What all commands that read a data folder's journal have in common. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { JournalStore, journalFolderOf } from '../../journal/journal-store.ts';
import { SETTINGS } from '../configuration.ts';
import { inChild } from '../journal-child.ts';
import { assertJournalIsReadable } from '../journal-guard.ts';

/** The journal is bad, or what the command checks does not hold. */
export const EXIT_FAILED = 1;
const EXIT_NO_JOURNAL = 2;

/**
 * Opens the journal of a data folder, reads it in a child process and tells an error that it
 * throws. Returns the exit code: what `read` returned, EXIT_FAILED, or 2 where there is no journal.
 */
export function readJournal(
  command: string,
  data: string,
  read: (store: JournalStore, folder: string) => number,
): Promise<number> {
  return inChild(command, EXIT_FAILED, async () => {
    const folder = resolve(data);
    if (!existsSync(journalFolderOf(folder))) {
      process.stderr.write(`${folder} holds no journal: --data names the folder of an exchange\n`);
      return EXIT_NO_JOURNAL;
    }
    const mapBytes = SETTINGS.journalMapBytes.default;
    let store: JournalStore | undefined;
    try {
      assertJournalIsReadable(folder);
      store = new JournalStore(folder, { mapBytes, readOnly: true });
      return read(store, folder);
    } catch (error) {
      process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
      return EXIT_FAILED;
    } finally {
      await store?.close();
    }
  });
}
