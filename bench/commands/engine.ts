/** `npm run bench -- engine`: the matching engine by itself, beside another order book from npm. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { printJsonReport, type Result } from '../../server/json-report.ts';
import { startProgress } from '../../server/progress.ts';
import { CASES, type Case, measurementsOf, nameOfCase, runCampaign } from '../engine/campaign.ts';
import { timerOverheadNs } from '../engine/measurement.ts';
import { DEFAULT_OPERATIONS } from '../engine/shapes.ts';
import { resultsOf } from '../engine/summary.ts';
import { figuresTable, targetsTable } from '../engine/tables.ts';
import { wholeNumber } from '../whole-number.ts';

interface Options {
  readonly cases: readonly Case[];
  readonly runs: number;
  readonly operations: number;
  readonly seed: number;
  readonly json?: true;
}

/** Fewer runs are for a look, not for publishing. */
const RUNS = 5;

export function addEngine(program: Command): void {
  program
    .command('engine')
    .description('Measures the matching engine by itself: throughput, latency and memory by shape.')
    .addOption(
      new Option('--cases <list>', `cases, engines or shapes, by comma, of: ${namesOf(CASES)}`)
        .argParser(casesIn)
        .default(CASES, 'all'),
    )
    .option('--runs <n>', 'runs of each case, each in a process of its own', wholeNumber, RUNS)
    .option('--operations <n>', 'operations a run', wholeNumber, DEFAULT_OPERATIONS)
    .option('--seed <n>', 'of the order flows', wholeNumber, 1)
    .option('--json', 'print one JSON object and nothing else')
    .action(async (options: Options) => {
      try {
        await run(options);
      } catch (error) {
        process.stderr.write(`bench stopped: ${error instanceof Error ? error.message : error}\n`);
        process.exitCode = 1;
      }
    });
}

/** @throws InvalidArgumentError, which commander tells, for a name that nothing bears */
function casesIn(list: string): readonly Case[] {
  const names = list.split(',');
  const isNamed = (name: string) => (each: Case) =>
    [nameOfCase(each), each.engine, each.shape].includes(name);
  for (const name of names) {
    if (!CASES.some(isNamed(name))) {
      throw new InvalidArgumentError(`nothing is named '${name}'; there are: ${namesOf(CASES)}`);
    }
  }
  return CASES.filter((each) => names.some((name) => isNamed(name)(each)));
}

function namesOf(cases: readonly Case[]): string {
  return cases.map(nameOfCase).join(', ');
}

async function run(options: Options): Promise<void> {
  const isJson = options.json === true;
  const progress = startProgress('measuring', measurementsOf(options), !isJson);
  let results: Result[];
  try {
    results = resultsOf(await runCampaign(options, (done) => progress.update(done)));
  } finally {
    progress.stop();
  }
  const overheadNs = Math.round(timerOverheadNs());
  if (isJson) {
    const timer = { case: 'timer', metric: 'overhead_ns', value: overheadNs, unit: 'ns' };
    printJsonReport('engine', 'none', [...results, timer]);
    return;
  }
  process.stdout.write(figuresTable(results, options.cases.map(nameOfCase)));
  process.stdout.write(explanation(options, overheadNs));
  process.stdout.write(targetsTable(results));
  if (options.runs < RUNS) process.stdout.write(`\nFewer than ${RUNS} runs: do not publish.\n`);
}

function explanation({ cases, runs, operations, seed }: Options, overheadNs: number): string {
  const parts = cases
    .filter(({ part }) => part < 1)
    .map(
      (each) => `${nameOfCase(each)} executes the first ${Math.ceil(operations * each.part)}.\n`,
    );
  return `
Medians of ${runs} runs of ${operations} operations, seed ${seed}, each in a process of its own,
after as many operations to warm up. Latencies are from a pass of their own and hold one reading of
the clock, ${overheadNs} ns. Every engine came to the trades and open orders of the flow's model.
${parts.join('')}
`;
}
