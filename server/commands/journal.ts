/** `hoga journal`: cuts a journal's end off, writes batches to an archive, takes them in again. */
import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { Command } from 'commander';
import type { ChainLink } from '../../journal/batch.ts';
import { JournalStore, journalFolderOf } from '../../journal/journal-store.ts';
import { cut, exportArchive, importArchive, planCut } from '../../journal/journal-surgery.ts';
import { setSnapshotsAside } from '../../journal/snapshots.ts';
import { assertNothingStaged, setStagingAside } from '../../journal/staging-restore.ts';
import { SETTINGS } from '../configuration.ts';
import { acquireDataFolderLock } from '../data-folder-lock.ts';
import { inChild } from '../journal-child.ts';
import { assertJournalIsReadable, makeJournalReadable } from '../journal-guard.ts';
import { printJsonReport, type Result } from '../json-report.ts';
import { forgetEnd, noteEnd } from '../noted-end.ts';
import { sequence } from './sequence.ts';

const EXIT_FAILED = 1;
const EXIT_NOTHING_DONE = 2;

interface Options {
  readonly data: string;
  readonly json?: true;
}

interface TruncateOptions extends Options {
  readonly after: number;
  readonly yes?: true;
}

interface ExportOptions extends Options {
  readonly from: number;
  readonly to: number;
}

export function addJournal(program: Command): void {
  const journal = program.command('journal').description('Works on a journal at rest.');
  const add = (usage: string, description: string) =>
    journal
      .command(usage)
      .description(description)
      .option('--data <folder>', 'data folder', SETTINGS.data.default)
      .option('--json', 'print one JSON object and nothing else');
  add('truncate', 'Cuts off all commands after one, and keeps them in an archive.')
    .requiredOption('--after <sequence>', 'the command that stays as the last', sequence)
    .option('--yes', 'do it; without this it only says what would be cut')
    .action((options: TruncateOptions) => run('truncate', () => truncate(options)));
  add('export <file>', 'Writes commands to an archive; also beside a running exchange.')
    .option('--from <sequence>', 'the first command', sequence, 1)
    .option('--to <sequence>', 'the last command', sequence, Number.MAX_SAFE_INTEGER)
    .action((file: string, options: ExportOptions) => run('export', () => write(file, options)));
  add(
    'import <file>',
    'Takes in the commands of an archive that continue the journal, or that were trimmed.',
  ).action((file: string, options: Options) => run('import', () => take(file, options)));
}

/** In a child process, since a truncated LMDB file kills who reads it. */
async function run(name: string, work: () => Promise<number>): Promise<void> {
  process.exitCode = await inChild(`journal ${name}`, EXIT_FAILED, async () => {
    try {
      return await work();
    } catch (error) {
      process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
      return EXIT_FAILED;
    }
  });
}

/** Opens the journal, alone if it is to be changed. */
async function withStore<Found>(
  folder: string,
  readOnly: boolean,
  work: (store: JournalStore) => Found,
): Promise<Found> {
  const lock = readOnly ? undefined : acquireDataFolderLock(folder, { address: 'npm run journal' });
  const mapBytes = SETTINGS.journalMapBytes.default;
  try {
    if (readOnly) assertJournalIsReadable(folder);
    else await makeJournalReadable(folder, mapBytes);
    const store = new JournalStore(folder, { mapBytes, readOnly });
    try {
      return work(store);
    } finally {
      await store.close();
    }
  } finally {
    lock?.release();
  }
}

async function truncate({ data, after, yes, json }: TruncateOptions): Promise<number> {
  const folder = journalOf(data);
  const stem = freeStem(join(journalFolderOf(folder), `cut-after-${after}`));
  const kept: string[] = [];
  const plan = await withStore(folder, yes !== true, (store) => {
    assertNothingStaged(folder, store.lastLink());
    const planned = planCut(store, folder, after);
    if (yes !== true) return planned;
    forgetEnd(folder);
    // First, or the next start could take in again what was cut.
    kept.push(...setStagingAside(folder, stem));
    if (planned.batches > 0) {
      cut(store, planned, `${stem}.archive`);
      kept.push(`${stem}.archive`);
    }
    kept.push(...setSnapshotsAside(folder, store));
    note(folder, store.lastLink());
    return planned;
  });
  const { batches, commands } = plan;
  const results: Result[] = [
    { case: 'truncate', metric: 'last_sequence', value: after, unit: '' },
    { case: 'truncate', metric: 'cut_commands', value: commands, unit: 'commands' },
    { case: 'truncate', metric: 'cut_batches', value: batches, unit: 'batches' },
    { case: 'truncate', metric: 'done', value: yes === true ? 1 : 0, unit: '' },
  ];
  if (json === true) printJsonReport('journal truncate', 'fsync', results);
  else {
    const what = `${commands} commands in ${batches} batches after ${after}`;
    process.stdout.write(
      yes === true
        ? `cut ${what}. ${keptIn(kept)}\n` +
            'If PostgreSQL is ahead of the journal now, start with --rebuild-projection.\n'
        : `would cut ${what}; nothing is changed: add --yes to do it\n`,
    );
  }
  return yes === true ? 0 : EXIT_NOTHING_DONE;
}

/** Nothing that was kept before has a name that begins so. */
function freeStem(wanted: string): string {
  const kept = readdirSync(dirname(wanted));
  for (let n = 1; ; n++) {
    const stem = n === 1 ? wanted : `${wanted}-${n}`;
    if (!kept.some((name) => name.startsWith(`${basename(stem)}.`))) return stem;
  }
}

/** Of an empty journal nothing is noted: a new exchange may begin. */
function note(folder: string, link: ChainLink): void {
  if (link.lastSequence === 0) return;
  try {
    noteEnd(folder, { ...link, isStaged: false });
  } catch (error) {
    process.stderr.write(`The cut is made; where the journal ends is not noted: ${error}\n`);
  }
}

function keptIn(kept: readonly string[]): string {
  return kept.length === 0 ? 'Nothing had to go.' : `What went is kept in ${kept.join(', ')}.`;
}

async function write(file: string, { data, from, to, json }: ExportOptions): Promise<number> {
  const folder = journalOf(data);
  if (existsSync(file)) throw new Error(`${file} exists already: it is not replaced`);
  const count = await withStore(folder, true, (store) => exportArchive(store, file, from, to));
  tell('export', count, json === true, `wrote ${count} batches to ${file}`);
  return 0;
}

async function take(file: string, { data, json }: Options): Promise<number> {
  if (!existsSync(file)) throw new Error(`there is no ${file}`);
  const count = await withStore(resolve(data), false, (store) => importArchive(store, file));
  tell('import', count, json === true, `took ${count} batches from ${file}`);
  return 0;
}

function tell(name: string, count: number, isJson: boolean, text: string): void {
  const batches = { case: name, metric: 'batches', value: count, unit: 'batches' };
  if (isJson) printJsonReport(`journal ${name}`, 'fsync', [batches]);
  else process.stdout.write(`${text}\n`);
}

function journalOf(data: string): string {
  const folder = resolve(data);
  if (existsSync(journalFolderOf(folder))) return folder;
  throw new Error(`${folder} holds no journal: --data names the folder of an exchange`);
}
