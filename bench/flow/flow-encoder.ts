/**
 * Turns rows of an order flow into command records, with all that they say: icebergs, and
 * self-match prevention of the orders whose owner is known. What the exchange does not have is
 * counted and skipped, and so is every later command about a skipped order. The opening is two
 * commands, which are not about an order.
 */
import { CancelOrder, NewOrder, ReplaceOrder } from '../../protocol/commands.ts';
import {
  OrderType,
  QtyMeaning,
  SelfTradePrevention,
  Side,
  TimeInForce,
} from '../../protocol/enums.ts';
import { validateTranches } from '../../protocol/order-terms.ts';
import type { RecordBuffer } from '../../protocol/record.ts';
import { SetTradingState } from '../../protocol/venue-commands.ts';
import type { FlowRow } from './order-flow.ts';

/** Owners known by number come first, the rest spread over the other accounts. */
export const KNOWN_OWNERS = 256;

export class FlowEncoder {
  /** Reason → how many commands were skipped for it. */
  readonly skipped = new Map<string, number>();
  /** Reason → how many commands are sent without all that they say. */
  readonly simplified = new Map<string, number>();
  private readonly symbolId: number;
  private readonly firstAccountId: number;
  private readonly accountCount: number;
  private readonly accountOf = new Map<number, number>();
  private readonly newOrder = new NewOrder();
  private readonly cancelOrder = new CancelOrder();
  private readonly replaceOrder = new ReplaceOrder();
  private readonly setTradingState = new SetTradingState();

  /** @param accountCount how many accounts the orders without a known owner are spread over */
  constructor(symbolId: number, firstAccountId: number, accountCount: number) {
    this.symbolId = symbolId;
    this.firstAccountId = firstAccountId;
    this.accountCount = accountCount;
  }

  /** Writes the command of a row about an order at `offset`; false where it is skipped. */
  encode(row: FlowRow, record: RecordBuffer, offset: number): boolean {
    if (row.command !== 'NEW' && !this.accountOf.has(row.orderId)) {
      return this.skip(`${row.command.toLowerCase()} of a skipped order`);
    }
    if (validateTranches(row.qty, row.displayQty) !== undefined) {
      return this.skip('iceberg of more tranches than may be');
    }
    if (row.command === 'NEW') this.encodeNew(row, record, offset);
    else if (row.command === 'CANCEL') this.encodeCancel(row, record, offset);
    else this.encodeReplace(row, record, offset);
    return true;
  }

  /** Writes the command that brings the market into another trading state. */
  encodeState(state: number, record: RecordBuffer, offset: number): void {
    const command = this.setTradingState.write(record, offset);
    command.symbolId = this.symbolId;
    command.state = state;
  }

  private encodeNew(row: FlowRow, record: RecordBuffer, offset: number): void {
    const owner = row.ownerId > 0 ? row.ownerId : KNOWN_OWNERS + (row.orderId % this.accountCount);
    const accountId = this.firstAccountId + owner;
    this.accountOf.set(row.orderId, accountId);
    const order = this.newOrder.write(record, offset);
    order.accountId = accountId;
    order.clientOrderId = row.orderId;
    order.symbolId = this.symbolId;
    order.side = row.side === 'B' ? Side.Buy : Side.Sell;
    order.orderType = OrderType.Limit;
    order.timeInForce = row.timeInForce === 'IOC' ? TimeInForce.IOC : TimeInForce.GTC;
    order.price = row.price;
    order.qty = row.qty;
    // Orders without a known owner share accounts with others': they may trade with each other.
    if (row.ownerId > 0) order.selfTradePrevention = SelfTradePrevention.CancelMaker;
    if (order.timeInForce === TimeInForce.GTC) order.displayQty = row.displayQty;
    else if (row.displayQty > 0) count(this.simplified, 'IOC iceberg: never shown, sent without');
  }

  private encodeCancel(row: FlowRow, record: RecordBuffer, offset: number): void {
    const order = this.cancelOrder.write(record, offset);
    order.accountId = this.accountOf.get(row.orderId)!;
    order.clientOrderId = row.orderId;
    order.symbolId = this.symbolId;
  }

  private encodeReplace(row: FlowRow, record: RecordBuffer, offset: number): void {
    const order = this.replaceOrder.write(record, offset);
    order.accountId = this.accountOf.get(row.orderId)!;
    order.clientOrderId = row.orderId;
    order.symbolId = this.symbolId;
    order.price = row.price;
    order.qty = row.qty;
    order.displayQty = row.displayQty;
    order.qtyMeaning = QtyMeaning.Open;
  }

  private skip(reason: string): false {
    count(this.skipped, reason);
    return false;
  }
}

export function count(counts: Map<string, number>, key: string, by = 1): void {
  counts.set(key, (counts.get(key) ?? 0) + by);
}
