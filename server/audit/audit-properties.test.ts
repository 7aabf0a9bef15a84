/**
 * Whatever is sent, the audit finds nothing.
 *
 * A failure prints its seed; `HOGA_TEST_SEED=<seed>` runs the same again.
 */
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  ACCOUNTS,
  CURRENCIES,
  command,
  type DrawnCommand,
  send,
} from '../../exchange/testing/drawn-commands.ts';
import { anyCommand, type DeskCommand } from '../../exchange/testing/drawn-desk-commands.ts';
import { BTC_EUR, BTC_USD, RecordedExchange } from '../../exchange/testing/recorded-exchange.ts';
import { SetRiskLimits } from '../../protocol/risk-commands.ts';
import { testSeed } from '../../test/support/seed.ts';
import { assertClean } from './testing/history-audit.ts';

const limit = fc.integer({ min: 0, max: 12 });
const limits = fc
  .record({
    accountId: fc.constantFrom(0, ...ACCOUNTS),
    symbolId: fc.constantFrom(0, BTC_USD, BTC_EUR),
    maxOrderQty: fc.constantFrom(0, 20, 25),
    maxOrderNotional: fc.constantFrom(0, 0, 5_000, 10_000),
    maxOpenOrders: limit,
    maxPosition: limit.map((lots) => lots * 100),
  })
  .map((set) => (venue: RecordedExchange) => {
    venue.send(new SetRiskLimits(), set);
  });
const withLimits = fc.oneof(
  { weight: 8, arbitrary: command.map((order): DrawnCommand | DeskCommand => order) },
  { weight: 1, arbitrary: limits },
);

for (const [what, drawn, numRuns] of [
  ['whatever orders are sent, nothing is found after any command', command, 100],
  ['nor where orders are limited', withLimits, 100],
  ['nor where limits, fees, permissions and rules change, and days pass', anyCommand, 250],
] as const) {
  test(what, (t: TestContext) => {
    fc.assert(
      fc.property(fc.array(drawn, { maxLength: 100, size: 'max' }), (commands) => {
        const venue = new RecordedExchange();
        for (const account of ACCOUNTS) {
          for (const currency of CURRENCIES) venue.deposit(account, currency, 30_000);
        }
        for (const each of commands) {
          venue.tickIfDue();
          if (typeof each === 'function') each(venue);
          else send(venue, each);
        }
        assertClean(venue);
      }),
      { seed: testSeed(t), numRuns },
    );
  });
}
