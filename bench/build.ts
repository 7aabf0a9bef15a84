/**
 * Builds what a benchmark measures to JavaScript, as the package's users run it. A thread that
 * strips types itself compiles slower code: its WebAssembly memory grows, which detaches a buffer,
 * and from then on V8 checks at each access that no table was detached (docs/performance.md).
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** Beside the packages, so that what is built finds them. */
const FOLDER = join(ROOT, 'node_modules', '.cache', 'hoga-bench');

/** Returns the folder that has the built files, by the paths that the sources have here. */
export function buildBench(): string {
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
  const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  const args = [tsc, '-p', join(ROOT, 'tsconfig.bench.json'), '--outDir', FOLDER];
  const { status, stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`tsc failed with exit code ${status}\n${stdout}`);
  writeFileSync(join(FOLDER, 'package.json'), '{ "type": "module" }\n');
  return FOLDER;
}
