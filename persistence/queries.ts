/** What others may ask the projection: reads, each with the sequence number it is true at. */
import { sql } from 'kysely';
import type { Database } from './database.ts';

export interface AccountBalance {
  readonly currencyId: number;
  readonly currency: string;
  readonly decimals: number;
  readonly available: number;
  readonly locked: number;
}

export interface AccountBalances {
  /** The balances are those after this command. */
  readonly sequence: number;
  readonly balances: readonly AccountBalance[];
}

/** All balances of an account, by currency id; one statement, so one state. */
export async function readAccountBalances(
  db: Database,
  accountId: number,
): Promise<AccountBalances> {
  const rows = await db
    .selectFrom('projection_checkpoint as p')
    .leftJoin('balances as b', (join) => join.on('b.account_id', '=', sql.lit(accountId)))
    .leftJoin('currencies as c', 'c.currency_id', 'b.currency_id')
    .select(['p.sequence', 'c.currency_id', 'c.code', 'c.decimals', 'b.available', 'b.locked'])
    .orderBy('c.currency_id')
    .execute();
  const balances: AccountBalance[] = [];
  for (const row of rows) {
    if (row.currency_id === null) continue;
    balances.push({
      currencyId: row.currency_id,
      currency: row.code!,
      decimals: row.decimals!,
      available: row.available!,
      locked: row.locked!,
    });
  }
  const sequence = rows[0]?.sequence;
  if (sequence === undefined) throw new Error('its checkpoint is missing');
  return { sequence, balances };
}
