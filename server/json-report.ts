/** What every benchmark and check prints with `--json`: one object, and nothing else. */
import { spawnSync } from 'node:child_process';
import { cpus, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';

export interface Result {
  readonly case: string;
  readonly metric: string;
  readonly value: number | string;
  readonly unit: string;
}

/** In what figures were taken, besides the machine. */
export interface Conditions {
  /** The mode of the journal, or `none` where nothing is written. */
  readonly durability: string;
  /** How threads wait, where they are measured. */
  readonly wait?: string | undefined;
}

export interface JsonReport extends Conditions {
  readonly name: string;
  readonly commit: string;
  readonly node: string;
  readonly machine: string;
  readonly results: readonly Result[];
}

/** With the commit, the Node version and the machine of this process. */
export function makeJsonReport(
  name: string,
  conditions: Conditions,
  results: readonly Result[],
): JsonReport {
  const processor = `${cpus().length} x ${cpus()[0]?.model ?? 'cpu'}`;
  const machine = `${processor}, ${Math.round(totalmem() / 2 ** 30)} GiB`;
  return { name, commit: commit(), node: process.version, machine, ...conditions, results };
}

/** @param durability the mode the figures were taken in, or `none` where nothing is written */
export function printJsonReport(
  name: string,
  durability: string,
  results: readonly Result[],
): void {
  const report = makeJsonReport(name, { durability }, results);
  process.stdout.write(`${JSON.stringify(report)}\n`);
}

function commit(): string {
  const cwd = fileURLToPath(new URL('..', import.meta.url));
  const git = spawnSync('git', ['rev-parse', '--short', 'HEAD'], { cwd, encoding: 'utf8' });
  return git.status === 0 ? git.stdout.trim() : 'unknown';
}
