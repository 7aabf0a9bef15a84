/**
 * What a fuzzing session has seen, counted by name, so that a reader sees that nothing is missing.
 */
import {
  CancelReason,
  ExecType,
  Liquidity,
  nameOf,
  OrderType,
  SelfTradePrevention,
  TimeInForce,
  TradingState,
} from '../../protocol/enums.ts';
import { RejectReason } from '../../protocol/reject-reason.ts';
import type { EngineCommand, OrderTerms, Outcome } from '../engine-commands.ts';
import type { EngineEvent, ReportEvent, StateEvent } from '../engine-events.ts';

/** What docs/matching.md lets happen: what was not seen is shown with 0. */
const EXPECTED: Readonly<Record<string, readonly string[]>> = {
  report: [
    'New',
    'Replaced',
    'Triggered',
    'Restated',
    'Expired',
    ...Object.keys(CancelReason)
      // The exchange alone tells ProtectionPrice.
      .filter((name) => name !== 'None' && name !== 'ProtectionPrice')
      .map((name) => `Canceled ${name}`),
  ],
  fill: ['Taker', 'Maker', 'Auction', 'Taker iceberg', 'Maker iceberg', 'Auction iceberg'],
  'self-trade': [
    'CancelTaker incoming Canceled',
    'CancelMaker resting Canceled',
    'CancelBoth resting Canceled',
    'CancelBoth incoming Canceled',
    'Decrement resting Canceled',
    'Decrement resting Restated',
    'Decrement incoming Canceled',
    'Decrement incoming Restated',
  ],
  state: Object.keys(TradingState).flatMap((before) =>
    Object.keys(TradingState).map((after) => `${before} to ${after}`),
  ),
  uncrossed: ['on Auction', 'on Continuous'],
  'refused new': [
    'UnknownSymbol',
    'DuplicateOrderId',
    'ExpireTimePassed',
    'NotInThisTradingState',
    'QtyTooLarge',
    'PriceOutsideBand',
    'NoPriceBand',
    'NoLiquidity',
    'AmountTooSmall',
    'PostOnlyWouldTrade',
  ],
  'refused replace': [
    'UnknownOrder',
    'NotInThisTradingState',
    'TermsDoNotFitOrder',
    'QtyNotAboveFilled',
    'QtyTooLarge',
    'PriceOutsideBand',
    'PostOnlyWouldTrade',
  ],
  'refused cancel': ['UnknownOrder'],
  'refused massCancel': ['UnknownSymbol'],
  'refused state': ['UnknownSymbol'],
  'refused band': ['UnknownSymbol'],
};

export class Coverage {
  commands = 0;
  /** What was counted, by group and name. */
  readonly counts = new Map<string, Map<string, number>>(
    Object.entries(EXPECTED).map(([group, names]) => [
      group,
      new Map(names.map((name) => [name, 0])),
    ]),
  );
  /** Of the engine at work: the mode of each order, the incoming order, each market's state. */
  private readonly modes = new Map<number, number>();
  private readonly states = new Map<number, number>();
  private incomingId = 0;

  /** A new engine begins: of orders and markets nothing is known. */
  startSequence(): void {
    this.modes.clear();
    this.states.clear();
  }

  add(command: EngineCommand, { rejectReason, events }: Outcome): void {
    this.commands++;
    this.count('command', kindOf(command));
    if (command.command === 'new' && rejectReason === RejectReason.None) {
      this.modes.set(command.orderId, command.selfTradePrevention ?? 0);
    }
    if (rejectReason !== RejectReason.None) {
      this.count(`refused ${command.command}`, nameOf(RejectReason, rejectReason));
    }
    for (const event of events) this.addEvent(event);
  }

  private addEvent(event: EngineEvent): void {
    if (event.event === 'report') this.addReport(event);
    else if (event.event === 'state') this.addState(event);
    else if (event.event === 'trade') this.count('event', 'Trade');
    else this.count('event', event.orderCount === 0 ? 'BookLevel gone' : 'BookLevel');
  }

  private addReport(report: ReportEvent): void {
    const { execType, orderId, reason } = report;
    const incoming: readonly number[] = [ExecType.New, ExecType.Replaced, ExecType.Triggered];
    if (incoming.includes(execType)) this.incomingId = orderId;
    if (execType === ExecType.Rejected) return;
    const isSelfTrade = execType === ExecType.Canceled && reason === CancelReason.SelfTrade;
    if (isSelfTrade || execType === ExecType.Restated) {
      const mode = this.modes.get(this.incomingId) ?? 0;
      const which = orderId === this.incomingId ? 'incoming' : 'resting';
      const change = nameOf(ExecType, execType);
      this.count('self-trade', `${nameOf(SelfTradePrevention, mode)} ${which} ${change}`);
    }
    if (execType === ExecType.Trade) {
      const shown = report.displayQty > 0 ? ' iceberg' : '';
      this.count('fill', `${nameOf(Liquidity, report.liquidity)}${shown}`);
    } else {
      const why = execType === ExecType.Canceled ? ` ${nameOf(CancelReason, reason)}` : '';
      this.count('report', `${nameOf(ExecType, execType)}${why}`);
    }
  }

  private addState({ symbolId, state, auctionQty }: StateEvent): void {
    const before = this.states.get(symbolId) ?? TradingState.Continuous;
    this.states.set(symbolId, state);
    this.count('state', `${nameOf(TradingState, before)} to ${nameOf(TradingState, state)}`);
    if (auctionQty > 0) this.count('uncrossed', `on ${nameOf(TradingState, state)}`);
  }

  private count(group: string, name: string): void {
    const counts = this.counts.get(group) ?? new Map<string, number>();
    this.counts.set(group, counts);
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
}

function kindOf(command: EngineCommand): string {
  if (command.command !== 'new') return command.command;
  const { orderType = OrderType.Limit, timeInForce = TimeInForce.GTC } = command;
  const base = `new ${nameOf(OrderType, orderType)} ${nameOf(TimeInForce, timeInForce)}`;
  return `${base}${variantOf(command)}`;
}

function variantOf({ postOnly, displayQty = 0, amount = 0 }: OrderTerms): string {
  const parts = [
    postOnly === true ? ' post-only' : '',
    displayQty > 0 ? ' iceberg' : '',
    amount > 0 ? ' by amount' : '',
  ];
  return parts.join('');
}
