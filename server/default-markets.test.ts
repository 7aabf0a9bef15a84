/** The markets of a new exchange, as integers. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { defaultMarkets } from './default-markets.ts';

it('makes ticks and lots whole numbers of minor units', () => {
  const terms = defaultMarkets().symbols.map(({ code, lotSize, tickValue }) => ({
    code,
    lotSize,
    tickValue,
  }));
  assert.deepEqual(terms, [
    // 0.001 BTC is 100,000 satoshi, and costs 1 won at a price of 1,000 won.
    { code: 'BTC/KRW', lotSize: 100_000, tickValue: 1 },
    { code: 'ETH/KRW', lotSize: 100_000, tickValue: 1 },
    // One share costs 1 cent at a price of 0.01 dollars.
    { code: 'AAPL/USD', lotSize: 1, tickValue: 1 },
  ]);
});

it('uses each id once and only currencies that exist', () => {
  const { currencies, symbols } = defaultMarkets();
  const ids = new Set(currencies.map(({ currencyId }) => currencyId));
  assert.equal(ids.size, currencies.length);
  assert.equal(new Set(symbols.map(({ symbolId }) => symbolId)).size, symbols.length);
  for (const { baseCurrencyId, quoteCurrencyId } of symbols) {
    assert.ok(ids.has(baseCurrencyId) && ids.has(quoteCurrencyId));
  }
});
