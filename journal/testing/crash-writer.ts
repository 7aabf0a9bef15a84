/**
 * A process that is going to be killed: recovers the journal in the folder of its first argument,
 * then executes and journals random commands for ever. Prints each released sequence number with
 * the event hash after it, when it is released and no sooner.
 */
import { writeSync } from 'node:fs';
import { seededRandom } from '../../test/support/seed.ts';
import { JournalReplay } from '../journal-replay.ts';
import { JournalStore } from '../journal-store.ts';
import { CommandFlow } from './command-flow.ts';
import { JournalRig, SMALL_CAPACITY, STORE_OPTIONS } from './journal-rig.ts';

const MOST_COMMANDS_A_FLUSH = 100;
const STDOUT = 1;

const [folder, seed] = process.argv.slice(2);
const random = seededRandom(Number(seed));
const store = new JournalStore(folder!, STORE_OPTIONS);
const replay = new JournalReplay(store, undefined, SMALL_CAPACITY);
replay.runToEnd();
const { exchange } = replay;
const rig = new JournalRig(store, { exchange, ringBytes: 2 ** 14, batchBytes: 2 ** 12 });
const flow = new CommandFlow(random(2 ** 31), exchange.symbols.length > 0);
for (;;) {
  rig.run(flow, 1 + random(MOST_COMMANDS_A_FLUSH));
  rig.flush();
  writeSync(STDOUT, `${rig.writer.releasedSequence} ${exchange.events.hash.toString()}\n`);
}
