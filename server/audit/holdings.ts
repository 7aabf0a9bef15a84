/**
 * What the audit knows of every balance without asking risk: what postings sum to, what was told
 * last, and what is locked for orders. Risk's own balances must agree.
 */
import { NO_SLOT } from '../../collections/id-table.ts';
import type { Exchange } from '../../exchange/exchange.ts';
import type { BalanceView } from '../../exchange/state-view.ts';
import type { Lock } from './locks.ts';

export interface Holding {
  readonly accountId: number;
  readonly currencyId: number;
  /** As the last Balance event told. */
  available: number;
  locked: number;
  /** Sum of all postings. */
  posted: number;
  /** Sum of what locks money. */
  needed: number;
}

export class Holdings {
  private readonly byCurrency = new Map<number, Map<number, Holding>>();
  /** Of each currency, over all accounts as they were told. */
  private readonly totals = new Map<number, number>();
  private readonly touched = new Set<Holding>();

  of(accountId: number, currencyId: number): Holding {
    let accounts = this.byCurrency.get(currencyId);
    if (accounts === undefined) {
      accounts = new Map();
      this.byCurrency.set(currencyId, accounts);
    }
    let holding = accounts.get(accountId);
    if (holding === undefined) {
      holding = { accountId, currencyId, available: 0, locked: 0, posted: 0, needed: 0 };
      accounts.set(accountId, holding);
    }
    return holding;
  }

  /** Forgets which holdings the last command touched. */
  begin(): void {
    this.touched.clear();
  }

  /** Has a holding checked though no event tells of it. */
  touch(accountId: number, currencyId: number): void {
    this.touched.add(this.of(accountId, currencyId));
  }

  post(accountId: number, currencyId: number, amount: number): void {
    const holding = this.of(accountId, currencyId);
    holding.posted += amount;
    this.touched.add(holding);
  }

  tell(accountId: number, currencyId: number, available: number, locked: number): void {
    const holding = this.of(accountId, currencyId);
    const change = available - holding.available + (locked - holding.locked);
    this.totals.set(currencyId, (this.totals.get(currencyId) ?? 0) + change);
    holding.available = available;
    holding.locked = locked;
    this.touched.add(holding);
  }

  addLock({ accountId, currencyId, amount }: Lock): void {
    const holding = this.of(accountId, currencyId);
    holding.needed += amount;
    this.touched.add(holding);
  }

  removeLock({ accountId, currencyId, amount }: Lock): void {
    this.addLock({ accountId, currencyId, amount: -amount });
  }

  /** What does not hold of what the command touched. */
  findFaultInTouched(exchange: Exchange): string | undefined {
    for (const holding of this.touched) {
      const fault = findFault(holding, balanceOf(exchange, holding));
      if (fault !== undefined) return fault;
      const total = this.totals.get(holding.currencyId) ?? 0;
      if (total !== 0) return `all balances of ${currency(holding)} sum to ${total}, not to zero`;
    }
    return undefined;
  }

  /** What does not hold of any balance. */
  findFaultInAll(balances: readonly BalanceView[]): string | undefined {
    const sums = new Map<number, bigint>();
    for (const balance of balances) {
      const fault = findFault(this.of(balance.accountId, balance.currencyId), balance);
      if (fault !== undefined) return fault;
      const sum = sums.get(balance.currencyId) ?? 0n;
      sums.set(balance.currencyId, sum + BigInt(balance.available) + BigInt(balance.locked));
    }
    for (const [currencyId, sum] of sums) {
      if (sum !== 0n) return `all balances of currency ${currencyId} sum to ${sum}, not to zero`;
    }
    const known = new Set(
      balances.map((balance) => this.of(balance.accountId, balance.currencyId)),
    );
    for (const accounts of this.byCurrency.values()) {
      for (const holding of accounts.values()) {
        if (known.has(holding)) continue;
        const fault = findFault(holding, { available: 0, locked: 0 });
        if (fault !== undefined) return fault;
      }
    }
    return undefined;
  }
}

type Amounts = Pick<BalanceView, 'available' | 'locked'>;

function balanceOf({ risk }: Exchange, { accountId, currencyId }: Holding): Amounts {
  const { accounts, balances } = risk;
  const account = accountId > 0 ? accounts.find(accountId) : accounts.accountId.indexOf(accountId);
  const index = risk.currencyIndexOf(currencyId);
  const slot = account === NO_SLOT || index === NO_SLOT ? NO_SLOT : balances.find(account, index);
  if (slot === NO_SLOT) return { available: 0, locked: 0 };
  return { available: balances.available(slot), locked: balances.locked(slot) };
}

function findFault(holding: Holding, { available, locked }: Amounts): string | undefined {
  const whose = `account ${holding.accountId} in ${currency(holding)}`;
  const is = `available ${available}, locked ${locked}`;
  if (holding.accountId > 0 && (available < 0 || locked < 0)) return `${whose} is negative: ${is}`;
  if (available + locked !== holding.posted) {
    return `${whose}: ${is}, but its postings sum to ${holding.posted}`;
  }
  if (locked !== holding.needed) {
    return `${whose}: ${is}, but orders and transfers need ${holding.needed} locked`;
  }
  if (available !== holding.available || locked !== holding.locked) {
    return `${whose}: ${is}, but available ${holding.available}, locked ${holding.locked} was told`;
  }
  return undefined;
}

function currency({ currencyId }: Holding): string {
  return `currency ${currencyId}`;
}
