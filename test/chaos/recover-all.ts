/** Opens many journals, each as an exchange does at its start, in processes that may die of it. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { JournalReplay } from '../../journal/journal-replay.ts';
import { JournalStore } from '../../journal/journal-store.ts';
import { SMALL_CAPACITY, STORE_OPTIONS } from '../../journal/testing/journal-rig.ts';

/** What an opened journal came to. */
export interface Recovered {
  readonly last: number;
  /** Of the events up to the last command. */
  readonly hash: string;
  /** Snapshots that were passed over. */
  readonly badSnapshots: number;
  readonly refusal?: undefined;
}

/** The same, or why it was refused. */
export type Recovery = Recovered | { readonly refusal: string };

/** Recovers the data folders `root`/0, `root`/1, …; a reader that dies is its folder's refusal. */
export function recoverAll(root: string, count: number): Recovery[] {
  const recoverer = fileURLToPath(new URL('recoverer.ts', import.meta.url));
  const recoveries: Recovery[] = [];
  while (recoveries.length < count) {
    const range = [String(recoveries.length), String(count)];
    const child = spawnSync(process.execPath, [recoverer, root, ...range], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const lines = child.stdout.split('\n').filter((line) => line !== '');
    recoveries.push(...lines.map((line) => readLine(line.slice(line.indexOf(' ') + 1))));
    if (recoveries.length < count) {
      recoveries.push({ refusal: `its reader ended with ${child.signal ?? child.status}` });
    }
  }
  return recoveries;
}

function readLine(line: string): Recovery {
  const [, last, hash, bad] = /^recovered (\d+) (\w+) (\d+)$/.exec(line) ?? [];
  if (last === undefined) return { refusal: line };
  return { last: Number(last), hash: hash!, badSnapshots: Number(bad) };
}

/** By sequence number: the event hash after it, from a whole journal. */
export async function hashesOf(folder: string): Promise<ReadonlyMap<number, string>> {
  const store = new JournalStore(folder, STORE_OPTIONS);
  const hashes = new Map<number, string>();
  const onCommand = () => void hashes.set(replay.exchange.sequence, replay.eventHash);
  const replay: JournalReplay = new JournalReplay(store, { onCommand }, SMALL_CAPACITY);
  replay.runToEnd();
  await store.close();
  return hashes;
}
