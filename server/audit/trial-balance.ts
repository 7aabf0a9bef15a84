/** The trial balance: what every kind of account holds, currency by currency. */
import type { Exchange } from '../../exchange/exchange.ts';
import { orderedBalances } from '../../exchange/state-view.ts';
import { nameOf, SystemAccount } from '../../protocol/enums.ts';

export interface TrialBalance {
  readonly currencyId: number;
  readonly code: string;
  readonly decimals: number;
  /** The venue's own accounts by name, then customers' available and locked. In minor units. */
  readonly rows: ReadonlyMap<string, bigint>;
  /** Zero, where the books balance. */
  readonly sum: bigint;
}

const AVAILABLE = 'customers available';
const LOCKED = 'customers locked';

export function trialBalances(exchange: Exchange): TrialBalance[] {
  const venueAccounts = Object.entries(SystemAccount);
  const tables = new Map<number, Map<string, bigint>>();
  for (const { currencyId } of exchange.currencies) {
    const names = [...venueAccounts.map(([name]) => name), AVAILABLE, LOCKED];
    tables.set(currencyId, new Map(names.map((name) => [name, 0n])));
  }
  for (const { accountId, currencyId, available, locked } of orderedBalances(exchange)) {
    const rows = tables.get(currencyId)!;
    const add = (name: string, amount: number) =>
      rows.set(name, (rows.get(name) ?? 0n) + BigInt(amount));
    if (accountId <= 0) add(nameOf(SystemAccount, accountId), available + locked);
    else {
      add(AVAILABLE, available);
      add(LOCKED, locked);
    }
  }
  return exchange.currencies.map(({ currencyId, code, decimals }) => {
    const rows = tables.get(currencyId)!;
    const sum = [...rows.values()].reduce((total, amount) => total + amount, 0n);
    return { currencyId, code, decimals, rows, sum };
  });
}
