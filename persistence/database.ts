/** Connections to PostgreSQL. int8 columns are read as numbers: all of Hoga's are safe integers. */
import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import type { Tables } from './schema.ts';

pg.types.setTypeParser(pg.types.builtins.INT8, (text) => {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`int8 ${text} is beyond 2^53−1`);
  return value;
});

export type Database = Kysely<Tables>;

export interface DatabaseOptions {
  readonly url: string;
  readonly maxConnections: number;
  readonly connectTimeoutMs: number;
  /** How long an answer may take, whether PostgreSQL works or hangs. */
  readonly queryTimeoutMs: number;
}

export function openDatabase(options: DatabaseOptions): Database {
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.maxConnections,
    connectionTimeoutMillis: options.connectTimeoutMs,
    statement_timeout: options.queryTimeoutMs,
    query_timeout: options.queryTimeoutMs,
    keepAlive: true,
    application_name: 'hoga',
  });
  // A connection that breaks, idle or in use, is no reason to end the thread: the query that needs
  // it reports what is wrong, and the next one gets another.
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  return new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
}
