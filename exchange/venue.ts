/** What the venue is made of: its currencies, markets and limits, as their commands defined them. */

export interface CurrencyDefinition {
  readonly currencyId: number;
  /** A minor unit is 10^−decimals. */
  readonly decimals: number;
  readonly code: string;
}

export interface SymbolDefinition {
  readonly symbolId: number;
  readonly baseCurrencyId: number;
  readonly quoteCurrencyId: number;
  /** Base minor units in a lot. */
  readonly lotSize: number;
  /** Quote minor units that one lot costs at a price of one tick. */
  readonly tickValue: number;
  readonly makerFeePpm: number;
  readonly takerFeePpm: number;
  readonly code: string;
}

export interface VenueLimits {
  readonly maxOpenOrders: number;
  readonly maxAccounts: number;
  readonly maxCurrencies: number;
  readonly maxSymbols: number;
}

/** In force until a SetLimits command says otherwise. */
export const INITIAL_LIMITS: VenueLimits = {
  maxOpenOrders: 1_000_000,
  maxAccounts: 1_000_000,
  maxCurrencies: 256,
  maxSymbols: 256,
};
