/** A disk of a few megabytes (tmpfs), and a ballast file that leaves as little of it as wanted. */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  closeSync,
  mkdtempSync,
  openSync,
  rmdirSync,
  rmSync,
  statfsSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Runs a command where it may mount and nobody else sees it; an ordinary user is root there. */
export const IN_OWN_MOUNTS: readonly string[] =
  process.getuid?.() === 0 ? ['unshare', '-m'] : ['unshare', '-r', '-m'];

/** Whether this machine lets us have a small disk. */
export function canMount(): boolean {
  const [program, ...args] = IN_OWN_MOUNTS;
  const mount = ['mount', '-t', 'tmpfs', 'hoga', tmpdir()];
  return spawnSync(program!, [...args, ...mount], { stdio: 'ignore' }).status === 0;
}

const PAGE = 4_096;
const ZEROS = Buffer.alloc(256 * PAGE);

export class SmallDisk {
  readonly folder = mkdtempSync(join(tmpdir(), 'hoga-small-disk-'));
  private readonly ballast = join(this.folder, 'ballast');

  constructor(bytes: number) {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'hoga', this.folder]);
  }

  get freeBytes(): number {
    const { bavail, bsize } = statfsSync(this.folder);
    return bavail * bsize;
  }

  /** Has so many bytes left, to the page. */
  leave(bytes: number): void {
    this.clear();
    const file = openSync(this.ballast, 'w');
    for (let left = this.freeBytes - bytes; left > 0; ) {
      left -= writeSync(file, ZEROS, 0, Math.min(left, ZEROS.length));
    }
    closeSync(file);
  }

  /** Takes the last page that is there. */
  fill(): void {
    const file = openSync(this.ballast, 'a');
    try {
      for (;;) writeSync(file, ZEROS, 0, PAGE);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    } finally {
      closeSync(file);
    }
  }

  clear(): void {
    rmSync(this.ballast, { force: true });
  }

  remove(): void {
    execFileSync('umount', ['-l', this.folder]);
    rmdirSync(this.folder);
  }
}
