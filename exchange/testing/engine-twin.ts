/**
 * The engine as a library beside an exchange: it is told the same commands, and what both say of
 * orders, trades, levels and states is turned into the same lines, so that a test can compare them.
 */
import type { EngineCommand } from '../../engine/engine-commands.ts';
import type { EngineEvent } from '../../engine/engine-events.ts';
import { PlainEngine } from '../../engine/plain-engine.ts';
import {
  CANCEL_ORDER,
  MASS_CANCEL,
  NEW_ORDER,
  REPLACE_ORDER,
  SET_PRICE_BAND,
  SET_TRADING_STATE,
} from '../../protocol/command-layout.ts';
import { CommandHeader, MassCancel, NewOrder, ReplaceOrder } from '../../protocol/commands.ts';
import { ExecType, nameOf } from '../../protocol/enums.ts';
import { BookLevel, Trade, TradingStateChanged } from '../../protocol/events.ts';
import { ExecutionReport } from '../../protocol/execution-report.ts';
import { type RecordBuffer, templateIdAt } from '../../protocol/record.ts';
import { SetPriceBand, SetTradingState } from '../../protocol/venue-commands.ts';
import { BTC_EUR, BTC_USD, type EventView, TICK_VALUE } from './recorded-exchange.ts';

export class EngineTwin {
  readonly plain = new PlainEngine({ orders: 4_096 });

  constructor() {
    for (const symbolId of [BTC_USD, BTC_EUR]) this.plain.addSymbol(symbolId);
  }

  /** Tells the engine a command that an exchange has executed; `orderId` is that of its order. */
  execute(record: RecordBuffer, orderId: number): string[] {
    const { time } = new CommandHeader().wrap(record, 0);
    const expired = this.plain.execute({ command: 'time', time }).events;
    const command = engineCommand(record, orderId);
    const events = command === undefined ? [] : this.plain.execute(command).events;
    return [...expired, ...events].map((event) => describeEngineEvent(event));
  }
}

/** undefined where the command is none for an engine. */
function engineCommand(record: RecordBuffer, orderId: number): EngineCommand | undefined {
  switch (templateIdAt(record, 0)) {
    case NEW_ORDER.templateId:
      return newOrder(new NewOrder().wrap(record, 0), orderId);
    case REPLACE_ORDER.templateId: {
      const { price, qty, qtyMeaning, displayQty, stopPrice } = new ReplaceOrder().wrap(record, 0);
      return { command: 'replace', orderId, price, qty, qtyMeaning, displayQty, stopPrice };
    }
    case CANCEL_ORDER.templateId:
      return { command: 'cancel', orderId };
    case MASS_CANCEL.templateId: {
      const { accountId, symbolId, side } = new MassCancel().wrap(record, 0);
      return { command: 'massCancel', accountId, symbolId, side };
    }
    case SET_TRADING_STATE.templateId: {
      const { symbolId, state } = new SetTradingState().wrap(record, 0);
      return { command: 'state', symbolId, state };
    }
    case SET_PRICE_BAND.templateId: {
      const { symbolId, referencePrice, bandTicks } = new SetPriceBand().wrap(record, 0);
      return { command: 'band', symbolId, referencePrice, bandTicks };
    }
    default:
      return undefined;
  }
}

function newOrder(order: NewOrder, orderId: number): EngineCommand {
  const { accountId, symbolId, side, price, qty, orderType, timeInForce } = order;
  const { clientOrderId, stopPrice, displayQty, amount, expireTime, groupId } = order;
  const basics = { orderId, accountId, symbolId, side, price, qty, orderType, timeInForce };
  const postOnly = order.postOnly !== 0;
  const { selfTradePrevention } = order;
  return {
    command: 'new',
    ...basics,
    ...{ clientOrderId, stopPrice, displayQty, expireTime, groupId },
    amount: spendable(amount, symbolId),
    postOnly,
    selfTradePrevention,
  };
}

/** What an amount leaves to spend: in BTC_USD a fee of 2 % may come on top. */
function spendable(amount: number, symbolId: number): number {
  if (symbolId !== BTC_USD) return amount;
  let left = amount;
  while (left * TICK_VALUE + Math.floor((left * TICK_VALUE * 2) / 100) > amount * TICK_VALUE)
    left--;
  return left;
}

/** What the exchange tells beyond the engine (money, the closing of the group) is left out. */
export function describeForEngine(events: readonly EventView[]): string[] {
  const lines: string[] = [];
  for (const event of events) {
    if (event instanceof ExecutionReport) lines.push(describeReport(event));
    else if (event instanceof Trade) lines.push(describeTrade(event));
    else if (event instanceof BookLevel) lines.push(describeLevel(event));
    else if (event instanceof TradingStateChanged) lines.push(describeState(event));
  }
  return lines;
}

function describeEngineEvent(event: EngineEvent): string {
  switch (event.event) {
    case 'report': {
      const { execType, reason } = event;
      const isRejected = execType === ExecType.Rejected;
      return describeReport({
        ...event,
        orderStatus: event.status,
        rejectReason: isRejected ? reason : 0,
        cancelReason: isRejected ? 0 : reason,
      });
    }
    case 'trade':
      return describeTrade(event);
    case 'level':
      return describeLevel(event);
    default:
      return describeState(event);
  }
}

type ReportFacts = Pick<
  ExecutionReport,
  | 'execType'
  | 'orderId'
  | 'orderStatus'
  | 'price'
  | 'stopPrice'
  | 'qty'
  | 'displayQty'
  | 'cumQty'
  | 'leavesQty'
  | 'lastPrice'
  | 'lastQty'
  | 'liquidity'
  | 'rejectReason'
  | 'cancelReason'
>;

function describeReport(report: ReportFacts): string {
  const { execType, orderId, orderStatus, price, stopPrice, qty, displayQty } = report;
  const { cumQty, leavesQty, lastPrice, lastQty, liquidity, rejectReason, cancelReason } = report;
  const terms = `${qty}@${price} stop ${stopPrice} shows ${displayQty}`;
  const fill = `${lastQty}@${lastPrice} liquidity ${liquidity}`;
  const state = `status ${orderStatus}, ${cumQty} + ${leavesQty}`;
  const reasons = `reject ${rejectReason} cancel ${cancelReason}`;
  return `${nameOf(ExecType, execType)} ${orderId}: ${terms}, ${fill}, ${state}, ${reasons}`;
}

type TradeFacts = Pick<
  Trade,
  'tradeId' | 'symbolId' | 'price' | 'qty' | 'makerOrderId' | 'takerOrderId' | 'takerSide'
>;

function describeTrade(trade: TradeFacts): string {
  const { tradeId, symbolId, price, qty, makerOrderId, takerOrderId, takerSide } = trade;
  const orders = `maker ${makerOrderId} taker ${takerOrderId} side ${takerSide}`;
  return `Trade ${tradeId} in ${symbolId}: ${qty}@${price} ${orders}`;
}

type LevelFacts = Pick<BookLevel, 'symbolId' | 'side' | 'price' | 'qty' | 'orderCount'>;

function describeLevel({ symbolId, side, price, qty, orderCount }: LevelFacts): string {
  return `Level ${side} of ${symbolId} at ${price}: ${qty} in ${orderCount}`;
}

type StateFacts = Pick<TradingStateChanged, 'symbolId' | 'state' | 'auctionPrice' | 'auctionQty'>;

function describeState({ symbolId, state, auctionPrice, auctionQty }: StateFacts): string {
  return `State ${state} of ${symbolId}: ${auctionQty}@${auctionPrice}`;
}
