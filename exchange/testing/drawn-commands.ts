/** Random commands of every kind for properties of the exchange, and how they are sent to one. */

import fc from 'fast-check';
import {
  OrderType,
  QtyMeaning,
  SelfTradePrevention,
  Side,
  TimeInForce,
  TradingState,
} from '../../protocol/enums.ts';
import { validateTranches } from '../../protocol/order-terms.ts';
import type { Exchange } from '../exchange.ts';
import { type OrderView, orderedOrders } from '../state-view.ts';
import {
  BTC,
  BTC_EUR,
  BTC_USD,
  EUR,
  type EventView,
  type RecordedExchange,
  USD,
} from './recorded-exchange.ts';

export const ACCOUNTS = [1, 2, Number.MAX_SAFE_INTEGER];
export const CURRENCIES = [BTC, USD, EUR];

const accountId = fc.constantFrom(...ACCOUNTS);
const currencyId = fc.constantFrom(...CURRENCIES);
const symbolId = fc.constantFrom(BTC_USD, BTC_USD, BTC_EUR);
const amount = fc.integer({ min: 1, max: 60_000 });
const side = fc.constantFrom(Side.Buy, Side.Sell);
/** Prices meet often around 50; some lie outside any window of ticks. */
const price = fc.oneof(
  { weight: 9, arbitrary: fc.integer({ min: 46, max: 54 }) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 100_000 }) },
);
const qty = fc.oneof(
  { weight: 20, arbitrary: fc.integer({ min: 1, max: 30 }) },
  { weight: 1, arbitrary: fc.constant(Number.MAX_SAFE_INTEGER) },
);
/** Few, so that some are in use. */
const clientOrderId = fc.integer({ min: 0, max: 4 });
const pick = fc.nat(1_000);
const qtyMeaning = fc.constantFrom(QtyMeaning.Total, QtyMeaning.Open);
const { DAY, GTC, IOC, FOK, GTD } = TimeInForce;
const timeInForce = fc.constantFrom(GTC, GTC, GTC, DAY, GTD, IOC, FOK);
const orderType = fc.constantFrom(2, 2, 2, OrderType.Market, OrderType.Stop, OrderType.StopLimit);
const selfTradePrevention = fc.constantFrom(0, 0, ...Object.values(SelfTradePrevention));
/** More terms than fit: `fittingTerms` leaves out what the type of order does not allow. */
const terms = fc.record({
  symbolId,
  orderType,
  timeInForce,
  clientOrderId,
  selfTradePrevention,
  groupId: fc.constantFrom(0, 0, 7),
  stopPrice: fc.integer({ min: 46, max: 54 }),
  displayQty: fc.constantFrom(0, 0, 1, 3, 7),
  postOnly: fc.constantFrom(0, 0, 0, 1),
  amount: fc.constantFrom(0, 30, 140, 700, 9_000),
  lifetimeUs: fc.integer({ min: 1, max: 30 }),
});

/** Any command. */
export const command = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('deposit'), accountId, currencyId, amount }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('withdraw'), accountId, currencyId, amount }),
  },
  {
    weight: 18,
    arbitrary: fc.record({ kind: fc.constant('order'), accountId, side, price, qty, terms }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('cancel'), pick }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('cancel by client order id'),
      accountId,
      clientOrderId,
      symbolId,
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('replace'), pick, price, qty, qtyMeaning, terms }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('limit open orders'),
      maxOpenOrders: fc.constantFrom(2, 10, 1_000_000),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('mass cancel'),
      accountId,
      market: fc.constantFrom(0, BTC_USD, BTC_EUR),
      sides: fc.constantFrom(0, Side.Buy, Side.Sell),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('state'),
      symbolId,
      state: fc.constantFrom(2, 2, 2, ...Object.values(TradingState)),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('band'),
      symbolId,
      referencePrice: fc.integer({ min: 47, max: 53 }),
      bandTicks: fc.constantFrom(0, 2, 5, 60),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('time'), us: fc.nat(20) }) },
);
export type DrawnCommand = typeof command extends fc.Arbitrary<infer T> ? T : never;

/** The open order that a number stands for, or one that nobody has. */
function pickOrder(exchange: Exchange, pick: number): Partial<OrderView> {
  const open = [...orderedOrders(exchange)];
  return open[pick % (open.length + 1)] ?? { accountId: 1, orderId: 1, symbolId: BTC_USD };
}

type DrawnTerms = typeof terms extends fc.Arbitrary<infer T> ? T : never;

/**
 * The part of the terms that go together with the type: anything else never gets to an exchange.
 */
function fittingTerms(drawn: DrawnTerms, side: number, qty: number, time: number) {
  const { orderType, lifetimeUs, stopPrice, displayQty, postOnly, amount, ...all } = drawn;
  const isMarket = orderType === OrderType.Market;
  const isStop = orderType === OrderType.Stop || orderType === OrderType.StopLimit;
  const hasPrice = orderType === OrderType.Limit || orderType === OrderType.StopLimit;
  const isImmediate = drawn.timeInForce === IOC || drawn.timeInForce === FOK;
  let { timeInForce } = drawn;
  if (isMarket && !isImmediate) timeInForce = IOC;
  if (isStop && isImmediate) timeInForce = GTC;
  const mayRest = timeInForce !== IOC && timeInForce !== FOK;
  const mayHaveAmount = isMarket && timeInForce === IOC && side === Side.Buy;
  return {
    ...all,
    orderType,
    timeInForce,
    stopPrice: isStop ? stopPrice : 0,
    displayQty: hasPrice && mayRest ? fittingDisplay(displayQty, qty) : 0,
    postOnly: orderType === OrderType.Limit && mayRest ? postOnly : 0,
    expireTime: timeInForce === GTD ? time + lifetimeUs : 0,
    amount: mayHaveAmount ? amount : 0,
  };
}

/** An iceberg shows a hundredth at least. */
function fittingDisplay(displayQty: number, qty: number): number {
  return validateTranches(qty, displayQty) === undefined ? displayQty : 0;
}

function hasLimit(orderType: number | undefined): boolean {
  return orderType === OrderType.Limit || orderType === OrderType.StopLimit;
}

function sendOrder(
  venue: RecordedExchange,
  drawn: Extract<DrawnCommand, { kind: 'order' }>,
): EventView[] {
  const { accountId, side, price, qty } = drawn;
  const fitting = fittingTerms(drawn.terms, side, qty, venue.time);
  const orderQty = fitting.amount === 0 ? qty : 0;
  return venue.order(accountId, side, hasLimit(fitting.orderType) ? price : 0, orderQty, fitting);
}

function sendReplace(
  venue: RecordedExchange,
  order: Partial<OrderView>,
  drawn: Extract<DrawnCommand, { kind: 'replace' }>,
): EventView[] {
  const { qtyMeaning } = drawn;
  const { displayQty, stopPrice } = drawn.terms;
  const isLimit = hasLimit(order.orderType);
  return venue.replace(order.accountId!, order.orderId!, isLimit ? drawn.price : 0, drawn.qty, {
    symbolId: order.symbolId!,
    qtyMeaning,
    displayQty: isLimit ? fittingDisplay(displayQty, drawn.qty) : 0,
    stopPrice: order.isWaiting === 1 ? stopPrice : 0,
  });
}

export function send(venue: RecordedExchange, drawn: DrawnCommand): EventView[] {
  switch (drawn.kind) {
    case 'deposit':
      return venue.deposit(drawn.accountId, drawn.currencyId, drawn.amount);
    case 'withdraw':
      return venue.withdraw(drawn.accountId, drawn.currencyId, drawn.amount);
    case 'order':
      return sendOrder(venue, drawn);
    case 'cancel by client order id':
      return venue.cancel(drawn.accountId, 0, drawn);
    case 'limit open orders':
      return venue.setLimits({ maxOpenOrders: drawn.maxOpenOrders });
    case 'mass cancel':
      return venue.massCancel(drawn.accountId, drawn.market, drawn.sides);
    case 'state':
      return venue.setState(drawn.state, drawn.symbolId);
    case 'band':
      return venue.setBand(drawn.referencePrice, drawn.bandTicks, drawn.symbolId);
    case 'time':
      venue.time += drawn.us;
      return venue.tick();
    default: {
      const order = pickOrder(venue.exchange, drawn.pick);
      const [account, orderId, market] = [order.accountId!, order.orderId!, order.symbolId!];
      if (drawn.kind === 'cancel') return venue.cancel(account, orderId, { symbolId: market });
      return sendReplace(venue, order, drawn);
    }
  }
}
