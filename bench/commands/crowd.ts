/** `npm run bench -- crowd`: one million in cash, and a thousand clients who spend it at once. */
import type { Command } from 'commander';
import { SETTINGS } from '../../server/configuration.ts';
import { type Conditions, makeJsonReport, type Result } from '../../server/json-report.ts';
import { startProgress } from '../../server/progress.ts';
import { runCli, ServerProcess, temporaryDataFolder } from '../../test/support/server-process.ts';
import { Crowd } from '../crowd/crowd.ts';
import { roundsOf, runRounds } from '../crowd/rounds.ts';
import { openCrowdMarkets } from '../crowd/venue.ts';
import type { CampaignFigures } from '../measuring/campaign.ts';
import { quickOption } from '../measuring/command.ts';
import { describeDefaultLayout } from '../measuring/default-layout.ts';
import { mediansOf } from '../measuring/figures.ts';
import { outOption, reportFile, writeResults } from '../measuring/results-folder.ts';
import { wholeNumber } from '../whole-number.ts';

const NAME = 'crowd';
/** Those of an exchange as it comes. */
const CONDITIONS: Conditions = {
  durability: SETTINGS.durability.default,
  wait: describeDefaultLayout(),
};

interface Options {
  readonly rounds: number;
  readonly clients: number;
  readonly out: string;
  readonly json?: true;
}

const ROUNDS = 10;
const CLIENTS = 1_000;
const QUICK = { rounds: 2, clients: 100 };

export function addCrowd(program: Command): void {
  program
    .command(NAME)
    .description(
      'Measures a crowd: clients that all buy for one million at once, out of one account that ' +
        'has one million. Starts an exchange of its own, with its PostgreSQL.',
    )
    .option('--rounds <n>', 'rounds of each case, each with a fresh account', wholeNumber, ROUNDS)
    .option('--clients <n>', 'clients, each with a connection of its own', wholeNumber, CLIENTS)
    .addOption(quickOption().implies(QUICK))
    .addOption(outOption())
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

async function run({ rounds, clients, out, json }: Options): Promise<void> {
  const isJson = json === true;
  const folder = await temporaryDataFolder();
  let figures: CampaignFigures;
  try {
    figures = await measure(folder.path, rounds, clients, !isJson);
    await assertAudited(folder.path);
  } finally {
    await folder.remove();
  }
  const report = makeJsonReport(NAME, CONDITIONS, mediansOf(figures.samples));
  writeResults(out, report, figures.histograms);
  if (isJson) {
    process.stdout.write(`${JSON.stringify(report)}\n`);
    return;
  }
  print(report.results, rounds, clients);
  process.stdout.write(`\nWritten to ${reportFile(out, NAME)}.\n`);
}

async function measure(
  dataFolder: string,
  rounds: number,
  clients: number,
  isForPeople: boolean,
): Promise<CampaignFigures> {
  const server = await ServerProcess.start(dataFolder);
  const progress = startProgress('rounds', roundsOf(rounds), isForPeople);
  let done = 0;
  let crowd: Crowd | undefined;
  try {
    await openCrowdMarkets(server.address);
    // PostgreSQL starts beside the exchange: nobody waits for it with idle connections.
    await server.waitForProjection();
    crowd = await Crowd.connect(server.address, clients);
    const onRound = () => progress.update(++done);
    return await runRounds(server.address, crowd, { rounds, onRound });
  } finally {
    progress.stop();
    crowd?.close();
    await server.end('SIGTERM');
  }
}

/** The books balance when the crowd has gone, or there is nothing to report. */
async function assertAudited(dataFolder: string): Promise<void> {
  const { code, stderr } = await runCli(['audit', '--data', dataFolder, '--json']);
  if (code !== 0) throw new Error(`the audit found: ${stderr.trim()}`);
}

function print(results: readonly Result[], rounds: number, clients: number): void {
  for (const { case: name, metric, value, unit } of results) {
    const figure = value.toLocaleString('en-US').padStart(12);
    process.stdout.write(`${name.padEnd(16)} ${metric.padEnd(20)} ${figure} ${unit}\n`);
  }
  process.stdout.write(`
Medians of ${rounds} rounds; in each, ${clients} clients send their order at once, each over a
connection of its own, and the time runs to the last answer; latency is from sending to the end of
the answer. Clients and exchange share this machine; durability fsync. Every round's outcome was
right, and the audit of the journal found nothing.
`);
}
