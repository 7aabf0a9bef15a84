/**
 * Turns rows of an order flow into command records. It sends plain limit orders in continuous
 * trading, so that its figures stay comparable: the opening auction and icebergs are counted and
 * skipped, and so is every later command about a skipped order. The conformance run has them all.
 */
import { CancelOrder, NewOrder, ReplaceOrder } from '../../protocol/commands.ts';
import { OrderType, QtyMeaning, Side, TimeInForce } from '../../protocol/enums.ts';
import type { RecordBuffer } from '../../protocol/record.ts';
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
  private isOpen = false;

  /** @param accountCount how many accounts the orders without a known owner are spread over */
  constructor(symbolId: number, firstAccountId: number, accountCount: number) {
    this.symbolId = symbolId;
    this.firstAccountId = firstAccountId;
    this.accountCount = accountCount;
  }

  /** Writes the row's command at `offset`; false where it is skipped. */
  encode(row: FlowRow, record: RecordBuffer, offset: number): boolean {
    if (row.command === 'OPEN') {
      this.isOpen = true;
      return this.skip('opening auction');
    }
    if (row.command === 'NEW' && row.displayQty > 0) return this.skip('iceberg order');
    if (row.command !== 'NEW' && !this.accountOf.has(row.orderId)) {
      return this.skip(`${row.command.toLowerCase()} of a skipped order`);
    }
    if (row.command === 'REPLACE' && row.displayQty > 0) return this.skip('replace to an iceberg');
    if (!this.isOpen) count(this.simplified, 'before the opening: traded continuously');
    if (row.command === 'NEW') this.encodeNew(row, record, offset);
    else if (row.command === 'CANCEL') this.encodeCancel(row, record, offset);
    else this.encodeReplace(row, record, offset);
    return true;
  }

  private encodeNew(row: FlowRow, record: RecordBuffer, offset: number): void {
    if (row.ownerId > 0) count(this.simplified, 'self-match prevention: not applied');
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
