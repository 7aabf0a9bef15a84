/** `npm run chaos -- overload`: its options, its figures, and what must hold. */
import { type Command, Option } from 'commander';
import { wholeNumber } from '../../../bench/whole-number.ts';
import { DURABILITIES, type Durability } from '../../../journal/durability.ts';
import { printJsonReport, type Result } from '../../../server/json-report.ts';
import { startProgress } from '../../../server/progress.ts';
import type { Transport } from './flood-connection.ts';
import { acceptedShare, memoryGrowth, type OverloadOutcome, overload } from './overload.ts';

interface Options {
  readonly seconds: number;
  readonly durability: Durability;
  readonly over: Transport;
  readonly connections?: number;
  readonly batch: number;
  readonly deadlineMs: number;
  readonly json?: true;
}

const CONNECTIONS: Readonly<Record<Transport, number>> = { websocket: 32, http: 1_000 };
/** The machine has other work, too, and the clients send twice as much. */
const LEAST_SHARE = 0.9;
const MOST_GROWTH = 0.1;
const PERCENTILES = { p50: 50, p99: 99, max: 100 } as const;
const EXIT_FAILED = 1;
const MIB = 2 ** 20;

export function addOverload(program: Command): void {
  program
    .command('overload')
    .argument('[settings...]', 'of the exchange, behind --')
    .description(
      'Finds out what a running exchange takes over sockets, and lets twice that be due, ' +
        'whatever is answered: throughput must stay, memory too; who is refused is told in time; ' +
        'and the journal has what was acknowledged, and nothing of what was refused.',
    )
    .option('--seconds <n>', 'of too much load', wholeNumber, 60)
    .addOption(
      new Option('--durability <mode>').choices([...DURABILITIES]).default('fsync' as Durability),
    )
    .addOption(
      new Option('--over <transport>', 'binary messages, or requests of binary records')
        .choices(Object.keys(CONNECTIONS))
        .default('websocket' as Transport),
    )
    .option('--connections <n>', 'by default 32 WebSockets, 1000 over HTTP', wholeNumber)
    .option('--batch <n>', 'orders a message, up to 500', wholeNumber, 1)
    .option('--deadline-ms <n>', 'within which everybody must be answered', wholeNumber, 1_000)
    .option('--json', 'print one JSON object and nothing else')
    .action(async (settings: string[], options: Options) => {
      process.exitCode = await run(settings, options);
    });
}

async function run(settings: readonly string[], options: Options): Promise<number> {
  const { seconds, durability, over: transport, batch, json } = options;
  const connections = options.connections ?? CONNECTIONS[transport];
  const progress = startProgress('seconds', seconds, json !== true);
  const task = { seconds, durability, transport, connections, batch, settings };
  const outcome = await overload(task, (done) => progress.update(done));
  progress.stop();
  const name = `overload/${transport}-${batch}/${durability}`;
  const results = resultsOf(name, outcome);
  if (json) printJsonReport('chaos', durability, results);
  else {
    for (const { metric, value, unit } of results) {
      process.stdout.write(`${metric.padEnd(28)} ${value.toLocaleString('en-US')} ${unit}\n`);
    }
  }
  const failures = failuresOf(outcome, options.deadlineMs);
  for (const failure of failures) process.stderr.write(`${failure}\n`);
  return failures.length === 0 ? 0 : EXIT_FAILED;
}

function resultsOf(name: string, outcome: OverloadOutcome): Result[] {
  const { open, batch, seconds } = outcome;
  const results: Result[] = [];
  const add = (metric: string, value: number, unit: string, digits = 0) =>
    results.push({ case: name, metric, value: Number(value.toFixed(digits)), unit });
  add('saturation', outcome.saturation, 'orders/s');
  add('saturation_after', outcome.saturationAfter, 'orders/s');
  add('messages_a_write', outcome.messagesPerWrite, 'at the saturation', 1);
  add('messages_a_write_open', open.messagesPerWrite, 'at twice as much', 1);
  add('offered', (batch * (open.sent + open.heldBack)) / open.seconds, 'orders/s');
  add('held_back', (batch * open.heldBack) / open.seconds, 'orders/s');
  add('accepted', batch * open.acknowledgedPerSecond, 'orders/s');
  add('refused', (batch * open.refused) / open.seconds, 'orders/s');
  add('accepted_share', acceptedShare(outcome), 'of the saturation', 2);
  const accepted = seconds.map(({ acceptedPerSecond }) => acceptedPerSecond);
  add('accepted_worst_second', Math.min(...accepted), 'orders/s');
  for (const [label, percentile] of Object.entries(PERCENTILES)) {
    add(`accepted_${label}`, open.acceptedFromSending.percentileMs(percentile), 'ms', 1);
    add(`accepted_from_due_${label}`, open.acceptedFromDue.percentileMs(percentile), 'ms', 1);
    add(`refused_${label}`, open.refusedFromSending.percentileMs(percentile), 'ms', 1);
  }
  const held = seconds.map(({ heldBytes }) => heldBytes / MIB);
  add('memory_first_second', held[0] ?? 0, 'MiB');
  add('memory_last_second', held.at(-1) ?? 0, 'MiB');
  add('memory_growth', memoryGrowth(outcome), 'after the first quarter', 3);
  add('resident_last_second', (seconds.at(-1)?.residentBytes ?? 0) / MIB, 'MiB');
  add('unanswered', open.unanswered, 'messages');
  add('acknowledged', outcome.acknowledged, 'orders');
  add('lost', outcome.lost, 'orders');
  add('refused_journaled', outcome.refusedJournaled, 'orders');
  return results;
}

function failuresOf(outcome: OverloadOutcome, deadlineMs: number): string[] {
  const { open, lost, refusedJournaled, unansweredJournaled } = outcome;
  const share = acceptedShare(outcome);
  const growth = memoryGrowth(outcome);
  const refusedMs = open.refusedFromSending.percentileMs(PERCENTILES.max);
  const acceptedMs = open.acceptedFromSending.percentileMs(PERCENTILES.max);
  const failures: [boolean, string][] = [
    [lost > 0, `${lost} acknowledged orders are not in the journal`],
    [refusedJournaled > 0, `${refusedJournaled} refused orders are in the journal`],
    [open.unanswered > 0, `${open.unanswered} messages were never answered`],
    [unansweredJournaled > 0, `${unansweredJournaled} orders without an answer are journaled`],
    [share < LEAST_SHARE, `accepted is ${share.toFixed(2)} of the saturation, not ${LEAST_SHARE}`],
    [growth > MOST_GROWTH, `memory grew by ${(100 * growth).toFixed(1)} % under too much load`],
    [refusedMs > deadlineMs, `a refusal took ${refusedMs.toFixed(0)} ms`],
    [acceptedMs > deadlineMs, `an accepted order took ${acceptedMs.toFixed(0)} ms`],
  ];
  return failures.filter(([isThere]) => isThere).map(([, what]) => what);
}
