/**
 * How an exchange comes back from what is on the disk, as the threads do it at a start: the newest
 * snapshot that the journal goes on from, and what is behind it.
 */
import type { ExchangeCapacity } from '../../exchange/exchange.ts';
import { loadExchange, saveExchange } from '../../exchange/snapshot/snapshot.ts';
import { StateInMemory } from '../../exchange/testing/restored-exchange.ts';
import { assertHasPoint } from '../../journal/journal-point.ts';
import { JournalReplay } from '../../journal/journal-replay.ts';
import { appendStaged } from '../../journal/staging-restore.ts';
import type { SimulatedDisk } from './disk.ts';

/** Small ones are made quickly; capacities decide no outcome. */
export const CAPACITY: ExchangeCapacity = { openOrders: 1_024, accounts: 4 };

/** False: a fault that is built in on purpose. */
export interface HowToRecover {
  readonly takesStaged: boolean;
  readonly checksSnapshots: boolean;
}

/** @throws JournalError where the journal is refused, ProcessEnd where the process ends again */
export function recover(disk: SimulatedDisk, how: HowToRecover): JournalReplay {
  if (how.takesStaged) {
    appendStaged(
      disk.stagingFiles.map(({ content }, index) => ({ path: `staging-${index}`, bytes: content })),
      disk,
      disk.bootId,
    );
  }
  disk.flush();
  for (const file of disk.stagingFiles) file.remove();
  const replay = replayFromSnapshot(disk, how.checksSnapshots);
  if (replay.exchange.sequence > 0) disk.usedSnapshots++;
  replay.runToEnd();
  return replay;
}

/**
 * What the process that writes snapshots does: it reads all up to a command; without that, flushed
 * or not, so that a power cut may take back what is in it.
 */
export function takeSnapshot(disk: SimulatedDisk, to: number): void {
  const replay = replayFromSnapshot(disk, true);
  while (replay.exchange.sequence < to && replay.next());
  const state = new StateInMemory();
  saveExchange(replay.exchange, state);
  if (replay.exchange.sequence === 0) return;
  disk.keepSnapshot({ link: replay.link, numbers: state.numbers });
}

function replayFromSnapshot(disk: SimulatedDisk, checks: boolean): JournalReplay {
  const snapshot = disk.snapshots[0];
  if (checks && snapshot !== undefined) assertHasPoint(disk, snapshot.link, 'at a snapshot');
  if (snapshot === undefined) return new JournalReplay(disk, undefined, CAPACITY);
  return new JournalReplay(disk, undefined, CAPACITY, (exchange) => {
    loadExchange(exchange, new StateInMemory(snapshot.numbers));
    return snapshot.link;
  });
}
