/**
 * What money is locked for, worked out anew from what locks it, so that a reservation that was lost
 * or is out of step shows. Open orders lock money, and transfers that are pending or unknown. Of
 * what risk noted it takes only the price of orders without a limit and the worst fee.
 */
import { limitOf } from '../../engine/event-recorder.ts';
import type { Exchange } from '../../exchange/exchange.ts';
import { Side } from '../../protocol/enums.ts';
import type { TransferReport } from '../../protocol/transfer-report.ts';
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
  const limit = limitOf(orders, order);
  const price = limit === 0 ? risk.reservedPrice(order) : limit;
  const notional = price * leavesQty * market.tickValue;
  const fee = feeOf(notional, risk.worstFeePpm(order));
  return { accountId, currencyId: market.quoteCurrencyId, amount: notional + fee };
}

/** What a transfer holds, as its latest report tells: nothing where it was resolved. */
export function transferLock(report: TransferReport): Lock {
  const { debitAccountId, currencyId, lockedAmount } = report;
  return { accountId: debitAccountId, currencyId, amount: lockedAmount };
}
