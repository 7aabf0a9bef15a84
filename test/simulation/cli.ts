/** `npm run simulate`: the exchange in a world that a seed decides, as many as are wanted. */
import { Command, Option } from 'commander';
import { wholeNumber } from '../../bench/whole-number.ts';
import { DURABILITIES, type Durability } from '../../journal/durability.ts';
import { printJsonReport } from '../../server/json-report.ts';
import { startProgress } from '../../server/progress.ts';
import { CONTROLS, type Control } from './settings.ts';
import { type SeedFailure, type SimulationOutcome, simulate } from './simulate.ts';

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;
const FAILURES_TOLD = 5;

interface SimulateOptions {
  readonly seeds: number;
  readonly seed?: number;
  readonly steps: number;
  readonly durability?: Durability;
  readonly control?: Control;
  readonly cutOffs?: true;
  readonly json?: true;
}

type SeededOptions = SimulateOptions & { readonly seed: number };

const program = new Command('simulate')
  .description(
    'Runs the exchange, its rings and its journal in one thread, with a simulated disk, clock, ' +
      'gateways and clients: a seed decides who does a step next, when the process is killed or ' +
      'its power cut, and what the disk has then. Nothing that was told may be missing, retries ' +
      'get the first answer, and all must be what a clean replay comes to. A failure tells the ' +
      'command that runs it again.',
  )
  .option('--seeds <n>', 'simulations, one a seed', wholeNumber, 1_000)
  .option('--seed <n>', 'the first seed; by default another each time', wholeNumber)
  .option('--steps <n>', 'steps of each', wholeNumber, 400)
  .addOption(new Option('--durability <mode>', 'by default the seed decides').choices(DURABILITIES))
  .addOption(
    new Option('--control <fault>', 'build in a fault: it must be found').choices(CONTROLS),
  )
  .option('--cut-offs', 'cut gateways off, at any moment; they join again')
  .option('--json', 'print one JSON object and nothing else')
  .showHelpAfterError('(--help shows what is allowed)')
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : EXIT_USAGE));
program.parse();
const given = program.opts<SimulateOptions>();
process.exitCode = run({ ...given, seed: given.seed ?? randomSeed() });

function run(options: SeededOptions): number {
  const { seeds, control, json } = options;
  const startMs = performance.now();
  const progress = startProgress('seeds', seeds, json !== true);
  const outcome = simulate(options, (done) => progress.update(done));
  progress.stop();
  const seconds = (performance.now() - startMs) / 1_000;
  for (const failure of outcome.failures.slice(0, FAILURES_TOLD)) tell(failure, options);
  report(outcome, seconds, options);
  const hasFailed = outcome.failures.length > 0;
  return hasFailed === (control !== undefined) ? 0 : EXIT_FAILED;
}

function tell({ seed, step, what }: SeedFailure, options: SimulateOptions): void {
  const { steps, durability, control, cutOffs } = options;
  const again = [`--seeds 1 --seed ${seed} --steps ${steps}`];
  if (durability !== undefined) again.push(`--durability ${durability}`);
  if (control !== undefined) again.push(`--control ${control}`);
  if (cutOffs === true) again.push('--cut-offs');
  process.stderr.write(`seed ${seed}, step ${step}: ${what}\n`);
  process.stderr.write(`to run it again: npm run simulate -- ${again.join(' ')}\n`);
}

function report(outcome: SimulationOutcome, seconds: number, options: SeededOptions): void {
  const { seeds, failures, counts } = outcome;
  const { seed, durability = 'all', control } = options;
  const name = control === undefined ? `simulate/${durability}` : `simulate/${control}`;
  const numbers = { seed, seeds, failures: failures.length, ...counts, seconds };
  const results = Object.entries(numbers).map(([metric, value]) => {
    return { case: name, metric, value, unit: metric === 'seconds' ? 's' : '' };
  });
  if (options.json === true) {
    printJsonReport('simulate', durability, results);
    return;
  }
  for (const { metric, value } of results) {
    const text = metric === 'seed' ? value : Math.round(value).toLocaleString('en-US');
    process.stdout.write(`${metric.padEnd(14)} ${text}\n`);
  }
}

function randomSeed(): number {
  return 1 + Math.floor(Math.random() * 999_999_999);
}
