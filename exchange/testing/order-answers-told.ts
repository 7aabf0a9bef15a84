/** What events say an order was answered: at first, and when it was sent again. */
import assert from 'node:assert/strict';
import { ExecType } from '../../protocol/enums.ts';
import { CommandDone } from '../../protocol/events.ts';
import { ExecutionReport } from '../../protocol/execution-report.ts';
import { OrderAnswer, OrderAnswerFill } from '../../protocol/order-answer.ts';
import { describe, type EventView } from './recorded-exchange.ts';

/** What events say an order was answered: of its own command, or told again. */
export interface Answer {
  readonly orderId: number;
  readonly rejectReason: number;
  readonly orderStatus: number;
  readonly leavesQty: number;
  readonly cancelReason: number;
  readonly fills: readonly (readonly number[])[];
}

export function firstAnswer(events: readonly EventView[]): Answer {
  const own = events.filter((event) => event instanceof ExecutionReport);
  const { orderId } = own[0]!;
  const reports = own.filter((report) => report.orderId === orderId);
  const { rejectReason, orderStatus, leavesQty, cancelReason } = reports.at(-1)!;
  const fills = reports
    .filter(({ execType }) => execType === ExecType.Trade)
    .map(({ tradeId, lastPrice, lastQty, fee }) => [tradeId, lastPrice, lastQty, fee]);
  return { orderId, rejectReason, orderStatus, leavesQty, cancelReason, fills };
}

export function repeatedAnswer(events: readonly EventView[]): Answer {
  const [answer, ...rest] = events;
  assert.ok(answer instanceof OrderAnswer, `${describe(answer!)} is no answer told again`);
  const { orderId, rejectReason, orderStatus, leavesQty, cancelReason } = answer;
  const told = rest.slice(0, -1).map((event) => {
    assert.ok(event instanceof OrderAnswerFill);
    return event;
  });
  assert.equal(answer.fillCount, told.length);
  const fills = told.map(({ tradeId, price, qty, fee }) => [tradeId, price, qty, fee]);
  const done = rest.at(-1)!;
  assert.ok(done instanceof CommandDone);
  assert.equal(done.rejectReason, rejectReason);
  return { orderId, rejectReason, orderStatus, leavesQty, cancelReason, fills };
}
