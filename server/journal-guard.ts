/**
 * What must be true of a data folder's journal before an exchange opens on it: it is there if it
 * was there before, and reading it does not kill the reader.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inspectJournalFile } from '../journal/journal-file.ts';
import { journalFolderOf } from '../journal/journal-store.ts';

/** Says that this folder has held commands; without it an empty journal is a new exchange. */
const MARKER = 'exchange.json';

/** Throws where the exchange must not open, and says what to do. */
export function assertJournalCanBeOpened(dataFolder: string): void {
  const state = inspectJournalFile(dataFolder);
  if (state === 'suspect') assertReplaysInChild(dataFolder);
}

/** After recovery: an exchange that had commands must not begin again at nothing, unnoticed. */
export function assertJournalIsNotLost(dataFolder: string, recoveredSequence: number): void {
  if (recoveredSequence > 0 || !existsSync(join(dataFolder, MARKER))) return;
  throw new Error(
    `${journalFolderOf(dataFolder)} is empty, but this folder has held an exchange: restore the ` +
      `journal from a copy, or remove ${join(dataFolder, MARKER)} to begin a new exchange here`,
  );
}

/** Remembers that this folder holds commands. */
export function markAsUsed(dataFolder: string): void {
  const path = join(dataFolder, MARKER);
  if (existsSync(path)) return;
  writeFileSync(path, `${JSON.stringify({ firstUsed: new Date().toISOString() })}\n`);
}

function assertReplaysInChild(dataFolder: string): void {
  const cli = fileURLToPath(new URL('./cli.ts', import.meta.url));
  const args = [cli, 'replay', '--data', dataFolder, '--json'];
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`the journal cannot be read: ${stderr.trim()}`);
}
