/**
 * `npm run golden`: writes a golden journal with what this release makes of it. The same seed gives
 * the same journal as long as the flow of commands is the same; what is there is never replaced.
 */
import { rmSync, statSync, writeFileSync } from 'node:fs';
import { Command } from 'commander';
import { wholeNumber } from '../../bench/whole-number.ts';
import { JournalStore } from '../../journal/journal-store.ts';
import { exportArchive } from '../../journal/journal-surgery.ts';
import { JournalRig, STORE_OPTIONS, temporaryFolder } from '../../journal/testing/journal-rig.ts';
import { seededRandom } from '../support/seed.ts';
import { GoldenFlow } from './golden-flow.ts';
import {
  archivePathOf,
  type GoldenFile,
  isTaken,
  replayArchive,
  resultPathOf,
} from './golden-journal.ts';
import { changeRules } from './golden-venue.ts';

const EXIT_TAKEN = 2;
/** On average. */
const COMMANDS_A_BATCH = 30;

interface GoldenOptions {
  readonly name: string;
  readonly about: string;
  readonly seed: number;
  readonly commands: number;
  readonly rules: readonly number[];
}

const program = new Command('golden')
  .description(
    'Writes a golden journal, test/golden/NAME.archive, and NAME.json with its hashes, which the ' +
      'tests replay and compare from then on. Refuses a name that is taken.',
  )
  .requiredOption('--name <name>', 'of the two files')
  .requiredOption('--about <sentence>', 'what is in it')
  .option('--seed <n>', 'of the commands', wholeNumber, 1)
  .option(
    '--rules <versions>',
    'of the rules, in the order in which they are activated; by default none is',
    (text: string) => text.split(',').map(wholeNumber),
    [],
  )
  .option('--commands <n>', 'commands in it', wholeNumber, 900)
  .action(async (options: GoldenOptions) => {
    process.exitCode = await write(options);
  });
await program.parseAsync();

async function write(options: GoldenOptions): Promise<number> {
  const { name, about, seed } = options;
  if (isTaken(name)) {
    process.stderr.write(`${archivePathOf(name)} is there already: a golden journal stays\n`);
    return EXIT_TAKEN;
  }
  await writeJournal(archivePathOf(name), options);
  try {
    const result = await replayArchive(archivePathOf(name));
    const file: GoldenFile = { about, seed, ...result };
    writeFileSync(resultPathOf(name), `${JSON.stringify(file, null, 2)}\n`);
    const { size } = statSync(archivePathOf(name));
    process.stdout.write(`${name}: ${result.finalSequence} commands, ${size} bytes\n`);
    return 0;
  } catch (error) {
    rmSync(archivePathOf(name));
    throw error;
  }
}

async function writeJournal(path: string, { commands, rules, seed }: GoldenOptions): Promise<void> {
  const store = new JournalStore(temporaryFolder(), STORE_OPTIONS);
  const rig = new JournalRig(store);
  const flow = new GoldenFlow(rig.exchange, seed);
  const random = seededRandom(seed);
  // Before each version that is activated, and behind the last, as many commands.
  const part = Math.ceil(commands / (rules.length + 1));
  for (let i = 0; i < commands; i++) {
    const version = i % part === 0 ? rules[i / part - 1] : undefined;
    if (version !== undefined) flow.insert(changeRules(version));
    flow.next();
    rig.execute(flow.record);
    if (random(COMMANDS_A_BATCH) === 0) rig.flush();
  }
  rig.flush();
  exportArchive(store, path, 1, Number.MAX_SAFE_INTEGER);
  await store.close();
}
