/**
 * Writes a batch of rows and the checkpoint in one transaction: exactly once, whatever crashes.
 * Rows travel as one array a column, so a batch is one statement a table.
 */
import { type RawBuilder, sql, type Transaction } from 'kysely';
import { type ColumnType, type ColumnValue, columnArray } from './column-array.ts';
import type { Database } from './database.ts';
import type { BandRow, FeesRow, ProjectionBatch } from './projection-batch.ts';
import type { Tables } from './schema.ts';

export interface Checkpoint {
  readonly sequence: number;
  readonly eventHash: string;
}

/**
 * The checkpoint is not where this projector left it: somebody else wrote, or an old backup is in.
 */
export class CheckpointMovedError extends Error {
  override readonly name = 'CheckpointMovedError';
}

/** undefined where somebody removed it. */
export async function readCheckpoint(db: Database): Promise<Checkpoint | undefined> {
  const row = await db
    .selectFrom('projection_checkpoint')
    .select(['sequence', 'event_hash'])
    .executeTakeFirst();
  return row === undefined ? undefined : { sequence: row.sequence, eventHash: row.event_hash };
}

/**
 * Stores a batch that continues the checkpoint `from`, which becomes `to`.
 *
 * @param isFlushed whether it must be on disk when this returns; else a crash of PostgreSQL may
 *   take back the latest batches, whole ones, checkpoint and all
 */
export async function project(
  db: Database,
  batch: ProjectionBatch,
  from: Checkpoint,
  to: Checkpoint,
  isFlushed: boolean,
): Promise<void> {
  await db.transaction().execute(async (tx) => {
    if (!isFlushed) await sql`set local synchronous_commit to off`.execute(tx);
    await moveCheckpoint(tx, from, to);
    await insertRows(tx, 'currencies', CURRENCY_COLUMNS, batch.currencies);
    await insertRows(tx, 'market_symbols', SYMBOL_COLUMNS, batch.symbols);
    await updateMarkets(tx, [...batch.bands.values(), ...batch.fees.values()]);
    await insertRows(tx, 'orders', ORDER_COLUMNS, [...batch.orders.values()], ORDER_UPDATE);
    await insertRows(tx, 'trades', TRADE_COLUMNS, batch.trades);
    const transfers = [...batch.transfers.values()];
    await insertRows(tx, 'transfers', TRANSFER_COLUMNS, transfers, TRANSFER_UPDATE);
    await insertRows(tx, 'ledger_entries', LEDGER_ENTRY_COLUMNS, batch.ledgerEntries);
    await insertRows(tx, 'balances', BALANCE_COLUMNS, [...batch.balances.values()], BALANCE_UPDATE);
  });
}

/** All that was projected up to there is on disk when it returns. */
export async function flushProjection(db: Database, at: Checkpoint): Promise<void> {
  await db.transaction().execute((tx) => moveCheckpoint(tx, at, at));
}

async function moveCheckpoint(
  tx: Transaction<Tables>,
  from: Checkpoint,
  to: Checkpoint,
): Promise<void> {
  const moved = await tx
    .updateTable('projection_checkpoint')
    .set({ sequence: to.sequence, event_hash: to.eventHash })
    .where('sequence', '=', from.sequence)
    .where('event_hash', '=', from.eventHash)
    .executeTakeFirst();
  if (moved.numUpdatedRows !== 1n) {
    throw new CheckpointMovedError(`checkpoint is no longer at sequence ${from.sequence}`);
  }
}

type Columns<Table> = Readonly<Record<keyof Table, ColumnType>>;

const CURRENCY_COLUMNS: Columns<Tables['currencies']> = {
  currency_id: 'bigint',
  code: 'text',
  decimals: 'smallint',
  kind: 'text',
};
const SYMBOL_COLUMNS: Columns<Tables['market_symbols']> = {
  symbol_id: 'bigint',
  code: 'text',
  base_currency_id: 'bigint',
  quote_currency_id: 'bigint',
  lot_size: 'bigint',
  tick_value: 'bigint',
  maker_fee_ppm: 'integer',
  taker_fee_ppm: 'integer',
  reference_price: 'bigint',
  band_ticks: 'bigint',
};
const ORDER_COLUMNS: Columns<Tables['orders']> = {
  order_id: 'bigint',
  account_id: 'bigint',
  client_order_id: 'bigint',
  symbol_id: 'bigint',
  side: 'text',
  order_type: 'text',
  time_in_force: 'text',
  price: 'bigint',
  qty: 'bigint',
  cum_qty: 'bigint',
  leaves_qty: 'bigint',
  status: 'text',
  reject_reason: 'text',
  stop_price: 'bigint',
  display_qty: 'bigint',
  cancel_reason: 'text',
  amount: 'bigint',
  post_only: 'boolean',
  self_trade_prevention: 'text',
  group_id: 'bigint',
  expires_at: 'timestamptz',
  updated_sequence: 'bigint',
  created_at: 'timestamptz',
  updated_at: 'timestamptz',
};
const TRADE_COLUMNS: Columns<Tables['trades']> = {
  trade_id: 'bigint',
  symbol_id: 'bigint',
  price: 'bigint',
  qty: 'bigint',
  taker_side: 'text',
  maker_order_id: 'bigint',
  taker_order_id: 'bigint',
  maker_account_id: 'bigint',
  taker_account_id: 'bigint',
  maker_fee: 'bigint',
  taker_fee: 'bigint',
  sequence: 'bigint',
  executed_at: 'timestamptz',
};
const BALANCE_COLUMNS: Columns<Tables['balances']> = {
  account_id: 'bigint',
  currency_id: 'bigint',
  available: 'bigint',
  locked: 'bigint',
  sequence: 'bigint',
};

const TRANSFER_COLUMNS: Columns<Tables['transfers']> = {
  transfer_id: 'bigint',
  debit_account_id: 'bigint',
  credit_account_id: 'bigint',
  currency_id: 'bigint',
  amount: 'bigint',
  posted_amount: 'bigint',
  reversed_amount: 'bigint',
  locked_amount: 'bigint',
  mode: 'text',
  status: 'text',
  reject_reason: 'text',
  entry: 'bigint',
  business_ref_id: 'bigint',
  external_id: 'bigint',
  original_transfer_id: 'bigint',
  expires_at: 'timestamptz',
  updated_sequence: 'bigint',
  created_at: 'timestamptz',
  updated_at: 'timestamptz',
};
const LEDGER_ENTRY_COLUMNS: Columns<Tables['ledger_entries']> = {
  entry: 'bigint',
  posting: 'integer',
  kind: 'text',
  debit_account_id: 'bigint',
  credit_account_id: 'bigint',
  currency_id: 'bigint',
  amount: 'bigint',
  trade_id: 'bigint',
  transfer_id: 'bigint',
  business_ref_id: 'bigint',
  posted_at: 'timestamptz',
};

/** What an order's, transfer's or balance's new row changes in an older one. */
const ORDER_UPDATE = {
  key: ['order_id'],
  set: [
    'price',
    'qty',
    'cum_qty',
    'leaves_qty',
    'status',
    'stop_price',
    'display_qty',
    'cancel_reason',
    'updated_sequence',
    'updated_at',
  ],
};
const TRANSFER_UPDATE = {
  key: ['transfer_id'],
  set: [
    'posted_amount',
    'reversed_amount',
    'locked_amount',
    'status',
    'entry',
    'external_id',
    'updated_sequence',
    'updated_at',
  ],
};
const BALANCE_UPDATE = {
  key: ['account_id', 'currency_id'],
  set: ['available', 'locked', 'sequence'],
};

/** The price bands and fees that changed; their markets are in the table. */
async function updateMarkets(
  tx: Transaction<Tables>,
  rows: readonly (BandRow | FeesRow)[],
): Promise<void> {
  for (const { symbol_id, ...changed } of rows) {
    await tx
      .updateTable('market_symbols')
      .set(changed)
      .where('symbol_id', '=', symbol_id)
      .execute();
  }
}

async function insertRows<Row extends object>(
  tx: Transaction<Tables>,
  table: keyof Tables,
  columns: Readonly<Record<string, ColumnType>>,
  rows: readonly Row[],
  update?: { key: readonly string[]; set: readonly string[] },
): Promise<void> {
  if (rows.length === 0) return;
  const names = Object.keys(columns);
  const refs = names.map((name) => sql.ref(name));
  const arrays = names.map((name) => {
    const values = rows.map((row) => (row as Record<string, ColumnValue>)[name]!);
    return sql`unnest(${columnArray(columns[name]!, values)}::${sql.raw(columns[name]!)}[])`;
  });
  const onConflict = update === undefined ? sql`` : conflictClause(update.key, update.set);
  await sql`INSERT INTO ${sql.table(table)} (${sql.join(refs)}) SELECT ${sql.join(arrays)}
    ${onConflict}`.execute(tx);
}

function conflictClause(key: readonly string[], set: readonly string[]): RawBuilder<unknown> {
  const keys = key.map((name) => sql.ref(name));
  const sets = set.map((name) => sql`${sql.ref(name)} = excluded.${sql.ref(name)}`);
  return sql`ON CONFLICT (${sql.join(keys)}) DO UPDATE SET ${sql.join(sets)}`;
}
