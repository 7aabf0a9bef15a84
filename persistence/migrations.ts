/** The schema, step by step; `migrate` brings a database to the newest. A step never changes. */
import { type Kysely, type Migration, Migrator, sql } from 'kysely';
import type { Tables } from './schema.ts';

const createProjection: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    const statements = [
      `CREATE TABLE currencies (
        currency_id bigint PRIMARY KEY,
        code text NOT NULL,
        decimals smallint NOT NULL)`,
      `CREATE TABLE market_symbols (
        symbol_id bigint PRIMARY KEY,
        code text NOT NULL,
        base_currency_id bigint NOT NULL REFERENCES currencies,
        quote_currency_id bigint NOT NULL REFERENCES currencies,
        lot_size bigint NOT NULL,
        tick_value bigint NOT NULL,
        maker_fee_ppm integer NOT NULL,
        taker_fee_ppm integer NOT NULL)`,
      `CREATE TABLE orders (
        order_id bigint PRIMARY KEY,
        account_id bigint NOT NULL,
        client_order_id bigint NOT NULL,
        symbol_id bigint NOT NULL,
        side text NOT NULL,
        order_type text NOT NULL,
        time_in_force text NOT NULL,
        price bigint NOT NULL,
        qty bigint NOT NULL,
        cum_qty bigint NOT NULL,
        leaves_qty bigint NOT NULL,
        status text NOT NULL,
        reject_reason text NOT NULL,
        updated_sequence bigint NOT NULL,
        created_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL)`,
      'CREATE INDEX orders_by_account ON orders (account_id, order_id)',
      `CREATE TABLE trades (
        trade_id bigint PRIMARY KEY,
        symbol_id bigint NOT NULL,
        price bigint NOT NULL,
        qty bigint NOT NULL,
        taker_side text NOT NULL,
        maker_order_id bigint NOT NULL,
        taker_order_id bigint NOT NULL,
        maker_account_id bigint NOT NULL,
        taker_account_id bigint NOT NULL,
        maker_fee bigint NOT NULL,
        taker_fee bigint NOT NULL,
        sequence bigint NOT NULL,
        executed_at timestamptz NOT NULL)`,
      'CREATE INDEX trades_by_symbol ON trades (symbol_id, trade_id)',
      `CREATE TABLE balances (
        account_id bigint NOT NULL,
        currency_id bigint NOT NULL REFERENCES currencies,
        available bigint NOT NULL,
        locked bigint NOT NULL,
        sequence bigint NOT NULL,
        PRIMARY KEY (account_id, currency_id))`,
      `CREATE TABLE projection_checkpoint (
        id smallint PRIMARY KEY CHECK (id = 1),
        sequence bigint NOT NULL,
        event_hash text NOT NULL)`,
      `INSERT INTO projection_checkpoint VALUES (1, 0, '0000000000000000')`,
    ];
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};

/** Stops, icebergs, and why an order was canceled. */
const addOrderTerms: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`ALTER TABLE orders
      ADD COLUMN stop_price bigint NOT NULL DEFAULT 0,
      ADD COLUMN display_qty bigint NOT NULL DEFAULT 0,
      ADD COLUMN cancel_reason text NOT NULL DEFAULT 'None'`.execute(db);
  },
};

/** Price bands. Markets of older tables had none: only newer journals can set one. */
const addPriceBands: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`ALTER TABLE market_symbols
      ADD COLUMN reference_price bigint NOT NULL DEFAULT 0,
      ADD COLUMN band_ticks bigint NOT NULL DEFAULT 0`.execute(db);
  },
};

/** The rest of an order's terms. */
const addRemainingTerms: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`ALTER TABLE orders
      ADD COLUMN amount bigint NOT NULL DEFAULT 0,
      ADD COLUMN post_only boolean NOT NULL DEFAULT false,
      ADD COLUMN self_trade_prevention text NOT NULL DEFAULT 'None',
      ADD COLUMN group_id bigint NOT NULL DEFAULT 0,
      ADD COLUMN expires_at timestamptz`.execute(db);
  },
};

/**
 * The ledger: kinds of currencies, transfers, and every posting. Older tables hold trades without
 * their postings: they are of journals that this release does not read, and must be rebuilt.
 */
const addLedger: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    const statements = [
      `ALTER TABLE currencies ADD COLUMN kind text NOT NULL DEFAULT 'Cash'`,
      `CREATE TABLE transfers (
        transfer_id bigint PRIMARY KEY,
        debit_account_id bigint NOT NULL,
        credit_account_id bigint NOT NULL,
        currency_id bigint NOT NULL,
        amount bigint NOT NULL,
        posted_amount bigint NOT NULL,
        reversed_amount bigint NOT NULL,
        locked_amount bigint NOT NULL,
        mode text NOT NULL,
        status text NOT NULL,
        reject_reason text NOT NULL,
        entry bigint NOT NULL,
        business_ref_id bigint NOT NULL,
        external_id bigint NOT NULL,
        original_transfer_id bigint NOT NULL,
        expires_at timestamptz,
        updated_sequence bigint NOT NULL,
        created_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL)`,
      'CREATE INDEX transfers_by_debit_account ON transfers (debit_account_id, transfer_id)',
      'CREATE INDEX transfers_by_credit_account ON transfers (credit_account_id, transfer_id)',
      `CREATE TABLE ledger_entries (
        entry bigint NOT NULL,
        posting integer NOT NULL,
        kind text NOT NULL,
        debit_account_id bigint NOT NULL,
        credit_account_id bigint NOT NULL,
        currency_id bigint NOT NULL REFERENCES currencies,
        amount bigint NOT NULL CHECK (amount > 0),
        trade_id bigint NOT NULL,
        transfer_id bigint NOT NULL,
        business_ref_id bigint NOT NULL,
        posted_at timestamptz NOT NULL,
        PRIMARY KEY (entry, posting))`,
    ];
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};

/**
 * For those who write: rows are a replay's, which has checked every currency, so PostgreSQL need
 * not look at each; and pages have room for the rows that change.
 */
const easeWriting: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    const statements = [
      'ALTER TABLE balances DROP CONSTRAINT balances_currency_id_fkey',
      'ALTER TABLE ledger_entries DROP CONSTRAINT ledger_entries_currency_id_fkey',
      'ALTER TABLE orders SET (fillfactor = 70)',
      'ALTER TABLE balances SET (fillfactor = 50)',
    ];
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};

const MIGRATIONS: Readonly<Record<string, Migration>> = {
  '0001_projection': createProjection,
  '0002_order_terms': addOrderTerms,
  '0003_price_bands': addPriceBands,
  '0004_remaining_terms': addRemainingTerms,
  '0005_ledger': addLedger,
  '0006_ease_writing': easeWriting,
};

/** Removes all that `migrate` makes, whatever state it is in. */
export async function dropProjection(db: Kysely<Tables>): Promise<void> {
  const tables = sql`currencies, market_symbols, orders, trades, balances, transfers,
    ledger_entries, projection_checkpoint, kysely_migration, kysely_migration_lock`;
  await sql`DROP TABLE IF EXISTS ${tables} CASCADE`.execute(db);
}

export async function migrate(db: Kysely<Tables>): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => MIGRATIONS } });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw error;
}
