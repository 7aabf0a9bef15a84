/** `npm run chaos`: what must never lose anything, made to lose everything it can. */
import { Command, Option } from 'commander';
import { wholeNumber } from '../../bench/whole-number.ts';
import type { Durability } from '../../journal/durability.ts';
import { printJsonReport } from '../../server/json-report.ts';
import { startProgress } from '../../server/progress.ts';
import { flipBits } from './bit-flips/bit-flips.ts';
import { fillDisks } from './disk-full/disk-full.ts';
import { canMount } from './disk-full/small-disk.ts';
import { failDisks } from './io-errors/io-errors.ts';
import { killOften } from './kill/kill.ts';
import { addOverload } from './overload/command.ts';
import { cutPower } from './power-cut/power-cut.ts';
import { stallGateway } from './stalled-gateway/stalled-gateway.ts';
import { isStraceThere } from './strace.ts';

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;

interface PowerCutCommandOptions {
  readonly cuts: number;
  readonly seed?: number;
  readonly control?: true;
  readonly json?: true;
}

interface BitFlipCommandOptions {
  readonly flips: number;
  readonly seed?: number;
  readonly json?: true;
}

interface KillCommandOptions {
  readonly kills: number;
  readonly seed?: number;
  readonly durability: Durability;
  readonly json?: true;
}

/** Of disk-full and io-errors. */
interface DiskCommandOptions {
  readonly rounds: number;
  readonly seed?: number;
  readonly control?: true;
  readonly json?: true;
}

interface StalledGatewayCommandOptions {
  readonly seconds: number;
  readonly rate: number;
  readonly ringBytes: number;
  readonly seed?: number;
  readonly control?: true;
  readonly json?: true;
}

const PHASES = 3;

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
program
  .command('bit-flips')
  .description(
    "Flips single bits of a journal's file at rest, anywhere that is used, or of its newest " +
      'snapshot, and opens it: each must be refused, passed over, or do no harm.',
  )
  .option('--flips <n>', 'flips, of 50 a journal', wholeNumber, 1_000)
  .option('--seed <n>', 'of commands and bits; by default another each time', wholeNumber)
  .option('--json', 'print one JSON object and nothing else')
  .action(async (options: BitFlipCommandOptions) => {
    process.exitCode = await bitFlips(options);
  });
program
  .command('kill')
  .description(
    'Kills a running exchange (SIGKILL) at random moments under load, starts it again, and sends ' +
      'every order once more: each answer that was given must come again; then verify and audit.',
  )
  .option('--kills <n>', 'kills', wholeNumber, 200)
  .option('--seed <n>', 'of orders and moments; by default another each time', wholeNumber)
  .addOption(
    new Option('--durability <mode>', 'fsync or commit')
      .choices(['fsync', 'commit'])
      .default('fsync'),
  )
  .option('--json', 'print one JSON object and nothing else')
  .action(async (options: KillCommandOptions) => {
    process.exitCode = await kill(options);
  });
program
  .command('disk-full')
  .description(
    'Lets the disk of a running exchange run full under load: an alarm, then cancels only, then ' +
      'the end of the process; whatever was answered must be there when there is room again. ' +
      'Needs leave to mount a tmpfs.',
  )
  .option('--rounds <n>', 'disks, by turns in durability fsync and commit', wholeNumber, 10)
  .option('--seed <n>', 'of orders and room; by default another each time', wholeNumber)
  .option('--control', 'durability none, which tells too early: the check must find something then')
  .option('--json', 'print one JSON object and nothing else')
  .action(async (options: DiskCommandOptions) => {
    process.exitCode = await diskFull(options);
  });
program
  .command('io-errors')
  .description(
    'Lets the disk of a running exchange answer EIO, to each kind of system call by turns: the ' +
      'process must end by itself, and whatever was answered must be there at the next start; a ' +
      'snapshot that cannot be written ends nothing. Needs strace.',
  )
  .option('--rounds <n>', 'errors, by turns of 20 kinds', wholeNumber, 20)
  .option('--seed <n>', 'of orders and calls; by default another each time', wholeNumber)
  .option('--control', 'durability none, which tells too early: the check must find something then')
  .option('--json', 'print one JSON object and nothing else')
  .action(async (options: DiskCommandOptions) => {
    process.exitCode = await ioErrors(options);
  });
addOverload(program);
program
  .command('stalled-gateway')
  .description(
    'Stalls one of two gateways, and measures orders through the other before, during and after, ' +
      'from when each is due: nobody may wait for it longer than it takes to cut it off.',
  )
  .option('--seconds <n>', 'of each phase', wholeNumber, 5)
  .option('--rate <n>', 'orders a second', wholeNumber, 200)
  .option('--ring-bytes <n>', 'event ring; the stall must fill a quarter', wholeNumber, 1_048_576)
  .option('--seed <n>', 'of orders and times; by default another each time', wholeNumber)
  .option('--control', 'cut nobody off: trading must stand still then')
  .option('--json', 'print one JSON object and nothing else')
  .action(async (options: StalledGatewayCommandOptions) => {
    process.exitCode = await stalledGateway(options);
  });
await program.parseAsync();

async function stalledGateway(options: StalledGatewayCommandOptions): Promise<number> {
  const { json, control, seconds, rate, ringBytes } = options;
  const seed = options.seed ?? randomSeed();
  const isControl = control === true;
  const progress = startProgress('phases', PHASES, json !== true);
  const settings = { seed, seconds, rate, ringBytes, isControl };
  const { failures, latenciesUs, ...counts } = await stallGateway(settings, (done) =>
    progress.update(done),
  );
  progress.stop();
  const name = isControl ? 'stalled-gateway/control' : 'stalled-gateway';
  report(name, { seed, ...counts, ...latenciesUs }, failures, json === true);
  return counts.faults === 0 && isControl === (counts.cutOffs === 0) ? 0 : EXIT_FAILED;
}

async function diskFull(options: DiskCommandOptions): Promise<number> {
  if (!canMount()) {
    process.stderr.write(
      'no small disk can be mounted here: run it as root, or allow unshare -r\n',
    );
    return EXIT_USAGE;
  }
  const { rounds, json, control } = options;
  const seed = options.seed ?? randomSeed();
  const isControl = control === true;
  const progress = startProgress('rounds', rounds, json !== true);
  const onRound = (done: number) => progress.update(done);
  const { failures, ...counts } = await fillDisks({ rounds, seed, isControl }, onRound);
  progress.stop();
  report(
    isControl ? 'disk-full/control' : 'disk-full',
    { seed, ...counts },
    failures,
    json === true,
  );
  return counts.faults === 0 && isControl === counts.lost > 0 ? 0 : EXIT_FAILED;
}

async function ioErrors({
  rounds,
  json,
  control,
  ...options
}: DiskCommandOptions): Promise<number> {
  if (!canTrace()) return EXIT_USAGE;
  const seed = options.seed ?? randomSeed();
  const isControl = control === true;
  const progress = startProgress('rounds', rounds, json !== true);
  const onRound = (done: number) => progress.update(done);
  const { failures, ...counts } = await failDisks({ rounds, seed, isControl }, onRound);
  progress.stop();
  const name = isControl ? 'io-errors/control' : 'io-errors';
  report(name, { seed, ...counts }, failures, json === true);
  return counts.faults === 0 && isControl === counts.lost > 0 ? 0 : EXIT_FAILED;
}

async function kill({ kills, json, durability, ...options }: KillCommandOptions): Promise<number> {
  const seed = options.seed ?? randomSeed();
  const progress = startProgress('kills', kills, json !== true);
  const { failures, ...counts } = await killOften({ kills, seed, durability }, (done) =>
    progress.update(done),
  );
  progress.stop();
  report(`kill/${durability}`, { seed, ...counts }, failures, json === true);
  return counts.lost + counts.badJournals === 0 ? 0 : EXIT_FAILED;
}

async function bitFlips(options: BitFlipCommandOptions): Promise<number> {
  const { flips, json } = options;
  const seed = options.seed ?? randomSeed();
  const progress = startProgress('flips', flips, json !== true);
  const { failures, ...counts } = await flipBits({ flips, seed }, (done) => progress.update(done));
  progress.stop();
  report('bit-flips', { seed, ...counts }, failures, json === true);
  return counts.wrong + counts.short === 0 ? 0 : EXIT_FAILED;
}

async function powerCut(options: PowerCutCommandOptions): Promise<number> {
  if (!canTrace()) return EXIT_USAGE;
  const { cuts, json, control } = options;
  const seed = options.seed ?? randomSeed();
  const progress = startProgress('cuts', cuts, json !== true);
  const ignoresFlushes = control === true;
  const outcome = await cutPower({ cuts, seed, ignoresFlushes }, (done) => progress.update(done));
  progress.stop();
  const faults = outcome.lost + outcome.refused + outcome.wrong;
  const { failures, ...counts } = outcome;
  const name = ignoresFlushes ? 'power-cut/control' : 'power-cut/fsync';
  report(name, { seed, ...counts }, failures, json === true);
  return ignoresFlushes === faults > 0 ? 0 : EXIT_FAILED;
}

function canTrace(): boolean {
  const isThere = isStraceThere();
  if (!isThere) process.stderr.write('strace is not there: install it (apt install strace)\n');
  return isThere;
}

function randomSeed(): number {
  return Math.floor(Math.random() * 2 ** 31);
}

function report(
  name: string,
  counts: Readonly<Record<string, number>>,
  failures: readonly string[],
  isJson: boolean,
): void {
  const results = Object.entries(counts).map(([metric, value]) => {
    return { case: name, metric, value, unit: metric === 'told' ? 'commands' : '' };
  });
  for (const failure of failures) process.stderr.write(`${failure}\n`);
  if (isJson) printJsonReport('chaos', 'fsync', results);
  else {
    for (const { metric, value } of results) {
      process.stdout.write(`${metric.padEnd(10)} ${value.toLocaleString('en-US')}\n`);
    }
  }
}
