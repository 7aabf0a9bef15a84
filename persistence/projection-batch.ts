/**
 * Turns commands and their events into rows. An order or balance that changes many times in a
 * batch is one row: its last state.
 */
import { ADD_CURRENCY, ADD_SYMBOL, SET_FEES } from '../protocol/command-layout.ts';
import { CommandHeader } from '../protocol/commands.ts';
import {
  CancelReason,
  CurrencyKind,
  isTradePosting,
  nameOf,
  OrderStatus,
  OrderType,
  SelfTradePrevention,
  Side,
  TakerSide,
  TimeInForce,
  TransferKind,
  TransferMode,
  TransferStatus,
} from '../protocol/enums.ts';
import {
  BALANCE,
  COMMAND_DONE,
  EXECUTION_REPORT,
  PRICE_BAND_CHANGED,
  TRADE,
  TRANSFER,
  TRANSFER_REPORT,
} from '../protocol/event-layout.ts';
import { Balance, CommandDone, PriceBandChanged, Trade, Transfer } from '../protocol/events.ts';
import { ExecutionReport } from '../protocol/execution-report.ts';
import { type RecordBuffer, recordLengthAt, templateIdAt } from '../protocol/record.ts';
import { describeRejectReason, RejectReason } from '../protocol/reject-reason.ts';
import { SetFees } from '../protocol/risk-commands.ts';
import { TransferReport } from '../protocol/transfer-report.ts';
import { AddCurrency, AddSymbol } from '../protocol/venue-commands.ts';
import type { Tables } from './schema.ts';

/** Times travel as µs since 1970. */
type WithMicroseconds<Row, Key extends keyof Row> = Omit<Row, Key> & {
  [Name in Key]: number | Exclude<Row[Name], Date>;
};
type OrderTime = 'created_at' | 'updated_at' | 'expires_at';
export type OrderRow = WithMicroseconds<Tables['orders'], OrderTime>;
export type TradeRow = WithMicroseconds<Tables['trades'], 'executed_at'>;
export type BalanceRow = Tables['balances'];
export type TransferRow = WithMicroseconds<Tables['transfers'], OrderTime>;
export type LedgerEntryRow = WithMicroseconds<Tables['ledger_entries'], 'posted_at'>;
export type BandRow = Pick<
  Tables['market_symbols'],
  'symbol_id' | 'reference_price' | 'band_ticks'
>;

export type FeesRow = Pick<
  Tables['market_symbols'],
  'symbol_id' | 'maker_fee_ppm' | 'taker_fee_ppm'
>;

export class ProjectionBatch {
  readonly currencies: Tables['currencies'][] = [];
  readonly symbols: Tables['market_symbols'][] = [];
  /** By market: the last one that was set. */
  readonly bands = new Map<number, BandRow>();
  /** The same of the fees of tier 0. */
  readonly fees = new Map<number, FeesRow>();
  readonly orders = new Map<number, OrderRow>();
  readonly trades: TradeRow[] = [];
  readonly balances = new Map<string, BalanceRow>();
  readonly transfers = new Map<number, TransferRow>();
  readonly ledgerEntries: LedgerEntryRow[] = [];
  commandCount = 0;
  /** The last command in the batch. */
  sequence = 0;
  private readonly header = new CommandHeader();
  private readonly report = new ExecutionReport();
  private readonly trade = new Trade();
  private readonly balance = new Balance();
  private readonly transfer = new Transfer();
  private readonly transferReport = new TransferReport();
  /** Of the command's entry so far. */
  private postings = 0;
  private readonly band = new PriceBandChanged();
  private readonly done = new CommandDone();

  add(command: RecordBuffer, offset: number, events: RecordBuffer, eventBytes: number): void {
    const { sequence, time } = this.header.wrap(command, offset);
    this.sequence = sequence;
    this.commandCount++;
    this.postings = 0;
    for (let at = 0; at < eventBytes; at += recordLengthAt(events, at)) {
      switch (templateIdAt(events, at)) {
        case EXECUTION_REPORT.templateId:
          this.addOrder(this.report.wrap(events, at), time);
          break;
        case TRADE.templateId:
          this.addTrade(this.trade.wrap(events, at), time);
          break;
        case TRANSFER.templateId:
          this.addPosting(this.transfer.wrap(events, at), time);
          break;
        case TRANSFER_REPORT.templateId:
          this.addTransfer(this.transferReport.wrap(events, at), time);
          break;
        case BALANCE.templateId:
          this.addBalance(this.balance.wrap(events, at));
          break;
        case PRICE_BAND_CHANGED.templateId:
          this.addBand(this.band.wrap(events, at));
          break;
        case COMMAND_DONE.templateId:
          if (this.done.wrap(events, at).rejectReason === RejectReason.None) {
            this.addDefinition(command, offset);
          }
          break;
        default:
      }
    }
  }

  private addOrder(report: ExecutionReport, time: number): void {
    const orderId = report.orderId;
    const earlier = this.orders.get(orderId);
    this.orders.set(orderId, {
      order_id: orderId,
      account_id: report.accountId,
      client_order_id: report.clientOrderId,
      symbol_id: report.symbolId,
      side: nameOf(Side, report.side),
      order_type: nameOf(OrderType, report.orderType),
      time_in_force: nameOf(TimeInForce, report.timeInForce),
      price: report.price,
      qty: report.qty,
      cum_qty: report.cumQty,
      leaves_qty: report.leavesQty,
      status: nameOf(OrderStatus, report.orderStatus),
      reject_reason: describeRejectReason(report.rejectReason).name,
      stop_price: report.stopPrice,
      display_qty: report.displayQty,
      cancel_reason: nameOf(CancelReason, report.cancelReason),
      amount: report.amount,
      post_only: report.postOnly !== 0,
      self_trade_prevention: nameOf(SelfTradePrevention, report.selfTradePrevention),
      group_id: report.groupId,
      expires_at: report.expireTime === 0 ? null : report.expireTime,
      updated_sequence: report.sequence,
      created_at: earlier?.created_at ?? time,
      updated_at: time,
    });
  }

  private addTrade(trade: Trade, time: number): void {
    this.trades.push({
      trade_id: trade.tradeId,
      symbol_id: trade.symbolId,
      price: trade.price,
      qty: trade.qty,
      taker_side: nameOf(TakerSide, trade.takerSide),
      maker_order_id: trade.makerOrderId,
      taker_order_id: trade.takerOrderId,
      maker_account_id: trade.makerAccountId,
      taker_account_id: trade.takerAccountId,
      maker_fee: trade.makerFee,
      taker_fee: trade.takerFee,
      sequence: trade.sequence,
      executed_at: time,
    });
  }

  private addPosting(transfer: Transfer, time: number): void {
    const { kind, referenceId } = transfer;
    const isOfTrade = isTradePosting(kind);
    this.ledgerEntries.push({
      entry: transfer.sequence,
      posting: ++this.postings,
      kind: nameOf(TransferKind, kind),
      debit_account_id: transfer.debitAccountId,
      credit_account_id: transfer.creditAccountId,
      currency_id: transfer.currencyId,
      amount: transfer.amount,
      trade_id: isOfTrade ? referenceId : 0,
      transfer_id: isOfTrade ? 0 : referenceId,
      business_ref_id: transfer.businessRefId,
      posted_at: time,
    });
  }

  private addTransfer(report: TransferReport, time: number): void {
    if (report.isRepeat === 1) return;
    const { transferId } = report;
    this.transfers.set(transferId, {
      transfer_id: transferId,
      debit_account_id: report.debitAccountId,
      credit_account_id: report.creditAccountId,
      currency_id: report.currencyId,
      amount: report.amount,
      posted_amount: report.postedAmount,
      reversed_amount: report.reversedAmount,
      locked_amount: report.lockedAmount,
      mode: nameOf(TransferMode, report.mode),
      status: nameOf(TransferStatus, report.status),
      reject_reason: describeRejectReason(report.rejectReason).name,
      entry: report.entry,
      business_ref_id: report.businessRefId,
      external_id: report.externalId,
      original_transfer_id: report.originalTransferId,
      expires_at: report.expireTime === 0 ? null : report.expireTime,
      updated_sequence: report.sequence,
      created_at: this.transfers.get(transferId)?.created_at ?? time,
      updated_at: time,
    });
  }

  private addBalance(balance: Balance): void {
    const { accountId, currencyId } = balance;
    this.balances.set(`${accountId}/${currencyId}`, {
      account_id: accountId,
      currency_id: currencyId,
      available: balance.available,
      locked: balance.locked,
      sequence: balance.sequence,
    });
  }

  private addBand({ symbolId, referencePrice, bandTicks }: PriceBandChanged): void {
    this.bands.set(symbolId, {
      symbol_id: symbolId,
      reference_price: referencePrice,
      band_ticks: bandTicks,
    });
  }

  private addDefinition(command: RecordBuffer, offset: number): void {
    const templateId = templateIdAt(command, offset);
    if (templateId === ADD_CURRENCY.templateId) {
      const { currencyId, code, decimals, kind } = new AddCurrency().wrap(command, offset);
      const named = { code, decimals, kind: nameOf(CurrencyKind, kind) };
      this.currencies.push({ currency_id: currencyId, ...named });
    } else if (templateId === ADD_SYMBOL.templateId) {
      const symbol = new AddSymbol().wrap(command, offset);
      this.symbols.push({
        symbol_id: symbol.symbolId,
        code: symbol.code,
        base_currency_id: symbol.baseCurrencyId,
        quote_currency_id: symbol.quoteCurrencyId,
        lot_size: symbol.lotSize,
        tick_value: symbol.tickValue,
        maker_fee_ppm: symbol.makerFeePpm,
        taker_fee_ppm: symbol.takerFeePpm,
        reference_price: 0,
        band_ticks: 0,
      });
    } else if (templateId === SET_FEES.templateId) {
      const { symbolId, tier, makerFeePpm, takerFeePpm } = new SetFees().wrap(command, offset);
      if (tier !== 0) return;
      const fees = { maker_fee_ppm: makerFeePpm, taker_fee_ppm: takerFeePpm };
      this.fees.set(symbolId, { symbol_id: symbolId, ...fees });
    }
  }
}
