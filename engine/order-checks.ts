/** Why an order or a replace that is well-formed is refused all the same. Hot path. */
import { OrderType, TimeInForce, TradingState } from '../protocol/enums.ts';
import { RejectReason } from '../protocol/reject-reason.ts';
import { crosses, type OrderBook } from './order-book.ts';
import type { OrderKeeper } from './order-keeper.ts';
import { mayRest, type OrderTicket } from './order-ticket.ts';
import { ORDER } from './orders.ts';

const ACCEPTED: number = RejectReason.None;
const { NONE } = ORDER;
const { Market, Stop } = OrderType;
const { IOC, GTD } = TimeInForce;
const { PreOpen, Continuous } = TradingState;

/** Of an order for a market that exists, with an id that is free. */
export function checkNewOrder(keeper: OrderKeeper, book: OrderBook, ticket: OrderTicket): number {
  const { orderType, timeInForce, side } = ticket;
  if (timeInForce === GTD && ticket.expireTime <= keeper.clock[0]!) {
    return RejectReason.ExpireTimePassed;
  }
  const isMarket = orderType === Market;
  if (book.state !== Continuous) {
    if (book.state !== PreOpen || !mayEnterPreOpen(ticket)) {
      return RejectReason.NotInThisTradingState;
    }
    if (isMarket && !book.hasBand) {
      return isTooLarge(book, side, ticket.qty)
        ? RejectReason.QtyTooLarge
        : RejectReason.NoPriceBand;
    }
  }
  if (isTooLarge(book, side, ticket.qty)) return RejectReason.QtyTooLarge;
  if (ticket.price !== 0 && !book.isInBand(ticket.price)) return RejectReason.PriceOutsideBand;
  if (isMarket && book.state === Continuous) {
    return checkLiquidity(keeper, book, ticket);
  }
  if (ticket.postOnly && wouldTrade(keeper, book, side, ticket.price)) {
    return RejectReason.PostOnlyWouldTrade;
  }
  return ACCEPTED;
}

function mayEnterPreOpen(ticket: OrderTicket): boolean {
  if (ticket.orderType !== Market) return mayRest(ticket.timeInForce);
  return ticket.timeInForce === IOC && ticket.amount === 0;
}

function checkLiquidity(keeper: OrderKeeper, book: OrderBook, ticket: OrderTicket): number {
  const best = book.opposite(ticket.side).best();
  if (best === NONE) return RejectReason.NoLiquidity;
  const price = keeper.levels.price(best);
  if (!crosses(ticket.side, book.collar(ticket.side), price)) return RejectReason.NoLiquidity;
  const buysNothing = ticket.amount !== 0 && ticket.amount < price;
  return buysNothing ? RejectReason.AmountTooSmall : ACCEPTED;
}

/** Of new terms for an open order; `qty` is its new total. */
export function checkReplace(
  keeper: OrderKeeper,
  order: number,
  price: number,
  qty: number,
  displayQty: number,
  stopPrice: number,
): number {
  const { orders } = keeper;
  const book = keeper.bookOf(order);
  const side = orders.side(order);
  if (book.state !== Continuous && book.state !== PreOpen) {
    return RejectReason.NotInThisTradingState;
  }
  if (!fitsOrder(keeper, order, price, displayQty, stopPrice)) {
    return RejectReason.TermsDoNotFitOrder;
  }
  const leaves = qty - orders.cumQty(order);
  if (leaves <= 0) return RejectReason.QtyNotAboveFilled;
  if (qty > Number.MAX_SAFE_INTEGER) return RejectReason.QtyTooLarge;
  if (isTooLarge(book, side, leaves - orders.leavesQty(order))) return RejectReason.QtyTooLarge;
  if (price === 0 || price === orders.price(order)) return ACCEPTED;
  if (!book.isInBand(price)) return RejectReason.PriceOutsideBand;
  return orders.isPostOnly(order) && wouldTrade(keeper, book, side, price)
    ? RejectReason.PostOnlyWouldTrade
    : ACCEPTED;
}

function fitsOrder(
  keeper: OrderKeeper,
  order: number,
  price: number,
  displayQty: number,
  stopPrice: number,
): boolean {
  const orderType = keeper.orders.orderType(order);
  if (orderType === Market) return false;
  if (orderType === Stop) return price === 0 && displayQty === 0;
  return price !== 0 && (stopPrice === 0 || keeper.orders.isWaiting(order));
}

function isTooLarge(book: OrderBook, side: number, more: number): boolean {
  return book.openQty(side) + more > Number.MAX_SAFE_INTEGER;
}

function wouldTrade(keeper: OrderKeeper, book: OrderBook, side: number, price: number): boolean {
  const best = book.opposite(side).best();
  return best !== NONE && crosses(side, price, keeper.levels.price(best));
}
