/** The flows of the engine benchmark are what they say, and engines come to the same on them. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Side } from '../../protocol/enums.ts';
import type { Result } from '../../server/json-report.ts';
import { figureOf, isMet } from '../measuring/figures.ts';
import { CRASH } from './flash-crash.ts';
import { Kind, type OrderFlow } from './order-flow.ts';
import { makeFlow, SHAPE_NAMES } from './shapes.ts';
import { resultsOf } from './summary.ts';

const CLI = fileURLToPath(new URL('../cli.ts', import.meta.url));
const OPERATIONS = 20_000;
const SEED = 7;
/** No order trades at prices further from its limit; in the crash the market is in a hurry. */
const SWEEP_TICKS = 200;
const CRASH_SWEEP_TICKS = 10_000;

/** Walks through a flow with a map and a list of queues: what is open, and what trades. */
function walk(
  flow: OrderFlow,
  ticks: number,
): { canceled: number; trades: number; tradedQty: number } {
  const open = new Map<number, { side: number; price: number; qty: number }>();
  const highest = flow.price.reduce((most, price) => Math.max(most, price), 0);
  const queues = Array.from({ length: highest + 1 }, () => new Set<number>());
  const done = { canceled: 0, trades: 0, tradedQty: 0 };
  const remove = (id: number) => {
    queues[open.get(id)!.price]!.delete(id);
    open.delete(id);
  };
  for (let at = 0; at < flow.length; at++) {
    const [id, side, price] = [flow.orderId[at]!, flow.side[at]!, flow.price[at]!];
    let qty = flow.qty[at]!;
    if (flow.kind[at] === Kind.Cancel) {
      assert.equal(open.get(id)?.side, side, `operation ${at} cancels ${id}, which is not open`);
      remove(id);
      done.canceled++;
    } else if (flow.kind[at] === Kind.Add) {
      assert.ok(!open.has(id), `operation ${at} adds ${id} again`);
      open.set(id, { side, price, qty });
      queues[price]!.add(id);
    } else {
      const step = side === Side.Buy ? 1 : -1;
      for (let reach = ticks; reach >= 0 && qty > 0; reach--) {
        for (const maker of queues[price - reach * step] ?? []) {
          const order = open.get(maker)!;
          if (order.side === side || qty === 0) break;
          const traded = Math.min(qty, order.qty);
          qty -= traded;
          order.qty -= traded;
          done.trades++;
          done.tradedQty += traded;
          if (order.qty === 0) remove(maker);
        }
      }
    }
  }
  assert.equal(open.size, flow.totals.openOrders);
  return done;
}

describe('the flows of the engine benchmark', () => {
  for (const name of SHAPE_NAMES) {
    it(`${name} is decided by its seed`, () => {
      const flow = makeFlow(name, { operations: OPERATIONS, seed: SEED });
      assert.deepEqual(makeFlow(name, { operations: OPERATIONS, seed: SEED }), flow);
      const other = makeFlow(name, { operations: OPERATIONS, seed: SEED + 1 });
      assert.notDeepEqual(other.kind, flow.kind);
      assert.equal(flow.measuredFrom, flow.buildUp + OPERATIONS);
      assert.equal(flow.length, flow.measuredFrom + OPERATIONS);
    });

    it(`${name} cancels open orders only, and trades what it says`, () => {
      const flow = makeFlow(name, { operations: OPERATIONS, seed: SEED });
      const { trades, tradedQty } = walk(
        flow,
        name === 'flash-crash' ? CRASH_SWEEP_TICKS : SWEEP_TICKS,
      );
      assert.deepEqual([trades, tradedQty], [flow.totals.trades, flow.totals.tradedQty]);
    });

    it(`${name} has the mix that it says`, () => {
      const flow = makeFlow(name, { operations: OPERATIONS, seed: SEED });
      const measured = flow.kind.subarray(flow.measuredFrom);
      const shareOf = (kind: number) =>
        measured.filter((each) => each === kind).length / OPERATIONS;
      const cancels = name === 'cancel-heavy' ? 0.475 : 0.3;
      const shares = [shareOf(Kind.Add), shareOf(Kind.Cancel), shareOf(Kind.Cross)];
      for (const [at, share] of [0.5, cancels, 0.5 - cancels].entries()) {
        assert.ok(Math.abs(shares[at]! - share) < 0.02, `${shares} of ${Object.keys(Kind)}`);
      }
    });
  }

  it('keeps the number of resting orders about what it was', () => {
    for (const name of SHAPE_NAMES.filter((each) => each !== 'flash-crash')) {
      const flow = makeFlow(name, { operations: 100_000, seed: SEED });
      const drift = Math.abs(flow.totals.openOrders / flow.buildUp - 1);
      assert.ok(drift < 0.05, `${name}: ${flow.buildUp} became ${flow.totals.openOrders}`);
    }
  });

  it('cancels 95 % of what rests in cancel-heavy', () => {
    const flow = makeFlow('cancel-heavy', { operations: 100_000, seed: SEED });
    const measured = flow.kind.subarray(flow.measuredFrom);
    const adds = measured.filter((kind) => kind === Kind.Add).length;
    const share = measured.filter((kind) => kind === Kind.Cancel).length / adds;
    assert.ok(Math.abs(share - 0.95) < 0.01, String(share));
  });

  it('falls to the bottom and comes back in flash-crash', () => {
    const flow = makeFlow('flash-crash', { operations: 100_000, seed: SEED });
    const crosses = [...flow.kind.keys()].filter((at) => flow.kind[at] === Kind.Cross);
    const limits = crosses.map((at) => flow.price[at]!);
    const lowest = Math.min(...limits);
    assert.ok(Math.abs(lowest - CRASH.bottom) < 1_000, `the lowest limit is ${lowest}`);
    assert.ok(Math.abs(limits.at(-1)! - CRASH.top) < 5_000, `the last limit is ${limits.at(-1)}`);
  });

  it('tells which shapes there are when there is no such shape', () => {
    assert.throws(
      () => makeFlow('storm', { operations: 1, seed: 1 }),
      /'storm'; allowed: resting-1/,
    );
  });
});

describe('the figures of the engine benchmark', () => {
  it('hold hoga against the other order book and each shape against calm', () => {
    const one = (value: number) => new Map([['ops_per_s', [value]]]);
    const results = resultsOf(
      new Map([
        ['hoga/resting-10000', one(80)],
        ['nodejs-order-book/resting-10000', one(2)],
        ['hoga/calm', one(100)],
        ['hoga/one-level', one(39)],
      ]),
    );
    const ratio = (name: string, metric: string) => figureOf(results, name, metric);
    assert.equal(ratio('hoga/resting-10000', 'ratio_to_nodejs_order_book'), 40);
    assert.equal(ratio('hoga/one-level', 'ratio_to_calm'), 0.39);
    const target = { case: 'hoga/one-level', metric: 'ratio_to_calm', atLeast: 0.4 };
    assert.equal(isMet(target, results), false);
    assert.equal(isMet({ ...target, metric: 'p50_ns' }, results), undefined);
  });

  it('come from both engines, which trade the same, as one JSON object', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [
      ...[CLI, 'engine', '--json', '--runs', '1', '--operations', '3000'],
      ...['--cases', 'resting-1000,hoga/flash-crash'],
    ]);
    const { results }: { results: Result[] } = JSON.parse(stdout);
    const metrics = 'ops_per_s ns_per_op heap_growth_bytes p50_ns p99_ns p999_ns p9999_ns max_ns';
    for (const name of [
      'hoga/resting-1000',
      'nodejs-order-book/resting-1000',
      'hoga/flash-crash',
    ]) {
      for (const metric of metrics.split(' ')) {
        assert.ok(Number.isFinite(figureOf(results, name, metric)), `${name} ${metric}`);
      }
    }
    assert.ok(figureOf(results, 'hoga/resting-1000', 'ratio_to_nodejs_order_book')! > 0);
  });
});
