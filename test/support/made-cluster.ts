/**
 * A new PostgreSQL cluster for tests' exchanges, made once in a run of `npm test`: initdb takes as
 * much of the processor as the start of an exchange. Those that test initdb make their own.
 */
import { randomInt } from 'node:crypto';
import { chmodSync, cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '../../server/embedded-postgres.ts';

/** Names its folder to the processes of the run; empty: each exchange makes its own. */
export const MADE_CLUSTER_VARIABLE = 'HOGA_TEST_CLUSTER';

const [FIRST_PORT, LAST_PORT] = [20_000, 30_000];

/** Makes the cluster in a folder, at rest. */
export async function makeCluster(folder: string): Promise<void> {
  const postgres = await startEmbeddedPostgres({ folder, log: () => {} });
  await postgres.stop();
}

/** Copies the cluster to a data folder that has none, with a port that few others begin with. */
export function takeMadeCluster(made: string | undefined, dataFolder: string): void {
  const folder = join(dataFolder, 'postgres');
  if (made === undefined || made === '' || existsSync(folder)) return;
  cpSync(made, folder, { recursive: true });
  // Node gives copied folders everybody's permissions, with which PostgreSQL does not start.
  for (const path of [folder, join(folder, 'cluster')]) chmodSync(path, 0o700);
  const file = join(folder, 'credentials.json');
  const credentials = JSON.parse(readFileSync(file, 'utf8')) as object;
  // One that is taken all the same, PostgreSQL's keeper changes.
  const port = randomInt(FIRST_PORT, LAST_PORT);
  writeFileSync(file, JSON.stringify({ ...credentials, port }));
}
