/**
 * A command that a journal has come to, and the chain's CRC there: what was noted beside a journal
 * must be in it for ever. A journal without it is an older copy, or of another exchange.
 */
import { type ChainLink, previousCrcOfStored } from './batch.ts';
import type { BatchSource } from './batch-storage.ts';
import { JournalError } from './journal-error.ts';

export type JournalPoint = Pick<ChainLink, 'lastSequence' | 'crc'>;

/** Whether a journal has the batch that ends there, or goes on behind it. */
export function isContinued(store: BatchSource, { crc, lastSequence }: JournalPoint): boolean {
  if (lastSequence === 0) return true;
  const stored = store.linkAt(lastSequence);
  if (stored !== undefined) return stored.lastSequence === lastSequence && stored.crc === crc;
  const next = store.read(lastSequence + 1);
  return next !== undefined && previousCrcOfStored(next) === crc;
}

/** Whether the journal was trimmed up to behind it, and so has nothing to say of it. */
export function isTrimmed(store: BatchSource, { lastSequence }: JournalPoint): boolean {
  return lastSequence + 1 < (store.firstSequence() ?? 1);
}

/**
 * @param noted where or when it was noted
 * @throws JournalError where the journal has it not, though it was not trimmed
 */
export function assertHasPoint(store: BatchSource, point: JournalPoint, noted: string): void {
  if (isTrimmed(store, point) || isContinued(store, point)) return;
  const { lastSequence } = point;
  const end = store.lastLink().lastSequence;
  const what =
    end < lastSequence
      ? `the journal ends with command ${end}, and had come to ${lastSequence} ${noted}: it is ` +
        'an older copy, or its end is missing'
      : `it has another command ${lastSequence} than ${noted}: it is of another exchange, or was ` +
        'cut and went on otherwise';
  throw new JournalError(
    Math.min(end + 1, lastSequence),
    what,
    'Keep a copy of the data folder and put the right journal back; or, to go on with this one, ' +
      `run \`npm run journal -- truncate --data DIR --after ${end} --yes\`, which sets the ` +
      'snapshots aside that it does not lead to.',
  );
}
