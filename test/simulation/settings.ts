/**
 * What differs from seed to seed besides the order of steps: sizes, the durability, and how often
 * each thing happens. Extremes are drawn often, since bounds are where it breaks.
 */
import { DURABILITIES, type Durability } from '../../journal/durability.ts';
import type { RandomSource } from './random-source.ts';

/** Faults that are built in on purpose: each must be found, or the simulation proves nothing. */
export const CONTROLS = [
  'lying-flush',
  'early-release',
  'forgotten-answers',
  'no-crc',
  'no-staging',
  'stale-snapshot',
] as const;
export type Control = (typeof CONTROLS)[number];

export const ACTORS = [
  'exchange',
  'journal',
  'disk',
  'gateway',
  'client',
  'supervisor',
  'follower',
  'clock',
] as const;
export type Actor = (typeof ACTORS)[number];

export interface Settings {
  readonly durability: Durability;
  readonly control: Control | undefined;
  readonly gateways: number;
  readonly clients: number;
  readonly commandRingBytes: number;
  readonly eventRingBytes: number;
  readonly batchBytes: number;
  readonly unflushedBytes: number;
  /** What the disk holds before it is full. */
  readonly diskBytes: number;
  /** Commands taken from one ring before the next has its turn. */
  readonly turnCommands: number;
  /** Turns of the follower between two snapshots, by chance. */
  readonly turnsASnapshot: number;
  /** Steps between two ends of the process, by chance; 0: it never ends. */
  readonly stepsAnEnd: number;
  /** The same, of the pauses in which the journal waits for the disk. */
  readonly pausesAnEnd: number;
  /** Of 10 ends, how many are power cuts. */
  readonly powerCuts: number;
  /** Writes between two that fail, by chance; 0: none does. */
  readonly writesAFailure: number;
  readonly weights: readonly (readonly [Actor, number])[];
  /** Turns of gateways between two that are cut off, by chance; 0: none is. */
  readonly turnsACutOff: number;
}

const KIB = 1_024;

export interface Wanted {
  readonly durability?: Durability | undefined;
  readonly control?: Control | undefined;
  /** Gateways are cut off and join again. An option: the other seeds stay what they were. */
  readonly cutOffs?: boolean | undefined;
}

export function drawSettings(random: RandomSource, wanted: Wanted): Settings {
  const { control } = wanted;
  const drawn = random.pick(['fsync', 'fsync', ...DURABILITIES] as const);
  const batchBytes = random.pick([256, KIB, 4 * KIB, 16 * KIB]);
  return {
    durability: wanted.durability ?? durabilityOf(control) ?? drawn,
    control,
    gateways: random.between(1, 3),
    clients: random.between(2, 6),
    commandRingBytes: random.pick([2 * KIB, 4 * KIB, 16 * KIB]),
    eventRingBytes: random.pick([2 * KIB, 4 * KIB, 16 * KIB, 64 * KIB]),
    batchBytes,
    unflushedBytes: batchBytes + random.pick([64, 256, 4 * KIB]),
    diskBytes: random.oneIn(4) ? random.between(4 * KIB, 64 * KIB) : Number.POSITIVE_INFINITY,
    turnCommands: random.pick([1, 4, 64]),
    turnsASnapshot: control === 'stale-snapshot' ? 2 : random.pick([15, 60]),
    stepsAnEnd: random.pick([0, 300, 1_000]),
    pausesAnEnd: control === undefined ? random.pick([0, 10, 30]) : 10,
    powerCuts: drawPowerCuts(random, control),
    writesAFailure: random.pick([0, 0, 100]),
    weights: drawWeights(random),
    turnsACutOff: wanted.cutOffs === true ? random.pick([20, 200]) : 0,
  };
}

/**
 * A staging file that is not taken in shows at a kill alone, a snapshot of what was lost only at a
 * power cut.
 */
function drawPowerCuts(random: RandomSource, control: Control | undefined): number {
  if (control === undefined) return random.pick([0, 5, 10]);
  if (control === 'stale-snapshot') return 10;
  return control === 'no-staging' ? 0 : 5;
}

/** Where a fault can show. */
function durabilityOf(control: Control | undefined): Durability | undefined {
  if (control === undefined || control === 'forgotten-answers') return undefined;
  if (control === 'stale-snapshot') return 'none';
  return control === 'no-staging' ? 'commit' : 'fsync';
}

const USUAL_WEIGHT: Readonly<Record<Actor, number>> = {
  ...{ exchange: 15, journal: 8, disk: 4, gateway: 15 },
  ...{ client: 25, supervisor: 4, follower: 6, clock: 6 },
};

/** Somebody is slow in most simulations. */
function drawWeights(random: RandomSource): (readonly [Actor, number])[] {
  return ACTORS.map((actor) => {
    return [actor, random.oneIn(8) ? 2 : USUAL_WEIGHT[actor]] as const;
  });
}
