/**
 * The enumerations of the protocol. Values are FIX's where FIX has them: its digits as numbers, and
 * ExecType as the character FIX uses.
 */

export const Side = { Buy: 1, Sell: 2 } as const;
export type Side = (typeof Side)[keyof typeof Side];

/** Who took in a trade: nobody in an auction. */
export const TakerSide = { None: 0, ...Side } as const;
export type TakerSide = (typeof TakerSide)[keyof typeof TakerSide];

/** Whose orders a mass cancel cancels. */
export const MassCancelSide = { Both: 0, ...Side } as const;
export type MassCancelSide = (typeof MassCancelSide)[keyof typeof MassCancelSide];

export const OrderType = { Market: 1, Limit: 2, Stop: 3, StopLimit: 4 } as const;
export type OrderType = (typeof OrderType)[keyof typeof OrderType];

export const TimeInForce = { DAY: 0, GTC: 1, IOC: 3, FOK: 4, GTD: 6 } as const;
export type TimeInForce = (typeof TimeInForce)[keyof typeof TimeInForce];

/** What the quantity of a ReplaceOrder means: the order's new total, or its new open quantity. */
export const QtyMeaning = { Total: 0, Open: 1 } as const;
export type QtyMeaning = (typeof QtyMeaning)[keyof typeof QtyMeaning];

/**
 * What happens when an incoming order reaches a resting one of the same owner; the incoming order's
 * mode rules. FIX leaves the values to the venue.
 */
export const SelfTradePrevention = {
  None: 0,
  CancelTaker: 1,
  CancelMaker: 2,
  CancelBoth: 3,
  Decrement: 4,
} as const;
export type SelfTradePrevention = (typeof SelfTradePrevention)[keyof typeof SelfTradePrevention];

/** FIX's TradSesStatus (340); a call auction's print has no value there. */
export const TradingState = {
  Halted: 1,
  Continuous: 2,
  Closed: 3,
  PreOpen: 4,
  Auction: 21,
} as const;
export type TradingState = (typeof TradingState)[keyof typeof TradingState];

export const ExecType = {
  New: 48, // '0'
  Canceled: 52, // '4'
  Replaced: 53, // '5'
  Rejected: 56, // '8'
  Expired: 67, // 'C'
  Restated: 68, // 'D'
  Trade: 70, // 'F'
  Triggered: 76, // 'L'
} as const;
export type ExecType = (typeof ExecType)[keyof typeof ExecType];

export const OrderStatus = {
  New: 0,
  PartiallyFilled: 1,
  Filled: 2,
  Canceled: 4,
  Rejected: 8,
  /** FIX's 'C', a hexadecimal digit. */
  Expired: 12,
} as const;
export type OrderStatus = (typeof OrderStatus)[keyof typeof OrderStatus];

/** FIX's LastLiquidityInd (851). */
export const Liquidity = { None: 0, Maker: 1, Taker: 2, Auction: 4 } as const;
export type Liquidity = (typeof Liquidity)[keyof typeof Liquidity];

/** Why an order was canceled. */
export const CancelReason = {
  None: 0,
  /** Its owner asked for it. */
  Requested: 1,
  /** What an IOC limit order could not trade at once. */
  ImmediateOrCancel: 2,
  /** A FOK order that could not trade whole. */
  FillOrKill: 3,
  SelfTrade: 4,
  MassCancel: 5,
  /** A market order found no further order. */
  NoLiquidity: 6,
  /** A market order reached the end of the price band. */
  PriceBand: 7,
  /** A market order that waited for an auction, which left this. */
  AuctionEnded: 8,
  /** What is left of the amount buys no further lot. */
  AmountSpent: 9,
  /** It reached its protection price, at which its money is reserved. */
  ProtectionPrice: 10,
  /** It made as many fills as one order may at a time. */
  TooManyFills: 11,
  /** The kill switch of its account, its market or the venue was engaged. */
  KillSwitch: 12,
  /** A market order slipped as far as it may. */
  Slippage: 13,
} as const;
export type CancelReason = (typeof CancelReason)[keyof typeof CancelReason];

/** What a market order does that would slip further than it may. */
export const SlippageAction = {
  /** It fills as far as it may slip, and the rest is canceled. */
  CancelRest: 0,
  /** It is rejected whole. */
  Reject: 1,
} as const;
export type SlippageAction = (typeof SlippageAction)[keyof typeof SlippageAction];

/** What an account may do. It may always cancel. */
export const Permission = {
  Active: 0,
  /** Sell what it holds, and buy no more. */
  CloseOnly: 1,
  /** Place and change no order. */
  Suspended: 2,
} as const;
export type Permission = (typeof Permission)[keyof typeof Permission];

export const KillSwitchAction = {
  /** Lets orders in again. */
  Release: 0,
  /** Cancels all open orders, and lets none in. */
  Engage: 1,
} as const;
export type KillSwitchAction = (typeof KillSwitchAction)[keyof typeof KillSwitchAction];

/** What the whole venue takes. */
export const VenueMode = {
  Normal: 0,
  /** Cancels and what ends things that are under way; nothing that begins something. */
  CancelOnly: 1,
} as const;
export type VenueMode = (typeof VenueMode)[keyof typeof VenueMode];

/** Who may have the venue in CancelOnly, each for itself; a bit each. */
export const VenueModeReason = {
  /** Somebody, by hand. */
  Operator: 1,
  /** The venue's own alarm: the disk, or the journal's map, is nearly full. */
  DiskLow: 2,
} as const;
export type VenueModeReason = (typeof VenueModeReason)[keyof typeof VenueModeReason];

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
  /** What rounding fees down left, from the rounding account to the fee account. */
  FeeRounding: 6,
  /** From account to account, neither of them the external one. */
  Transfer: 10,
  /** The other way from a transfer that was posted before. */
  Reversal: 11,
} as const;
export type TransferKind = (typeof TransferKind)[keyof typeof TransferKind];

/** Whether a posting belongs to a trade; else it is a transfer's. */
export function isTradePosting(kind: number): boolean {
  return kind > TransferKind.Withdrawal && kind < TransferKind.Transfer;
}

/** Whether a transfer posts at once, or is pending until it is resolved. */
export const TransferMode = { OneStep: 0, Pending: 1 } as const;
export type TransferMode = (typeof TransferMode)[keyof typeof TransferMode];

/** How a pending transfer is resolved. */
export const TransferAction = {
  Post: 1,
  Void: 2,
  /** Its leg outside timed out: nothing moves until it is posted or voided by its external id. */
  MarkUnknown: 3,
} as const;
export type TransferAction = (typeof TransferAction)[keyof typeof TransferAction];

export const TransferStatus = {
  /** The command is about no transfer that has an id. */
  None: 0,
  Posted: 1,
  Pending: 2,
  Unknown: 3,
  Voided: 4,
  Expired: 5,
  Rejected: 8,
} as const;
export type TransferStatus = (typeof TransferStatus)[keyof typeof TransferStatus];

/** Whether customers hold it as USER_CASH or as USER_SECURITIES. */
export const CurrencyKind = { Cash: 0, Security: 1 } as const;
export type CurrencyKind = (typeof CurrencyKind)[keyof typeof CurrencyKind];

/** Accounts of the venue itself. Customers' accounts are positive. */
export const SystemAccount = {
  /** Counterpart of everything that came in and went out: minus what all others hold. */
  External: -1,
  Fee: -2,
  /** What rounding fees down cost. */
  Rounding: -3,
  /** The venue's own gains and losses. */
  Pnl: -4,
} as const;

type Enumeration = Readonly<Record<string, number>>;

/** Looking a name up in the enumeration itself makes an array each time. */
const NAMES = new WeakMap<Enumeration, ReadonlyMap<number, string>>();

function namesOf(enumeration: Enumeration): ReadonlyMap<number, string> {
  let names = NAMES.get(enumeration);
  if (names === undefined) {
    names = new Map(Object.entries(enumeration).map(([name, value]) => [value, name]));
    NAMES.set(enumeration, names);
  }
  return names;
}

/** The name of an enumeration's value, for people: `nameOf(Side, 1)` is `'Buy'`. */
export function nameOf(enumeration: Enumeration, value: number): string {
  return namesOf(enumeration).get(value) ?? `unknown(${value})`;
}

/** Whether a number is one of an enumeration's. */
export function isNamed(enumeration: Enumeration, value: number): boolean {
  return namesOf(enumeration).has(value);
}
