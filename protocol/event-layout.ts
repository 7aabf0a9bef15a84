/**
 * Layouts of the events: offsets and lengths in bytes from the record's start.
 *
 * ```
 *  0               8          16
 *  +---------------+----------+--------------------------------------------+
 *  | message header| sequence | fields of the event, padded to 8           |
 *  +---------------+----------+--------------------------------------------+
 * ```
 * `sequence` is that of the command that caused the event; its time is the command's time. On
 * stream 20 a group is: the command, its events, CommandDone.
 */

/** Templates below are commands, from here on events. */
export const FIRST_EVENT_TEMPLATE = 100;

export const EVENT_HEADER = { sequence: 8 } as const;

/** Terms that the order does not have are 0. `amount` is in ticks × lots, `expireTime` in µs. */
export const EXECUTION_REPORT = {
  templateId: 100,
  length: 160,
  orderId: 16,
  clientOrderId: 24,
  accountId: 32,
  price: 40,
  qty: 48,
  lastPrice: 56,
  lastQty: 64,
  cumQty: 72,
  leavesQty: 80,
  fee: 88,
  tradeId: 96,
  symbolId: 104,
  execType: 108,
  orderStatus: 109,
  side: 110,
  orderType: 111,
  timeInForce: 112,
  liquidity: 113,
  rejectReason: 114,
  cancelReason: 116,
  postOnly: 117,
  selfTradePrevention: 118,
  stopPrice: 120,
  displayQty: 128,
  amount: 136,
  expireTime: 144,
  groupId: 152,
} as const;

export const TRADE = {
  templateId: 101,
  length: 96,
  tradeId: 16,
  price: 24,
  qty: 32,
  makerOrderId: 40,
  takerOrderId: 48,
  makerAccountId: 56,
  takerAccountId: 64,
  makerFee: 72,
  takerFee: 80,
  symbolId: 88,
  takerSide: 92,
} as const;

export const BOOK_LEVEL = {
  templateId: 102,
  length: 48,
  price: 16,
  qty: 24,
  symbolId: 32,
  orderCount: 36,
  side: 40,
} as const;

export const BALANCE = {
  templateId: 103,
  length: 48,
  accountId: 16,
  available: 24,
  locked: 32,
  currencyId: 40,
} as const;

/** Its `sequence` is the number of the entry that it belongs to. */
export const TRANSFER = {
  templateId: 104,
  length: 64,
  debitAccountId: 16,
  creditAccountId: 24,
  amount: 32,
  referenceId: 40,
  currencyId: 48,
  kind: 52,
  businessRefId: 56,
} as const;

/** Closes a group: 8 bytes of rolling event hash, low word first. */
export const COMMAND_DONE = {
  templateId: 105,
  length: 32,
  eventHash: 16,
  rejectReason: 24,
  eventCount: 28,
} as const;

/** auctionPrice and auctionQty are 0 where the change uncrossed nothing. */
export const TRADING_STATE_CHANGED = {
  templateId: 106,
  length: 40,
  auctionPrice: 16,
  auctionQty: 24,
  symbolId: 32,
  state: 36,
} as const;

/** bandTicks 0: no band; the referencePrice then still is the auctions' reference. */
export const PRICE_BAND_CHANGED = {
  templateId: 107,
  length: 40,
  referencePrice: 16,
  bandTicks: 24,
  symbolId: 32,
} as const;

/** Amounts in minor units, `expireTime` in µs; 0: none. */
export const TRANSFER_REPORT = {
  templateId: 108,
  length: 128,
  transferId: 16,
  entry: 24,
  debitAccountId: 32,
  creditAccountId: 40,
  amount: 48,
  postedAmount: 56,
  reversedAmount: 64,
  lockedAmount: 72,
  businessRefId: 80,
  externalId: 88,
  originalTransferId: 96,
  expireTime: 104,
  currencyId: 112,
  rejectReason: 116,
  mode: 118,
  status: 119,
  isRepeat: 120,
} as const;

/**
 * The answer that a NewOrder got is told again, since it was sent again: nothing changed. The
 * `orderId` is the number of the command that was answered first, `time` its time.
 */
export const ORDER_ANSWER = {
  templateId: 109,
  length: 72,
  orderId: 16,
  clientOrderId: 24,
  accountId: 32,
  time: 40,
  leavesQty: 48,
  symbolId: 56,
  fillCount: 60,
  rejectReason: 64,
  orderStatus: 66,
  cancelReason: 67,
} as const;

/** A fill of such an answer: as many as it counts follow it. */
export const ORDER_ANSWER_FILL = {
  templateId: 112,
  length: 48,
  tradeId: 16,
  price: 24,
  qty: 32,
  fee: 40,
} as const;

/** The venue's mode, and all who want it that way: the sum of their VenueModeReason. */
export const VENUE_MODE_CHANGED = { templateId: 113, length: 24, mode: 16, reasons: 17 } as const;

/**
 * Brackets around an image of the books: the venue's mode, AddCurrency, AddSymbol, states, bands,
 * levels.
 */
export const BOOK_IMAGE = {
  beginTemplateId: 110,
  endTemplateId: 111,
  length: 24,
  gatewayId: 16,
  imageNumber: 20,
} as const;

/**
 * When a command passed each stage, in ns since the process started (0: it did not): it goes before
 * its command on stream 10 and behind its group on stream 20, and is in no group. `journaled` is
 * written in place, before gateways may see it.
 */
export const LATENCY_STAMPS = {
  templateId: 114,
  length: 64,
  received: 16,
  written: 24,
  sequenced: 32,
  executed: 40,
  journaled: 48,
  gatewayId: 56,
} as const;

/** The longest event. */
export const MAX_EVENT_LENGTH = EXECUTION_REPORT.length;
