/** The process with mounts of its own: prints what each round came to, a line each. */
import { seededRandom } from '../../support/seed.ts';
import type { DiskFullOptions } from './disk-full.ts';
import { Round } from './round.ts';

const { rounds, seed, isControl } = JSON.parse(process.argv[2]!) as DiskFullOptions;
const random = seededRandom(seed);
for (let round = 0; round < rounds; round++) {
  const durability = round % 2 === 0 ? 'fsync' : 'commit';
  const tally = await new Round(isControl ? 'none' : durability, random).run();
  process.stdout.write(`${JSON.stringify(tally)}\n`);
}
