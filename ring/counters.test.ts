/** The counters that threads show each other. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Counter, Counters, createCounters } from './counters.ts';

const CACHE_LINE_BYTES = 128;

test('every counter starts at zero', () => {
  const counters = new Counters(createCounters());
  for (const counter of Object.values(Counter)) assert.equal(counters.get(counter), 0);
});

test('another view of the same memory sees each counter as it was set, 53 bits wide', () => {
  const buffer = createCounters();
  const writer = new Counters(buffer);
  const reader = new Counters(buffer);
  for (const counter of Object.values(Counter)) {
    writer.set(counter, Number.MAX_SAFE_INTEGER - counter);
  }
  for (const counter of Object.values(Counter)) {
    assert.equal(reader.get(counter), Number.MAX_SAFE_INTEGER - counter);
  }
});

test('no two counters share a cache line', () => {
  for (const counter of Object.values(Counter)) {
    const buffer = createCounters();
    new Counters(buffer).set(counter, 1);
    const lanes = new Float64Array(buffer);
    const byteOffset = lanes.indexOf(1) * 8;
    assert.equal(byteOffset, counter * CACHE_LINE_BYTES);
    assert.ok(byteOffset + CACHE_LINE_BYTES <= buffer.byteLength);
  }
});
