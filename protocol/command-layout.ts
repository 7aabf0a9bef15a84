/**
 * Layouts of the commands: offsets and lengths in bytes from the record's start. `hoga.sbe.xml`
 * describes the same messages for clients in other languages; a test holds one against the other.
 *
 * ```
 *  0               8          16         24              32          40          44
 *  +---------------+----------+----------+---------------+-----------+-----------+----------+
 *  | message header| sequence | time µs  | correlationId | accountId | gatewayId | reserved |
 *  +---------------+----------+----------+---------------+-----------+-----------+----------+
 *  48: the fields of the command, padded with zeros to a multiple of 8
 * ```
 * A client leaves sequence, time and gatewayId zero: the gateway and the sequencer fill them in.
 * correlationId is the client's own number and comes back in the result.
 */

/** The fields that every command begins with. */
export const COMMAND_HEADER = {
  sequence: 8,
  time: 16,
  correlationId: 24,
  accountId: 32,
  gatewayId: 40,
} as const;

/**
 * `amount` is in ticks × lots, `expireTime` in µs since 1970; 0 in a term means the order has none.
 */
export const NEW_ORDER = {
  templateId: 1,
  length: 128,
  clientOrderId: 48,
  price: 56,
  qty: 64,
  symbolId: 72,
  side: 76,
  orderType: 77,
  timeInForce: 78,
  selfTradePrevention: 79,
  stopPrice: 80,
  displayQty: 88,
  amount: 96,
  expireTime: 104,
  groupId: 112,
  postOnly: 120,
  slippageAction: 121,
  maxSlippageBps: 124,
} as const;

export const CANCEL_ORDER = {
  templateId: 2,
  length: 72,
  orderId: 48,
  clientOrderId: 56,
  symbolId: 64,
} as const;

export const REPLACE_ORDER = {
  templateId: 3,
  length: 104,
  orderId: 48,
  clientOrderId: 56,
  price: 64,
  qty: 72,
  symbolId: 80,
  qtyMeaning: 84,
  displayQty: 88,
  stopPrice: 96,
} as const;

/** Cancels an account's open orders: symbolId 0 means in all markets, side 0 of both sides. */
export const MASS_CANCEL = { templateId: 4, length: 56, symbolId: 48, side: 52 } as const;

/**
 * Deposit (template 10) and Withdraw (template 11) have the same fields. In them and in the other
 * commands about transfers, a transferId, businessRefId or externalId of 0 is none.
 */
export const FUNDING = {
  depositTemplateId: 10,
  withdrawTemplateId: 11,
  length: 96,
  amount: 48,
  currencyId: 56,
  mode: 60,
  transferId: 64,
  businessRefId: 72,
  externalId: 80,
  expireTime: 88,
} as const;

export const NEW_TRANSFER = {
  templateId: 12,
  length: 112,
  debitAccountId: 48,
  creditAccountId: 56,
  amount: 64,
  currencyId: 72,
  mode: 76,
  transferId: 80,
  businessRefId: 88,
  externalId: 96,
  expireTime: 104,
} as const;

/** amount 0: all that is pending. */
export const RESOLVE_TRANSFER = {
  templateId: 13,
  length: 80,
  transferId: 48,
  amount: 56,
  externalId: 64,
  action: 72,
} as const;

/** transferId is the reversal's own; amount 0: all that is left. */
export const REVERSE_TRANSFER = {
  templateId: 14,
  length: 88,
  transferId: 48,
  originalTransferId: 56,
  amount: 64,
  businessRefId: 72,
  externalId: 80,
} as const;

export const ADD_CURRENCY = {
  templateId: 20,
  length: 64,
  currencyId: 48,
  decimals: 52,
  kind: 53,
  code: 56,
  codeWidth: 8,
} as const;

export const ADD_SYMBOL = {
  templateId: 21,
  length: 104,
  lotSize: 48,
  tickValue: 56,
  symbolId: 64,
  baseCurrencyId: 68,
  quoteCurrencyId: 72,
  makerFeePpm: 76,
  takerFeePpm: 80,
  code: 88,
  codeWidth: 16,
} as const;

export const SET_LIMITS = {
  templateId: 22,
  length: 80,
  maxOpenOrders: 48,
  maxAccounts: 52,
  maxCurrencies: 56,
  maxSymbols: 60,
  maxTransfers: 64,
  clientOrderIdSeconds: 68,
  maxClientOrderIds: 72,
} as const;

export const SET_TRADING_STATE = { templateId: 23, length: 56, symbolId: 48, state: 52 } as const;

/** bandTicks 0: no band; the referencePrice then still is the auctions' reference. */
export const SET_PRICE_BAND = {
  templateId: 24,
  length: 72,
  referencePrice: 48,
  bandTicks: 56,
  symbolId: 64,
} as const;

/** Fees of a market for accounts of a tier; tier 0 is everybody's. */
export const SET_FEES = {
  templateId: 26,
  length: 64,
  symbolId: 48,
  makerFeePpm: 52,
  takerFeePpm: 56,
  tier: 60,
} as const;

/** From which 30-day volume, in minor units of a quote currency, an account is of a tier. */
export const SET_FEE_TIER = {
  templateId: 27,
  length: 64,
  minVolume: 48,
  currencyId: 56,
  tier: 60,
} as const;

/** accountId 0: each account's, unless it has its own; symbolId 0: all markets together. */
export const SET_RISK_LIMITS = {
  templateId: 28,
  length: 88,
  maxOrderQty: 48,
  maxOrderNotional: 56,
  maxPosition: 64,
  symbolId: 72,
  maxOpenOrders: 76,
  maxMessageRate: 80,
} as const;

export const SET_PERMISSION = { templateId: 29, length: 56, permission: 48 } as const;

/** accountId and symbolId 0: the venue. */
export const KILL_SWITCH = { templateId: 31, length: 56, symbolId: 48, action: 52 } as const;

/** What market orders may slip in a market that do not say it themselves. */
export const SET_SLIPPAGE = {
  templateId: 32,
  length: 56,
  symbolId: 48,
  maxSlippageBps: 52,
} as const;

/** From here on the venue works by these rules. */
export const SET_RULES_VERSION = { templateId: 33, length: 56, rulesVersion: 48 } as const;
/** Of the whole venue; `reason` says whose the change is (docs/risk.md). */
export const SET_VENUE_MODE = { templateId: 34, length: 56, mode: 48, reason: 49 } as const;

/** Time passes: what is due by the record's time happens. From the venue's own threads only. */
export const TICK = { templateId: 25, length: 48 } as const;

/** A gateway's request for an image of the books: read-only, answered outside journal and hash. */
export const BOOK_IMAGE_REQUEST = { templateId: 30, length: 48 } as const;

/** The longest command. */
export const MAX_COMMAND_LENGTH = NEW_ORDER.length;
