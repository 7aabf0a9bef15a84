/**
 * Cuts the power of a journal's writer again and again, at any step of its system calls, and opens
 * what the disk may have by then.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { journalFileOf, journalFolderOf } from '../../../journal/journal-store.ts';
import { type Random, seededRandom } from '../../support/seed.ts';
import { hashesOf, type Recovery, recoverAll } from '../recover-all.ts';
import { Disk } from './disk.ts';
import { readTrace, STRACE_OPTIONS, type Step } from './trace.ts';

export interface PowerCutOptions {
  readonly cuts: number;
  readonly seed: number;
  /** As with LMDB's noSync: must lose or refuse something, or the test proves nothing. */
  readonly ignoresFlushes: boolean;
}

export interface PowerCutOutcome {
  readonly cuts: number;
  /** Commands that the writer had told, over all cuts. */
  readonly told: number;
  /** Journals that have less than was told, or that are refused; with the first few in words. */
  readonly lost: number;
  readonly refused: number;
  /** Journals that are served with something else than what was journaled. */
  readonly wrong: number;
  readonly failures: readonly string[];
}

/** Cuts whose files lie on the disk at a time. */
const CUTS_A_ROUND = 50;
const FLUSHES = 60;
const FAILURES_TOLD = 5;

export async function cutPower(
  options: PowerCutOptions,
  onCut: (done: number) => void,
): Promise<PowerCutOutcome> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'hoga-power-cut-')));
  try {
    const random = seededRandom(options.seed);
    const tally = { cuts: 0, told: 0, lost: 0, refused: 0, wrong: 0, failures: [] as string[] };
    while (tally.cuts < options.cuts) {
      const folder = mkdtempSync(join(root, 'writer-'));
      const steps = traceWriter(folder, random(2 ** 31));
      const hashes = await hashesOf(folder);
      const cuts = Math.min(CUTS_A_ROUND, options.cuts - tally.cuts);
      const told = makeCuts(root, steps, cuts, options.ignoresFlushes, random);
      judge(recoverAll(root, cuts), told, hashes, tally);
      onCut(tally.cuts);
      rmSync(folder, { recursive: true });
    }
    return tally;
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

function traceWriter(folder: string, seed: number): Step[] {
  const trace = join(folder, 'trace');
  const writer = fileURLToPath(new URL('../writer.ts', import.meta.url));
  const command = [process.execPath, writer, folder, String(seed), String(FLUSHES)];
  const { status, stderr } = spawnSync('strace', [...STRACE_OPTIONS, '-o', trace, ...command]);
  if (status !== 0) throw new Error(`the traced writer ended with ${status}: ${stderr}`);
  return readTrace(readFileSync(trace, 'latin1'), journalFileOf(folder));
}

/** Leaves a data folder for each cut; returns what had been told by then. */
function makeCuts(
  root: string,
  steps: readonly Step[],
  cuts: number,
  ignoresFlushes: boolean,
  random: Random,
): number[] {
  // A file that the writer had not begun to use is no journal yet.
  const firstTold = steps.findIndex(({ kind }) => kind === 'told');
  const places = Array.from(
    { length: cuts },
    () => firstTold + random(steps.length - firstTold),
  ).sort((a, b) => a - b);
  const disk = new Disk(ignoresFlushes);
  const told: number[] = [];
  let last = 0;
  for (const [at, step] of steps.entries()) {
    disk.take(step);
    if (step.kind === 'told') last = Number(step.text);
    while (places[told.length] === at) {
      const folder = join(root, String(told.length));
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(journalFolderOf(folder), { recursive: true });
      writeFileSync(journalFileOf(folder), disk.cut(random));
      told.push(last);
    }
  }
  return told;
}

function judge(
  recoveries: readonly Recovery[],
  told: readonly number[],
  hashes: ReadonlyMap<number, string>,
  tally: { -readonly [Name in keyof PowerCutOutcome]: PowerCutOutcome[Name] } & {
    failures: string[];
  },
): void {
  for (const [index, recovery] of recoveries.entries()) {
    tally.cuts++;
    tally.told += told[index]!;
    let fault: string | undefined;
    if (recovery.refusal !== undefined) {
      tally.refused++;
      fault = recovery.refusal;
    } else if (recovery.last > 0 && hashes.get(recovery.last) !== recovery.hash) {
      tally.wrong++;
      fault = `command ${recovery.last} has another event hash`;
    } else if (recovery.last < told[index]!) {
      tally.lost++;
      fault = `${told[index]} was told, the journal ends with ${recovery.last}`;
    }
    if (fault !== undefined && tally.failures.length < FAILURES_TOLD) {
      tally.failures.push(`cut ${tally.cuts}: ${fault}`);
    }
  }
}
