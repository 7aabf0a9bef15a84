/** What the engine takes of a NewOrder. Hot path. */
import type { OrderTicket } from '../engine/order-ticket.ts';
import type { NewOrder } from '../protocol/commands.ts';

/** A NewOrder's terms as the engine takes them; an order's id is the command's sequence number. */
export function readTicket(ticket: OrderTicket, command: NewOrder, sequence: number): void {
  const { accountId, symbolId, side, price, qty } = command;
  ticket.limit(sequence, accountId, symbolId, side, price, qty);
  ticket.orderType = command.orderType;
  ticket.timeInForce = command.timeInForce;
  ticket.clientOrderId = command.clientOrderId;
  ticket.stopPrice = command.stopPrice;
  ticket.displayQty = command.displayQty;
  ticket.amount = command.amount;
  ticket.expireTime = command.expireTime;
  ticket.groupId = command.groupId;
  ticket.postOnly = command.postOnly !== 0;
  ticket.selfTradePrevention = command.selfTradePrevention;
}
