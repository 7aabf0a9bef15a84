/** Which life of the operating system this is: what it had not flushed does not outlive it. */
import { existsSync, readFileSync } from 'node:fs';
import { crc32 } from 'node:zlib';

const FILE = '/proc/sys/kernel/random/boot_id';

/** 36 characters, as Linux makes them; empty where the system does not tell. */
export function readBootId(): string {
  return existsSync(FILE) ? readFileSync(FILE, 'utf8').trim() : '';
}

/** The same as a number, never 0. */
export function readBootMark(): number {
  return crc32(readBootId()) || 1;
}
