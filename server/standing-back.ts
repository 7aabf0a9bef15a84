/**
 * Has a thread or a process stand back behind those who trade: by Linux's idle policy (sched(7)),
 * since a core that runs nothing else is free for whoever wakes up. Where that is not to be had, by
 * niceness, which threads of their own have on Linux alone (setpriority(2)).
 */
import { spawnSync } from 'node:child_process';
import { readlinkSync } from 'node:fs';
import { getPriority, setPriority } from 'node:os';
import { basename } from 'node:path';

const NICE = 10;

/**
 * Those that it makes afterwards stand back, too. Returns why it does not; undefined where it does.
 *
 * @param id of a process, or on Linux of a thread
 */
export function standBack(id: number): string | undefined {
  try {
    if (isIdle(id)) return undefined;
    setPriority(id, Math.max(NICE, getPriority(id)));
    return undefined;
  } catch (error) {
    return String(error);
  }
}

/** The same of the calling thread. */
export function standBackAlone(): string | undefined {
  if (process.platform !== 'linux') return 'threads have no priority of their own here';
  try {
    return standBack(Number(basename(readlinkSync('/proc/thread-self'))));
  } catch (error) {
    return String(error);
  }
}

/** By the tool of util-linux; false where it cannot be done. */
function isIdle(id: number): boolean {
  if (process.platform !== 'linux') return false;
  return spawnSync('chrt', ['--idle', '--pid', '0', String(id)]).status === 0;
}
