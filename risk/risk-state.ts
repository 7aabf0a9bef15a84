/**
 * What risk is made of and what its listener may read. Made before both, so that compiled code of
 * either may hold the addresses of the slabs (ADR 0009).
 */
import { Accounts } from './accounts.ts';
import { createBalances } from './balances.ts';
import { createCurrencies } from './currencies.ts';
import { createExposures } from './exposures.ts';
import { createMarkets } from './markets.ts';
import { createOrderHolds } from './order-holds.ts';
import { createVolumes } from './volumes.ts';

export interface RiskCapacity {
  /** The most open orders: handles are from 0 to this. */
  readonly openOrders: number;
  /** What the pages of tables are made for, which grow: it decides memory, never an outcome. */
  readonly accounts: number;
}

/** Places of `registers`. Amounts live in lanes, which are never boxed. */
export const RISK_REGISTERS = {
  /** Of the posting that is told: minor units, what caused it, the customer's word for it. */
  amount: 0,
  referenceId: 1,
  businessRefId: 9,
  /** Of the fill to settle: ticks, lots, and what of the buyer's order may trade behind it. */
  price: 2,
  qty: 3,
  coveredQty: 4,
  /** Of the fill that was settled last. */
  makerFee: 5,
  takerFee: 6,
  notional: 7,
  /** What an order needs in its holding currency. */
  required: 8,
  /** By how much that is more than it has reserved. */
  more: 10,
} as const;

export type RiskState = ReturnType<typeof createRiskState>;

/** @param clock the time of the command, in a lane: µs since 1970 */
export function createRiskState({ openOrders, accounts }: RiskCapacity, clock: Float64Array) {
  const balances = createBalances(accounts * 2);
  const accountsTable = new Accounts(accounts);
  const currencies = createCurrencies();
  const markets = createMarkets();
  const exposures = createExposures(accounts, markets);
  const volumes = createVolumes(balances, accounts);
  const registers = new Float64Array(11);

  /** The balance of an account in a currency, by their slots; a new one where there was none. */
  function findOrOpenBalance(account: number, currency: number): number {
    const slot = balances.find(account, currency);
    if (slot >= 0) return slot;
    const accountId = accountsTable.accountId[account]!;
    return balances.open(account, accountId, currency, currencies.ids[currency]!);
  }

  return {
    clock,
    accounts: accountsTable,
    balances,
    currencies,
    exposures,
    markets,
    /** One more than may be open: the incoming order has a handle too. */
    holds: createOrderHolds(exposures, openOrders + 1),
    registers,
    volumes,
    findOrOpenBalance,

    /** Forgets all but the clock; an order's hold is written whenever its handle is given out. */
    clear(): void {
      accountsTable.clear();
      balances.clear();
      currencies.clear();
      exposures.clear();
      markets.clear();
      volumes.clear();
      registers.fill(0);
    },
  };
}
