/** Flips single bits of a journal's file at rest, anywhere that is used, and opens it. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { journalFileOf, journalFolderOf } from '../../../journal/journal-store.ts';
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
  /** Where nothing is that anybody reads: the journal is whole all the same. */
  readonly harmless: number;
  /** The end is missing, and nobody noticed. */
  readonly short: number;
  /** Served with something else than what was journaled. */
  readonly wrong: number;
  readonly failures: readonly string[];
}

const FLIPS_A_ROUND = 50;
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
    const tally = { flips: 0, refused: 0, harmless: 0, short: 0, wrong: 0 };
    while (tally.flips < options.flips) {
      const folder = mkdtempSync(join(root, 'writer-'));
      write(folder, random(2 ** 31));
      const hashes = await hashesOf(folder);
      const used = usedBytesOf(journalFileOf(folder));
      const whole = readFileSync(journalFileOf(folder));
      const count = Math.min(FLIPS_A_ROUND, options.flips - tally.flips);
      const bits = Array.from({ length: count }, () => random(used * 8));
      for (const [index, bit] of bits.entries()) leave(join(root, String(index)), whole, bit);
      for (const [index, recovery] of recoverAll(root, count).entries()) {
        tally.flips++;
        const where = `bit ${bits[index]! & 7} of byte ${bits[index]! >> 3}`;
        let fault: string | undefined;
        if (recovery.refusal !== undefined) tally.refused++;
        else if (recovery.last > 0 && hashes.get(recovery.last) !== recovery.hash) {
          tally.wrong++;
          fault = `${where}: command ${recovery.last} has another event hash`;
        } else if (recovery.last < hashes.size) {
          tally.short++;
          fault = `${where}: the journal ends with ${recovery.last} of ${hashes.size}`;
        } else tally.harmless++;
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

function write(folder: string, seed: number): void {
  const writer = fileURLToPath(new URL('../writer.ts', import.meta.url));
  const args = [writer, folder, String(seed), String(FLUSHES)];
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`the writer ended with ${status}: ${stderr}`);
}

function leave(folder: string, whole: Buffer, bit: number): void {
  const damaged = Buffer.from(whole);
  damaged[bit >> 3]! ^= 1 << (bit & 7);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(journalFolderOf(folder), { recursive: true });
  writeFileSync(journalFileOf(folder), damaged);
}
