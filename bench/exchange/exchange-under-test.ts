/**
 * The exchange with what the benchmark feeds it and reads from it. Commands come in blocks: each is
 * encoded into one buffer of a fixed size, then executed, which alone is measured, then its events
 * are read. A process has one exchange only: a second one would slow both (ADR 0009).
 */
import { Exchange } from '../../exchange/exchange.ts';
import { MAX_COMMAND_LENGTH } from '../../protocol/command-layout.ts';
import { Side } from '../../protocol/enums.ts';
import { RecordBuffer } from '../../protocol/record.ts';
import type { AllocationMeter } from '../measuring/probes.ts';
import { createCommandEncoder, type Encode, type FirstIds, FROM_ONE } from './command-encoder.ts';
import type { CommandFlow, CommandTotals } from './command-flow.ts';
import { type EventCounts, OutgoingRing } from './outgoing-ring.ts';

/** Many, so that few commands find in the caches what encoding and reading left there. */
const BLOCK = 8_192;

export interface ExchangeUnderTest {
  /** Defines the markets; then funds the accounts. */
  readonly define: () => void;
  readonly fund: () => void;
  /**
   * Executes the commands from one place of the flow to before another; returns the ms that took.
   */
  readonly run: (from: number, to: number, meter?: AllocationMeter) => number;
  /** The same with the ms that each command took. */
  readonly runTimed: (from: number, to: number, tookMs: Float64Array) => void;
  /** What the events of all commands so far say. */
  readonly counts: EventCounts;
  /** What the flow came to so far. */
  readonly totals: () => CommandTotals;
}

export function createExchangeUnderTest(
  flow: CommandFlow,
  firstIds: FirstIds = FROM_ONE,
): ExchangeUnderTest {
  const encoder = createCommandEncoder(flow, firstIds);
  const { definitions, deposits } = encoder;
  const ring = new OutgoingRing();
  const exchange = new Exchange(ring);
  exchange.sequence = firstIds.sequence;
  // Shared memory, as the ring that commands come from in the product.
  const commands = new RecordBuffer(new SharedArrayBuffer(BLOCK * MAX_COMMAND_LENGTH));
  const offsets = new Int32Array(BLOCK);
  const doneAt = new Float64Array(BLOCK + 1);

  function encodeBlock(encode: Encode, from: number, count: number): void {
    let offset = 0;
    for (let i = 0; i < count; i++) {
      offsets[i] = offset;
      offset += encode(from + i, commands, offset);
    }
  }

  function execute(count: number): void {
    for (let i = 0; i < count; i++) exchange.execute(commands, offsets[i]!);
  }

  function executeTimed(count: number): void {
    doneAt[0] = performance.now();
    for (let i = 0; i < count; i++) {
      exchange.execute(commands, offsets[i]!);
      doneAt[i + 1] = performance.now();
    }
  }

  function runAll(encode: Encode, from: number, to: number, meter?: AllocationMeter): number {
    let tookMs = 0;
    for (let at = from; at < to; at += BLOCK) {
      const count = Math.min(BLOCK, to - at);
      encodeBlock(encode, at, count);
      meter?.begin();
      const startedAt = performance.now();
      execute(count);
      tookMs += performance.now() - startedAt;
      meter?.end(count);
      ring.publish();
      ring.drain();
    }
    return tookMs;
  }

  function runTimed(from: number, to: number, tookMs: Float64Array): void {
    for (let at = from; at < to; at += BLOCK) {
      const count = Math.min(BLOCK, to - at);
      encodeBlock(encoder.encode, at, count);
      executeTimed(count);
      for (let i = 0; i < count; i++) tookMs[at - from + i] = doneAt[i + 1]! - doneAt[i]!;
      ring.publish();
      ring.drain();
    }
  }

  function totals(): CommandTotals {
    const { engine } = exchange;
    const { trades, tradedQty, tradingCommands } = ring.counts;
    let openQty = 0;
    for (const book of engine.books) {
      for (const side of [Side.Buy, Side.Sell]) {
        for (const order of engine.restingOrders(book, side)) {
          openQty += engine.orders.leavesQty(order);
        }
      }
    }
    return { trades, tradedQty, openOrders: engine.openOrderCount, openQty, tradingCommands };
  }

  return {
    define: () => void runAll(encoder.encodeSetUp, 0, definitions),
    fund: () => void runAll(encoder.encodeSetUp, definitions, definitions + deposits),
    run: (from, to, meter) => runAll(encoder.encode, from, to, meter),
    runTimed,
    counts: ring.counts,
    totals,
  };
}
