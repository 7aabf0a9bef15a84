/**
 * Builds what a benchmark measures to JavaScript, as the package's users run it. A thread that
 * strips types itself compiles slower code: its WebAssembly memory grows, which detaches a buffer,
 * and from then on V8 checks at each access that no table was detached (docs/performance.md).
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** Beside the packages, so that what is built finds them. */
const CACHE = join(ROOT, 'node_modules', '.cache');

/**
 * Returns the folder that has the built files, by the paths that the sources have here. It is this
 * process's own, since others may measure at the same time, and goes when the process ends.
 */
export function buildBench(): string {
  mkdirSync(CACHE, { recursive: true });
  const folder = mkdtempSync(join(CACHE, 'hoga-bench-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  const project = join(ROOT, 'tsconfig.bench.json');
  // `npm run check` checks types.
  const args = [tsc, '-p', project, '--noCheck', '--outDir', folder];
  const { status, stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`tsc failed with exit code ${status}\n${stdout}`);
  const { type, version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type, version }));
  return folder;
}
