/**
 * A change of behaviour takes effect where a command says so: before it everything runs as it ran,
 * a version never goes back, and one that is not known is no reject.
 */
import assert from 'node:assert/strict';
import { describe as suite, test } from 'node:test';
import { CancelReason, nameOf, Side } from '../protocol/enums.ts';
import { ExecutionReport } from '../protocol/execution-report.ts';
import { INITIAL_RULES_VERSION, NEWEST_RULES_VERSION } from '../protocol/rules-version.ts';
import { AddSymbol, SetRulesVersion } from '../protocol/venue-commands.ts';
import { RULE, UnknownRulesError } from './rules.ts';
import {
  BTC,
  BTC_EUR,
  describe,
  EUR,
  type EventView,
  RecordedExchange,
  USD,
} from './testing/recorded-exchange.ts';

function activate(venue: RecordedExchange, rulesVersion: number): string[] {
  return venue.send(new SetRulesVersion(), { rulesVersion }).map(describe);
}

/** A market that has the code of BTC_EUR. */
function addTwin(venue: RecordedExchange, symbolId = 12, quoteCurrencyId = USD): EventView[] {
  const code = `M-${BTC_EUR}`;
  const currencies = { baseCurrencyId: BTC, quoteCurrencyId };
  return venue.send(new AddSymbol(), { symbolId, ...currencies, lotSize: 1, tickValue: 1, code });
}

const answerOf = (events: readonly EventView[]) => events.map(describe);

suite('the version of the rules', () => {
  test('is the first one until a command says otherwise', () => {
    const { exchange } = new RecordedExchange();
    assert.equal(exchange.rules.version, INITIAL_RULES_VERSION);
    assert.equal(INITIAL_RULES_VERSION, 1, 'journals without a version are there for ever');
  });

  test('is the newest that brought a change', () => {
    assert.equal(Math.max(...Object.values(RULE)), NEWEST_RULES_VERSION);
  });

  test('holds from its command on, and again changes nothing', () => {
    const venue = new RecordedExchange();
    assert.deepEqual(activate(venue, 1), ['CommandDone None']);
    assert.ok(!venue.exchange.rules.has(RULE.uniqueCodes));
    assert.deepEqual(activate(venue, 2), ['CommandDone None']);
    assert.ok(venue.exchange.rules.has(RULE.uniqueCodes));
    assert.deepEqual(activate(venue, 2), ['CommandDone None']);
    assert.equal(venue.exchange.rules.version, 2);
  });

  test('never goes back', () => {
    const venue = new RecordedExchange();
    activate(venue, 2);
    assert.deepEqual(activate(venue, 1), ['CommandDone RulesVersionTooLow']);
    assert.equal(venue.exchange.rules.version, 2);
  });

  test('that is not known is no reject: a newer release accepts the same command', () => {
    const venue = new RecordedExchange();
    const rulesVersion = NEWEST_RULES_VERSION + 1;
    assert.throws(
      () => activate(venue, rulesVersion),
      (error) => error instanceof UnknownRulesError && error.version === rulesVersion,
    );
  });
});

suite('codes of currencies and markets', () => {
  test('may come twice by rules version 1, as they could', () => {
    const venue = new RecordedExchange();
    assert.deepEqual(answerOf(venue.addCurrency(4, 'USD')), ['CommandDone None']);
    assert.deepEqual(answerOf(addTwin(venue)), ['CommandDone None']);
  });

  test('are refused the second time from version 2 on', () => {
    const venue = new RecordedExchange();
    activate(venue, 2);
    assert.deepEqual(answerOf(venue.addCurrency(4, 'USD')), ['CommandDone CurrencyCodeExists']);
    assert.deepEqual(answerOf(addTwin(venue)), ['CommandDone SymbolCodeExists']);
    assert.equal(venue.exchange.currencies.length, 3);
    assert.equal(venue.exchange.symbols.length, 2);
  });

  test('are looked at last, and a market may have the code of a currency', () => {
    const venue = new RecordedExchange();
    activate(venue, 2);
    assert.deepEqual(answerOf(venue.addCurrency(EUR, 'USD')), ['CommandDone CurrencyExists']);
    assert.deepEqual(answerOf(addTwin(venue, BTC_EUR)), ['CommandDone SymbolExists']);
    assert.deepEqual(answerOf(addTwin(venue, 12, BTC)), ['CommandDone SameCurrency']);
    assert.deepEqual(answerOf(venue.addCurrency(4, `M-${BTC_EUR}`)), ['CommandDone None']);
  });

  test('that were there twice stay, and are refused a third time', () => {
    const venue = new RecordedExchange();
    venue.addCurrency(4, 'USD');
    activate(venue, 2);
    assert.deepEqual(answerOf(venue.addCurrency(5, 'USD')), ['CommandDone CurrencyCodeExists']);
    assert.equal(venue.exchange.currencies.length, 4);
  });
});

suite('an order by amount whose rest buys no lot beyond its slippage', () => {
  function reasonOf(rulesVersion: number, amount: number, qty = 0): string {
    const venue = new RecordedExchange();
    activate(venue, rulesVersion);
    const [taker, maker, symbolId] = [1, 2, BTC_EUR];
    venue.deposit(taker, EUR, 1_000_000);
    venue.deposit(maker, BTC, 1_000_000);
    for (const price of [100, 200]) venue.order(maker, Side.Sell, price, 5, { symbolId });
    const terms = { symbolId, amount, maxSlippageBps: 100 };
    const events = venue.marketOrder(taker, Side.Buy, qty, terms);
    const report = events.findLast((event) => event instanceof ExecutionReport);
    assert.deepEqual([report?.accountId, report?.cumQty], [taker, 5]);
    return nameOf(CancelReason, report!.cancelReason);
  }

  test('is canceled for Slippage by rules version 1, as it was', () => {
    assert.equal(reasonOf(1, 699), 'Slippage');
    assert.equal(reasonOf(1, 700), 'Slippage');
  });

  test('has spent its amount from version 2 on, but for one that would buy a lot more', () => {
    assert.equal(reasonOf(2, 699), 'AmountSpent');
    assert.equal(reasonOf(2, 700), 'Slippage');
    assert.equal(reasonOf(2, 0, 6), 'Slippage', 'an order by quantity spends no amount');
  });
});
