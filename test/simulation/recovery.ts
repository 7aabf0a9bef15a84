/**
 * How an exchange comes back from what is on the disk, as the threads do it at a start: the newest
 * snapshot that the journal goes on from, and what is behind it.
 */
import type { ExchangeCapacity } from '../../exchange/exchange.ts';
import { loadExchange, saveExchange } from '../../exchange/snapshot/snapshot.ts';
import { StateInMemory } from '../../exchange/testing/restored-exchange.ts';
import { assertHasPoint, isContinued } from '../../journal/journal-point.ts';
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
      disk.areStagingFilesExpected,
    );
  }
  disk.flush();
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
  const bootId = disk.isFlushed ? undefined : disk.bootId;
  disk.keepSnapshot({ link: replay.link, numbers: state.numbers, bootId });
}

function replayFromSnapshot(disk: SimulatedDisk, checks: boolean): JournalReplay {
  const snapshot = disk.snapshots.find(({ link, bootId }) => {
    if (!checks || isContinued(disk, link)) return true;
    if (bootId === undefined || bootId === disk.bootId) assertHasPoint(disk, link, 'at a snapshot');
    return false;
  });
  if (snapshot === undefined) return new JournalReplay(disk, undefined, CAPACITY);
  return new JournalReplay(disk, undefined, CAPACITY, (exchange) => {
    loadExchange(exchange, new StateInMemory(snapshot.numbers));
    return snapshot.link;
  });
}
