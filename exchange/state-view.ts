/**
 * An exchange's state as plain objects in canonical order: balances by account and currency, open
 * orders by market, side, price and place in the queue. For hashing, comparing and showing; it
 * allocates, so not for the hot path.
 */
import { NONE } from '../engine/orders.ts';
import { Side } from '../protocol/enums.ts';
import type { Exchange } from './exchange.ts';

export interface BalanceView {
  readonly accountId: number;
  readonly currencyId: number;
  readonly available: number;
  readonly locked: number;
}

export interface OrderView {
  readonly orderId: number;
  readonly accountId: number;
  readonly clientOrderId: number;
  readonly symbolId: number;
  readonly side: number;
  readonly orderType: number;
  readonly timeInForce: number;
  readonly price: number;
  readonly qty: number;
  readonly cumQty: number;
}

export interface LevelView {
  readonly side: number;
  readonly price: number;
  readonly qty: number;
  readonly orderCount: number;
}

export function orderedBalances(exchange: Exchange): BalanceView[] {
  const { accounts, balances, currencyIds } = exchange.risk;
  const views: BalanceView[] = [];
  for (let slot = 0; slot < balances.count; slot++) {
    views.push({
      accountId: accounts.accountId[balances.account[slot]!]!,
      currencyId: currencyIds[balances.currency[slot]!]!,
      available: balances.available[slot]!,
      locked: balances.locked[slot]!,
    });
  }
  return views.sort((a, b) => a.accountId - b.accountId || a.currencyId - b.currencyId);
}

/** The levels of a market's side, best first, by the market's index. */
export function* orderedLevels(exchange: Exchange, index: number, side: number): Generator<number> {
  const { books, levels } = exchange.engine;
  const ladder = books[index]!.side(side);
  for (let at = ladder.best(); at !== NONE; at = ladder.nextBehind(levels.price[at]!)) yield at;
}

export function levelView(exchange: Exchange, side: number, level: number): LevelView {
  const { price, qty, orderCount } = exchange.engine.levels;
  return { side, price: price[level]!, qty: qty[level]!, orderCount: orderCount[level]! };
}

export function* orderedOrders(exchange: Exchange): Generator<OrderView> {
  const { books, levels, orders } = exchange.engine;
  const markets = books.map((book, index) => ({ symbolId: book.symbolId, index }));
  markets.sort((a, b) => a.symbolId - b.symbolId);
  for (const { symbolId, index } of markets) {
    for (const side of [Side.Buy, Side.Sell]) {
      for (const level of orderedLevels(exchange, index, side)) {
        for (let slot = levels.head[level]!; slot !== NONE; slot = orders.next[slot]!) {
          yield {
            orderId: orders.orderId[slot]!,
            accountId: orders.accountId[slot]!,
            clientOrderId: orders.clientOrderId[slot]!,
            symbolId,
            side,
            orderType: orders.orderType[slot]!,
            timeInForce: orders.timeInForce[slot]!,
            price: orders.price[slot]!,
            qty: orders.qty[slot]!,
            cumQty: orders.cumQty[slot]!,
          };
        }
      }
    }
  }
}
