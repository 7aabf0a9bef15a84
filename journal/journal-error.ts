/** The errors of a journal, with what to do about each. */
import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';

/** What to do about a journal that is damaged, or does not reproduce. */
const RESTORE =
  'Keep a copy of the journal folder, run `npm run verify -- --data DIR` on it, and restore a ' +
  'good copy before starting again; or, to go on without what lies behind, see ' +
  '`npm run journal -- truncate --help`.';

/** A write that failed: nothing may go on. Says what, where, how full the disk is, what to do. */
export class JournalWriteError extends Error {
  override readonly name = 'JournalWriteError';

  constructor(what: string, file: string, cause: unknown) {
    const { bavail, bsize } = statfsSync(dirname(file));
    super(
      `${what} was not written to ${file} (${bavail * bsize} bytes are free on its disk): ` +
        `${cause}. Nothing is acknowledged any more. Make room on the disk, or see what is wrong ` +
        'with it, and start again: what was acknowledged is there',
    );
  }
}

/** A batch that does not fit into the journal's map. */
export class JournalFullError extends Error {
  override readonly name = 'JournalFullError';
}

/** A journal that must not be gone on with: says where, what, and what to do. */
export class JournalError extends Error {
  override readonly name = 'JournalError';
  /** The sequence number at which the journal is damaged, does not reproduce or cannot be read. */
  readonly sequence: number;

  constructor(sequence: number, what: string, whatToDo: string = RESTORE) {
    super(`journal at sequence ${sequence}: ${what}. ${whatToDo}`);
    this.sequence = sequence;
  }
}
