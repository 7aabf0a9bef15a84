/** Order flow made from a seed, in the columns of a recorded session, for tests without one. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { seededRandom } from './seed.ts';

const HEADER = 'seq,ts_ns,command,orderId,ownerId,side,price,qty,displayQty,tif,flags,smpCancels';
const START_PRICE = 19_200;
/** Behind orders enough for an auction. */
const OPENING = 200;

/** Writes `commands.csv.gz` with `count` rows into `folder`. */
export async function writeMadeUpFlow(folder: string, count: number, seed: number): Promise<void> {
  const random = seededRandom(seed);
  const lines = [HEADER];
  const open: number[] = [];
  let price = START_PRICE;
  for (let seq = 1; seq <= count; seq++) {
    const kind = random(10);
    price += random(3) - 1;
    const near = price + random(21) - 10;
    if (seq === OPENING) lines.push(`${seq},0,OPEN,0,0,,0,0,0,,,`);
    else if (open.length > 50 && kind < 2) {
      const [orderId] = open.splice(random(open.length), 1);
      lines.push(`${seq},0,CANCEL,${orderId},0,,0,0,0,,,`);
    } else if (open.length > 50 && kind < 4) {
      const orderId = open[random(open.length)];
      lines.push(`${seq},0,REPLACE,${orderId},0,B,${near},${1 + random(30)},0,GTC,,`);
    } else {
      const orderId = 6_400_000_000_000 + seq;
      const owner = random(20) === 0 ? 1 + random(5) : 0;
      const display = random(100) === 0 ? 5 : 0;
      const tif = random(5) === 0 ? 'IOC' : 'GTC';
      const side = random(2) === 0 ? 'B' : 'S';
      if (tif === 'GTC') open.push(orderId);
      const terms = `${near},${10 + random(20)},${display},${tif}`;
      lines.push(`${seq},0,NEW,${orderId},${owner},${side},${terms},,`);
    }
  }
  await writeFile(join(folder, 'commands.csv.gz'), gzipSync(`${lines.join('\n')}\n`));
}
