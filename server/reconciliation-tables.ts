/** PostgreSQL's side of a reconciliation: every table, read in one snapshot, page by page. */
import { type RawBuilder, sql, type Transaction } from 'kysely';
import type { Database } from '../persistence/database.ts';
import type { Tables } from '../persistence/schema.ts';

/** What a row says, by names that both sides use. */
export type Facts = Readonly<Record<string, string | number>>;

/** A table's rows by their key. */
export type Rows = Map<string, Facts>;

export interface ProjectedTables {
  readonly sequence: number;
  readonly eventHash: string;
  readonly currencies: Rows;
  readonly markets: Rows;
  readonly orders: Rows;
  /** The part of `orders` that has leaves quantity, with the facts that an order book knows. */
  readonly openOrders: Rows;
  readonly trades: Rows;
  readonly balances: Rows;
  readonly transfers: Rows;
  /** By account and currency: the sum of all postings. */
  readonly postings: Rows;
}

const PAGE_ROWS = 50_000;

export async function readTables(db: Database): Promise<ProjectedTables> {
  const transaction = db.transaction().setIsolationLevel('repeatable read');
  return transaction.execute(async (tx) => {
    const checkpoint = await tx
      .selectFrom('projection_checkpoint')
      .selectAll()
      .executeTakeFirstOrThrow();
    const { orders, openOrders } = await readOrders(tx);
    return {
      sequence: checkpoint.sequence,
      eventHash: checkpoint.event_hash,
      currencies: await readCurrencies(tx),
      markets: await readMarkets(tx),
      orders,
      openOrders,
      trades: await readTrades(tx),
      balances: await readBalances(tx),
      transfers: await readTransfers(tx),
      postings: await readPostings(tx),
    };
  });
}

/** A time as the exchange counts it: µs since 1970. */
function microseconds(column: string): RawBuilder<number> {
  return sql<number>`(extract(epoch FROM ${sql.ref(column)}) * 1000000)::bigint`;
}

async function readCurrencies(tx: Transaction<Tables>): Promise<Rows> {
  const rows = await tx.selectFrom('currencies').selectAll().execute();
  return new Map(rows.map(({ currency_id: id, ...facts }) => [String(id), facts]));
}

async function readMarkets(tx: Transaction<Tables>): Promise<Rows> {
  const found = await tx.selectFrom('market_symbols').selectAll().execute();
  const rows: Rows = new Map();
  for (const {
    symbol_id: id,
    base_currency_id: base,
    quote_currency_id: quote,
    ...facts
  } of found) {
    rows.set(String(id), { base, quote, ...facts });
  }
  return rows;
}

async function readOrders(tx: Transaction<Tables>): Promise<{ orders: Rows; openOrders: Rows }> {
  const orders: Rows = new Map();
  const openOrders: Rows = new Map();
  for (let last = 0, isMore = true; isMore; ) {
    const page = await tx
      .selectFrom('orders')
      .selectAll()
      .select([microseconds('created_at').as('created'), microseconds('updated_at').as('updated')])
      .select(sql<number>`coalesce(${microseconds('expires_at')}, 0)`.as('expires'))
      .where('order_id', '>', last)
      .orderBy('order_id')
      .limit(PAGE_ROWS)
      .execute();
    for (const row of page) {
      const { side, price, qty, cum_qty, leaves_qty, status, stop_price, display_qty } = row;
      const owner = { account: row.account_id, market: row.symbol_id };
      const terms = {
        ...owner,
        ...{ side, price, qty, cum_qty, stop_price, display_qty },
        post_only: Number(row.post_only),
        self_trade_prevention: row.self_trade_prevention,
        expires: row.expires,
      };
      orders.set(String(row.order_id), {
        ...terms,
        client_order_id: row.client_order_id,
        type: row.order_type,
        time_in_force: row.time_in_force,
        leaves_qty,
        status,
        reject_reason: row.reject_reason,
        cancel_reason: row.cancel_reason,
        amount: row.amount,
        group_id: row.group_id,
        created: row.created,
        updated: row.updated,
        updated_sequence: row.updated_sequence,
      });
      if (leaves_qty > 0) openOrders.set(String(row.order_id), terms);
      last = row.order_id;
    }
    isMore = page.length === PAGE_ROWS;
  }
  return { orders, openOrders };
}

async function readTrades(tx: Transaction<Tables>): Promise<Rows> {
  const trades: Rows = new Map();
  for (let last = 0, isMore = true; isMore; ) {
    const page = await tx
      .selectFrom('trades')
      .selectAll()
      .select(microseconds('executed_at').as('executed'))
      .where('trade_id', '>', last)
      .orderBy('trade_id')
      .limit(PAGE_ROWS)
      .execute();
    for (const row of page) {
      const { price, qty, taker_side, maker_fee, taker_fee, sequence, executed } = row;
      trades.set(String(row.trade_id), {
        market: row.symbol_id,
        price,
        qty,
        taker_side,
        maker_order: row.maker_order_id,
        taker_order: row.taker_order_id,
        maker_account: row.maker_account_id,
        taker_account: row.taker_account_id,
        maker_fee,
        taker_fee,
        sequence,
        executed,
      });
      last = row.trade_id;
    }
    isMore = page.length === PAGE_ROWS;
  }
  return trades;
}

async function readBalances(tx: Transaction<Tables>): Promise<Rows> {
  const rows = await tx.selectFrom('balances').selectAll().execute();
  return new Map(
    rows.map((row) => {
      const { account_id, currency_id, available, locked } = row;
      return [`${account_id}/${currency_id}`, { available, locked }];
    }),
  );
}

async function readTransfers(tx: Transaction<Tables>): Promise<Rows> {
  const transfers: Rows = new Map();
  for (let last = 0, isMore = true; isMore; ) {
    const page = await tx
      .selectFrom('transfers')
      .selectAll()
      .select([microseconds('created_at').as('created'), microseconds('updated_at').as('updated')])
      .select(sql<number>`coalesce(${microseconds('expires_at')}, 0)`.as('expires'))
      .where('transfer_id', '>', last)
      .orderBy('transfer_id')
      .limit(PAGE_ROWS)
      .execute();
    for (const { transfer_id: id, created_at, updated_at, expires_at, ...facts } of page) {
      transfers.set(String(id), facts);
      last = id;
    }
    isMore = page.length === PAGE_ROWS;
  }
  return transfers;
}

/** What each account must have of each currency, if the postings are all that ever happened. */
async function readPostings(tx: Transaction<Tables>): Promise<Rows> {
  const { rows } = await sql<{ account: number; currency: number; sum: number }>`
    SELECT account, currency_id AS currency, sum(amount)::bigint AS sum
    FROM (
      SELECT debit_account_id AS account, currency_id, -amount AS amount FROM ledger_entries
      UNION ALL
      SELECT credit_account_id, currency_id, amount FROM ledger_entries
    ) AS postings
    GROUP BY account, currency_id`.execute(tx);
  return new Map(rows.map(({ account, currency, sum }) => [`${account}/${currency}`, { sum }]));
}
