/**
 * What the exchange benchmark measures, and what an account gets. The holdings of a currency sum
 * to 2^53−1 at most: where there are 1,000,000 accounts, each has less and orders are for less.
 * Either way an account has enough for all of its orders; balances exceed 32 bits, and where there
 * are 1,000 accounts most amounts do.
 */
import type { Case } from '../measuring/campaign.ts';
import { HEAP_NOISE_BYTES, type Target } from '../measuring/figures.ts';
import { MAX_QTY, MIDDLE } from './mixes.ts';

export interface Scale {
  readonly symbols: number;
  readonly accounts: number;
  /** Resting orders of a market. */
  readonly resting: number;
}

export interface ExchangeCase extends Scale {
  readonly mix: string;
}

const FEW_ACCOUNTS = 1_000;
const MANY_ACCOUNTS = 1_000_000;

const ONE_SYMBOL = { symbols: 1, accounts: FEW_ACCOUNTS, resting: 10_000 };
const MANY_SYMBOLS = { symbols: 100, accounts: FEW_ACCOUNTS, resting: 1_000 };

export const CASES: readonly Case[] = [
  caseOf('moves/1-symbol/1k-accounts', { mix: 'moves', ...ONE_SYMBOL }),
  caseOf('moves/100-symbols/1k-accounts', { mix: 'moves', ...MANY_SYMBOLS }),
  caseOf('moves/1-symbol/1m-accounts', { mix: 'moves', ...ONE_SYMBOL, accounts: MANY_ACCOUNTS }),
  caseOf('cancel-heavy/1-symbol/1k-accounts', { mix: 'cancel-heavy', ...ONE_SYMBOL }),
];

export const TARGETS: readonly Target[] = CASES.flatMap(({ name }) => [
  { case: name, metric: 'ops_per_s', atLeast: name.includes('1m-') ? 1_500_000 : 3_000_000 },
  { case: name, metric: 'p999_ns', atMost: 5_000 },
  { case: name, metric: 'heap_growth_bytes', atMost: HEAP_NOISE_BYTES },
]);

/** Leaves room for what rounding and the venue's own accounts need. */
const CURRENCY_TOTAL = 8e15;
/** An account's deposit pays so many orders of the largest size, and more with more accounts. */
const LARGEST_ORDERS = 8;
const LARGEST_ORDERS_OF_FEW = 400;

export interface Money {
  /** Minor units of each currency that an account gets. */
  readonly deposit: number;
  readonly tickValue: number;
  /** Makes the base worth about what the quote is. */
  readonly lotSize: number;
}

export function moneyOf(accounts: number): Money {
  const deposit = Math.floor(CURRENCY_TOTAL / accounts);
  const orders = accounts > FEW_ACCOUNTS ? LARGEST_ORDERS : LARGEST_ORDERS_OF_FEW;
  const tickValue = Math.floor(deposit / (orders * MAX_QTY * MIDDLE));
  return { deposit, tickValue, lotSize: tickValue * MIDDLE };
}

function caseOf(name: string, task: ExchangeCase): Case {
  return { name, part: 1, task };
}
