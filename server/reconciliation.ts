/**
 * Compares PostgreSQL's tables with the engine's own at the checkpoint's sequence number. The
 * expected side comes from a fresh replay: definitions, balances, transfers and open orders from
 * the exchange's state, ended orders and trades from its events. The ledger's postings must sum up
 * to the balances.
 */
import { orderedBalances, orderedOrders, orderedTransfers } from '../exchange/state-view.ts';
import { JournalReplay, type ReplayListener } from '../journal/journal-replay.ts';
import type { JournalStore } from '../journal/journal-store.ts';
import type { Database } from '../persistence/database.ts';
import { CommandHeader } from '../protocol/commands.ts';
import {
  CancelReason,
  CurrencyKind,
  nameOf,
  OrderStatus,
  OrderType,
  SelfTradePrevention,
  Side,
  TakerSide,
  TimeInForce,
  TransferMode,
  TransferStatus,
} from '../protocol/enums.ts';
import { EXECUTION_REPORT, TRADE, TRANSFER_REPORT } from '../protocol/event-layout.ts';
import { Trade } from '../protocol/events.ts';
import { ExecutionReport } from '../protocol/execution-report.ts';
import { type RecordBuffer, recordLengthAt, templateIdAt } from '../protocol/record.ts';
import { describeRejectReason } from '../protocol/reject-reason.ts';
import { TransferReport } from '../protocol/transfer-report.ts';
import { type Facts, type Rows, readTables } from './reconciliation-tables.ts';

export interface Reconciliation {
  /** Of PostgreSQL's checkpoint: where the two are compared. */
  readonly sequence: number;
  /** Where the journal ends. */
  readonly journalSequence: number;
  readonly tables: readonly TableReconciliation[];
}

export interface TableReconciliation {
  readonly table: string;
  /** Rows in PostgreSQL. */
  readonly rows: number;
  readonly differences: number;
  /** The first differences, for people. */
  readonly examples: readonly string[];
}

const MAX_EXAMPLES = 10;

interface TransferTimes {
  readonly created: number;
  readonly updated: number;
  readonly updated_sequence: number;
}

class ExpectedEvents implements ReplayListener {
  readonly orders: Rows = new Map();
  readonly trades: Rows = new Map();
  /** Of each transfer, when it came and when and where it changed last. */
  readonly transferTimes = new Map<number, TransferTimes>();
  private readonly header = new CommandHeader();
  private readonly report = new ExecutionReport();
  private readonly trade = new Trade();
  private readonly transferReport = new TransferReport();

  onCommand(command: RecordBuffer, offset: number, events: RecordBuffer, bytes: number): void {
    const { time } = this.header.wrap(command, offset);
    for (let at = 0; at < bytes; at += recordLengthAt(events, at)) {
      const templateId = templateIdAt(events, at);
      if (templateId === EXECUTION_REPORT.templateId) {
        this.addOrder(this.report.wrap(events, at), time);
      } else if (templateId === TRADE.templateId) this.addTrade(this.trade.wrap(events, at), time);
      else if (templateId === TRANSFER_REPORT.templateId) {
        this.addTransfer(this.transferReport.wrap(events, at), time);
      }
    }
  }

  private addTransfer({ transferId, sequence, isRepeat }: TransferReport, time: number): void {
    if (isRepeat === 1) return;
    const created = this.transferTimes.get(transferId)?.created ?? time;
    this.transferTimes.set(transferId, { created, updated: time, updated_sequence: sequence });
  }

  private addOrder(report: ExecutionReport, time: number): void {
    const key = String(report.orderId);
    this.orders.set(key, {
      account: report.accountId,
      client_order_id: report.clientOrderId,
      market: report.symbolId,
      side: nameOf(Side, report.side),
      type: nameOf(OrderType, report.orderType),
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
      post_only: report.postOnly,
      self_trade_prevention: nameOf(SelfTradePrevention, report.selfTradePrevention),
      group_id: report.groupId,
      expires: report.expireTime,
      created: this.orders.get(key)?.['created'] ?? time,
      updated: time,
      updated_sequence: report.sequence,
    });
  }

  private addTrade(trade: Trade, time: number): void {
    this.trades.set(String(trade.tradeId), {
      market: trade.symbolId,
      price: trade.price,
      qty: trade.qty,
      taker_side: nameOf(TakerSide, trade.takerSide),
      maker_order: trade.makerOrderId,
      taker_order: trade.takerOrderId,
      maker_account: trade.makerAccountId,
      taker_account: trade.takerAccountId,
      maker_fee: trade.makerFee,
      taker_fee: trade.takerFee,
      sequence: trade.sequence,
      executed: time,
    });
  }
}

/** Reads the tables in one snapshot and compares; throws where the journal cannot be replayed. */
export async function reconcile(db: Database, store: JournalStore): Promise<Reconciliation> {
  const actual = await readTables(db);
  const expected = new ExpectedEvents();
  const replay = new JournalReplay(store, expected);
  while (replay.exchange.sequence < actual.sequence && replay.next());
  const checkpoint = `sequence ${actual.sequence} with event hash ${actual.eventHash}`;
  const replayed = `sequence ${replay.exchange.sequence} with event hash ${replay.eventHash}`;
  if (actual.sequence > 0 && checkpoint !== replayed) {
    throw new Error(`PostgreSQL's checkpoint is ${checkpoint}, the journal has ${replayed}`);
  }
  const state = expectedState(replay);
  return {
    sequence: actual.sequence,
    journalSequence: store.lastLink().lastSequence,
    tables: [
      compare('currencies', state.currencies, actual.currencies),
      compare('markets', state.markets, actual.markets),
      compare('orders', expected.orders, actual.orders),
      compare('open orders', state.openOrders, actual.openOrders),
      compare('trades', expected.trades, actual.trades),
      compare('balances', state.balances, actual.balances),
      compare('transfers', expectedTransfers(replay, expected), actual.transfers),
      compare('ledger sums', state.postings, actual.postings),
    ],
  };
}

function expectedState({ exchange }: JournalReplay) {
  const currencies: Rows = new Map();
  for (const { currencyId, code, decimals, kind } of exchange.currencies) {
    currencies.set(String(currencyId), { code, decimals, kind: nameOf(CurrencyKind, kind) });
  }
  const markets: Rows = new Map();
  for (const [index, symbol] of exchange.symbols.entries()) {
    const { referencePrice, bandTicks } = exchange.engine.books[index]!;
    markets.set(String(symbol.symbolId), {
      code: symbol.code,
      base: symbol.baseCurrencyId,
      quote: symbol.quoteCurrencyId,
      lot_size: symbol.lotSize,
      tick_value: symbol.tickValue,
      maker_fee_ppm: symbol.makerFeePpm,
      taker_fee_ppm: symbol.takerFeePpm,
      reference_price: referencePrice,
      band_ticks: bandTicks,
    });
  }
  const openOrders: Rows = new Map();
  for (const order of orderedOrders(exchange)) {
    const { price, qty } = order;
    openOrders.set(String(order.orderId), {
      account: order.accountId,
      market: order.symbolId,
      side: nameOf(Side, order.side),
      price,
      qty,
      cum_qty: order.cumQty,
      stop_price: order.stopPrice,
      display_qty: order.displayQty,
      post_only: order.isPostOnly,
      self_trade_prevention: nameOf(SelfTradePrevention, order.selfTradePrevention),
      expires: order.expireTime,
    });
  }
  const balances: Rows = new Map();
  const postings: Rows = new Map();
  for (const { accountId, currencyId, available, locked } of orderedBalances(exchange)) {
    const key = `${accountId}/${currencyId}`;
    balances.set(key, { available, locked });
    postings.set(key, { sum: available + locked });
  }
  return { currencies, markets, openOrders, balances, postings };
}

function expectedTransfers({ exchange }: JournalReplay, { transferTimes }: ExpectedEvents): Rows {
  const transfers: Rows = new Map();
  for (const transfer of orderedTransfers(exchange)) {
    transfers.set(String(transfer.transferId), {
      debit_account_id: transfer.debitAccountId,
      credit_account_id: transfer.creditAccountId,
      currency_id: transfer.currencyId,
      amount: transfer.amount,
      posted_amount: transfer.postedAmount,
      reversed_amount: transfer.reversedAmount,
      locked_amount: transfer.lockedAmount,
      mode: nameOf(TransferMode, transfer.mode),
      status: nameOf(TransferStatus, transfer.status),
      reject_reason: describeRejectReason(transfer.rejectReason).name,
      entry: transfer.entry,
      business_ref_id: transfer.businessRefId,
      external_id: transfer.externalId,
      original_transfer_id: transfer.originalTransferId,
      expires: transfer.expireTime,
      ...transferTimes.get(transfer.transferId)!,
    });
  }
  return transfers;
}

function compare(table: string, expected: Rows, actual: Rows): TableReconciliation {
  let differences = 0;
  const examples: string[] = [];
  const note = (key: string, engine: string, postgres: string) => {
    differences++;
    if (examples.length >= MAX_EXAMPLES) return;
    examples.push(`${table} ${key}: engine ${engine}; PostgreSQL ${postgres}`);
  };
  for (const [key, facts] of expected) {
    const [engine, postgres] = [textOf(facts), textOf(actual.get(key))];
    if (engine !== postgres) note(key, engine, postgres);
  }
  for (const [key, facts] of actual) if (!expected.has(key)) note(key, 'none', textOf(facts));
  return { table, rows: actual.size, differences, examples };
}

function textOf(facts: Facts | undefined): string {
  if (facts === undefined) return 'none';
  const named = Object.keys(facts).sort();
  return named.map((name) => `${name} ${facts[name]}`).join(', ');
}
