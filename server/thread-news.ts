/** What threads tell once, where all is in order: at a journal's beginning, and at their ends. */
import type { Logger } from './log.ts';
import { noteEnd } from './noted-end.ts';
import type { ThreadHandle } from './thread-handle.ts';

/** Logs the last state of an exchange. */
export async function logExchangeEnd(exchange: ThreadHandle, log: Logger): Promise<void> {
  const end = await exchange.receive('stopped').catch(() => undefined);
  if (end === undefined) return;
  const { sequence, stateHash } = end;
  log.info({ sequence, stateHash }, 'exchange stopped');
}

/**
 * Notes for the next start where a journal is, when it has commands that are on disk, or where it
 * ends.
 */
export async function noteJournal(
  when: 'begun' | 'closed',
  journal: ThreadHandle,
  isStaged: boolean,
  dataFolder: string,
  log: Logger,
): Promise<void> {
  const news = await journal.receive(when).catch(() => undefined);
  if (news === undefined || news.link.lastSequence === 0) return;
  try {
    noteEnd(dataFolder, { ...news.link, isStaged });
  } catch (error) {
    log.warn({ error: String(error) }, "the journal's end is not noted; the journal is whole");
  }
}
