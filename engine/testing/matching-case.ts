/**
 * A worked example of docs/matching.md as a table: commands, and beside each the lines that must be
 * told. `linesOf` writes an outcome as lines:
 *
 *     New 2 0/8 @100                  order 2 is new: 0 of 8 are filled, limit 100
 *     Buy 2 takes 5@100 from 1        a trade: order 2 came, order 1 rested
 *     Trade 2 5/8 Taker               order 2's report of it
 *     Buy 1 meets sell 2: 5@100       a trade of an auction
 *     Canceled 2 5/8 NoLiquidity
 *     Level Sell 100: gone
 *     Level Buy 100: 7 in 2           7 shown lots in 2 orders
 *     State Auction 30@100            an auction of 30 lots; without figures none
 *     refused: UnknownOrder           a command that is not an order's
 *     nothing
 *
 * What a line leaves out (status, leaves quantity, price of a fill) follows from it and is checked.
 */
import assert from 'node:assert/strict';
import {
  CancelReason,
  ExecType,
  Liquidity,
  nameOf,
  OrderStatus,
  OrderType,
  Side,
  TradingState,
} from '../../protocol/enums.ts';
import { RejectReason } from '../../protocol/reject-reason.ts';
import type {
  CommandEngine,
  EngineCommand,
  OrderTerms,
  OrderView,
  Outcome,
  ReplaceTerms,
} from '../engine-commands.ts';
import type { EngineEvent, ReportEvent, TradeEvent } from '../engine-events.ts';

/** Looks at what rests or waits: `1 5@100`, `2 3 of 9@101` for an iceberg, `3 5 stop 102`. */
export interface Look {
  readonly look: 'resting' | 'stops';
  readonly side: number;
  readonly symbolId: number;
}

/** A command or a look, and its lines. A command without lines prepares: it must be accepted. */
export type Step = readonly [EngineCommand | Look, ...lines: string[]];

export type MatchingCase = readonly [name: string, ...steps: Step[]];

export function runCase(engine: CommandEngine, steps: readonly Step[]): void {
  engine.addSymbol(1);
  engine.addSymbol(2);
  for (const [step, ...lines] of steps) {
    const text = JSON.stringify(step);
    if ('look' in step) {
      assert.deepEqual(look(engine, step), lines, text);
      continue;
    }
    const outcome = engine.execute(step);
    const told = linesOf(outcome);
    if (lines.length > 0) assert.deepEqual(told, lines, text);
    else assert.equal(outcome.rejectReason, RejectReason.None, `${text}: ${told}`);
  }
}

type More<Terms> = Partial<Terms>;

export function buy(
  orderId: number,
  price: number,
  qty: number,
  more: More<OrderTerms> = {},
): EngineCommand {
  return { command: 'new', orderId, symbolId: 1, side: Side.Buy, price, qty, ...more };
}

export function sell(
  orderId: number,
  price: number,
  qty: number,
  more: More<OrderTerms> = {},
): EngineCommand {
  return { command: 'new', orderId, symbolId: 1, side: Side.Sell, price, qty, ...more };
}

export function market(
  orderId: number,
  side: number,
  qty: number,
  more: More<OrderTerms> = {},
): EngineCommand {
  const orderType = OrderType.Market;
  return { command: 'new', orderId, symbolId: 1, side, qty, orderType, ...more };
}

export function stop(
  orderId: number,
  side: number,
  stopPrice: number,
  qty: number,
  more: More<OrderTerms> = {},
): EngineCommand {
  const orderType = OrderType.Stop;
  return { command: 'new', orderId, symbolId: 1, side, stopPrice, qty, orderType, ...more };
}

export function stopLimit(
  orderId: number,
  side: number,
  stopPrice: number,
  price: number,
  qty: number,
  more: More<OrderTerms> = {},
): EngineCommand {
  const orderType = OrderType.StopLimit;
  return { command: 'new', orderId, symbolId: 1, side, stopPrice, price, qty, orderType, ...more };
}

export function replace(
  orderId: number,
  price: number,
  qty: number,
  more: More<ReplaceTerms> = {},
): EngineCommand {
  return { command: 'replace', orderId, price, qty, ...more };
}

export function cancel(orderId: number): EngineCommand {
  return { command: 'cancel', orderId };
}

export function massCancel(accountId: number, symbolId = 0, side = 0): EngineCommand {
  return { command: 'massCancel', accountId, symbolId, side };
}

export function state(value: number, symbolId = 1): EngineCommand {
  return { command: 'state', symbolId, state: value };
}

export function band(referencePrice: number, bandTicks: number): EngineCommand {
  return { command: 'band', symbolId: 1, referencePrice, bandTicks };
}

export function time(value: number): EngineCommand {
  return { command: 'time', time: value };
}

export function resting(side: number, symbolId = 1): Look {
  return { look: 'resting', side, symbolId };
}

export function stops(side: number, symbolId = 1): Look {
  return { look: 'stops', side, symbolId };
}

function look(engine: CommandEngine, { look: what, side, symbolId }: Look): string[] {
  if (what === 'stops') return engine.waitingStops(symbolId, side).map(stopLine);
  return engine.restingOrders(symbolId, side).map(restingLine);
}

function restingLine({ orderId, shownQty, leavesQty, price }: OrderView): string {
  const hidden = shownQty === leavesQty ? '' : ` of ${leavesQty}`;
  return `${orderId} ${shownQty}${hidden}@${price}`;
}

function stopLine({ orderId, leavesQty, stopPrice, shownQty }: OrderView): string {
  assert.equal(shownQty, 0, 'a waiting stop shows nothing');
  return `${orderId} ${leavesQty} stop ${stopPrice}`;
}

/** An outcome as lines; what they leave out is checked here. */
export function linesOf({ rejectReason, events }: Outcome): string[] {
  const [first] = events;
  const isRejectedOrder = first?.event === 'report' && first.execType === ExecType.Rejected;
  if (isRejectedOrder) assert.equal(first.reason, rejectReason);
  else if (rejectReason !== RejectReason.None) {
    assert.deepEqual(events, [], 'a command that is refused changes nothing');
    return [`refused: ${nameOf(RejectReason, rejectReason)}`];
  }
  if (events.length === 0) return ['nothing'];
  let trade: TradeEvent | undefined;
  return events.map((event) => {
    if (event.event === 'trade') trade = event;
    else if (event.event === 'report') checkReport(event, trade);
    return lineOf(event);
  });
}

function lineOf(event: EngineEvent): string {
  switch (event.event) {
    case 'report':
      return reportLine(event);
    case 'trade':
      return tradeLine(event);
    case 'level': {
      const { side, price, qty, orderCount } = event;
      const now = orderCount === 0 && qty === 0 ? 'gone' : `${qty} in ${orderCount}`;
      const where = event.symbolId === 1 ? '' : ` of market ${event.symbolId}`;
      return `Level ${nameOf(Side, side)} ${price}: ${now}${where}`;
    }
    case 'state': {
      const { auctionPrice, auctionQty } = event;
      const auction = auctionQty === 0 ? '' : ` ${auctionQty}@${auctionPrice}`;
      return `State ${nameOf(TradingState, event.state)}${auction}`;
    }
  }
}

function tradeLine({ price, qty, makerOrderId, takerOrderId, takerSide }: TradeEvent): string {
  if (takerSide === 0) return `Buy ${makerOrderId} meets sell ${takerOrderId}: ${qty}@${price}`;
  return `${nameOf(Side, takerSide)} ${takerOrderId} takes ${qty}@${price} from ${makerOrderId}`;
}

function reportLine(event: ReportEvent): string {
  const { execType, orderId, cumQty, qty, price, stopPrice, displayQty } = event;
  const line = `${nameOf(ExecType, execType)} ${orderId}`;
  switch (execType) {
    case ExecType.Rejected:
      return `${line} ${nameOf(RejectReason, event.reason)}`;
    case ExecType.Canceled:
      return `${line} ${cumQty}/${qty} ${nameOf(CancelReason, event.reason)}`;
    case ExecType.Trade:
      return `${line} ${cumQty}/${qty} ${nameOf(Liquidity, event.liquidity)}`;
    case ExecType.New:
    case ExecType.Replaced:
    case ExecType.Triggered: {
      const limit = price === 0 ? '' : ` @${price}`;
      const trigger = stopPrice === 0 ? '' : ` stop ${stopPrice}`;
      const shows = displayQty === 0 ? '' : ` shows ${displayQty}`;
      return `${line} ${cumQty}/${qty}${limit}${trigger}${shows}`;
    }
    default:
      return `${line} ${cumQty}/${qty}`;
  }
}

const ENDED: Readonly<Record<number, number>> = {
  [ExecType.Canceled]: OrderStatus.Canceled,
  [ExecType.Expired]: OrderStatus.Expired,
  [ExecType.Rejected]: OrderStatus.Rejected,
};

/** Checks what a report's line does not say. @param trade the trade before it */
function checkReport(report: ReportEvent, trade: TradeEvent | undefined): void {
  const { execType, cumQty, qty, leavesQty, status, lastPrice, lastQty, reason } = report;
  const text = JSON.stringify(report);
  const isTrade = execType === ExecType.Trade;
  assert.equal(leavesQty, execType in ENDED ? 0 : qty - cumQty, text);
  assert.equal(status, ENDED[execType] ?? openStatus(cumQty, leavesQty), text);
  assert.deepEqual([lastPrice, lastQty], isTrade ? [trade?.price, trade?.qty] : [0, 0], text);
  assert.equal(report.liquidity !== Liquidity.None, isTrade, text);
  const hasReason = execType === ExecType.Canceled || execType === ExecType.Rejected;
  assert.equal(reason !== 0, hasReason, text);
}

function openStatus(cumQty: number, leavesQty: number): number {
  if (leavesQty === 0) return OrderStatus.Filled;
  return cumQty > 0 ? OrderStatus.PartiallyFilled : OrderStatus.New;
}
