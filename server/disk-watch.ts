/**
 * Looks every so often at what room is left, on the disk of the data folder and in the journal's
 * map, and has the venue in CancelOnly while that is too little: by a command, as everybody else.
 *
 * It lifts only what it set: its reason is its own (`DiskLow`) and part of the state, so that the
 * next start knows of it too. It lifts it when there is a quarter more than too little, so that a
 * disk at its limit does not switch the venue to and fro.
 */
import { existsSync, statfsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { journalFolderOf } from '../journal/journal-store.ts';
import { VenueMode, VenueModeReason } from '../protocol/enums.ts';

export interface DiskWatchOptions {
  /** Less than this is too little; 0: nothing is. */
  readonly lowBytes: number;
  /** How large the journal may become. */
  readonly mapBytes: number;
  /** What is free on the disk now. */
  readonly freeBytes: () => Promise<number>;
  readonly journalUsedBytes: () => number;
  /** Sends the command; false where there is no room for it: it is sent again later. */
  readonly setMode: (mode: number, reason: number) => boolean;
  readonly onFreeBytes: (bytes: number) => void;
  readonly warn: (details: Readonly<Record<string, unknown>>, text: string) => void;
  /** The reasons that hold the venue in CancelOnly, as they were recovered. */
  readonly reasons: number;
}

/** So much of its map the journal must have left at least, however small it is. */
const LOW_PART_OF_MAP = 10;
const AMPLE = 1.25;
/** What a start writes before it knows how things are; with less it would die of it at once. */
const START_BYTES = 2 ** 20;

const { DiskLow } = VenueModeReason;

export class DiskWatch {
  private readonly options: DiskWatchOptions;
  private readonly mapLowBytes: number;
  private isLow: boolean;
  private isLooking = false;
  private timer: NodeJS.Timeout | undefined;

  constructor(options: DiskWatchOptions) {
    const { lowBytes, mapBytes, reasons } = options;
    this.options = options;
    this.mapLowBytes = Math.min(lowBytes, mapBytes / LOW_PART_OF_MAP);
    this.isLow = (reasons & DiskLow) !== 0;
  }

  start(intervalMs: number): void {
    this.timer = setInterval(() => this.look(), intervalMs);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** Looks once; a disk that takes its time to answer is not asked a second time meanwhile. */
  async look(): Promise<void> {
    if (this.isLooking) return;
    this.isLooking = true;
    const { options } = this;
    // A disk that does not say what is free is none to go on with.
    const freeBytes = await options.freeBytes().catch(() => 0);
    this.isLooking = false;
    options.onFreeBytes(freeBytes);
    this.decide(freeBytes, options.mapBytes - options.journalUsedBytes());
  }

  private decide(freeBytes: number, mapLeftBytes: number): void {
    const { lowBytes, setMode, warn } = this.options;
    const left = { freeBytes, lowBytes, mapLeftBytes, mapLowBytes: this.mapLowBytes };
    const isMoreThan = (part: number) =>
      freeBytes >= lowBytes * part && mapLeftBytes >= this.mapLowBytes * part;
    if (!this.isLow && !isMoreThan(1)) {
      this.isLow = setMode(VenueMode.CancelOnly, DiskLow);
      if (this.isLow) warn(left, LOW);
    } else if (this.isLow && isMoreThan(AMPLE)) {
      this.isLow = !setMode(VenueMode.Normal, DiskLow);
      if (!this.isLow) warn(left, 'there is room again: the alarm of the low disk is lifted');
    }
  }
}

const LOW =
  'the disk is nearly full: from now on only cancels are taken. Make room on it, outside the ' +
  'data folder; or, where mapLeftBytes is what is low, start again with a larger ' +
  '--journal-map-bytes. The alarm is lifted by itself';

/** What is free where the data folder and its journal are, which may be two disks. */
export async function freeBytesOf(dataFolder: string): Promise<number> {
  const folders = [dataFolder, journalFolderOf(dataFolder)];
  const free = await Promise.all(folders.map((folder) => statfs(folder)));
  return Math.min(...free.map(({ bavail, bsize }) => bavail * bsize));
}

/** Throws where nothing may be begun: a start that dies half-way helps nobody. */
export function assertRoomForStart(dataFolder: string): void {
  for (const folder of [dataFolder, journalFolderOf(dataFolder)]) {
    if (!existsSync(folder)) continue;
    const { bavail, bsize } = statfsSync(folder);
    if (bavail * bsize >= START_BYTES) continue;
    throw new Error(
      `the disk of ${folder} is full: ${bavail * bsize} bytes are free on it, a start needs ` +
        `${START_BYTES}. Make room, outside the data folder, and start again; nothing is lost`,
    );
  }
}
