/**
 * The exchange keeps nothing that it allocates: after a million commands its heap is as large as it
 * was before them. Its tables grow by pages while the client order ids of the last second become
 * as many as they will be.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createExchangeUnderTest } from './exchange-under-test.ts';
import { makeFlow } from './mixes.ts';

const SCALE = { mix: 'moves', symbols: 1, accounts: 1_000, resting: 1_000, seed: 1 } as const;
const WARM_UP = 500_000;
const COMMANDS = 1_000_000;
/** What the heap varies by: a quarter of a byte for each command. */
const HEAP_NOISE_BYTES = 256 * 1_024;
const PAGES_BYTES = 16 * 2 ** 20;

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

function memory(): NodeJS.MemoryUsage {
  // Twice, since the first may leave what only its finalizers free.
  collectGarbage();
  collectGarbage();
  return process.memoryUsage();
}

test('a million commands leave the heap as it was', () => {
  const flow = makeFlow({ ...SCALE, operations: (WARM_UP + COMMANDS) / 2 });
  const exchange = createExchangeUnderTest(flow);
  exchange.define();
  exchange.fund();
  exchange.run(0, flow.length - COMMANDS);
  const before = memory();
  exchange.run(flow.length - COMMANDS, flow.length);
  const after = memory();
  const heapGrowth = after.heapUsed - before.heapUsed;
  assert.ok(heapGrowth < HEAP_NOISE_BYTES, `the heap grew by ${heapGrowth} bytes`);
  const tablesGrowth = after.arrayBuffers - before.arrayBuffers;
  assert.ok(tablesGrowth < PAGES_BYTES, `the tables grew by ${tablesGrowth} bytes`);
});
