/** What the benchmarks of cases and runs have in common on the command line. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Result } from '../../server/json-report.ts';
import { makeJsonReport } from '../../server/json-report.ts';
import { startProgress } from '../../server/progress.ts';
import { wholeNumber } from '../whole-number.ts';
import {
  type Campaign,
  type CampaignFigures,
  type Case,
  measurementsOf,
  PASSES,
  type Pass,
  runCampaign,
  type Samples,
} from './campaign.ts';
import type { Target } from './figures.ts';
import { timerOverheadNs } from './probes.ts';
import { outOption, reportFile, writeResults } from './results-folder.ts';
import { figuresTable, targetsTable } from './tables.ts';

export interface Benchmark {
  readonly name: string;
  readonly description: string;
  /** Path of the module that measures, without `.ts`. */
  readonly worker: string;
  /** By default both. */
  readonly passes?: readonly Pass[];
  /** By default none. */
  readonly durability?: string;
  /** How the threads that are measured wait. */
  readonly wait: string;
  readonly cases: readonly Case[];
  /** A run's, where the command line does not say. */
  readonly operations: number;
  readonly targets: readonly Target[];
  readonly resultsOf: (samples: ReadonlyMap<string, Samples>) => Result[];
  /** How the figures were taken: whole lines. */
  readonly explain: (campaign: Campaign) => string;
}

interface Options extends Campaign {
  readonly out: string;
  readonly json?: true;
}

/** The wait strategies of a benchmark that measures one thread. */
export const ONE_THREAD = 'one thread, which never waits';
/** Fewer runs are for a look, not for publishing. */
const RUNS = 5;
/** How much of the operations `--quick` executes, once. */
const QUICK_PART = 0.05;

export function addBenchmark(program: Command, benchmark: Benchmark): Command {
  const { name, description, cases, operations } = benchmark;
  const names = cases.map((each) => each.name).join(', ');
  return program
    .command(name)
    .description(description)
    .addOption(
      new Option('--case, --cases <list>', `cases, or parts of their names, by comma, of: ${names}`)
        .argParser((list: string) => casesIn(list, cases))
        .default(cases, 'all'),
    )
    .option('--runs <n>', 'runs of each case, each in a process of its own', wholeNumber, RUNS)
    .option('--operations <n>', 'operations a run', wholeNumber, operations)
    .option('--seed <n>', 'of the order flows', wholeNumber, 1)
    .addOption(quickOption().implies({ runs: 1, operations: Math.ceil(operations * QUICK_PART) }))
    .addOption(outOption())
    .option('--json', 'print one JSON object and nothing else')
    .action(async (options: Options) => {
      try {
        await run(benchmark, options);
      } catch (error) {
        process.stderr.write(`bench stopped: ${error instanceof Error ? error.message : error}\n`);
        process.exitCode = 1;
      }
    });
}

/** `--quick`: what it implies holds where the command line says nothing else. */
export function quickOption(): Option {
  return new Option('--quick', 'few operations in one run: for a look, not for publishing');
}

/** @throws InvalidArgumentError, which commander tells, for a name that nothing bears */
function casesIn(list: string, cases: readonly Case[]): readonly Case[] {
  const wanted = list.split(',');
  const isNamed = (name: string) => (each: Case) =>
    each.name === name || each.name.split('/').includes(name);
  for (const name of wanted) {
    if (!cases.some(isNamed(name))) {
      const names = cases.map((each) => each.name).join(', ');
      throw new InvalidArgumentError(`nothing is named '${name}'; there are: ${names}`);
    }
  }
  return cases.filter((each) => wanted.some((name) => isNamed(name)(each)));
}

async function run(benchmark: Benchmark, options: Options): Promise<void> {
  const isJson = options.json === true;
  const { name, passes = PASSES, durability = 'none', wait } = benchmark;
  const progress = startProgress('measuring', measurementsOf(options, passes), !isJson);
  let figures: CampaignFigures;
  try {
    const onDone = (done: number) => progress.update(done);
    figures = await runCampaign(options, benchmark.worker, passes, onDone);
  } finally {
    progress.stop();
  }
  const results = benchmark.resultsOf(figures.samples);
  const overheadNs = Math.round(timerOverheadNs());
  const timer = { case: 'timer', metric: 'overhead_ns', value: overheadNs, unit: 'ns' };
  const report = makeJsonReport(name, { durability, wait }, [...results, timer]);
  writeResults(options.out, report, figures.histograms);
  if (isJson) {
    process.stdout.write(`${JSON.stringify(report)}\n`);
    return;
  }
  const names = options.cases.map(({ name }) => name);
  process.stdout.write(figuresTable(results, names));
  process.stdout.write(explanation(options, passes, overheadNs));
  process.stdout.write(`${benchmark.explain(options)}\n`);
  process.stdout.write(targetsTable(results, benchmark.targets));
  process.stdout.write(`\nWritten to ${reportFile(options.out, name)}.\n`);
  if (options.runs < RUNS) process.stdout.write(`\nFewer than ${RUNS} runs: do not publish.\n`);
}

function explanation(
  { runs, operations, seed }: Options,
  passes: readonly Pass[],
  overheadNs: number,
): string {
  const taken = `Medians of ${runs} runs of ${operations} operations, seed ${seed}.`;
  if (!passes.includes('latency')) return `\n${taken}\n`;
  return `
${taken} Each is in a process of its own, after as
many operations to warm up. Latencies are from a pass of their own and hold one reading of the
clock, ${overheadNs} ns.
`;
}
