/**
 * What WebSocket clients subscribe to: the book and the trades of a market, the executions and the
 * transfers of an account. Each channel starts with a snapshot and goes on with updates whose
 * numbers have no gap: a client too slow for them is disconnected, never left out.
 */
import { encode } from '@msgpack/msgpack';
import {
  CancelReason,
  ExecType,
  Liquidity,
  nameOf,
  OrderStatus,
  OrderType,
  SelfTradePrevention,
  Side,
  TakerSide,
  TimeInForce,
  TradingState,
} from '../protocol/enums.ts';
import type {
  BookLevel,
  PriceBandChanged,
  Trade,
  TradingStateChanged,
} from '../protocol/events.ts';
import type { ExecutionReport } from '../protocol/execution-report.ts';
import type { PriceBandTerms } from '../protocol/price-band.ts';
import { RejectReason } from '../protocol/reject-reason.ts';
import type { TransferReport } from '../protocol/transfer-report.ts';
import type { BookReplica } from './book-replica.ts';
import { RecentTrades, type TradeJson } from './recent-trades.ts';
import { rejectReasonAsJson } from './reject-reason-json.ts';
import { transferAsJson } from './transfer-json.ts';

export const CHANNELS = ['book', 'trades', 'executions', 'transfers'] as const;
export type Channel = (typeof CHANNELS)[number];
/** Channels of an account; the others are of a market. */
export type AccountChannel = 'executions' | 'transfers';

export function isOfAccount(channel: Channel): channel is AccountChannel {
  return channel === 'executions' || channel === 'transfers';
}

export const FORMATS = ['json', 'msgpack'] as const;
export type Format = (typeof FORMATS)[number];

/** Where updates go: uWebSockets' publish and subscribe. */
export interface Publisher {
  publish(topic: string, message: string | Uint8Array, isBinary: boolean): boolean;
  numSubscribers(topic: string): number;
}

interface LevelChange {
  readonly side: string;
  readonly price: number;
  readonly qty: number;
  readonly orders: number;
}

/** How a market's state changed, and at what its auction traded, if it did. */
interface StateChange {
  readonly state: string;
  readonly auctionPrice?: number;
  readonly auctionQty?: number;
}

/** Of one market in the current group. */
interface BookChanges {
  readonly levels: LevelChange[];
  state?: StateChange;
  venueMode?: string;
  band?: PriceBandTerms;
}

export function topicOf(channel: Channel, id: number, format: Format): string {
  return `${channel}/${id}/${format}`;
}

export function encodeMessage(message: unknown, format: Format): string | Uint8Array {
  return format === 'json' ? JSON.stringify(message) : encode(message);
}

export class MarketDataFeed {
  private readonly replica: BookReplica;
  private readonly publisher: Publisher;
  private readonly recentTradeCount: number;
  /** Changes of the current group, by market, where somebody listens. */
  private readonly changes = new Map<number, BookChanges>();
  /** Markets whose book the current group changed, though nobody listens. */
  private readonly unheard = new Set<number>();
  /** How many subscriptions there are, by channel and id, where there are any. */
  private readonly listeners: Readonly<Record<Channel, Map<number, number>>> = {
    book: new Map(),
    trades: new Map(),
    executions: new Map(),
    transfers: new Map(),
  };
  private readonly trades = new Map<number, RecentTrades>();
  /** The last number of each account's updates, while somebody listens. */
  private readonly accountNumbers = {
    executions: new Map<number, number>(),
    transfers: new Map<number, number>(),
  };

  /** @param recentTradeCount how many trades a snapshot of the trades channel holds at most */
  constructor(replica: BookReplica, publisher: Publisher, recentTradeCount: number) {
    this.replica = replica;
    this.publisher = publisher;
    this.recentTradeCount = recentTradeCount;
  }

  /** What a new subscriber gets first; undefined where the market is unknown. */
  snapshot(channel: Channel, id: number): unknown {
    const { sequence } = this.replica;
    if (isOfAccount(channel)) {
      const numbers = this.accountNumbers[channel];
      const number = numbers.get(id) ?? 0;
      numbers.set(id, number);
      return { channel, type: 'snapshot', userId: id, number, sequence };
    }
    const book = this.replica.book(id, channel === 'book' ? Number.POSITIVE_INFINITY : 0);
    if (book === undefined) return undefined;
    if (channel === 'book') return { channel, type: 'snapshot', sequence, ...book };
    const trades = this.tradesOf(id);
    const { number } = trades;
    return { channel, type: 'snapshot', symbolId: id, number, sequence, trades: trades.list() };
  }

  /**
   * There are so many subscriptions more, or less. Without any, an account's updates are not
   * numbered.
   */
  onSubscriptions(channel: Channel, id: number, change: number): void {
    const listeners = this.listeners[channel];
    const count = (listeners.get(id) ?? 0) + change;
    if (count > 0) listeners.set(id, count);
    else {
      listeners.delete(id);
      if (isOfAccount(channel)) this.accountNumbers[channel].delete(id);
    }
  }

  onLevel(level: BookLevel): void {
    const { symbolId } = level;
    if (!this.isHeard('book', symbolId)) {
      this.unheard.add(symbolId);
      return;
    }
    const { price, qty } = level;
    const side = nameOf(Side, level.side);
    this.changesOf(symbolId).levels.push({ side, price, qty, orders: level.orderCount });
  }

  onTradingState(change: TradingStateChanged): void {
    const { auctionPrice, auctionQty } = change;
    const state = nameOf(TradingState, change.state);
    this.changesOf(change.symbolId).state =
      auctionQty === 0 ? { state } : { state, auctionPrice, auctionQty };
  }

  onPriceBand({ symbolId, referencePrice, bandTicks }: PriceBandChanged): void {
    this.changesOf(symbolId).band = { referencePrice, bandTicks };
  }

  /** Of the whole venue: each book tells it. */
  onVenueMode(venueMode: string): void {
    for (const symbolId of this.replica.symbols.keys()) {
      this.changesOf(symbolId).venueMode = venueMode;
    }
  }

  onTrade(trade: Trade, time: number): void {
    const { symbolId } = trade;
    const trades = this.tradesOf(symbolId);
    trades.add(trade, time);
    if (!this.isHeard('trades', symbolId)) return;
    const { tradeId, price, qty, sequence } = trade;
    const takerSide = nameOf(TakerSide, trade.takerSide);
    const { number } = trades;
    const json: TradeJson = { number, tradeId, price, qty, takerSide, time };
    this.publish('trades', symbolId, { symbolId, sequence, ...json });
  }

  onExecution(report: ExecutionReport, time: number): void {
    const { accountId } = report;
    if (!this.accountNumbers.executions.has(accountId)) return;
    const json = executionAsJson(report, this.replica.priceBand(report.symbolId));
    this.publishToAccount('executions', accountId, { time, ...json });
  }

  /** To both of its accounts. What is told again is no update: nothing changed. */
  onTransfer(report: TransferReport, time: number): void {
    if (report.isRepeat === 1) return;
    for (const accountId of [report.debitAccountId, report.creditAccountId]) {
      if (!this.accountNumbers.transfers.has(accountId)) continue;
      const json: Record<string, unknown> = { ...transferAsJson(report) };
      if (report.rejectReason !== RejectReason.None) {
        json['rejectReason'] = rejectReasonAsJson(report.rejectReason);
      }
      const { sequence } = report;
      this.publishToAccount('transfers', accountId, { time, sequence, ...json });
    }
  }

  private publishToAccount(channel: AccountChannel, accountId: number, content: object): void {
    const number = this.accountNumbers[channel].get(accountId)! + 1;
    this.accountNumbers[channel].set(accountId, number);
    this.publish(channel, accountId, { userId: accountId, number, ...content });
  }

  /** After the last event of a group: one book update for each market that changed. */
  endGroup(sequence: number, time: number): void {
    if (this.unheard.size > 0) this.countUnheard();
    if (this.changes.size === 0) return;
    for (const [symbolId, { levels, state, venueMode, band }] of this.changes) {
      const version = this.replica.nextVersion(symbolId);
      const mode = venueMode === undefined ? {} : { venueMode };
      const changes = { ...state, ...mode, ...band, levels };
      this.publish('book', symbolId, { symbolId, version, sequence, time, ...changes });
    }
    this.changes.clear();
  }

  private changesOf(symbolId: number): BookChanges {
    let changes = this.changes.get(symbolId);
    if (changes === undefined) {
      changes = { levels: [] };
      this.changes.set(symbolId, changes);
    }
    return changes;
  }

  private tradesOf(symbolId: number): RecentTrades {
    let trades = this.trades.get(symbolId);
    if (trades === undefined) {
      trades = new RecentTrades(this.recentTradeCount);
      this.trades.set(symbolId, trades);
    }
    return trades;
  }

  private isHeard(channel: Channel, id: number): boolean {
    return this.listeners[channel].has(id);
  }

  /** Who listens from now on must know how many changes there were. */
  private countUnheard(): void {
    for (const symbolId of this.unheard) {
      // Somebody came in the middle of the group: it is told, and counted then.
      if (!this.changes.has(symbolId)) this.replica.nextVersion(symbolId);
    }
    this.unheard.clear();
  }

  private publish(channel: Channel, id: number, content: object): void {
    for (const format of FORMATS) {
      const topic = topicOf(channel, id, format);
      if (this.publisher.numSubscribers(topic) === 0) continue;
      const message = encodeMessage({ channel, type: 'update', ...content }, format);
      this.publisher.publish(topic, message, format === 'msgpack');
    }
  }
}

/** @param band that of the order's market */
function executionAsJson(
  report: ExecutionReport,
  band: PriceBandTerms | undefined,
): Record<string, unknown> {
  const json: Record<string, unknown> = {
    sequence: report.sequence,
    execType: nameOf(ExecType, report.execType),
    status: nameOf(OrderStatus, report.orderStatus),
    orderId: report.orderId,
    clientOrderId: report.clientOrderId,
    symbolId: report.symbolId,
    side: nameOf(Side, report.side),
    orderType: nameOf(OrderType, report.orderType),
    timeInForce: nameOf(TimeInForce, report.timeInForce),
    price: report.price,
    stopPrice: report.stopPrice,
    qty: report.qty,
    displayQty: report.displayQty,
    amount: report.amount,
    postOnly: report.postOnly !== 0,
    selfTradePrevention: nameOf(SelfTradePrevention, report.selfTradePrevention),
    groupId: report.groupId,
    expireTime: report.expireTime,
    cumQty: report.cumQty,
    leavesQty: report.leavesQty,
  };
  if (report.execType === ExecType.Trade) {
    json['tradeId'] = report.tradeId;
    json['lastPrice'] = report.lastPrice;
    json['lastQty'] = report.lastQty;
    json['fee'] = report.fee;
    json['liquidity'] = nameOf(Liquidity, report.liquidity);
  }
  if (report.cancelReason !== CancelReason.None) {
    json['cancelReason'] = nameOf(CancelReason, report.cancelReason);
  }
  if (report.rejectReason !== RejectReason.None) {
    json['rejectReason'] = rejectReasonAsJson(report.rejectReason, band);
  }
  return json;
}
