/** Runs simulations of many seeds, one after the other, and says which did not hold. */
import { SimulationFailure } from './failure.ts';
import { RandomSource } from './random-source.ts';
import type { Wanted } from './settings.ts';
import { World, type WorldTally } from './world.ts';

export interface SimulationOptions extends Wanted {
  readonly seeds: number;
  /** The first one; the others follow. */
  readonly seed: number;
  /** Steps of each. */
  readonly steps: number;
}

export interface SeedFailure {
  readonly seed: number;
  readonly step: number;
  /** What did not hold, and the last steps before. */
  readonly what: string;
}

export interface SimulationOutcome {
  readonly seeds: number;
  readonly failures: readonly SeedFailure[];
  /** Over all seeds that held. */
  readonly counts: Readonly<Record<string, number>>;
}

export function simulate(
  options: SimulationOptions,
  onSeed: (done: number) => void = () => {},
): SimulationOutcome {
  const { seeds, seed: first, steps } = options;
  const failures: SeedFailure[] = [];
  const counts: Record<string, number> = {};
  for (let done = 0; done < seeds; done++) {
    const seed = (first + done) % 2 ** 31;
    const world = new World(new RandomSource(seed), options);
    try {
      world.run(steps);
      add(counts, world.tally);
    } catch (error) {
      const what = `${describe(error)}\n    ${world.describeLastSteps()}`;
      failures.push({ seed, step: world.tally.steps, what });
    }
    onSeed(done + 1);
  }
  return { seeds, failures, counts };
}

/** What does not hold says where by itself; what is thrown does not. */
function describe(error: unknown): string {
  if (error instanceof SimulationFailure) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function add(counts: Record<string, number>, { ends, ...tally }: WorldTally): void {
  const { kill: kills, 'power cut': powerCuts, 'failed write': failedWrites } = ends;
  const named = { ...tally, kills, powerCuts, failedWrites, fullDisks: ends['full disk'] };
  for (const [name, count] of Object.entries(named)) counts[name] = (counts[name] ?? 0) + count;
}
