/** `hoga reconcile`: are PostgreSQL's orders, trades and balances the engine's own? */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { JournalStore, journalFolderOf } from '../../journal/journal-store.ts';
import { openDatabase } from '../../persistence/database.ts';
import { SETTINGS } from '../configuration.ts';
import { acquireDataFolderLock, isDataFolderLocked } from '../data-folder-lock.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../embedded-postgres.ts';
import { printJsonReport } from '../json-report.ts';
import { type Reconciliation, reconcile } from '../reconciliation.ts';

interface ReconcileOptions {
  readonly data: string;
  readonly databaseUrl?: string;
  readonly json?: true;
}

const EXIT_DIFFERENT = 1;
const EXIT_CANNOT_COMPARE = 2;

export function addReconcile(program: Command): void {
  program
    .command('reconcile')
    .description(
      "Compares PostgreSQL's tables with a fresh replay of the journal, beside a running " +
        'exchange or without one; exit 1 on any difference.',
    )
    .option('--data <folder>', 'data folder', SETTINGS.data.default)
    .option('--database-url <url>', 'PostgreSQL (DATABASE_URL); default: the embedded one')
    .option('--json', 'print one JSON object and nothing else')
    .action(async (options: ReconcileOptions) => {
      try {
        process.exitCode = await run(options);
      } catch (error) {
        process.stderr.write(
          `cannot reconcile: ${error instanceof Error ? error.message : error}\n`,
        );
        process.exitCode = EXIT_CANNOT_COMPARE;
      }
    });
}

async function run(options: ReconcileOptions): Promise<number> {
  const folder = resolve(options.data);
  if (!existsSync(journalFolderOf(folder))) {
    throw new Error(`${folder} holds no journal: --data names the folder of an exchange`);
  }
  const given = options.databaseUrl ?? process.env['DATABASE_URL'] ?? '';
  const isExchangeRunning = isDataFolderLocked(folder) !== undefined;
  const lock = isExchangeRunning
    ? undefined
    : acquireDataFolderLock(folder, { address: 'npm run reconcile' });
  const postgres = given === '' ? await openEmbedded(folder) : undefined;
  try {
    const reconciliation = await compare(folder, postgres?.url ?? given);
    report(reconciliation, options.json === true);
    const isSame = reconciliation.tables.every(({ differences }) => differences === 0);
    return isSame ? 0 : EXIT_DIFFERENT;
  } finally {
    // A server that was running before belongs to an exchange.
    if (postgres?.adopted === false) await postgres.stop();
    lock?.release();
  }
}

function openEmbedded(folder: string): Promise<EmbeddedPostgres> {
  const postgres = join(folder, 'postgres');
  if (!existsSync(postgres)) {
    throw new Error(`${folder} holds no embedded PostgreSQL: name yours with --database-url`);
  }
  return startEmbeddedPostgres({ folder: postgres, log: () => {} });
}

async function compare(folder: string, url: string): Promise<Reconciliation> {
  const connectTimeoutMs = SETTINGS.databaseTimeoutMs.default;
  const db = openDatabase({ url, maxConnections: 1, connectTimeoutMs, queryTimeoutMs: 0 });
  const mapBytes = SETTINGS.journalMapBytes.default;
  const store = new JournalStore(folder, { mapBytes, readOnly: true });
  try {
    return await reconcile(db, store);
  } finally {
    await store.close();
    await db.destroy();
  }
}

function report(reconciliation: Reconciliation, isJson: boolean): void {
  const { sequence, journalSequence, tables } = reconciliation;
  for (const { examples } of tables) {
    for (const example of examples) process.stderr.write(`${example}\n`);
  }
  if (isJson) {
    const results = tables.flatMap(({ table, rows, differences }) => [
      { case: table, metric: 'rows', value: rows, unit: 'rows' },
      { case: table, metric: 'differences', value: differences, unit: 'rows' },
    ]);
    const at = { case: 'checkpoint', metric: 'sequence', value: sequence, unit: '' };
    const end = { case: 'journal', metric: 'sequence', value: journalSequence, unit: '' };
    printJsonReport('reconcile', 'fsync', [at, end, ...results]);
    return;
  }
  process.stdout.write(`at sequence ${sequence} (the journal ends at ${journalSequence}):\n`);
  for (const { table, rows, differences } of tables) {
    const outcome = differences === 0 ? 'equal' : `${differences} DIFFERENT`;
    process.stdout.write(`${table.padEnd(12)} ${String(rows).padStart(9)} rows  ${outcome}\n`);
  }
}
