/** What the engine benchmark measures: each shape with hoga, and those of resting orders twice. */
import type { Case } from '../measuring/campaign.ts';
import { SHAPE_NAMES } from './shapes.ts';

const RIVAL = 'nodejs-order-book';
/** Of the flow with 100,000 orders the rival executes the beginning: all of it takes it minutes. */
const RIVAL_PARTS: Readonly<Record<string, number>> = { 'resting-100000': 1 / 20 };

export const CASES: readonly Case[] = SHAPE_NAMES.flatMap((shape) => {
  const hoga = caseOf('hoga', shape, 1);
  if (!shape.startsWith('resting-')) return [hoga];
  return [hoga, caseOf(RIVAL, shape, RIVAL_PARTS[shape] ?? 1)];
});

function caseOf(engine: string, shape: string, part: number): Case {
  return { name: `${engine}/${shape}`, part, task: { engine, shape } };
}
