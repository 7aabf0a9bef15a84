/**
 * Of a snapshot: the open orders with their reservations, market by market, buys before sells, each
 * side's resting orders in book order and behind them its waiting stops in that of their firing.
 */
import { OrderTicket } from '../../engine/order-ticket.ts';
import { Side } from '../../protocol/enums.ts';
import type { Exchange } from '../exchange.ts';
import { Section, type StateReader, type StateWriter } from './state-stream.ts';

const VERSION = 1;

export function saveOrders(exchange: Exchange, to: StateWriter): void {
  const { engine } = exchange;
  to.section(Section.Orders, VERSION);
  to.add(engine.openOrderCount);
  for (const book of engine.books) {
    for (const side of [Side.Buy, Side.Sell]) {
      for (const order of engine.restingOrders(book, side)) saveOrder(exchange, order, to);
      for (const order of book.stops(side).all()) saveOrder(exchange, order, to);
    }
  }
}

function saveOrder({ engine, reservations, risk }: Exchange, order: number, to: StateWriter) {
  const { orders } = engine;
  const { holds } = risk.state;
  const owner = orders.owner(order);
  to.add(orders.symbolIndex(order));
  to.add(orders.orderId(order));
  to.add(orders.accountId(order));
  to.add(owner < 0 ? -owner : 0);
  to.add(orders.clientOrderId(order));
  to.add(orders.side(order));
  to.add(orders.orderType(order));
  to.add(orders.timeInForce(order));
  to.add(orders.selfTradePrevention(order));
  to.add(Number(orders.isPostOnly(order)));
  to.add(orders.price(order));
  to.add(orders.stopPrice(order));
  to.add(orders.displayQty(order));
  to.add(orders.expireTime(order));
  to.add(orders.shownQty(order));
  to.add(orders.leavesQty(order) - orders.shownQty(order));
  to.add(orders.cumQty(order));
  to.add(Number(orders.isWaiting(order)));
  to.add(reservations.stopSlippage(order));
  to.add(holds.account(order));
  to.add(holds.reserved(order));
  to.add(holds.price(order));
  to.add(holds.worstPpm(order));
}

export function loadOrders(exchange: Exchange, from: StateReader): void {
  const { engine, reservations, risk } = exchange;
  const restoration = engine.beginRestoration();
  const ticket = new OrderTicket();
  from.section(Section.Orders);
  for (let count = from.next(); count > 0; count--) {
    const market = from.next();
    nextTicket(from, ticket);
    const standing = {
      shownQty: from.next(),
      hiddenQty: from.next(),
      cumQty: from.next(),
      isWaiting: from.next() !== 0,
    };
    const order = restoration.place(ticket, market, standing);
    reservations.setStopSlippage(order, from.next());
    risk.restoreHold(order, market, ticket.side, {
      account: from.next(),
      reserved: from.next(),
      price: from.next(),
      worstPpm: from.next(),
      openQty: standing.shownQty + standing.hiddenQty,
    });
  }
  restoration.finish();
}

function nextTicket(from: StateReader, ticket: OrderTicket): void {
  ticket.orderId = from.next();
  ticket.accountId = from.next();
  ticket.groupId = from.next();
  ticket.clientOrderId = from.next();
  ticket.side = from.next();
  ticket.orderType = from.next();
  ticket.timeInForce = from.next();
  ticket.selfTradePrevention = from.next();
  ticket.postOnly = from.next() !== 0;
  ticket.price = from.next();
  ticket.stopPrice = from.next();
  ticket.displayQty = from.next();
  ticket.expireTime = from.next();
}
