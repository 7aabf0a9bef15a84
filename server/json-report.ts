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

/** @param durability the mode the figures were taken in, or `none` where nothing is written */
export function printJsonReport(
  name: string,
  durability: string,
  results: readonly Result[],
): void {
  const processor = `${cpus().length} x ${cpus()[0]?.model ?? 'cpu'}`;
  const machine = `${processor}, ${Math.round(totalmem() / 2 ** 30)} GiB`;
  const report = { name, commit: commit(), node: process.version, machine, durability, results };
  process.stdout.write(`${JSON.stringify(report)}\n`);
}

function commit(): string {
  const cwd = fileURLToPath(new URL('..', import.meta.url));
  const git = spawnSync('git', ['rev-parse', '--short', 'HEAD'], { cwd, encoding: 'utf8' });
  return git.status === 0 ? git.stdout.trim() : 'unknown';
}
