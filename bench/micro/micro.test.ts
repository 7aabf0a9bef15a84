/** The micro-benchmarks do what they are to measure: each checks by itself what comes of it. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CASES, OPERATIONS } from './cases.ts';
import { measure } from './measurement.ts';

const task = { pass: 'throughput', seed: 1 } as const;

describe('the micro-benchmarks', () => {
  for (const [operation, { batch }] of Object.entries(OPERATIONS)) {
    it(`measure ${operation}, an operation as a part of its sample`, () => {
      const { metrics } = measure({ ...task, operation, operations: batch * 20 });
      const { ops_per_s: perSecond, p50_ns: p50, p99_ns: p99 } = metrics;
      assert.ok(perSecond! > 0 && p50! > 0 && p99! >= p50!);
      // 20 samples: half of them take no longer than the median, so all take half of that at least.
      assert.ok(1e9 / perSecond! >= p50! / 2, `${perSecond} a second, median ${p50} ns`);
      assert.equal(metrics['p999_ns'], undefined);
    });
  }

  it('tell what one in a thousand takes where there are so many samples', () => {
    const { metrics } = measure({ ...task, operation: 'ring/frame', operations: 100_000 });
    assert.ok(metrics['p999_ns']! >= metrics['p99_ns']!);
  });

  it('cover codec, ring, decimals, checksums and the order book', () => {
    const groups = new Set(CASES.map(({ name }) => name.split('/')[0]));
    assert.deepEqual([...groups], ['codec', 'ring', 'decimal', 'crc', 'hash', 'book']);
  });

  it('refuse an operation that there is not', () => {
    assert.throws(() => measure({ ...task, operation: 'x', operations: 1 }), /no operation 'x'/);
  });
});
