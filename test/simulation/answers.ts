/**
 * What the events of one command answer its sender: in a line, so that the answer of a retry can be
 * compared with the first one.
 */
import {
  FUNDING,
  NEW_ORDER,
  NEW_TRANSFER,
  REVERSE_TRANSFER,
} from '../../protocol/command-layout.ts';
import { CommandHeader, Funding, NewOrder } from '../../protocol/commands.ts';
import { ExecType } from '../../protocol/enums.ts';
import {
  COMMAND_DONE,
  EXECUTION_REPORT,
  ORDER_ANSWER,
  ORDER_ANSWER_FILL,
  TRANSFER_REPORT,
} from '../../protocol/event-layout.ts';
import { CommandDone } from '../../protocol/events.ts';
import { ExecutionReport } from '../../protocol/execution-report.ts';
import { OrderAnswer, OrderAnswerFill } from '../../protocol/order-answer.ts';
import { type RecordBuffer, recordLengthAt, templateIdAt } from '../../protocol/record.ts';
import { RejectReason } from '../../protocol/reject-reason.ts';
import { NewTransfer, ReverseTransfer } from '../../protocol/transfer-commands.ts';
import { TransferReport } from '../../protocol/transfer-report.ts';

export interface Answer {
  readonly text: string;
  /** It was told again, and nothing was done. */
  readonly isRepeat: boolean;
  /** Every retry gets the same: the venue remembers the id. */
  readonly isFinal: boolean;
}

/** Refusals of which the venue remembers nothing; a market may be unknown to an unknown account. */
const FORGOTTEN: ReadonlySet<number> = new Set<number>([
  RejectReason.UnknownSymbol,
  RejectReason.UnknownAccount,
  RejectReason.ClientOrderIdConflict,
  RejectReason.TooManyClientOrderIds,
  RejectReason.TransferIdConflict,
  RejectReason.TooManyTransfers,
]);

/** The id by which a command can be sent again and do nothing twice; undefined without one. */
export function retryKeyOf(record: RecordBuffer, offset: number): string | undefined {
  const templateId = templateIdAt(record, offset);
  if (templateId === NEW_ORDER.templateId) {
    const { accountId, clientOrderId } = new NewOrder().wrap(record, offset);
    return clientOrderId === 0 ? undefined : `order ${clientOrderId} of ${accountId}`;
  }
  const transferId = transferIdOf(templateId, record, offset);
  return transferId === 0 ? undefined : `transfer ${transferId}`;
}

/** 0 where the command makes no transfer that has an id. */
function transferIdOf(templateId: number, record: RecordBuffer, offset: number): number {
  switch (templateId) {
    case FUNDING.depositTemplateId:
    case FUNDING.withdrawTemplateId:
      return new Funding().wrap(record, offset).transferId;
    case NEW_TRANSFER.templateId:
      return new NewTransfer().wrap(record, offset).transferId;
    case REVERSE_TRANSFER.templateId:
      return new ReverseTransfer().wrap(record, offset).transferId;
    default:
      return 0;
  }
}

/** Of a command that has a retry key, and its events in [from, to). */
export function answerOf(
  command: RecordBuffer,
  offset: number,
  events: RecordBuffer,
  from: number,
  to: number,
): Answer {
  const templateId = templateIdAt(command, offset);
  const { rejectReason } = new CommandDone().wrap(events, to - COMMAND_DONE.length);
  const isFinal = !FORGOTTEN.has(rejectReason);
  if (templateId === NEW_ORDER.templateId) {
    const { sequence } = new CommandHeader().wrap(command, offset);
    return { ...orderAnswer(sequence, events, from, to), isFinal };
  }
  const transferId = transferIdOf(templateId, command, offset);
  return { ...transferAnswer(transferId, rejectReason, events, from, to), isFinal };
}

function orderAnswer(sequence: number, events: RecordBuffer, from: number, to: number) {
  const fills: string[] = [];
  let outcome = '';
  let isRepeat = false;
  const report = new ExecutionReport();
  for (let at = from; at < to; at += recordLengthAt(events, at)) {
    const templateId = templateIdAt(events, at);
    if (templateId === ORDER_ANSWER.templateId) {
      isRepeat = true;
      outcome = describeOutcome(new OrderAnswer().wrap(events, at));
    } else if (templateId === ORDER_ANSWER_FILL.templateId) {
      const { tradeId, price, qty, fee } = new OrderAnswerFill().wrap(events, at);
      fills.push(`${tradeId} ${qty}@${price} ${fee}`);
    } else if (templateId === EXECUTION_REPORT.templateId) {
      if (report.wrap(events, at).orderId !== sequence) continue;
      outcome = describeOutcome(report);
      const { execType, tradeId, lastQty, lastPrice, fee } = report;
      if (execType === ExecType.Trade) fills.push(`${tradeId} ${lastQty}@${lastPrice} ${fee}`);
    }
  }
  return { text: `${outcome} [${fills.join(', ')}]`, isRepeat };
}

function describeOutcome(report: OrderAnswer | ExecutionReport): string {
  const { orderId, rejectReason, orderStatus, leavesQty, cancelReason } = report;
  return `order ${orderId}: ${rejectReason} ${orderStatus} ${leavesQty} ${cancelReason}`;
}

function transferAnswer(
  transferId: number,
  rejectReason: number,
  events: RecordBuffer,
  from: number,
  to: number,
) {
  const report = new TransferReport();
  for (let at = from; at < to; at += recordLengthAt(events, at)) {
    if (templateIdAt(events, at) !== TRANSFER_REPORT.templateId) continue;
    if (report.wrap(events, at).transferId !== transferId) continue;
    const { status, entry, amount, postedAmount, reversedAmount, lockedAmount } = report;
    const amounts = [amount, postedAmount, reversedAmount, lockedAmount, report.externalId];
    const text = `transfer: ${rejectReason} ${status} ${entry} ${amounts.join(' ')}`;
    return { text, isRepeat: report.isRepeat === 1 };
  }
  return { text: `transfer: ${rejectReason}`, isRepeat: false };
}
