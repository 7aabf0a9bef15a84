/** `npm run chaos -- power-cut`: what must never lose anything, made to lose everything it can. */
import { Command } from 'commander';
import { wholeNumber } from '../../bench/whole-number.ts';
import { printJsonReport } from '../../server/json-report.ts';
import { startProgress } from '../../server/progress.ts';
import { cutPower, isStraceThere, type PowerCutOutcome } from './power-cut/power-cut.ts';

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;

interface PowerCutCommandOptions {
  readonly cuts: number;
  readonly seed?: number;
  readonly control?: true;
  readonly json?: true;
}

const program = new Command('chaos')
  .description('Breaks what Hoga stands on, and looks at what is left.')
  .showHelpAfterError('(--help shows what is allowed)')
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : EXIT_USAGE));
program
  .command('power-cut')
  .description(
    "Cuts the power of the journal's writer (durability fsync) at random steps of its system " +
      'calls: the file is rebuilt as the disk may have it, with any sectors missing that were ' +
      'not flushed, and opened. Needs strace.',
  )
  .option('--cuts <n>', 'cuts, of 50 a life of the writer', wholeNumber, 1_000)
  .option(
    '--seed <n>',
    'of commands, places and sectors; by default another each time',
    wholeNumber,
  )
  .option('--control', 'ignore all flushes, as noSync would: the check must find something then')
  .option('--json', 'print one JSON object and nothing else')
  .action(async (options: PowerCutCommandOptions) => {
    process.exitCode = await powerCut(options);
  });
await program.parseAsync();

async function powerCut(options: PowerCutCommandOptions): Promise<number> {
  if (!isStraceThere()) {
    process.stderr.write('strace is not there: install it (apt install strace) to cut the power\n');
    return EXIT_USAGE;
  }
  const { cuts, json, control } = options;
  const seed = options.seed ?? Math.floor(Math.random() * 2 ** 31);
  const progress = startProgress('cuts', cuts, json !== true);
  const ignoresFlushes = control === true;
  const outcome = await cutPower({ cuts, seed, ignoresFlushes }, (done) => progress.update(done));
  progress.stop();
  const faults = outcome.lost + outcome.refused + outcome.wrong;
  report(outcome, seed, options);
  return ignoresFlushes === faults > 0 ? 0 : EXIT_FAILED;
}

function report(outcome: PowerCutOutcome, seed: number, options: PowerCutCommandOptions): void {
  const name = options.control === true ? 'power-cut/control' : 'power-cut/fsync';
  const { failures, ...counts } = outcome;
  const results = Object.entries({ seed, ...counts }).map(([metric, value]) => {
    return { case: name, metric, value, unit: metric === 'told' ? 'commands' : '' };
  });
  for (const failure of failures) process.stderr.write(`${failure}\n`);
  if (options.json === true) printJsonReport('chaos', 'fsync', results);
  else {
    for (const { metric, value } of results) {
      process.stdout.write(`${metric.padEnd(10)} ${value.toLocaleString('en-US')}\n`);
    }
  }
}
