/**
 * As whom the embedded PostgreSQL runs.
 *
 * PostgreSQL refuses to run as root. As root we start it in a user namespace where root bears the
 * name of an ordinary user (files stay root's, folders only root may enter stay in reach). Where
 * that is not permitted, as in a default container, the folder is given to that user instead. From
 * then on the cluster's owner says which of the two it is.
 */
import { execFile, spawnSync } from 'node:child_process';
import { existsSync, lchownSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** What a program gets beyond its own time limit before it is killed. */
const RUN_GRACE_S = 5;

export type PostgresBinaries = { readonly initdb: string; readonly pgCtl: string };
export type PostgresPaths = {
  readonly folder: string;
  readonly cluster: string;
  readonly log: string;
};
/** How to run a binary so that PostgreSQL does not see root. */
export type PostgresAccount =
  | { readonly kind: 'self' }
  | { readonly kind: 'namespace'; readonly uid: number; readonly gid: number }
  | { readonly kind: 'user'; readonly uid: number; readonly gid: number };

/** The account for a cluster: its owner, or whom root can run it as. */
export function chooseAccount(
  { folder, cluster }: PostgresPaths,
  { pgCtl }: PostgresBinaries,
): PostgresAccount {
  const owner = statSync(existsSync(cluster) ? cluster : folder);
  const own = process.getuid?.();
  if (own !== 0) {
    if (own === undefined || own === owner.uid || !existsSync(cluster)) return { kind: 'self' };
    throw new Error(
      `${cluster} belongs to uid ${owner.uid}, and PostgreSQL runs only as the owner of its` +
        ` cluster: run as that user, or use another --data, or set DATABASE_URL`,
    );
  }
  const other = owner.uid === 0 ? findOrdinaryUser() : { uid: owner.uid, gid: owner.gid };
  if (owner.uid === 0 && canMapUser(other)) {
    // In the namespace root keeps its files but not its power to enter other people's folders.
    const root = { uid: 0, gid: 0 };
    const blocked = firstBlocked(dirname(pgCtl), root) ?? firstBlocked(folder, root);
    if (blocked === undefined) return { kind: 'namespace', ...other };
  }
  const blocked = firstBlocked(dirname(pgCtl), other) ?? firstBlocked(dirname(folder), other);
  if (blocked === undefined) return { kind: 'user', ...other };
  throw new Error(
    `PostgreSQL refuses to run as root, and uid ${other.uid} cannot enter ${blocked}:` +
      ` run 'chmod o+x ${blocked}', or move what lies below it (programs ${dirname(pgCtl)},` +
      ` data ${folder}), or run as an ordinary user, or set DATABASE_URL`,
  );
}

type UserIds = { readonly uid: number; readonly gid: number };

/** PostgreSQL wants a user that has a name: `postgres`, or `nobody` who is everywhere. */
function findOrdinaryUser(): UserIds {
  const users = existsSync('/etc/passwd') ? readFileSync('/etc/passwd', 'utf8').split('\n') : [];
  for (const name of ['postgres', 'nobody']) {
    const fields = users.find((line) => line.startsWith(`${name}:`))?.split(':');
    const [uid, gid] = [Number(fields?.[2]), Number(fields?.[3])];
    if (uid > 0 && gid >= 0) return { uid, gid };
  }
  throw new Error(
    'PostgreSQL refuses to run as root, and /etc/passwd has neither postgres nor nobody to run it' +
      ' as: run as an ordinary user, or set DATABASE_URL',
  );
}

function inNamespace({ uid, gid }: UserIds): string[] {
  return ['--user', `--map-user=${uid}`, `--map-group=${gid}`];
}

function canMapUser(user: UserIds): boolean {
  return spawnSync('unshare', [...inNamespace(user), 'true'], { stdio: 'ignore' }).status === 0;
}

/** The topmost folder on the way to and including `folder` that `user` may not enter. */
function firstBlocked(folder: string, user: UserIds): string | undefined {
  const parent = dirname(folder);
  const blocked = parent === folder ? undefined : firstBlocked(parent, user);
  if (blocked !== undefined) return blocked;
  const { mode, uid, gid } = statSync(folder);
  const mayEnter = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
  return (mode & mayEnter) === 0 ? folder : undefined;
}

/**
 * Gives `folder` and all in it to `user`; the folder itself last, so half the work is done again.
 */
export function giveFolder(folder: string, { uid, gid }: UserIds): void {
  if (statSync(folder).uid === uid) return;
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    lchownSync(join(folder, name), uid, gid);
  }
  lchownSync(folder, uid, gid);
}

/** Runs one of the binaries as the account; never throws. */
export function run(
  binary: string,
  args: readonly string[],
  { folder }: PostgresPaths,
  account: PostgresAccount,
  timeout_s: number,
): Promise<{ status: number | string; output: string }> {
  const [file, ...argv] =
    account.kind === 'namespace'
      ? ['unshare', ...inNamespace(account), binary, ...args]
      : [binary, ...args];
  const { PATH } = process.env;
  const options = {
    cwd: folder,
    // Nothing else of ours: PGDATA, PGPORT and their like would steer it.
    env: { PATH, LC_ALL: 'C' },
    timeout: (timeout_s + RUN_GRACE_S) * 1000,
    ...(account.kind === 'user' ? { uid: account.uid, gid: account.gid } : {}),
  };
  return new Promise((resolve) => {
    execFile(file as string, argv, options, (error, stdout, stderr) => {
      const status = error === null ? 0 : (error.code ?? error.signal ?? error.message);
      resolve({ status, output: `${stdout}${stderr}`.trim() });
    });
  });
}
