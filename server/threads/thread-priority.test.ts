/** A thread stands back, and nobody else with it. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { constants, getPriority } from 'node:os';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';

const NICE_STEPS = 5;

/** What a thread's niceness is after standing back twice, and why it did not, if so. */
async function standBackInThread(): Promise<{ nice: number; why: (string | undefined)[] }> {
  const module = new URL('./thread-priority.ts', import.meta.url);
  const code = `
    const { parentPort } = require('node:worker_threads');
    import(${JSON.stringify(module.href)}).then(({ standBack }) => {
      const why = [standBack(${NICE_STEPS}), standBack(${NICE_STEPS})];
      parentPort.postMessage({ nice: require('node:os').getPriority(), why });
    });`;
  const [answer] = await once(new Worker(code, { eval: true }), 'message');
  return answer;
}

test('a thread stands back by its own, by steps', async () => {
  const before = getPriority();
  const { nice, why } = await standBackInThread();
  assert.equal(getPriority(), before);
  if (process.platform === 'linux') {
    assert.deepEqual(why, [undefined, undefined]);
    assert.equal(nice, Math.min(constants.priority.PRIORITY_LOW, before + 2 * NICE_STEPS));
  } else {
    assert.ok(why.every((reason) => reason !== undefined));
    assert.equal(nice, before);
  }
});
