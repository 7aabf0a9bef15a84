/** What threads say at their end, where that is in order. */
import { noteEnd } from './journal-guard.ts';
import type { Logger } from './log.ts';
import type { ThreadHandle } from './thread-handle.ts';

/** Logs the last state of an exchange. */
export async function logExchangeEnd(exchange: ThreadHandle, log: Logger): Promise<void> {
  const end = await exchange.receive('stopped').catch(() => undefined);
  if (end === undefined) return;
  const { sequence, stateHash } = end;
  log.info({ sequence, stateHash }, 'exchange stopped');
}

/** Notes where a journal ends, for the next start. */
export async function noteJournalEnd(
  journal: ThreadHandle,
  dataFolder: string,
  log: Logger,
): Promise<void> {
  const end = await journal.receive('closed').catch(() => undefined);
  if (end === undefined || end.link.lastSequence === 0) return;
  try {
    noteEnd(dataFolder, end.link);
  } catch (error) {
    log.warn({ error: String(error) }, "the journal's end is not noted; the journal is whole");
  }
}
