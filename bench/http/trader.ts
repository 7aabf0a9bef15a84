/**
 * Who trades over one connection: makes its commands, as CSV or as records, and checks the result
 * of each. Half of what it does is new orders and cancels of them, all alike; replaces, where the
 * encoding has them; and one command in sixteen takes what others offer.
 */
import { CancelOrder, NewOrder, ReplaceOrder } from '../../protocol/commands.ts';
import {
  nameOf,
  OrderStatus,
  OrderType,
  QtyMeaning,
  Side,
  TimeInForce,
} from '../../protocol/enums.ts';
import { type RecordBuffer, recordLengthAt } from '../../protocol/record.ts';
import { RejectReason } from '../../protocol/reject-reason.ts';
import type { CommandResult } from '../../protocol/result.ts';
import type { Random } from '../../test/support/seed.ts';

/** What there is to trade: market 1 of a new exchange. */
export const SYMBOL = 1;
/** Orders are of any of them. */
export const ACCOUNTS = 1_000;

/** The lowest ask's least price, and how far behind the best price orders rest. */
const MIDDLE = 20_000;
const TICKS = 200;
/** How far an order that takes goes beyond the best price, and for how many lots at most. */
const CROSS_TICKS = 10;
const MAX_TAKE = 10;
const MAX_QTY = 100;

/** Commands of sixteen; what is left of them replaces. */
const TAKES = 1;
const ADDS = 5;
const CANCELS = 5;

const Kind = { Add: 1, Take: 2, Cancel: 3, Replace: 4 } as const;

const { New, PartiallyFilled, Filled, Canceled } = OrderStatus;
/** By kind: what a command that is not refused comes to. */
const EXPECTED: readonly (readonly number[])[] = [
  [],
  [New],
  [Filled, Canceled],
  [Canceled],
  [New, PartiallyFilled],
];

type StatusName = keyof typeof OrderStatus;
type ReasonName = keyof typeof RejectReason;
const ANSWER = /^\{(?:"orderId":(\d+),)?"status":"(\w+)"(?:.*"rejectReason":\{.*"name":"(\w+)")?/;

/** What a trader's commands came to. */
export interface Tally {
  commands: number;
  /** Commands that traded. */
  trades: number;
  /** Cancels and replaces of an order that somebody had taken before. */
  tooLate: number;
}

interface OpenOrder {
  readonly orderId: number;
  readonly accountId: number;
  readonly side: number;
}

interface Sent {
  readonly kind: number;
  /** Of a new order without its id, which the result tells. */
  readonly order: OpenOrder;
}

export class Trader {
  readonly tally: Tally = { commands: 0, trades: 0, tooLate: 0 };
  private readonly random: Random;
  /** About so many orders are open. */
  private readonly aim: number;
  private readonly open: OpenOrder[] = [];
  /** What waits for its result, oldest first from `head` on. */
  private sent: Sent[] = [];
  private head = 0;
  private readonly newOrder = new NewOrder();
  private readonly cancelOrder = new CancelOrder();
  private readonly replaceOrder = new ReplaceOrder();

  constructor(random: Random, aim: number) {
    this.random = random;
    this.aim = aim;
  }

  /** Encodes an order that rests; returns its length in bytes. */
  encodeAdd(record: RecordBuffer, offset: number): number {
    return this.encodeNew(record, offset, Kind.Add);
  }

  /** Encodes the next command; returns its length in bytes. */
  encodeNext(record: RecordBuffer, offset: number): number {
    const kind = this.nextKind(true);
    if (kind === Kind.Add || kind === Kind.Take) return this.encodeNew(record, offset, kind);
    const order = this.pick();
    this.sent.push({ kind, order });
    const command =
      kind === Kind.Cancel
        ? this.cancelOrder.write(record, offset)
        : this.replaceOrder.write(record, offset);
    command.accountId = order.accountId;
    command.orderId = order.orderId;
    command.symbolId = SYMBOL;
    if (kind === Kind.Replace) {
      this.replaceOrder.price = this.restingPrice(order.side);
      this.replaceOrder.qty = 1 + this.random(MAX_QTY);
      this.replaceOrder.qtyMeaning = QtyMeaning.Open;
    }
    return recordLengthAt(record, offset);
  }

  /** The next command as a line, and the path it goes to. */
  nextLine(): { readonly path: '/order' | '/cancel'; readonly line: string } {
    const kind = this.nextKind(false);
    if (kind === Kind.Cancel) {
      const order = this.pick();
      this.sent.push({ kind, order });
      return { path: '/cancel', line: `${order.accountId},${order.orderId},${SYMBOL}` };
    }
    const { accountId, side, price, qty } = this.newTerms(kind);
    const more = kind === Kind.Take ? ',limit,IOC' : '';
    return { path: '/order', line: `${accountId},${SYMBOL},${price},${qty},${side}${more}` };
  }

  /** @throws Error where the result is not what must come of the command */
  onResult({ rejectReason, orderId, orderStatus, fillCount }: CommandResult): void {
    this.check(orderStatus, rejectReason, orderId, fillCount);
  }

  /** The same for an answer to a line. */
  onJson(text: string): void {
    const found = ANSWER.exec(text);
    if (found === null) throw new Error(`the exchange answered ${text}`);
    const [, orderId, status, reason] = found as unknown as [
      string,
      string,
      StatusName,
      ReasonName,
    ];
    const isRejected = status === 'Rejected';
    const rejectReason = isRejected ? RejectReason[reason] : RejectReason.None;
    const fills = text.includes('"tradeId"') ? 1 : 0;
    this.check(OrderStatus[status], rejectReason, Number(orderId), fills);
  }

  private check(status: number, rejectReason: number, orderId: number, fills: number): void {
    const { kind, order } = this.sent[this.head]!;
    this.dropHead();
    this.tally.commands++;
    if (rejectReason === RejectReason.UnknownOrder && kind > Kind.Take) this.tally.tooLate++;
    else if (rejectReason !== RejectReason.None || !EXPECTED[kind]!.includes(status)) {
      const [what, came] = [nameOf(Kind, kind), nameOf(OrderStatus, status)];
      const why = nameOf(RejectReason, rejectReason);
      throw new Error(`${what} of account ${order.accountId} came to ${came} (${why})`);
    } else if (kind === Kind.Add) this.open.push({ ...order, orderId });
    else if (kind === Kind.Replace) this.open.push(order);
    else if (fills > 0) this.tally.trades++;
  }

  private nextKind(canReplace: boolean): number {
    const { open, aim } = this;
    // What is on its way is not open.
    if (open.length === 0) return Kind.Add;
    const number = this.random(canReplace ? 16 : TAKES + ADDS + CANCELS);
    if (number < TAKES) return Kind.Take;
    if (number >= TAKES + ADDS + CANCELS) return Kind.Replace;
    if (open.length < aim / 2) return Kind.Add;
    return number < TAKES + ADDS && open.length < 2 * aim ? Kind.Add : Kind.Cancel;
  }

  private encodeNew(record: RecordBuffer, offset: number, kind: number): number {
    const { accountId, side, price, qty } = this.newTerms(kind);
    const command = this.newOrder.write(record, offset);
    command.accountId = accountId;
    command.symbolId = SYMBOL;
    command.side = side;
    command.orderType = OrderType.Limit;
    command.timeInForce = kind === Kind.Take ? TimeInForce.IOC : TimeInForce.GTC;
    command.price = price;
    command.qty = qty;
    return recordLengthAt(record, offset);
  }

  /** Of a new order, which is sent next. */
  private newTerms(kind: number): { accountId: number; side: number; price: number; qty: number } {
    const { random } = this;
    const accountId = 1 + random(ACCOUNTS);
    const side = random(2) === 0 ? Side.Buy : Side.Sell;
    this.sent.push({ kind, order: { orderId: 0, accountId, side } });
    if (kind === Kind.Add) {
      return { accountId, side, price: this.restingPrice(side), qty: 1 + random(MAX_QTY) };
    }
    const price = side === Side.Buy ? MIDDLE + CROSS_TICKS : MIDDLE - 1 - CROSS_TICKS;
    return { accountId, side, price, qty: 1 + random(MAX_TAKE) };
  }

  /** Half of all within an eighth of the ticks. */
  private restingPrice(side: number): number {
    const behind = Math.floor(TICKS * (this.random(2 ** 24) / 2 ** 24) ** 3);
    return side === Side.Buy ? MIDDLE - 1 - behind : MIDDLE + behind;
  }

  /** Any open order, which is then no longer among them. */
  private pick(): OpenOrder {
    const { open } = this;
    const index = this.random(open.length);
    const order = open[index]!;
    open[index] = open.at(-1)!;
    open.pop();
    return order;
  }

  private dropHead(): void {
    this.head++;
    if (this.head < 1_024 || this.head * 2 < this.sent.length) return;
    this.sent = this.sent.slice(this.head);
    this.head = 0;
  }
}
