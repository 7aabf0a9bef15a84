/**
 * What a new order says, in lanes: filled in, handed to the engine, and used again, so that nothing
 * is allocated per order. Hot path but for `set` and the errors.
 */
import { OrderType, SelfTradePrevention, TimeInForce } from '../protocol/enums.ts';
import type { OrderTerms } from './engine-commands.ts';

const { Market, Limit } = OrderType;
const { GTC, IOC, FOK } = TimeInForce;

/** Places in `OrderTicket.lanes`, for who reads and writes them without boxing a number. */
export const TICKET_LANE = {
  orderId: 0,
  /** The client order id behind it: both together name an order. */
  accountId: 1,
  clientOrderId: 2,
  groupId: 3,
  price: 4,
  qty: 5,
  displayQty: 6,
  stopPrice: 7,
  amount: 8,
  expireTime: 9,
} as const;

export class OrderTicket {
  symbolId = 0;
  side = 0;
  orderType: number = Limit;
  timeInForce: number = GTC;
  selfTradePrevention: number = SelfTradePrevention.None;
  postOnly = false;
  readonly lanes = new Float64Array(10);

  get orderId(): number {
    return this.lanes[TICKET_LANE.orderId]!;
  }
  set orderId(value: number) {
    this.lanes[TICKET_LANE.orderId] = value;
  }
  get accountId(): number {
    return this.lanes[TICKET_LANE.accountId]!;
  }
  set accountId(value: number) {
    this.lanes[TICKET_LANE.accountId] = value;
  }
  get groupId(): number {
    return this.lanes[TICKET_LANE.groupId]!;
  }
  set groupId(value: number) {
    this.lanes[TICKET_LANE.groupId] = value;
  }
  get clientOrderId(): number {
    return this.lanes[TICKET_LANE.clientOrderId]!;
  }
  set clientOrderId(value: number) {
    this.lanes[TICKET_LANE.clientOrderId] = value;
  }
  get price(): number {
    return this.lanes[TICKET_LANE.price]!;
  }
  set price(value: number) {
    this.lanes[TICKET_LANE.price] = value;
  }
  get qty(): number {
    return this.lanes[TICKET_LANE.qty]!;
  }
  set qty(value: number) {
    this.lanes[TICKET_LANE.qty] = value;
  }
  get displayQty(): number {
    return this.lanes[TICKET_LANE.displayQty]!;
  }
  set displayQty(value: number) {
    this.lanes[TICKET_LANE.displayQty] = value;
  }
  get stopPrice(): number {
    return this.lanes[TICKET_LANE.stopPrice]!;
  }
  set stopPrice(value: number) {
    this.lanes[TICKET_LANE.stopPrice] = value;
  }
  get amount(): number {
    return this.lanes[TICKET_LANE.amount]!;
  }
  set amount(value: number) {
    this.lanes[TICKET_LANE.amount] = value;
  }
  get expireTime(): number {
    return this.lanes[TICKET_LANE.expireTime]!;
  }
  set expireTime(value: number) {
    this.lanes[TICKET_LANE.expireTime] = value;
  }

  /** A plain GTC limit order: everything else goes back to its default. */
  limit(
    orderId: number,
    accountId: number,
    symbolId: number,
    side: number,
    price: number,
    qty: number,
  ): this {
    const lanes = this.lanes;
    lanes[TICKET_LANE.orderId] = orderId;
    lanes[TICKET_LANE.accountId] = accountId;
    lanes[TICKET_LANE.groupId] = 0;
    lanes[TICKET_LANE.clientOrderId] = 0;
    lanes[TICKET_LANE.price] = price;
    lanes[TICKET_LANE.qty] = qty;
    lanes[TICKET_LANE.displayQty] = 0;
    lanes[TICKET_LANE.stopPrice] = 0;
    lanes[TICKET_LANE.amount] = 0;
    lanes[TICKET_LANE.expireTime] = 0;
    this.symbolId = symbolId;
    this.side = side;
    this.orderType = Limit;
    this.timeInForce = GTC;
    this.selfTradePrevention = SelfTradePrevention.None;
    this.postOnly = false;
    return this;
  }

  /**
   * Terms from a plain object; what they leave out goes back to its default. Terms are not checked
   * here, and a lane turns whatever it gets into a number.
   */
  set(terms: OrderTerms): this {
    const { orderId, accountId = 0, symbolId, side, price = 0, qty } = terms;
    this.limit(orderId, accountId, symbolId, side, price, qty);
    this.orderType = terms.orderType ?? Limit;
    const byDefault = this.orderType === Market ? IOC : GTC;
    this.timeInForce = terms.timeInForce ?? byDefault;
    this.groupId = terms.groupId ?? 0;
    this.clientOrderId = terms.clientOrderId ?? 0;
    this.displayQty = terms.displayQty ?? 0;
    this.stopPrice = terms.stopPrice ?? 0;
    this.amount = terms.amount ?? 0;
    this.expireTime = terms.expireTime ?? 0;
    this.postOnly = terms.postOnly ?? false;
    this.selfTradePrevention = terms.selfTradePrevention ?? SelfTradePrevention.None;
    return this;
  }
}

/** True for the times in force that let an order rest. */
export function mayRest(timeInForce: number): boolean {
  return timeInForce !== IOC && timeInForce !== FOK;
}
