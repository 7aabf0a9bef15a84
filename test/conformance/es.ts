/**
 * `npm run conformance:es`: a real session of a real exchange, command by command. The engine has
 * to reproduce its opening, every fill, every self-match cancel and the book at the end.
 */
import { Command, Option } from 'commander';
import { PlainEngine } from '../../engine/plain-engine.ts';
import { printJsonReport } from '../../server/json-report.ts';
import type { Comparison } from './es-comparison.ts';
import { BROKEN_RULES } from './es-doubles.ts';
import { replaySession } from './es-replay.ts';
import { EXPECTED, type Metric, readSession } from './es-session.ts';

interface Options {
  readonly json?: true;
  readonly broken?: string;
}

const CASE = 'es-2023-12-25';
const UNITS: Readonly<Partial<Record<Metric, string>>> = {
  accepted: 'commands',
  opening_price: 'ticks',
  opening_qty: 'contracts',
  fills: 'rows',
  fills_exact: 'rows',
};
const EXIT_DIFFERENT = 1;
const EXIT_FAILED = 2;

await new Command('conformance:es')
  .description(
    'Feeds the commands of a recorded session (E-mini S&P 500, 25 December 2023) to the engine ' +
      'and compares what it does with what the exchange did.',
  )
  .argument('<dir>', 'the folder es-2023-12-25, with commands, fills and final book')
  .option('--json', 'print one JSON object and nothing else')
  .addOption(
    new Option(
      '--broken <rule>',
      'break a rule of the engine, to see that the session notices',
    ).choices(Object.keys(BROKEN_RULES)),
  )
  .addHelpText(
    'after',
    `
Exit code 0: everything is as it has to be; with --broken, as many fills and rows of the book are
still exact as the folder's README.md says. 1: it is not; every difference is printed. 2: the folder
cannot be read.`,
  )
  .action(async (folder: string, options: Options) => {
    process.exitCode = await run(folder, options);
  })
  .parseAsync();

async function run(folder: string, { json, broken }: Options): Promise<number> {
  const session = await readSession(folder).catch((error: Error) => error);
  if (session instanceof Error) {
    console.error(session.message);
    return EXIT_FAILED;
  }
  const rule = broken === undefined ? undefined : BROKEN_RULES[broken]!;
  const expected: Readonly<Partial<Record<Metric, number>>> = rule?.stillExact ?? EXPECTED;
  const comparison = replaySession(session, new PlainEngine(undefined, rule?.parts));
  const isAsExpected = Object.entries(expected).every(
    ([metric, value]) => comparison.found[metric as Metric] === value,
  );
  if (rule === undefined) for (const mismatch of comparison.mismatches) console.error(mismatch);
  if (json) printJson(comparison, broken);
  else printTable(comparison, expected);
  return isAsExpected && (rule !== undefined || comparison.mismatches.length === 0)
    ? 0
    : EXIT_DIFFERENT;
}

function printJson({ found }: Comparison, broken: string | undefined): void {
  const name = broken === undefined ? CASE : `${CASE}/${broken}`;
  const results = Object.entries(found).map(([metric, value]) => ({
    case: name,
    metric,
    value,
    unit: UNITS[metric as Metric] ?? 'orders',
  }));
  printJsonReport('conformance:es', 'none', results);
}

function printTable(
  { found, mismatches }: Comparison,
  expected: Readonly<Partial<Record<Metric, number>>>,
): void {
  console.log(`${'metric'.padEnd(20)}${'found'.padStart(10)}${'expected'.padStart(10)}`);
  for (const [metric, value] of Object.entries(found)) {
    const wanted = expected[metric as Metric];
    const verdict = wanted === undefined || wanted === value ? '' : '  differs';
    const cells = [String(value), String(wanted ?? '')].map((cell) => cell.padStart(10));
    console.log(`${metric.padEnd(20)}${cells.join('')}${verdict}`);
  }
  console.log(`${mismatches.length} differences from the exchange`);
}
