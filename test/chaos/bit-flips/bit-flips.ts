/**
 * Flips single bits of a journal's file at rest, anywhere that is used and in LMDB's headers above
 * all, or of its newest snapshot, and opens it.
 */
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { JournalReplay } from '../../../journal/journal-replay.ts';
import { JournalStore, journalFileOf } from '../../../journal/journal-store.ts';
import { listSnapshots, takeSnapshot } from '../../../journal/snapshots.ts';
import { SMALL_CAPACITY, STORE_OPTIONS } from '../../../journal/testing/journal-rig.ts';
import { usedBytesOf } from '../../../journal/testing/used-bytes.ts';
import { seededRandom } from '../../support/seed.ts';
import { hashesOf, recoverAll } from '../recover-all.ts';

export interface BitFlipOptions {
  readonly flips: number;
  readonly seed: number;
}

export interface BitFlipOutcome {
  readonly flips: number;
  readonly refused: number;
  /** In the snapshot, which is passed over. */
  readonly passedOver: number;
  /** Where nothing is that anybody reads: the journal is whole all the same. */
  readonly harmless: number;
  /** The end is missing, and nobody noticed. */
  readonly short: number;
  /** Served with something else than what was journaled. */
  readonly wrong: number;
  readonly failures: readonly string[];
}

const FLIPS_A_ROUND = 50;
/** One flip in so many of a journal is of a header of LMDB's, which no checksum of ours covers. */
const HEADER_EVERY = 5;
/** LMDB's two meta pages, and how much of each it uses. */
const HEADERS = [0, 4_096] as const;
const HEADER_BYTES = 168;
const FLUSHES = 40;
const FAILURES_TOLD = 5;

export async function flipBits(
  options: BitFlipOptions,
  onFlip: (done: number) => void,
): Promise<BitFlipOutcome> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'hoga-bit-flips-')));
  try {
    const random = seededRandom(options.seed);
    const failures: string[] = [];
    const tally = { flips: 0, refused: 0, passedOver: 0, harmless: 0, short: 0, wrong: 0 };
    for (let isOfSnapshot = false; tally.flips < options.flips; isOfSnapshot = !isOfSnapshot) {
      const folder = mkdtempSync(join(root, 'writer-'));
      write(folder, random(2 ** 31));
      const hashes = await hashesOf(folder);
      if (isOfSnapshot) await takeSnapshots(folder);
      const path = isOfSnapshot ? listSnapshots(folder)[0]!.path : journalFileOf(folder);
      const used = isOfSnapshot ? statSync(path).size : usedBytesOf(path);
      const count = Math.min(FLIPS_A_ROUND, options.flips - tally.flips);
      const bits = Array.from({ length: count }, (_, index) =>
        isOfSnapshot || index % HEADER_EVERY > 0 ? random(used * 8) : headerBit(random),
      );
      for (const [index, bit] of bits.entries()) {
        leave(join(root, String(index)), folder, relative(folder, path), bit);
      }
      for (const [index, recovery] of recoverAll(root, count).entries()) {
        tally.flips++;
        const where = `bit ${bits[index]! & 7} of byte ${bits[index]! >> 3} of ${basename(path)}`;
        let fault: string | undefined;
        if (recovery.refusal !== undefined) tally.refused++;
        else if (recovery.last > 0 && hashes.get(recovery.last) !== recovery.hash) {
          tally.wrong++;
          fault = `${where}: command ${recovery.last} has another event hash`;
        } else if (recovery.last < hashes.size) {
          tally.short++;
          fault = `${where}: the journal ends with ${recovery.last} of ${hashes.size}`;
        } else if (isOfSnapshot && recovery.badSnapshots !== 1) {
          tally.wrong++;
          fault = `${where}: the snapshot was not passed over`;
        } else if (isOfSnapshot) tally.passedOver++;
        else tally.harmless++;
        if (fault !== undefined && failures.length < FAILURES_TOLD) failures.push(fault);
      }
      onFlip(tally.flips);
      rmSync(folder, { recursive: true });
    }
    return { ...tally, failures };
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

function headerBit(random: (below: number) => number): number {
  return (HEADERS[random(HEADERS.length)]! + random(HEADER_BYTES)) * 8 + random(8);
}

function write(folder: string, seed: number): void {
  const writer = fileURLToPath(new URL('../writer.ts', import.meta.url));
  const args = [writer, folder, String(seed), String(FLUSHES)];
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`the writer ended with ${status}: ${stderr}`);
}

/** Two: a start may take the older one. */
async function takeSnapshots(folder: string): Promise<void> {
  const store = new JournalStore(folder, STORE_OPTIONS);
  const replay = new JournalReplay(store, undefined, SMALL_CAPACITY);
  const { lastSequence } = store.lastLink();
  for (const part of [1 / 3, 2 / 3]) {
    while (replay.exchange.sequence < lastSequence * part && replay.next());
    takeSnapshot(folder, replay);
  }
  await store.close();
}

/** A copy of a data folder in which a bit of a file is another. */
function leave(folder: string, whole: string, file: string, bit: number): void {
  rmSync(folder, { recursive: true, force: true });
  cpSync(whole, folder, { recursive: true });
  const path = join(folder, file);
  const damaged = readFileSync(path);
  damaged[bit >> 3]! ^= 1 << (bit & 7);
  writeFileSync(path, damaged);
}
