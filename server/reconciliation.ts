/**
 * Compares PostgreSQL's tables with the engine's own at the checkpoint's sequence number. The
 * expected side comes from a fresh replay: balances and open orders from the exchange's state,
 * ended orders and trades from its events.
 */
import { orderedBalances, orderedOrders } from '../exchange/state-view.ts';
import { JournalReplay, type ReplayListener } from '../journal/journal-replay.ts';
import type { JournalStore } from '../journal/journal-store.ts';
import type { Database } from '../persistence/database.ts';
import { nameOf, OrderStatus, Side } from '../protocol/enums.ts';
import { EXECUTION_REPORT, TRADE } from '../protocol/event-layout.ts';
import { ExecutionReport, Trade } from '../protocol/events.ts';
import { type RecordBuffer, recordLengthAt, templateIdAt } from '../protocol/record.ts';

export interface Reconciliation {
  readonly sequence: number;
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

/** A row by its key, as one text: easy to compare, easy to show. */
type Rows = Map<string, string>;

const PAGE_ROWS = 50_000;
const MAX_EXAMPLES = 10;

class ExpectedEvents implements ReplayListener {
  readonly orders: Rows = new Map();
  readonly trades: Rows = new Map();
  private readonly report = new ExecutionReport();
  private readonly trade = new Trade();

  onCommand(_command: RecordBuffer, _offset: number, events: RecordBuffer, bytes: number): void {
    for (let at = 0; at < bytes; at += recordLengthAt(events, at)) {
      const templateId = templateIdAt(events, at);
      if (templateId === EXECUTION_REPORT.templateId) this.addOrder(this.report.wrap(events, at));
      else if (templateId === TRADE.templateId) this.addTrade(this.trade.wrap(events, at));
    }
  }

  private addOrder(report: ExecutionReport): void {
    const status = nameOf(OrderStatus, report.orderStatus);
    const terms = orderText(report.accountId, report.symbolId, report.side, report.price);
    this.orders.set(
      String(report.orderId),
      `${terms} qty ${report.qty} cum ${report.cumQty} leaves ${report.leavesQty} ${status}`,
    );
  }

  private addTrade(trade: Trade): void {
    this.trades.set(
      String(trade.tradeId),
      `market ${trade.symbolId} ${trade.qty} at ${trade.price}, ` +
        `orders ${trade.makerOrderId} ${trade.takerOrderId}, ` +
        `accounts ${trade.makerAccountId} ${trade.takerAccountId}, ` +
        `fees ${trade.makerFee} ${trade.takerFee}, ${nameOf(Side, trade.takerSide)}, ` +
        `sequence ${trade.sequence}`,
    );
  }
}

function orderText(accountId: number, symbolId: number, side: number, price: number): string {
  return `account ${accountId} market ${symbolId} ${nameOf(Side, side)} at ${price}`;
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
  const openOrders: Rows = new Map();
  for (const order of orderedOrders(replay.exchange)) {
    const { orderId, accountId, symbolId, side, price, qty, cumQty } = order;
    const terms = orderText(accountId, symbolId, side, price);
    openOrders.set(String(orderId), `${terms} qty ${qty} cum ${cumQty} leaves ${qty - cumQty}`);
  }
  const balances: Rows = new Map();
  for (const { accountId, currencyId, available, locked } of orderedBalances(replay.exchange)) {
    balances.set(`${accountId}/${currencyId}`, `available ${available} locked ${locked}`);
  }
  return {
    sequence: actual.sequence,
    tables: [
      compare('orders', expected.orders, actual.orders),
      compare('open orders', openOrders, actual.openOrders),
      compare('trades', expected.trades, actual.trades),
      compare('balances', balances, actual.balances),
    ],
  };
}

function compare(table: string, expected: Rows, actual: Rows): TableReconciliation {
  let differences = 0;
  const examples: string[] = [];
  const note = (key: string, engine: string | undefined, postgres: string | undefined) => {
    differences++;
    if (examples.length >= MAX_EXAMPLES) return;
    examples.push(`${table} ${key}: engine ${engine ?? 'none'}; PostgreSQL ${postgres ?? 'none'}`);
  };
  for (const [key, row] of expected) if (actual.get(key) !== row) note(key, row, actual.get(key));
  for (const [key, row] of actual) if (!expected.has(key)) note(key, undefined, row);
  return { table, rows: actual.size, differences, examples };
}

interface Tables {
  readonly sequence: number;
  readonly eventHash: string;
  readonly orders: Rows;
  readonly openOrders: Rows;
  readonly trades: Rows;
  readonly balances: Rows;
}

async function readTables(db: Database): Promise<Tables> {
  const transaction = db.transaction().setIsolationLevel('repeatable read');
  return transaction.execute(async (tx) => {
    const checkpoint = await tx
      .selectFrom('projection_checkpoint')
      .selectAll()
      .executeTakeFirstOrThrow();
    const orders: Rows = new Map();
    const openOrders: Rows = new Map();
    const trades: Rows = new Map();
    const balances: Rows = new Map();
    for (let last = 0, isMore = true; isMore; ) {
      const page = tx.selectFrom('orders').selectAll().where('order_id', '>', last);
      const rows = await page.orderBy('order_id').limit(PAGE_ROWS).execute();
      for (const row of rows) {
        const terms = `account ${row.account_id} market ${row.symbol_id} ${row.side} at ${row.price}`;
        const amounts = `qty ${row.qty} cum ${row.cum_qty} leaves ${row.leaves_qty}`;
        orders.set(String(row.order_id), `${terms} ${amounts} ${row.status}`);
        if (row.leaves_qty > 0) openOrders.set(String(row.order_id), `${terms} ${amounts}`);
        last = row.order_id;
      }
      isMore = rows.length === PAGE_ROWS;
    }
    for (let last = 0, isMore = true; isMore; ) {
      const page = tx.selectFrom('trades').selectAll().where('trade_id', '>', last);
      const rows = await page.orderBy('trade_id').limit(PAGE_ROWS).execute();
      for (const row of rows) {
        trades.set(
          String(row.trade_id),
          `market ${row.symbol_id} ${row.qty} at ${row.price}, ` +
            `orders ${row.maker_order_id} ${row.taker_order_id}, ` +
            `accounts ${row.maker_account_id} ${row.taker_account_id}, ` +
            `fees ${row.maker_fee} ${row.taker_fee}, ${row.taker_side}, sequence ${row.sequence}`,
        );
        last = row.trade_id;
      }
      isMore = rows.length === PAGE_ROWS;
    }
    for (const row of await tx.selectFrom('balances').selectAll().execute()) {
      const text = `available ${row.available} locked ${row.locked}`;
      balances.set(`${row.account_id}/${row.currency_id}`, text);
    }
    const { sequence, event_hash: eventHash } = checkpoint;
    return { sequence, eventHash, orders, openOrders, trades, balances };
  });
}
