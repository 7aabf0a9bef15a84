/** The flows of the exchange benchmark are what they say, and the exchange comes to the same. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Result } from '../../server/json-report.ts';
import { figureOf } from '../measuring/figures.ts';
import { CASES } from './cases.ts';
import { type CommandFlow, Kind } from './command-flow.ts';
import { createExchangeUnderTest } from './exchange-under-test.ts';
import { MIX_NAMES, makeFlow } from './mixes.ts';

const CLI = fileURLToPath(new URL('../cli.ts', import.meta.url));
const OPTIONS = { symbols: 3, accounts: 50, resting: 2_000, operations: 60_000, seed: 7 };

function makeSmall(mix: string, options: Partial<typeof OPTIONS> = {}): CommandFlow {
  return makeFlow({ ...OPTIONS, mix, ...options });
}

/** Of the commands after the build-up. */
function shareOf(flow: CommandFlow, kind: number): number {
  const counted = flow.kind.subarray(flow.buildUp);
  return counted.filter((each) => each === kind).length / counted.length;
}

function assertAbout(is: number, shallBe: number, what: string): void {
  assert.ok(Math.abs(is - shallBe) < 0.01, `${what}: ${is}, not about ${shallBe}`);
}

describe('the flows of the exchange benchmark', () => {
  for (const mix of MIX_NAMES) {
    it(`${mix} is decided by its seed`, () => {
      const flow = makeSmall(mix);
      assert.deepEqual(makeSmall(mix), flow);
      assert.notDeepEqual(makeSmall(mix, { seed: OPTIONS.seed + 1 }).kind, flow.kind);
      assert.equal(flow.length, flow.buildUp + 2 * OPTIONS.operations);
      assert.equal(flow.measuredFrom, flow.buildUp + OPTIONS.operations);
    });

    it(`${mix} keeps the number of resting orders about what it was`, () => {
      const { totals, buildUp } = makeSmall(mix);
      const drift = Math.abs(totals.openOrders / buildUp - 1);
      assert.ok(drift < 0.1, `${buildUp} became ${totals.openOrders}`);
    });

    it(`${mix} brings the exchange to what it says, without a reject`, () => {
      const flow = makeSmall(mix);
      const exchange = createExchangeUnderTest(flow);
      exchange.define();
      exchange.fund();
      exchange.run(0, flow.length);
      assert.deepEqual(exchange.totals(), flow.totals);
      assert.equal(exchange.counts.rejects, 0);
      const setUp = 2 + 2 * OPTIONS.symbols + OPTIONS.accounts * (OPTIONS.symbols + 1);
      assert.equal(exchange.counts.commands, setUp + flow.length);
    });
  }

  it('moves has the mix that it says', () => {
    const flow = makeSmall('moves');
    assertAbout(shareOf(flow, Kind.New), 0.09, 'new');
    assertAbout(shareOf(flow, Kind.ImmediateOrCancel), 0.03, 'IOC');
    assertAbout(shareOf(flow, Kind.Cancel), 0.06, 'cancel');
    assertAbout(shareOf(flow, Kind.Replace), 0.82, 'replace');
    assertAbout(flow.totals.tradingCommands / flow.length, 0.055, 'commands that trade');
  });

  it('cancel-heavy is half new orders, half cancels, with few trades', () => {
    const flow = makeSmall('cancel-heavy');
    assertAbout(shareOf(flow, Kind.New), 0.51, 'new');
    assertAbout(shareOf(flow, Kind.Cancel), 0.49, 'cancel');
    assertAbout(flow.totals.tradingCommands / flow.length, 0.01, 'commands that trade');
  });

  it('tells which mixes there are when there is no such mix', () => {
    assert.throws(() => makeSmall('storm'), /'storm'; allowed: moves, cancel-heavy/);
  });
});

describe('bench exchange', () => {
  it('tells every metric of every case that is asked for as one JSON object', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [
      ...[CLI, 'exchange', '--json', '--runs', '1', '--operations', '3000'],
      ...['--case', 'cancel-heavy,moves/100-symbols/1k-accounts'],
    ]);
    const report: { name: string; results: Result[] } = JSON.parse(stdout);
    assert.equal(report.name, 'exchange');
    const names = [...new Set(report.results.map((each) => each.case))];
    const [, manySymbols, , cancelHeavy] = CASES.map(({ name }) => name);
    assert.deepEqual(names, [manySymbols, cancelHeavy, 'timer']);
    const metrics = 'ops_per_s p50_ns p99_ns p999_ns heap_growth_bytes allocated_bytes_per_op';
    for (const metric of metrics.split(' ')) {
      for (const name of [manySymbols!, cancelHeavy!]) {
        assert.ok(Number.isFinite(figureOf(report.results, name, metric)), `${name} ${metric}`);
      }
    }
    assert.ok(figureOf(report.results, manySymbols!, 'bytes_per_order')! > 0);
  });
});
