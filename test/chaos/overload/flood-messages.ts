/**
 * The messages of a flood: each is a batch of orders, all at one price, so that they trade; each is
 * told apart by its client order ids.
 */
import { NEW_ORDER } from '../../../protocol/command-layout.ts';
import { NewOrder } from '../../../protocol/commands.ts';
import { OrderType, Side, TimeInForce } from '../../../protocol/enums.ts';
import { RecordBuffer } from '../../../protocol/record.ts';

/** Accounts that trade: those with odd numbers sell, the others buy. */
export const FLOOD_ACCOUNTS = 1_000;
const SYMBOL = 1;
const PRICE = 20_000;
const MOST_LOTS = 7;

/** Puts messages into one buffer, again and again: new memory for each is a tenth of a client. */
export class FloodMessages {
  private readonly head: Uint8Array;
  private readonly batch: number;
  private readonly order = new NewOrder();
  private record = RecordBuffer.allocate(0);

  /** @param head of a message, whose length is a multiple of 8 */
  constructor(head: Uint8Array, batch: number) {
    this.head = head;
    this.batch = batch;
  }

  /** Messages behind each other, each with its head; good until the next call. */
  encode(messages: readonly number[]): Uint8Array {
    const { head, batch, order } = this;
    const bytes = messages.length * (head.length + batch * NEW_ORDER.length);
    if (bytes > this.record.bytes.length) this.record = RecordBuffer.allocate(bytes);
    const { record } = this;
    let at = 0;
    for (const message of messages) {
      record.bytes.set(head, at);
      at += head.length;
      for (let i = 0; i < batch; i++, at += NEW_ORDER.length) {
        const id = message * batch + i + 1;
        order.write(record, at);
        order.accountId = 1 + (id % FLOOD_ACCOUNTS);
        order.correlationId = message;
        order.clientOrderId = id;
        order.symbolId = SYMBOL;
        order.side = id % 2 === 0 ? Side.Sell : Side.Buy;
        order.orderType = OrderType.Limit;
        order.timeInForce = TimeInForce.GTC;
        order.price = PRICE;
        order.qty = 1 + (id % MOST_LOTS);
      }
    }
    return record.bytes.subarray(0, bytes);
  }

  /** What was encoded last stays as it is, for a system that has not taken it all. */
  leave(): void {
    this.record = RecordBuffer.allocate(this.record.bytes.length);
  }
}
