/** What became of a command: gathered from its group of events, told as JSON or as a record. */
import { CancelReason, nameOf, OrderStatus, TransferStatus } from '../protocol/enums.ts';
import type { OrderAnswer } from '../protocol/order-answer.ts';
import type { PriceBandTerms } from '../protocol/price-band.ts';
import type { RecordBuffer } from '../protocol/record.ts';
import { RejectReason } from '../protocol/reject-reason.ts';
import { CommandResult } from '../protocol/result.ts';
import { NO_ORDER_STATUS } from '../protocol/result-layout.ts';
import type { TransferReport } from '../protocol/transfer-report.ts';
import { rejectReasonAsJson } from './reject-reason-json.ts';
import { type TransferJson, transferAsJson } from './transfer-json.ts';

export interface Fill {
  readonly tradeId: number;
  readonly price: number;
  readonly qty: number;
  readonly fee: number;
}

/** One instance is used again for each group: whoever wants to keep it, copies it. */
export class CommandOutcome {
  sequence = 0;
  time = 0;
  rejectReason = 0;
  /** Of the order's market. */
  priceBand: PriceBandTerms | undefined;
  /** 0 and NO_ORDER_STATUS where the command is about no order. */
  orderId = 0;
  clientOrderId = 0;
  orderStatus: number = NO_ORDER_STATUS;
  cumQty = 0;
  leavesQty = 0;
  cancelReason = 0;
  /** Of a mass cancel and a kill switch: how many orders it canceled. */
  canceledCount: number | undefined;
  /** Of a command about a transfer that has an id. */
  transfer: TransferJson | undefined;
  transferStatus: number = TransferStatus.None;
  /** What was answered before is answered again, and nothing was done. */
  isRepeat = false;
  /** Sums of qty and of price × qty over the fills. */
  filledQty = 0;
  notional = 0;
  fillCount = 0;
  /** Kept only for those who ask for them. */
  fills: Fill[] = [];

  begin(sequence: number, time: number): void {
    this.sequence = sequence;
    this.time = time;
    this.rejectReason = RejectReason.None;
    this.priceBand = undefined;
    this.orderId = 0;
    this.clientOrderId = 0;
    this.orderStatus = NO_ORDER_STATUS;
    this.cumQty = 0;
    this.leavesQty = 0;
    this.cancelReason = CancelReason.None;
    this.canceledCount = undefined;
    this.transfer = undefined;
    this.transferStatus = TransferStatus.None;
    this.isRepeat = false;
    this.filledQty = 0;
    this.notional = 0;
    this.fillCount = 0;
    if (this.fills.length > 0) this.fills = [];
  }

  addFill(fill: Fill, isWanted: boolean): void {
    this.fillCount++;
    this.filledQty += fill.qty;
    this.notional += fill.price * fill.qty;
    if (isWanted) this.fills.push(fill);
  }

  /** A group's first report is about the command's own transfer, a second about its original. */
  addTransfer(report: TransferReport): void {
    if (this.transfer !== undefined) return;
    this.transfer = transferAsJson(report);
    this.transferStatus = report.status;
    this.isRepeat = report.isRepeat === 1;
  }

  /** The answer is the one that the same order got before; its sequence and time are that one's. */
  repeat(answer: OrderAnswer): void {
    this.isRepeat = true;
    this.sequence = answer.orderId;
    this.time = answer.time;
    this.orderId = answer.orderId;
    this.clientOrderId = answer.clientOrderId;
    this.orderStatus = answer.orderStatus;
    this.leavesQty = answer.leavesQty;
    this.cancelReason = answer.cancelReason;
  }
}

/**
 * The answer in JSON, put together as text: it is numbers and names, and an order's answer is the
 * commonest thing that a gateway writes.
 */
export function outcomeAsJson(outcome: CommandOutcome): string {
  const { sequence, time, rejectReason, orderId, transfer } = outcome;
  const isRejected = rejectReason !== RejectReason.None;
  let json = '{';
  if (orderId !== 0) json += `"orderId":${orderId},`;
  if (outcome.clientOrderId !== 0) json += `"clientOrderId":${outcome.clientOrderId},`;
  json += `"status":"${statusOf(outcome)}",`;
  if (transfer !== undefined) {
    const { status: _, ...others } = transfer;
    json += `${JSON.stringify(others).slice(1, -1)},`;
  }
  json += `"sequence":${sequence},"time":${time}`;
  if (isRejected) {
    const reason = rejectReasonAsJson(rejectReason, outcome.priceBand);
    json += `,"rejectReason":${JSON.stringify(reason)}`;
  } else if (orderId !== 0) {
    json += `,"cumQty":${outcome.cumQty},"leavesQty":${outcome.leavesQty}`;
    if (outcome.cancelReason !== CancelReason.None) {
      json += `,"cancelReason":"${nameOf(CancelReason, outcome.cancelReason)}"`;
    }
    json += `,"fills":${outcome.fills.length === 0 ? '[]' : JSON.stringify(outcome.fills)}`;
  } else if (outcome.canceledCount !== undefined) json += `,"canceled":${outcome.canceledCount}`;
  return `${json}}`;
}

function statusOf({ transfer, rejectReason, orderStatus }: CommandOutcome): string {
  if (transfer !== undefined) return transfer.status;
  if (rejectReason !== RejectReason.None) return 'Rejected';
  return orderStatus === NO_ORDER_STATUS ? 'Accepted' : nameOf(OrderStatus, orderStatus);
}

const result = new CommandResult();

export function writeOutcome(
  outcome: CommandOutcome,
  correlationId: number,
  record: RecordBuffer,
  offset: number,
): void {
  result.write(record, offset);
  result.sequence = outcome.sequence;
  result.time = outcome.time;
  result.correlationId = correlationId;
  result.orderId = outcome.orderId;
  result.cumQty = outcome.cumQty;
  result.leavesQty = outcome.leavesQty;
  result.filledQty = outcome.filledQty;
  result.notional = outcome.notional;
  result.fillCount = outcome.fillCount;
  result.rejectReason = outcome.rejectReason;
  result.orderStatus = outcome.orderStatus;
  result.cancelReason = outcome.cancelReason;
  result.canceledCount = outcome.canceledCount ?? 0;
  result.transferStatus = outcome.transferStatus;
  result.isRepeat = Number(outcome.isRepeat);
  result.entry = outcome.transfer?.entry ?? 0;
}
