/** `strace`, which people install to watch system calls; it can also let them fail. */
import { spawnSync } from 'node:child_process';

export function isStraceThere(): boolean {
  return spawnSync('strace', ['-V']).status === 0;
}

/** System calls that fail with EIO, and do nothing. */
export interface Fault {
  readonly call: string;
  /** Only those on this file; without it, on any. */
  readonly path?: string;
  /** The first of them that fails, in each thread: from 1. */
  readonly from: number;
  /** Whether it is the only one, and the disk works again. */
  readonly isOnce: boolean;
}

const INJECTED = /^\d+ +(\d+\.\d+) .*\(INJECTED\)/gm;

/** A command that becomes the one behind it, with the fault; its threads and children have it. */
export function launcherOf(fault: Fault, trace: string): string[] {
  const { call, path, from, isOnce } = fault;
  const which = path === undefined ? [] : ['-P', path];
  const inject = `inject=${call}:error=EIO:when=${from}${isOnce ? '' : '+'}`;
  const filter = ['-e', `trace=${call}`, '-e', inject];
  return ['strace', '-D', '-f', '-ttt', '--seccomp-bpf', '-o', trace, ...which, ...filter];
}

/** When calls failed, in ms since 1970, by what strace wrote. */
export function failureTimesMs(trace: string): number[] {
  return [...trace.matchAll(INJECTED)].map(([, seconds]) => Number(seconds) * 1_000);
}
