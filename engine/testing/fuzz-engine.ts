/**
 * `npm run fuzz:engine`: gives the oracle and the engine the same random commands for as long as
 * one likes, compares everything after each command, and says what was covered. The first
 * difference ends it: it is made small and printed as a program.
 */
import { randomInt } from 'node:crypto';
import { Command, InvalidArgumentError } from 'commander';
import { printJsonReport, type Result } from '../../server/json-report.ts';
import { startProgress } from '../../server/progress.ts';
import { seededRandom } from '../../test/support/seed.ts';
import { PlainEngine } from '../plain-engine.ts';
import { Coverage } from './coverage.ts';
import { type Difference, findDifference } from './difference.ts';
import { programOf } from './duel.ts';

interface Options {
  readonly seconds: number;
  readonly seed?: number;
  readonly length: number;
  readonly json?: true;
}

/** Larger tables take longer to make than a sequence to execute. */
const SMALL = { orders: 10_000 };
const FEW_FILLS = { ...SMALL, fills: 3 };
const SEED_LIMIT = 2 ** 31;
const EXIT_DIFFERENT = 1;
/** About how many commands a round executes: a few tenths of a second of work. */
const COMMANDS_A_ROUND = 2_000;

function integer(low: number, high: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= low && value <= high) return value;
    throw new InvalidArgumentError(`allowed: a whole number from ${low} to ${high}`);
  };
}

await new Command('fuzz:engine')
  .description(
    'Executes random commands in the oracle (engine/oracle.ts) and in the engine, and compares ' +
      'events, orders, levels and last prices after each one. Each round of sequences has a seed ' +
      'of its own, derived from --seed.',
  )
  .option('--seconds <n>', 'how long to go on', integer(1, 1_000_000), 60)
  .option('--seed <n>', 'where to begin; default: by chance', integer(0, SEED_LIMIT - 1))
  .option('--length <n>', 'most commands in a sequence', integer(1, 100_000), 200)
  .option('--json', 'print one JSON object and nothing else')
  .addHelpText(
    'after',
    `
Exit code 0: no difference was found. 1: one was; it is printed with its seed, with few
commands that still show it, as a program. Sequences are random in length up to --length: short ones
are made small fast, long ones (5000) use an engine for long.

Examples:
  npm run fuzz:engine -- --seconds 600
  npm run fuzz:engine -- --seconds 60 --length 5000
  npm run fuzz:engine -- --seed 42        the same rounds again`,
  )
  .action((options: Options) => {
    process.exitCode = run(options);
  })
  .parseAsync();

function run(options: Options): number {
  const seed = options.seed ?? randomInt(SEED_LIMIT);
  const isForPeople = options.json !== true;
  const random = seededRandom(seed);
  const coverage = new Coverage();
  const progress = startProgress('fuzz', options.seconds, isForPeople);
  const startMs = performance.now();
  const elapsedSeconds = () => (performance.now() - startMs) / 1_000;
  let round = 0;
  let difference: Difference | undefined;
  while (difference === undefined && elapsedSeconds() < options.seconds) {
    round++;
    difference = runRound(random(SEED_LIMIT), options.length, coverage);
    progress.update(Math.min(options.seconds, Math.floor(elapsedSeconds())));
  }
  progress.stop();
  const results = summarise(seed, round, elapsedSeconds(), coverage, difference);
  if (isForPeople) printSummary(results);
  else printJsonReport('fuzz:engine', 'none', results);
  if (difference === undefined) return 0;
  process.stderr.write(textOfDifference(difference, round, seed, options));
  return EXIT_DIFFERENT;
}

function runRound(seed: number, maxLength: number, coverage: Coverage): Difference | undefined {
  return findDifference({
    seed,
    sequences: Math.max(1, Math.round((2 * COMMANDS_A_ROUND) / maxLength)),
    maxLength,
    // In some rounds orders end because they made as many fills as they may.
    create: () => new PlainEngine(seed % 4 === 0 ? FEW_FILLS : SMALL),
    started: () => coverage.startSequence(),
    told: (command, outcome) => coverage.add(command, outcome),
  });
}

function summarise(
  seed: number,
  rounds: number,
  seconds: number,
  coverage: Coverage,
  difference: Difference | undefined,
): Result[] {
  const counts = [...coverage.counts].flatMap(([group, names]) =>
    [...names].map(([name, value]) => result(group, name, value, 'times')),
  );
  return [
    ...counts,
    result('fuzz', 'seed', seed, 'seed'),
    result('fuzz', 'seconds', seconds, 's'),
    result('fuzz', 'rounds', rounds, 'rounds'),
    result('fuzz', 'commands', coverage.commands, 'commands'),
    result('fuzz', 'differences', difference === undefined ? 0 : 1, 'commands'),
  ];
}

function result(name: string, metric: string, value: number, unit: string): Result {
  return { case: name, metric, value, unit };
}

function printSummary(results: readonly Result[]): void {
  for (const { case: name, metric, value, unit } of results) {
    const figure = metric === 'seed' ? String(value) : value.toLocaleString('en-US');
    const label = name === 'fuzz' ? metric : `${name}: ${metric}`;
    process.stdout.write(`${label.padEnd(52)} ${figure.padStart(14)} ${unit}\n`);
  }
}

function textOfDifference(
  difference: Difference,
  round: number,
  seed: number,
  options: Options,
): string {
  const again = `npm run fuzz:engine -- --seed ${seed} --length ${options.length}`;
  return [
    '',
    `The engine differs from the oracle. Seed ${seed}, round ${round}; again: ${again}`,
    difference.message,
    '',
    'Few commands that show it:',
    '',
    programOf(difference),
    '',
  ].join('\n');
}
