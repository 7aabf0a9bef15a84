/**
 * What each command of a recorded session traded there, in lots, and whether it trades as much
 * again: `fills.csv.gz` of the session's folder, where there is one, in the columns seq,
 * aggressorOrderId and qty. In the opening each filled order of either side has a row.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readGzipCsv } from './order-flow.ts';

const FILLS = 'fills.csv.gz';

export class RecordedVolumes {
  /** Commands that trade, in the session or now: how many trade as much, and how many do not. */
  equal = 0;
  different = 0;
  /** Lots, of the commands that were compared. */
  volume = 0;
  private readonly volumeOf: ReadonlyMap<number, number>;

  /** @param volumeOf by the command's number, from 1 */
  constructor(volumeOf: ReadonlyMap<number, number>) {
    this.volumeOf = volumeOf;
  }

  compare(seq: number, volume: number): void {
    const recorded = this.volumeOf.get(seq) ?? 0;
    this.volume += recorded;
    if (recorded !== volume) this.different++;
    else if (recorded !== 0) this.equal++;
  }
}

/** undefined where the folder has no fills. */
export async function readRecordedVolumes(folder: string): Promise<RecordedVolumes | undefined> {
  if (!existsSync(join(folder, FILLS))) return undefined;
  const volumeOf = new Map<number, number>();
  for (const cells of await readGzipCsv(folder, FILLS, ['seq', 'aggressorOrderId', 'qty'])) {
    const [seq = 0, aggressorOrderId = 0, qty = 0] = cells.map(Number);
    const isOpening = aggressorOrderId === 0;
    volumeOf.set(seq, (volumeOf.get(seq) ?? 0) + (isOpening ? qty / 2 : qty));
  }
  return new RecordedVolumes(volumeOf);
}
