/** A short slice of `npm run simulate`, that it is the same each time, and its controls. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CONTROLS } from './simulation/settings.ts';
import { simulate } from './simulation/simulate.ts';
import { testSeed } from './support/seed.ts';

const SEEDS = 50;
const SEEDS_WITH_CUT_OFFS = 25;
const STEPS = 300;
/** Each fault is found within so many seeds. */
const SEEDS_A_CONTROL = 300;

describe('the simulation', () => {
  it('finds that whatever happens, what was told is kept and a replay comes to the same', (t) => {
    const { failures, counts } = simulate({ seeds: SEEDS, seed: testSeed(t), steps: STEPS });
    assert.deepEqual(failures, []);
    for (const name of ['commands', 'repeats', 'comparisons', 'snapshots', 'kills', 'powerCuts']) {
      assert.ok(counts[name]! > 0, `no ${name}`);
    }
  });

  it('finds the same where gateways are cut off, at any moment, and join again', (t) => {
    const options = { seeds: SEEDS_WITH_CUT_OFFS, seed: testSeed(t), steps: STEPS, cutOffs: true };
    const { failures, counts } = simulate(options);
    assert.deepEqual(failures, []);
    assert.ok(counts['cutOffs']! > 0);
  });

  it('runs a seed again exactly', () => {
    const options = { seeds: 2, seed: 4_711, steps: STEPS };
    assert.deepEqual(simulate(options), simulate(options));
  });

  for (const control of CONTROLS) {
    it(`finds the fault that is built in on purpose: ${control}`, (t) => {
      const first = testSeed(t);
      for (let seed = first; seed < first + SEEDS_A_CONTROL; seed++) {
        const { failures } = simulate({ seeds: 1, seed, steps: STEPS, control });
        if (failures.length > 0) return;
      }
      assert.fail(`${SEEDS_A_CONTROL} seeds did not find it`);
    });
  }
});
