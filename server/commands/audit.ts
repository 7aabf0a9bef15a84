/** `hoga audit`: replays the journal and checks after every command that the books are right. */
import { type Command, InvalidArgumentError } from 'commander';
import { JournalReplay } from '../../journal/journal-replay.ts';
import type { JournalStore } from '../../journal/journal-store.ts';
import { formatDecimal } from '../../protocol/decimal.ts';
import { auditJournal, DEFAULT_EVERY, type JournalAudit } from '../audit/journal-audit.ts';
import type { TrialBalance } from '../audit/trial-balance.ts';
import { SETTINGS } from '../configuration.ts';
import { printJsonReport, type Result } from '../json-report.ts';
import { startProgress } from '../progress.ts';
import { EXIT_CANNOT_READ, EXIT_FAILED, readJournal } from './read-journal.ts';

interface AuditOptions {
  readonly data: string;
  readonly every?: number;
  readonly json?: true;
}

export function addAudit(program: Command): void {
  program
    .command('audit')
    .description(
      'Replays the journal and checks after every command that money and books are right; exit 1 ' +
        'and the sequence number where something does not hold.',
    )
    .option('--data <folder>', 'data folder', SETTINGS.data.default)
    .option(
      '--every <n>',
      'commands between two checks of everything; what a command touches is checked at once ' +
        `(default: ${DEFAULT_EVERY}, more where there are more balances and open orders)`,
      positiveInteger,
    )
    .option('--json', 'print one JSON object and nothing else')
    .action(async (options: AuditOptions) => {
      process.exitCode = await readJournal('audit', options.data, (store) => audit(store, options));
    });
}

function positiveInteger(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) {
    throw new InvalidArgumentError('allowed: a whole number from 1 to 999999999');
  }
  return Number(text);
}

function audit(store: JournalStore, { every, json }: AuditOptions): number {
  const first = store.firstSequence() ?? 1;
  if (first > 1) {
    process.stderr.write(
      `the journal was trimmed, and begins with command ${first}: an audit needs all of it. Take ` +
        'the archives in that were made then, newest first (`npm run journal -- import FILE`)\n',
    );
    return EXIT_CANNOT_READ;
  }
  const progress = startProgress('audit', store.lastLink().lastSequence, json !== true);
  try {
    const startMs = performance.now();
    const onProgress = (sequence: number) => progress.update(sequence);
    const found = auditJournal((listener) => new JournalReplay(store, listener), {
      every,
      onProgress,
    });
    const seconds = (performance.now() - startMs) / 1_000;
    progress.stop();
    if (json === true) printJsonReport('audit', 'fsync', resultsOf(found, seconds));
    else print(found, seconds);
    if (found.violation === undefined) return 0;
    process.stderr.write(`${found.violation.message}\n`);
    return EXIT_FAILED;
  } finally {
    progress.stop();
  }
}

function resultsOf(found: JournalAudit, seconds: number): Result[] {
  const { sequence, commands, fullChecks, violation } = found;
  const results: Result[] = [
    { case: 'audit', metric: 'commands', value: commands, unit: 'commands' },
    { case: 'audit', metric: 'full_checks', value: fullChecks, unit: 'checks' },
    { case: 'audit', metric: 'seconds', value: seconds, unit: 's' },
    { case: 'audit', metric: 'final_sequence', value: sequence, unit: '' },
    { case: 'audit', metric: 'violations', value: violation === undefined ? 0 : 1, unit: '' },
  ];
  if (violation !== undefined) {
    const { sequence: at, what } = violation;
    results.push({ case: 'violation', metric: 'sequence', value: at, unit: '' });
    results.push({ case: 'violation', metric: 'what', value: what, unit: '' });
  }
  for (const { code, rows, sum } of found.trialBalances) {
    for (const [name, amount] of [...rows, ['sum', sum] as const]) {
      const metric = name.toLowerCase().replaceAll(' ', '_');
      // A sum of balances that is no safe integer is none that holds: it is told as text.
      const isSafe = Number.isSafeInteger(Number(amount));
      const value = isSafe ? Number(amount) : String(amount);
      results.push({ case: `trial_balance/${code}`, metric, value, unit: 'minor units' });
    }
  }
  return results;
}

function print(found: JournalAudit, seconds: number): void {
  const { commands, fullChecks, sequence, violation } = found;
  const write = (text: string) => process.stdout.write(`${text}\n`);
  const rate = Math.round(commands / Math.max(seconds, 1e-6)).toLocaleString('en-US');
  write(`${commands} commands checked, everything ${fullChecks} times (${rate} commands/s)`);
  write(violation === undefined ? `all holds up to sequence ${sequence}` : 'NOT ALL HOLDS');
  write(`\ntrial balance at sequence ${sequence}:`);
  for (const table of found.trialBalances) write(describe(table));
}

function describe({ code, decimals, rows, sum }: TrialBalance): string {
  const lines = [...rows, ['sum', sum] as const].map(([name, amount]) => {
    const isSafe = Number.isSafeInteger(Number(amount));
    const text = isSafe ? formatDecimal(Number(amount), decimals) : `${amount} minor units`;
    return `${code.padEnd(10)} ${name.padEnd(26)} ${text.padStart(26)}`;
  });
  return `${lines.join('\n')}\n`;
}
