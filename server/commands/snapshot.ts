/** `hoga snapshot`: writes a snapshot of the state that the journal comes to. */
import { createInterface } from 'node:readline';
import { type Command, InvalidArgumentError } from 'commander';
import { SETTINGS } from '../configuration.ts';
import { printJsonReport, type Result } from '../json-report.ts';
import { startProgress } from '../progress.ts';
import { SnapshotTaker, type TakenSnapshot } from '../snapshot-taker.ts';
import { EXIT_FAILED, readJournal } from './read-journal.ts';
import { printResults } from './replay.ts';
import { sequence } from './sequence.ts';

interface Options {
  readonly data: string;
  /** EACH_LINE: of each line of standard input. */
  readonly to: number | typeof EACH_LINE;
  readonly keep: number;
  readonly pace: number;
  readonly seeOldest?: true;
  readonly json?: true;
}

const EACH_LINE = '-';

/** How what was taken is told. */
interface Telling {
  /** The journal's last command now. */
  readonly end: () => number;
  readonly isJson: boolean;
}

export function addSnapshot(program: Command): void {
  program
    .command('snapshot')
    .description(
      'Writes a snapshot of the state, so that the next start replays only what comes after it; ' +
        'also beside a running exchange.',
    )
    .option('--data <folder>', 'data folder', SETTINGS.data.default)
    .option('--keep <count>', 'snapshots to keep', count, SETTINGS.snapshotsKept.default)
    .option(
      '--to <sequence>',
      'no command after this one; -: a snapshot for each line of standard input, which is such a ' +
        'number, told when it is written, until the input ends',
      target,
      Number.MAX_SAFE_INTEGER,
    )
    .option(
      '--pace <commands>',
      'rest most of the time, for an exchange beside it; less where it is more commands behind ' +
        'than these, and no more at twice as many; 0: never rest',
      pace,
      0,
    )
    .option(
      '--see-oldest',
      'load the oldest one that is kept, too, and tell up to where the journal may be trimmed',
    )
    .option('--json', 'print one JSON object a snapshot and nothing else')
    .action(async ({ to, keep, pace, seeOldest, json, data }: Options) => {
      const onBad = (why: string) => process.stderr.write(`snapshot refused: ${why}\n`);
      const onRest = to === EACH_LINE ? endWithParent() : () => {};
      const taking = { keep, pace, seesOldest: seeOldest === true, onBad, onRest };
      process.exitCode = await readJournal('snapshot', data, async (store, folder) => {
        const taker = new SnapshotTaker(store, folder, taking);
        const telling = { end: () => store.lastLink().lastSequence, isJson: json === true };
        if (to === EACH_LINE) await takeEachLine(taker, telling);
        else takeOne(taker, to, telling);
        return 0;
      });
    });
}

/**
 * Who is to be told of each snapshot may be killed, and what comes next may cut the journal: then
 * nothing more is written.
 */
function endWithParent(): () => void {
  const parent = process.ppid;
  return () => {
    if (process.ppid !== parent) process.exit(EXIT_FAILED);
  };
}

function target(text: string): number | typeof EACH_LINE {
  return text === EACH_LINE ? EACH_LINE : sequence(text);
}

function count(text: string): number {
  const { min, max } = SETTINGS.snapshotsKept;
  const value = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (value >= min && value <= max) return value;
  throw new InvalidArgumentError(`allowed: a whole number from ${min} to ${max}`);
}

function pace(text: string): number {
  const { max } = SETTINGS.snapshotEvery;
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (value <= max) return value;
  throw new InvalidArgumentError(`allowed: a whole number from 0 to ${max}`);
}

async function takeEachLine(taker: SnapshotTaker, telling: Telling): Promise<void> {
  try {
    for await (const line of createInterface({ input: process.stdin })) {
      takeOne(taker, sequence(line), telling);
    }
  } finally {
    // What failed must end the process, though there may be more to read.
    process.stdin.destroy();
  }
}

function takeOne(taker: SnapshotTaker, to: number, { end, isJson }: Telling): void {
  const progress = startProgress('replay', end(), !isJson);
  let taken: TakenSnapshot;
  try {
    taken = taker.take(to, (done) => progress.update(done));
  } finally {
    progress.stop();
  }
  const figures: readonly (readonly [string, number, string])[] = [
    ['sequence', taken.sequence, ''],
    ['replayed', taken.replayed, 'commands'],
    ['bytes', taken.bytes, 'bytes'],
    ['replay', taken.replaySeconds, 's'],
    ['write', taken.writeSeconds, 's'],
    ['kept', taken.kept, 'snapshots'],
    ...(taken.trimmable === undefined ? [] : [['trimmable', taken.trimmable, ''] as const]),
  ];
  const results = figures.map(([metric, value, unit]): Result => {
    return { case: 'snapshot', metric, value, unit };
  });
  if (isJson) printJsonReport('snapshot', 'fsync', results);
  else printResults(results);
}
