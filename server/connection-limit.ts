/**
 * Connections are open files, and where a process may open no more, its other threads die of it:
 * so gateways let in fewer where the system allows fewer.
 */
import { readFileSync } from 'node:fs';
import { CONNECTIONS_REFUSED } from '../gateway/gateway-settings.ts';

/** What the process opens besides: journal, snapshots, PostgreSQL, threads. */
const OTHER_FILES = 300;

/**
 * So many of the wanted connections as there can be open files for, and one at least.
 *
 * @param openFiles what the process may open
 */
export function affordableConnections(wanted: number, openFiles: number): number {
  return Math.max(1, Math.min(wanted, openFiles - CONNECTIONS_REFUSED - OTHER_FILES));
}

/** How many files this process may open; where the system does not say it, without end. */
export function maxOpenFiles(): number {
  try {
    const limits = readFileSync('/proc/self/limits', 'utf8');
    const soft = /^Max open files +(\d+)/m.exec(limits)?.[1];
    return soft === undefined ? Number.POSITIVE_INFINITY : Number(soft);
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
