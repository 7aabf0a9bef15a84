/** Why a sequenced command was refused: a number on the wire, a name and a sentence for people. */

export const RejectReason = {
  None: 0,
  UnknownSymbol: 1,
  UnknownCurrency: 2,
  UnknownAccount: 3,
  UnknownOrder: 4,
  InsufficientFunds: 5,
  NoLiquidity: 6,
  NotionalTooLarge: 7,
  BalanceTooLarge: 8,
  DuplicateClientOrderId: 9,
  QtyNotAboveFilled: 10,
  CurrencyExists: 11,
  SymbolExists: 12,
  SameCurrency: 13,
  TooManyOpenOrders: 14,
  TooManyAccounts: 15,
  TooManyCurrencies: 16,
  TooManySymbols: 17,
  InvalidField: 18,
  DuplicateOrderId: 19,
  ExpireTimePassed: 20,
  NotInThisTradingState: 21,
  QtyTooLarge: 22,
  PriceOutsideBand: 23,
  NoPriceBand: 24,
  AmountTooSmall: 25,
  PostOnlyWouldTrade: 26,
  TermsDoNotFitOrder: 27,
  OrderQtyLimit: 28,
  OrderNotionalLimit: 29,
  OpenOrdersLimit: 30,
  PositionLimit: 31,
  MessageRateLimit: 32,
  AccountSuspended: 33,
  AccountCloseOnly: 34,
  KillSwitchEngaged: 35,
  SlippageExceeded: 36,
  UnknownTransfer: 37,
  TransferIdConflict: 38,
  TooManyTransfers: 39,
  SameAccount: 40,
  TransferAlreadyResolved: 41,
  TransferExternalIdDiffers: 42,
  TransferExternalIdMissing: 43,
  TransferNotExternal: 44,
  PostTooLarge: 45,
  ReversalTooLarge: 46,
  TransferNotReversible: 47,
  ClientOrderIdConflict: 48,
  TooManyClientOrderIds: 49,
  CancelOnly: 50,
  RulesVersionTooLow: 51,
  CurrencyCodeExists: 52,
  SymbolCodeExists: 53,
} as const;
export type RejectReason = (typeof RejectReason)[keyof typeof RejectReason];

const SENTENCES: Readonly<Record<keyof typeof RejectReason, string>> = {
  None: 'The command was accepted.',
  UnknownSymbol: 'There is no market with this symbol id.',
  UnknownCurrency: 'There is no currency with this currency id.',
  UnknownAccount: 'This account does not exist: a deposit opens it.',
  UnknownOrder: 'This account has no open order with this id in this market.',
  InsufficientFunds: 'The available balance does not cover the amount, or the order and its fee.',
  NoLiquidity: 'A market order found no order to trade with at an allowed price.',
  NotionalTooLarge: 'Price × quantity × tick value, with the fee, exceeds 2^53−1 minor units.',
  BalanceTooLarge:
    'All holdings of a currency together, and those of each account of the venue, may not exceed ' +
    '2^53−1 minor units.',
  DuplicateClientOrderId: 'An open order of this account already has this client order id.',
  QtyNotAboveFilled: 'The new total quantity does not exceed what is already filled.',
  CurrencyExists: 'A currency with this id exists already.',
  SymbolExists: 'A market with this symbol id exists already.',
  SameCurrency: 'Base and quote currency of a market must differ.',
  TooManyOpenOrders: 'The venue holds its maximum of open orders.',
  TooManyAccounts: 'The venue holds its maximum of accounts.',
  TooManyCurrencies: 'The venue holds its maximum of currencies.',
  TooManySymbols: 'The venue holds its maximum of markets.',
  InvalidField: 'A field of the command is outside its range.',
  DuplicateOrderId: 'An open order already has this order id.',
  ExpireTimePassed: 'The expire time must lie after the present time.',
  NotInThisTradingState: 'The trading state of the market does not allow this order or change.',
  QtyTooLarge: 'The open quantity of one side of a market may not exceed 2^53−1 lots.',
  PriceOutsideBand: 'The limit price lies outside the price band of the market.',
  NoPriceBand:
    'Without a price band nothing bounds a market order in PreOpen or the cost of a stop to buy.',
  AmountTooSmall: 'The amount does not buy one lot at the best price.',
  PostOnlyWouldTrade: 'A post-only order may not trade on entry; its price crosses the market.',
  TermsDoNotFitOrder: 'The new terms do not fit the type of the order.',
  OrderQtyLimit: 'The quantity exceeds what one order of this account may have in this market.',
  OrderNotionalLimit: 'Price × quantity exceeds what one order of this account may come to.',
  OpenOrdersLimit: 'This account has as many open orders as it may have.',
  PositionLimit: 'With this order the account could hold more than it may in this market.',
  MessageRateLimit: 'This account has sent as many orders and changes in a second as it may.',
  AccountSuspended: 'This account may cancel its orders, but place and change none.',
  AccountCloseOnly: 'This account may sell what it holds, and buy no more.',
  KillSwitchEngaged: 'The kill switch of the account, the market or the venue is engaged.',
  SlippageExceeded: 'The order would trade at a worse price than its slippage allows.',
  UnknownTransfer: 'There is no transfer with this transfer id.',
  TransferIdConflict: 'A transfer with this id but another content exists already.',
  TooManyTransfers: 'The venue remembers its maximum of transfer ids, and never forgets one.',
  SameAccount: 'The debited and the credited account of a transfer must differ.',
  TransferAlreadyResolved: 'This transfer is not pending, or not any more.',
  TransferExternalIdDiffers: 'The external id is not that of the transfer.',
  TransferExternalIdMissing: 'Only by an external id an unknown transfer can be resolved later.',
  TransferNotExternal: 'Neither side of the transfer is the external account.',
  PostTooLarge: 'The amount to post exceeds what is pending.',
  ReversalTooLarge: 'All reversals of a transfer together may not exceed what it posted.',
  TransferNotReversible: 'Only a transfer that was posted and is no reversal can be reversed.',
  ClientOrderIdConflict: 'This account has used this client order id for another order.',
  TooManyClientOrderIds:
    'The venue remembers its maximum of client order ids, and forgets none before its time.',
  RulesVersionTooLow: 'The venue works by newer rules already, and never goes back to older ones.',
  CurrencyCodeExists: 'A currency with this code exists already.',
  SymbolCodeExists: 'A market with this code exists already.',
  CancelOnly: 'The venue takes cancels only for now: its operator, or its low disk, has it so.',
};

const NAMES = Object.keys(RejectReason) as (keyof typeof RejectReason)[];

/** A reject reason as clients see it in JSON. */
export interface RejectReasonText {
  readonly code: number;
  readonly name: string;
  readonly text: string;
}

export function describeRejectReason(code: number): RejectReasonText {
  const name = NAMES.find((candidate) => RejectReason[candidate] === code);
  if (name === undefined) throw new RangeError(`there is no reject reason ${code}`);
  return { code, name, text: SENTENCES[name] };
}
