/**
 * The exchange allocates nothing for an order, a cancel or a replace (the flow *moves*), also where
 * ids are as large as real ones: V8 boxes a number beyond 31 bits for a call that it does not
 * inline, and what it inlines differs from one process to the next. So a failure may not come again
 * at once.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setV8Flags } from '../../server/v8-flags.ts';
import { AllocationMeter } from '../measuring/probes.ts';
import { LARGE_IDS } from './command-encoder.ts';
import { createExchangeUnderTest } from './exchange-under-test.ts';
import { makeFlow } from './mixes.ts';

const SCALE = { mix: 'moves', symbols: 1, accounts: 1_000, resting: 1_000, seed: 1 } as const;
const WARM_UP = 400_000;
const PART = 50_000;
const PARTS = 4;
/** One boxed number in eight commands is more. */
const MOST_BYTES = 2;

test('orders, cancels and replaces allocate nothing, with ids beyond 31 bits', () => {
  setV8Flags();
  const flow = makeFlow({ ...SCALE, operations: (WARM_UP + PART * PARTS) / 2 });
  const exchange = createExchangeUnderTest(flow, LARGE_IDS);
  exchange.define();
  exchange.fund();
  const from = flow.length - PART * PARTS;
  exchange.run(0, from);
  const bytes = Array.from({ length: PARTS }, (_, part) => {
    const meter = new AllocationMeter();
    exchange.run(from + part * PART, from + (part + 1) * PART, meter);
    return meter.bytesPerOperation();
  });
  // What is compiled anew meanwhile may allocate in one part, but not in all.
  assert.ok(Math.min(...bytes) < MOST_BYTES, `bytes a command: ${bytes}`);
});
