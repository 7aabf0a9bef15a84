/** What `--trace-gc` tells of the exchange's isolate, between two marks. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { collectionsIn } from './garbage.ts';

const [EXCHANGE, OTHER] = ['0x7f7f9c001000', '0x7f7f9c002000'];
const line = (isolate: string, what: string, why: string) =>
  `[25587:${isolate}]     1042 ms: ${what} 5.8 (7.4) -> 4.8 (7.4) MB, 0.09 / 0.00 ms  ${why}`;
const scavenge = (isolate: string) => line(isolate, 'Scavenge', 'allocation failure;');
const mark = line(EXCHANGE, 'Mark-Compact (reduce)', 'heap profiler; GC in old space requested');

test('collections are counted between the marks, in the isolate that has them', () => {
  const compact = line(EXCHANGE, 'Mark-Compact', 'external memory limit;');
  const measured = [scavenge(EXCHANGE), scavenge(OTHER), compact, scavenge(EXCHANGE)];
  const trace = [scavenge(EXCHANGE), mark, mark, ...measured, mark, mark, scavenge(EXCHANGE)];
  assert.deepEqual(collectionsIn(trace.join('\n')), { scavenges: 2, mark_compacts: 1 });
  const none = [mark, mark, scavenge(OTHER), mark, mark];
  assert.deepEqual(collectionsIn(none.join('\n')), { scavenges: 0, mark_compacts: 0 });
  assert.throws(() => collectionsIn(scavenge(OTHER)), /two marks/);
  assert.throws(() => collectionsIn([mark, mark, mark].join('\n')), /two marks/);
});
