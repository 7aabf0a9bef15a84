/**
 * A disk with a file on it, as a power cut can leave it: what was flushed is there, and of what was
 * not, any sectors, whatever the order in which they were written.
 */
import type { Random } from '../../support/seed.ts';
import type { Step } from './trace.ts';

const SECTOR = 512;
/** Of 10: how many sectors get through, from cut to cut another share. */
const SHARES = [0, 1, 5, 9, 10];

interface Pending {
  readonly id: number;
  readonly offset: number;
  readonly data: Buffer;
}

export class Disk {
  private durable: Buffer = Buffer.alloc(0);
  private pending: Pending[] = [];
  /** By flush: the writes that were there when it began. */
  private readonly covered = new Map<number, Set<number>>();
  private readonly ignoresFlushes: boolean;

  /** @param ignoresFlushes as with LMDB's noSync: nothing ever has to be on the disk */
  constructor(ignoresFlushes: boolean) {
    this.ignoresFlushes = ignoresFlushes;
  }

  take(step: Step): void {
    if (step.kind === 'write') this.pending.push(step);
    else if (this.ignoresFlushes) return;
    else if (step.kind === 'flush') {
      this.covered.set(step.id, new Set(this.pending.map(({ id }) => id)));
    } else if (step.kind === 'flushed') {
      const covered = this.covered.get(step.id)!;
      this.covered.delete(step.id);
      this.settle(({ id }) => covered.has(id));
    } else if (step.kind === 'written') this.settle(({ id }) => id === step.id);
  }

  /** The file after a cut now. */
  cut(random: Random): Buffer {
    const share = SHARES[random(SHARES.length)]!;
    let image: Buffer = Buffer.from(this.durable);
    for (const { offset, data } of this.pending) {
      for (let at = 0; at < data.length; ) {
        const end = Math.min(data.length, at + SECTOR - ((offset + at) % SECTOR));
        if (random(10) < share) image = writeInto(image, offset + at, data.subarray(at, end));
        at = end;
      }
    }
    return image;
  }

  private settle(isSettled: (write: Pending) => boolean): void {
    const left: Pending[] = [];
    for (const write of this.pending) {
      if (isSettled(write)) this.durable = writeInto(this.durable, write.offset, write.data);
      else left.push(write);
    }
    this.pending = left;
  }
}

function writeInto(file: Buffer, offset: number, data: Buffer): Buffer {
  let image = file;
  if (offset + data.length > image.length) {
    image = Buffer.alloc(offset + data.length);
    file.copy(image);
  }
  data.copy(image, offset);
  return image;
}
