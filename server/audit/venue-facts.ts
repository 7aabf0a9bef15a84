/**
 * What an exchange's state has besides balances and orders, as numbers: a rejected command leaves
 * all of them as they are.
 */
import type { Exchange } from '../../exchange/exchange.ts';

export class VenueFacts {
  private readonly values: number[] = [];

  /** Takes the facts anew; returns one that changed since the last time, in words, if any did. */
  update(exchange: Exchange): string | undefined {
    const { values } = this;
    let at = 0;
    let changed: string | undefined;
    const take = (name: string, value: number) => {
      if (values[at] !== value) changed = `${name} from ${values[at]} to ${value}`;
      values[at++] = value;
    };
    const { engine, risk } = exchange;
    take('the last trade', exchange.lastTradeId);
    take('the count of open orders', engine.openOrderCount);
    take('the count of accounts', risk.accounts.count);
    take('the count of balances', risk.balances.count());
    take('the count of currencies', exchange.currencies.length);
    const { maxOpenOrders, maxAccounts, maxCurrencies, maxSymbols } = exchange.limits;
    take('maxOpenOrders', maxOpenOrders);
    take('maxAccounts', maxAccounts);
    take('maxCurrencies', maxCurrencies);
    take('maxSymbols', maxSymbols);
    for (const { symbolId, state, referencePrice, bandTicks, lastPrice } of engine.books) {
      take('a market', symbolId);
      take(`the trading state of market ${symbolId}`, state);
      take(`the reference price of market ${symbolId}`, referencePrice);
      take(`the price band of market ${symbolId}`, bandTicks);
      take(`the last price of market ${symbolId}`, lastPrice);
    }
    return changed;
  }
}
