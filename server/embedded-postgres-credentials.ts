/**
 * Password and port of the embedded PostgreSQL, in `<folder>/credentials.json`, mode 0600. The
 * password is made once; the port is kept while it is free and ours to choose.
 */
import { randomBytes } from 'node:crypto';
import {
  existsSync,
  lchownSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import type { PostgresPaths } from './embedded-postgres-account.ts';
import { assertPortIsFree, PortInUseError } from './listening-port.ts';

export const POSTGRES_HOST = '127.0.0.1';

export type PostgresCredentials = { readonly password: string; readonly port: number };

export function readCredentials(paths: PostgresPaths): PostgresCredentials | undefined {
  const file = join(paths.folder, 'credentials.json');
  if (!existsSync(file)) {
    if (!existsSync(paths.cluster)) return undefined;
    throw new Error(
      `${file} is missing, so nobody knows the password of ${paths.cluster}:` +
        ' restore that file, or remove the cluster to have it built again from the journal',
    );
  }
  let cause: unknown;
  try {
    const { password, port } = JSON.parse(
      readFileSync(file, 'utf8'),
    ) as Partial<PostgresCredentials>;
    if (typeof password === 'string' && typeof port === 'number') return { password, port };
  } catch (error) {
    cause = error;
  }
  throw new Error(`${file} must hold {"password": string, "port": number}`, { cause });
}

/** The password is made once; the port is kept while it is free and ours to choose. */
export async function createCredentials(
  paths: PostgresPaths,
  known: PostgresCredentials | undefined,
  options: { readonly port?: number; readonly log: (line: string) => void },
): Promise<PostgresCredentials> {
  const password = known?.password ?? randomBytes(24).toString('hex');
  if (options.port !== undefined && options.port !== 0) {
    await assertPortIsFree(POSTGRES_HOST, options.port);
    return writeCredentials(paths, { password, port: options.port });
  }
  let port = known?.port ?? (await findFreePort());
  try {
    await assertPortIsFree(POSTGRES_HOST, port);
  } catch (error) {
    if (!(error instanceof PortInUseError)) throw error;
    port = await findFreePort();
    options.log(`${error.message}; PostgreSQL takes port ${port} from now on`);
  }
  return writeCredentials(paths, { password, port });
}

function writeCredentials(
  paths: PostgresPaths,
  credentials: PostgresCredentials,
): PostgresCredentials {
  const file = join(paths.folder, 'credentials.json');
  writePrivateFile(paths, `${file}.new`, `${JSON.stringify(credentials)}\n`);
  renameSync(`${file}.new`, file);
  return credentials;
}

/** Durable, mode 0600, owned by whoever owns the folder. */
export function writePrivateFile(paths: PostgresPaths, path: string, text: string): void {
  rmSync(path, { force: true });
  writeFileSync(path, text, { mode: 0o600, flush: true });
  if (process.getuid?.() === 0) {
    const { uid, gid } = statSync(paths.folder);
    lchownSync(path, uid, gid);
  }
}

function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, POSTGRES_HOST, () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
