/**
 * What money is locked for, worked out anew from what locks it and not from what risk noted, so
 * that a reservation that was lost or is out of step shows. Open orders lock money; transfers that
 * are pending or unknown will: this file is their place, beside `orderLock`.
 */
import type { Exchange } from '../../exchange/exchange.ts';
import { Side } from '../../protocol/enums.ts';
import { feeOf } from '../../risk/fee.ts';

/** Part of an account's locked balance. */
export interface Lock {
  readonly accountId: number;
  readonly currencyId: number;
  readonly amount: number;
}

/** What an open order needs locked: docs/architecture.md, "Money". */
export function orderLock(exchange: Exchange, order: number): Lock {
  const { engine, risk } = exchange;
  const { orders } = engine;
  const market = exchange.symbols[orders.symbolIndex(order)]!;
  const accountId = orders.accountId(order);
  const leavesQty = orders.leavesQty(order);
  if (orders.side(order) === Side.Sell) {
    const amount = leavesQty * market.lotSize;
    return { accountId, currencyId: market.baseCurrencyId, amount };
  }
  const notional = risk.reservedPrice(order) * leavesQty * market.tickValue;
  const fee = feeOf(notional, risk.worstFeePpm(order));
  return { accountId, currencyId: market.quoteCurrencyId, amount: notional + fee };
}
