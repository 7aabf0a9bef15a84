/** A journal that must not be trusted: says where, what, and what to do. */
export class JournalError extends Error {
  override readonly name = 'JournalError';
  /** The sequence number at which the journal is damaged or does not reproduce. */
  readonly sequence: number;

  constructor(sequence: number, what: string) {
    super(
      `journal at sequence ${sequence}: ${what}. Keep a copy of the journal folder, ` +
        'run `npm run replay -- --data DIR --verify` on it, and restore a good copy before starting again.',
    );
    this.sequence = sequence;
  }
}
