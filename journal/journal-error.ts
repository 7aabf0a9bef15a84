/** What to do about a journal that is damaged, or does not reproduce. */
const RESTORE =
  'Keep a copy of the journal folder, run `npm run verify -- --data DIR` on it, and restore a ' +
  'good copy before starting again; or, to go on without what lies behind, see ' +
  '`npm run journal -- truncate --help`.';

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
