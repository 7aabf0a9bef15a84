/** How an exchange comes back from what is on the disk, as the threads do it at a start. */
import type { ExchangeCapacity } from '../../exchange/exchange.ts';
import { JournalReplay } from '../../journal/journal-replay.ts';
import { appendStaged } from '../../journal/staging.ts';
import type { SimulatedDisk } from './disk.ts';

/** Small ones are made quickly; capacities decide no outcome. */
export const CAPACITY: ExchangeCapacity = { openOrders: 1_024, accounts: 4 };

/** @throws JournalError where the journal is refused, ProcessEnd where the process ends again */
export function recover(disk: SimulatedDisk, takesStaged: boolean): JournalReplay {
  if (takesStaged) {
    appendStaged(
      disk.stagingFiles.map(({ content }) => content),
      disk,
    );
  }
  for (const file of disk.stagingFiles) file.remove();
  const replay = new JournalReplay(disk, undefined, CAPACITY);
  replay.runToEnd();
  return replay;
}
