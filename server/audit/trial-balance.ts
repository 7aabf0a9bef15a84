/** The trial balance: what every account of the ledger holds, currency by currency. */
import type { Exchange } from '../../exchange/exchange.ts';
import { orderedBalances } from '../../exchange/state-view.ts';
import { CurrencyKind, SystemAccount } from '../../protocol/enums.ts';

export interface TrialBalance {
  readonly currencyId: number;
  readonly code: string;
  readonly decimals: number;
  /** By the names of docs/ledger.md: the venue's own, then all customers' together. Minor units. */
  readonly rows: ReadonlyMap<string, bigint>;
  /** Zero, where the books balance. */
  readonly sum: bigint;
}

/** The ledger's names of the venue's own accounts. */
const VENUE_ACCOUNTS: ReadonlyMap<number, string> = new Map([
  [SystemAccount.External, 'EXTERNAL'],
  [SystemAccount.Fee, 'SYSTEM_FEE'],
  [SystemAccount.Rounding, 'SYSTEM_ROUNDING'],
  [SystemAccount.Pnl, 'SYSTEM_PNL'],
]);

export function trialBalances(exchange: Exchange): TrialBalance[] {
  const tables = new Map<number, Map<string, bigint>>();
  const kinds = new Map(exchange.currencies.map(({ currencyId, kind }) => [currencyId, kind]));
  for (const { currencyId, kind } of exchange.currencies) {
    const names = [...VENUE_ACCOUNTS.values(), available(kind), locked(kind)];
    tables.set(currencyId, new Map(names.map((name) => [name, 0n])));
  }
  for (const balance of orderedBalances(exchange)) {
    const rows = tables.get(balance.currencyId)!;
    const add = (name: string, amount: number) =>
      rows.set(name, (rows.get(name) ?? 0n) + BigInt(amount));
    const ofVenue = VENUE_ACCOUNTS.get(balance.accountId);
    if (ofVenue !== undefined) add(ofVenue, balance.available + balance.locked);
    else {
      const kind = kinds.get(balance.currencyId)!;
      add(available(kind), balance.available);
      add(locked(kind), balance.locked);
    }
  }
  return exchange.currencies.map(({ currencyId, code, decimals }) => {
    const rows = tables.get(currencyId)!;
    const sum = [...rows.values()].reduce((total, amount) => total + amount, 0n);
    return { currencyId, code, decimals, rows, sum };
  });
}

function available(kind: number): string {
  return `${accountOf(kind)} available`;
}

function locked(kind: number): string {
  return `${accountOf(kind)} locked`;
}

function accountOf(kind: number): string {
  return kind === CurrencyKind.Security ? 'USER_SECURITIES' : 'USER_CASH';
}
