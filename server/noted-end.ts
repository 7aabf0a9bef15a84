/**
 * `exchange.json`: says that a data folder has held an exchange, and which command its journal had
 * come to when that was last noted: at a start, an end in order and a cut. Without it an empty
 * journal is a new exchange.
 */
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { reading, writing } from '../journal/file-error.ts';
import { flushFolder } from '../journal/flush-folder.ts';
import type { JournalPoint } from '../journal/journal-point.ts';

export interface NotedEnd extends JournalPoint {
  /** Whether staging files must be there: an exchange has run in durability `commit`. */
  readonly isStaged: boolean;
}

interface Marker {
  readonly sequence: number;
  readonly crc: number;
  readonly isStaged: boolean;
  readonly notedAt: string;
  /** CRC-32 of the others. */
  readonly seal: number;
}

/** As a release wrote it that did not note the end: the exchange had commands. */
const UNKNOWN_END: NotedEnd = { lastSequence: 0, crc: 0, isStaged: false };

/** Of an exchange that begins, whose staging files are all that it has. */
export const FIRST_LIFE: NotedEnd = { lastSequence: 0, crc: 0, isStaged: true };

export function isFirstLife({ lastSequence, isStaged }: NotedEnd): boolean {
  return lastSequence === 0 && isStaged;
}

export function markerOf(dataFolder: string): string {
  return join(dataFolder, 'exchange.json');
}

/** What was noted last; undefined where nothing was. Throws where that is damaged. */
export function notedEnd(dataFolder: string): NotedEnd | undefined {
  const path = markerOf(dataFolder);
  if (!existsSync(path)) return undefined;
  const marker = parse(reading(path, () => readFileSync(path, 'utf8')));
  if (marker?.firstUsed !== undefined) return UNKNOWN_END;
  const { sequence, crc, isStaged, notedAt } = (marker ?? {}) as Marker;
  if (marker?.seal === sealOf({ sequence, crc, isStaged, notedAt })) {
    return { lastSequence: sequence, crc, isStaged };
  }
  throw new Error(
    `${path} is damaged: it must say where the journal ended, with the right seal. Restore it ` +
      'from a copy, or remove it where you are sure that the journal is the right one',
  );
}

/** Remembers where the journal ends. That must be on disk. */
export function noteEnd(dataFolder: string, { lastSequence, crc, isStaged }: NotedEnd): void {
  const path = markerOf(dataFolder);
  const facts = { sequence: lastSequence, crc, isStaged, notedAt: new Date().toISOString() };
  const marker: Marker = { ...facts, seal: sealOf(facts) };
  const partial = `${path}.partial`;
  try {
    writing(path, () => {
      writeFileSync(partial, `${JSON.stringify(marker)}\n`, { flush: true });
      renameSync(partial, path);
      flushFolder(dataFolder);
    });
  } catch (error) {
    rmSync(partial, { force: true });
    throw error;
  }
}

export function forgetEnd(dataFolder: string): void {
  rmSync(markerOf(dataFolder), { force: true });
  flushFolder(dataFolder);
}

function parse(text: string): (Partial<Marker> & { firstUsed?: string }) | undefined {
  try {
    return JSON.parse(text) ?? undefined;
  } catch {
    return undefined;
  }
}

function sealOf({ sequence, crc, isStaged, notedAt }: Omit<Marker, 'seal'>): number {
  return crc32(JSON.stringify([sequence, crc, isStaged, notedAt]));
}
