/**
 * `npm test`: runs the test files that its arguments name. A process that runs TypeScript strips
 * the types of all that it loads, and so does each of its threads; the tests start hundreds of
 * them. So the types are stripped once, into a folder that is gone afterwards, and every process of
 * the run takes its modules from there; and a PostgreSQL cluster is made once, to be copied.
 * `node --test` alone does the same, only slower.
 */
import { spawnSync } from 'node:child_process';
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { MADE_CLUSTER_VARIABLE, makeCluster } from './support/made-cluster.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const PRELOADED = 'test/support/stripped-sources.ts';
const CONCURRENCY = 2;

/** Writes all sources to a folder, without their types, at the same paths, lines and columns. */
function stripSources(folder: string): void {
  for (const path of globSync('*/**/*.ts', { cwd: ROOT, exclude: ['node_modules'] })) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, stripTypeScriptTypes(readFileSync(join(ROOT, path), 'utf8')));
  }
}

const folder = mkdtempSync(join(tmpdir(), 'hoga-stripped-'));
try {
  stripSources(folder);
  const cluster = join(folder, 'postgres');
  await makeCluster(cluster);
  // As JavaScript too: to load one file of TypeScript costs a thread the whole stripper.
  const preloaded = join(folder, 'preloaded.mjs');
  writeFileSync(preloaded, readFileSync(join(folder, PRELOADED)));
  const { status } = spawnSync(
    process.execPath,
    ['--test', `--test-concurrency=${CONCURRENCY}`, ...process.argv.slice(2)],
    {
      cwd: ROOT,
      stdio: 'inherit',
      env: {
        ...process.env,
        NODE_OPTIONS: `${process.env['NODE_OPTIONS'] ?? ''} --import ${pathToFileURL(preloaded)}`,
        HOGA_TEST_SOURCES: pathToFileURL(ROOT).href,
        [MADE_CLUSTER_VARIABLE]: cluster,
        HOGA_TEST_STRIPPED: pathToFileURL(`${folder}/`).href,
      },
    },
  );
  process.exitCode = status ?? 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
