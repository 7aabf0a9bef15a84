/**
 * The enumerations of the protocol. Values are FIX's where FIX has them: its digits as numbers, and
 * ExecType as the character FIX uses.
 */

export const Side = { Buy: 1, Sell: 2 } as const;
export type Side = (typeof Side)[keyof typeof Side];

export const OrderType = { Market: 1, Limit: 2 } as const;
export type OrderType = (typeof OrderType)[keyof typeof OrderType];

export const TimeInForce = { GTC: 1, IOC: 3 } as const;
export type TimeInForce = (typeof TimeInForce)[keyof typeof TimeInForce];

/** What the quantity of a ReplaceOrder means: the order's new total, or its new open quantity. */
export const QtyMeaning = { Total: 0, Open: 1 } as const;
export type QtyMeaning = (typeof QtyMeaning)[keyof typeof QtyMeaning];

export const ExecType = {
  New: 48, // '0'
  Canceled: 52, // '4'
  Replaced: 53, // '5'
  Rejected: 56, // '8'
  Trade: 70, // 'F'
} as const;
export type ExecType = (typeof ExecType)[keyof typeof ExecType];

export const OrderStatus = {
  New: 0,
  PartiallyFilled: 1,
  Filled: 2,
  Canceled: 4,
  Rejected: 8,
} as const;
export type OrderStatus = (typeof OrderStatus)[keyof typeof OrderStatus];

export const Liquidity = { None: 0, Maker: 1, Taker: 2 } as const;
export type Liquidity = (typeof Liquidity)[keyof typeof Liquidity];

/** Why money moved. Each Transfer debits one account and credits another. */
export const TransferKind = {
  Deposit: 1,
  Withdrawal: 2,
  /** Base currency of a trade, from seller to buyer. */
  TradeBase: 3,
  /** Quote currency of a trade, from buyer to seller. */
  TradeQuote: 4,
  /** Fee of a fill, from the customer to the fee account. */
  Fee: 5,
} as const;
export type TransferKind = (typeof TransferKind)[keyof typeof TransferKind];

/** Accounts of the venue itself. Customers' accounts are positive. */
export const SystemAccount = {
  /** Counterpart of everything that came in and went out: minus what all others hold. */
  External: -1,
  Fee: -2,
} as const;

/** The name of an enumeration's value, for people: `nameOf(Side, 1)` is `'Buy'`. */
export function nameOf(enumeration: Readonly<Record<string, number>>, value: number): string {
  for (const [name, candidate] of Object.entries(enumeration)) {
    if (candidate === value) return name;
  }
  return `unknown(${value})`;
}
