/** Latencies by stage: which requests are measured, and what stamps come to. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { decodeFromCompressedBase64 } from 'hdr-histogram-js';
import { LATENCY_STAMPS } from '../protocol/event-layout.ts';
import { LatencyStamps } from '../protocol/latency-stamps.ts';
import { RecordBuffer } from '../protocol/record.ts';
import type { LatencyClock } from '../ring/latency-clock.ts';
import { LATENCY_STAGES, Latencies } from './latencies.ts';

/** A clock that shows what it is set to. */
class SetClock {
  ns = 1;
  now(): number {
    return this.ns;
  }
}

function latenciesOf(every: number) {
  const clock = new SetClock();
  return { clock, latencies: new Latencies(clock as unknown as LatencyClock, every) };
}

function stampsOf(fields: Partial<LatencyStamps>): LatencyStamps {
  const record = RecordBuffer.allocate(LATENCY_STAMPS.length);
  return Object.assign(new LatencyStamps().write(record, 0), fields);
}

const STAMPS = { received: 100, written: 150, sequenced: 250, executed: 450, journaled: 850 };

interface Report {
  readonly stages: Readonly<Record<string, { max: number; count: number; histogram: string }>>;
}

function maximaOf(latencies: Latencies): Record<string, number> {
  const { stages } = latencies.report() as unknown as Report;
  return Object.fromEntries(LATENCY_STAGES.map((stage) => [stage, stages[stage]!.max * 1_000]));
}

describe('latencies', () => {
  test('are of one in so many requests, or of none', () => {
    const third = latenciesOf(3).latencies;
    assert.deepEqual(
      Array.from({ length: 6 }, () => third.begin()),
      [0, 0, 1, 0, 0, 1],
    );
    const none = latenciesOf(0).latencies;
    assert.deepEqual([none.begin(), none.begin()], [0, 0]);
  });

  test('are the times between stages, and their total', () => {
    const { clock, latencies } = latenciesOf(1);
    clock.ns = 1_000;
    latencies.see();
    clock.ns = 1_300;
    latencies.record(stampsOf(STAMPS));
    const expected = { parse: 50, ring: 100, execute: 200, journal: 400, deliver: 150 };
    assert.deepEqual(maximaOf(latencies), { ...expected, answer: 300, total: 1_200 });
    assert.equal(latencies.count('total'), 1);
    assert.equal(latencies.quantileSeconds('total', 0.5), 1.2e-6);
    const { stages } = latencies.report() as unknown as Report;
    assert.equal(decodeFromCompressedBase64(stages['ring']!.histogram).maxValue, 100);
  });

  test('know no journal where nobody waits for it, and are never below 0', () => {
    const { clock, latencies } = latenciesOf(1);
    clock.ns = 400;
    latencies.see();
    clock.ns = 500;
    latencies.record(stampsOf({ ...STAMPS, sequenced: 140, journaled: 0 }));
    const expected = { parse: 50, ring: 0, execute: 310, journal: 0, deliver: 0 };
    assert.deepEqual(maximaOf(latencies), { ...expected, answer: 50, total: 400 });
  });
});
