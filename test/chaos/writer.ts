/**
 * The process whose journal is broken: journals random commands into the folder of its first
 * argument, and tells each released sequence number when it is released and no sooner.
 */
import { writeSync } from 'node:fs';
import { JournalStore } from '../../journal/journal-store.ts';
import { CommandFlow } from '../../journal/testing/command-flow.ts';
import { JournalRig, STORE_OPTIONS } from '../../journal/testing/journal-rig.ts';
import { seededRandom } from '../support/seed.ts';

const MOST_COMMANDS_A_FLUSH = 60;
const STDOUT = 1;

const [folder, seed, flushes] = process.argv.slice(2);
const random = seededRandom(Number(seed));
const store = new JournalStore(folder!, STORE_OPTIONS);
const rig = new JournalRig(store, { batchBytes: 2 ** 13 });
const flow = new CommandFlow(random(2 ** 31));
for (let i = 0; i < Number(flushes); i++) {
  rig.run(flow, 1 + random(MOST_COMMANDS_A_FLUSH));
  rig.flush();
  writeSync(STDOUT, `${rig.writer.releasedSequence}\n`);
}
await store.close();
