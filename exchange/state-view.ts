/**
 * An exchange's state as plain objects in canonical order: balances by account and currency, open
 * orders by market, side, price and place in the queue, waiting stops behind the resting ones,
 * transfers in the order in which their ids came. For hashing, comparing and showing; it allocates,
 * so not for the hot path.
 */
import { limitOf } from '../engine/event-recorder.ts';
import { ORDER } from '../engine/orders.ts';
import { Side } from '../protocol/enums.ts';
import { TRANSFER_WORD as WORD } from '../risk/transfer-table.ts';
import type { Exchange } from './exchange.ts';

const { NONE } = ORDER;

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
  /** Its limit; 0 for one without. */
  readonly price: number;
  /** What its reservation is for; the worst price that a buy may trade at. */
  readonly reservedPrice: number;
  /** The most that it pays in fees, in parts per million. */
  readonly worstFeePpm: number;
  readonly qty: number;
  readonly cumQty: number;
  readonly displayQty: number;
  readonly shownQty: number;
  readonly stopPrice: number;
  readonly expireTime: number;
  /** As self-trade prevention sees it: an account, minus a group, or 0 for nobody. */
  readonly owner: number;
  readonly selfTradePrevention: number;
  /** 1 if it is. */
  readonly isPostOnly: number;
  /** How far a stop may slip, in hundredths of a percent; 0: to the band's end. */
  readonly stopSlippageBps: number;
  /** 1 for a stop that has not fired. */
  readonly isWaiting: number;
}

export interface LevelView {
  readonly side: number;
  readonly price: number;
  readonly qty: number;
  readonly orderCount: number;
}

export interface TransferView {
  readonly transferId: number;
  readonly debitAccountId: number;
  readonly creditAccountId: number;
  readonly currencyId: number;
  readonly amount: number;
  /** As in its command: of a reversal, 0 for all that was left. */
  readonly requestedAmount: number;
  readonly postedAmount: number;
  readonly reversedAmount: number;
  readonly lockedAmount: number;
  readonly entry: number;
  readonly businessRefId: number;
  readonly externalId: number;
  /** As in its command: an external id may come later. */
  readonly requestedExternalId: number;
  readonly originalTransferId: number;
  readonly expireTime: number;
  readonly mode: number;
  readonly status: number;
  readonly rejectReason: number;
}

export function orderedBalances(exchange: Exchange): BalanceView[] {
  const { accounts, balances, currencyIds } = exchange.risk;
  const views: BalanceView[] = [];
  for (let slot = 0; slot < balances.count(); slot++) {
    views.push({
      accountId: accounts.accountId[balances.account(slot)]!,
      currencyId: currencyIds[balances.currency(slot)]!,
      available: balances.available(slot),
      locked: balances.locked(slot),
    });
  }
  return views.sort((a, b) => a.accountId - b.accountId || a.currencyId - b.currencyId);
}

/** The levels of a market's side, best first, by the market's index. */
export function* orderedLevels(exchange: Exchange, index: number, side: number): Generator<number> {
  const { books } = exchange.engine;
  const ladder = books[index]!.side(side);
  for (let at = ladder.best(); at !== NONE; at = ladder.nextBehind(at)) yield at;
}

export function levelView(exchange: Exchange, side: number, level: number): LevelView {
  const { levels } = exchange.engine;
  const [price, qty] = [levels.price(level), levels.shownQty(level)];
  return { side, price, qty, orderCount: levels.orderCount(level) };
}

export function* orderedOrders(exchange: Exchange): Generator<OrderView> {
  const { engine } = exchange;
  const { books } = engine;
  const markets = books.map((book, index) => ({ symbolId: book.symbolId, index }));
  markets.sort((a, b) => a.symbolId - b.symbolId);
  for (const { index } of markets) {
    for (const side of [Side.Buy, Side.Sell]) {
      const book = engine.books[index]!;
      for (const order of engine.restingOrders(book, side)) yield orderView(exchange, order);
      for (const order of book.stops(side).all()) yield orderView(exchange, order);
    }
  }
}

function orderView(exchange: Exchange, order: number): OrderView {
  const { engine } = exchange;
  const { orders } = engine;
  return {
    orderId: orders.orderId(order),
    accountId: orders.accountId(order),
    clientOrderId: orders.clientOrderId(order),
    symbolId: engine.bookOf(order).symbolId,
    side: orders.side(order),
    orderType: orders.orderType(order),
    timeInForce: orders.timeInForce(order),
    price: limitOf(orders, order),
    reservedPrice: exchange.risk.reservedPrice(order),
    worstFeePpm: exchange.risk.worstFeePpm(order),
    qty: orders.qty(order),
    cumQty: orders.cumQty(order),
    displayQty: orders.displayQty(order),
    shownQty: orders.shownQty(order),
    stopPrice: orders.stopPrice(order),
    expireTime: orders.expireTime(order),
    owner: orders.owner(order),
    selfTradePrevention: orders.selfTradePrevention(order),
    isPostOnly: Number(orders.isPostOnly(order)),
    stopSlippageBps: exchange.reservations.stopSlippage(order),
    isWaiting: Number(orders.isWaiting(order)),
  };
}

/** Slots are never given back, so their order is that in which the ids came. */
export function* orderedTransfers(exchange: Exchange): Generator<TransferView> {
  const { table } = exchange.risk.transfers;
  for (let slot = 0; slot < table.count; slot++) {
    yield {
      transferId: table.get(slot, WORD.TRANSFER_ID),
      debitAccountId: table.get(slot, WORD.DEBIT_ACCOUNT_ID),
      creditAccountId: table.get(slot, WORD.CREDIT_ACCOUNT_ID),
      currencyId: table.get(slot, WORD.CURRENCY_ID),
      amount: table.get(slot, WORD.AMOUNT),
      requestedAmount: table.get(slot, WORD.REQUESTED_AMOUNT),
      postedAmount: table.get(slot, WORD.POSTED_AMOUNT),
      reversedAmount: table.get(slot, WORD.REVERSED_AMOUNT),
      lockedAmount: table.get(slot, WORD.LOCKED_AMOUNT),
      entry: table.get(slot, WORD.ENTRY),
      businessRefId: table.get(slot, WORD.BUSINESS_REF_ID),
      externalId: table.get(slot, WORD.EXTERNAL_ID),
      requestedExternalId: table.get(slot, WORD.REQUESTED_EXTERNAL_ID),
      originalTransferId: table.get(slot, WORD.ORIGINAL_TRANSFER_ID),
      expireTime: table.get(slot, WORD.EXPIRE_TIME),
      mode: table.mode(slot),
      status: table.status(slot),
      rejectReason: table.rejectReason(slot),
    };
  }
}
