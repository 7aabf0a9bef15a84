/**
 * One measurement of the exchange on one flow. It must have a process of its own, run with
 * `--expose-gc`.
 */
import { nameOf } from '../../protocol/enums.ts';
import { RejectReason } from '../../protocol/reject-reason.ts';
import type { Measured, Metrics, TaskOptions } from '../measuring/campaign.ts';
import {
  AllocationMeter,
  bytesPer,
  latenciesOf,
  percentilesOf,
  residentBytes,
  throughputOf,
  usedBytes,
} from '../measuring/probes.ts';
import { assertTotals } from '../measuring/totals.ts';
import type { ExchangeCase } from './cases.ts';
import type { CommandFlow } from './command-flow.ts';
import { createExchangeUnderTest, type ExchangeUnderTest } from './exchange-under-test.ts';
import { makeFlow } from './mixes.ts';

export type Task = TaskOptions & ExchangeCase;

/** More of them, and the figures would be of refusing orders. */
const MOST_REJECTS_SHARE = 0.01;

/** @throws Error where the exchange does not come to what the flow says */
export function measure(task: Task): Measured {
  const flow = makeFlow(task);
  const exchange = createExchangeUnderTest(flow);
  exchange.define();
  const empty = residentBytes();
  exchange.fund();
  const funded = residentBytes();
  exchange.run(0, flow.buildUp);
  const full = residentBytes();
  const measured =
    task.pass === 'latency'
      ? latencies(exchange, flow)
      : {
          metrics: {
            ...throughput(exchange, flow),
            ...bytesPer('bytes_per_account', funded - empty, task.accounts),
            ...bytesPer('bytes_per_order', full - funded, flow.buildUp),
          },
        };
  assertFewRejects(exchange);
  assertTotals(`${task.mix}, ${task.symbols} symbols`, exchange.totals(), flow.totals);
  return measured;
}

function throughput(exchange: ExchangeUnderTest, flow: CommandFlow): Metrics {
  const { buildUp, measuredFrom, length } = flow;
  const operations = length - measuredFrom;
  exchange.run(buildUp, measuredFrom, new AllocationMeter());
  const { bytes: eventBytes } = exchange.counts;
  const meter = new AllocationMeter();
  const before = usedBytes();
  const tookMs = exchange.run(measuredFrom, length, meter);
  const heapGrowth = usedBytes() - before;
  return {
    ...throughputOf(operations, tookMs),
    heap_growth_bytes: heapGrowth,
    allocated_bytes_per_op: meter.bytesPerOperation(),
    event_bytes_per_op: (exchange.counts.bytes - eventBytes) / operations,
  };
}

function latencies(exchange: ExchangeUnderTest, flow: CommandFlow): Measured {
  const { buildUp, measuredFrom, length } = flow;
  const tookMs = new Float64Array(length - measuredFrom);
  exchange.runTimed(buildUp, measuredFrom, tookMs);
  exchange.runTimed(measuredFrom, length, tookMs);
  return latenciesOf('executed', tookMs, percentilesOf);
}

function assertFewRejects({ counts }: ExchangeUnderTest): void {
  const { rejects, commands, rejectReason } = counts;
  if (rejects <= commands * MOST_REJECTS_SHARE) return;
  const last = nameOf(RejectReason, rejectReason);
  throw new Error(`the exchange refused ${rejects} of ${commands} commands, the last for ${last}`);
}
