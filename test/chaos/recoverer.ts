/**
 * Opens journals that something was done to, one after the other, as an exchange does at its start:
 * with every check. Tells of each the last command and its event hash, and how many snapshots were
 * passed over, or why it is refused. A process of its own, since a damaged file may end it.
 */
import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { inspectJournalFile } from '../../journal/journal-file.ts';
import { JournalStore } from '../../journal/journal-store.ts';
import { replayFromSnapshot } from '../../journal/snapshots.ts';
import { SMALL_CAPACITY, STORE_OPTIONS } from '../../journal/testing/journal-rig.ts';

const [root, from, to] = process.argv.slice(2);
for (let index = Number(from); index < Number(to); index++) {
  writeSync(1, `${index} ${await recover(join(root!, String(index)))}\n`);
}

async function recover(folder: string): Promise<string> {
  let store: JournalStore | undefined;
  try {
    inspectJournalFile(folder);
    store = new JournalStore(folder, STORE_OPTIONS);
    let bad = 0;
    const onBad = () => void bad++;
    const replay = replayFromSnapshot(store, folder, { capacity: SMALL_CAPACITY, onBad });
    replay.runToEnd();
    return `recovered ${replay.exchange.sequence} ${replay.eventHash} ${bad}`;
  } catch (error) {
    return `refused: ${String(error).split('\n')[0]}`;
  } finally {
    await store?.close();
  }
}
