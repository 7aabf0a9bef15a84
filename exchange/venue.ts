/**
 * What the venue is made of: its currencies, markets and limits, as their commands defined them.
 */
import { NO_SLOT } from '../collections/id-table.ts';
import type { MatchingEngine } from '../engine/matching-engine.ts';
import { VenueMode } from '../protocol/enums.ts';
import { RejectReason } from '../protocol/reject-reason.ts';
import type { AddCurrency, AddSymbol, SetLimits } from '../protocol/venue-commands.ts';
import type { SetVenueMode } from '../protocol/venue-mode.ts';
import type { RiskEngine } from '../risk/risk-engine.ts';
import { RULE, type Rules } from './rules.ts';

export interface CurrencyDefinition {
  readonly currencyId: number;
  /** A minor unit is 10^−decimals. */
  readonly decimals: number;
  /** CurrencyKind. */
  readonly kind: number;
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
  /** Everybody's now, tier 0: SetFees changes them. */
  readonly makerFeePpm: number;
  readonly takerFeePpm: number;
  readonly code: string;
}

export interface VenueLimits {
  readonly maxOpenOrders: number;
  readonly maxAccounts: number;
  readonly maxCurrencies: number;
  readonly maxSymbols: number;
  /** Transfer ids that the venue remembers. */
  readonly maxTransfers: number;
  /** For how long the venue remembers client order ids; 0: it does not. */
  readonly clientOrderIdSeconds: number;
  readonly maxClientOrderIds: number;
}

export interface StateChange {
  readonly gatewayId: number;
  /** µs since 1970. */
  readonly time: number;
}

/** Of a market that is as it was opened. */
const NO_CHANGE: StateChange = { gatewayId: 0, time: 0 };

/** In force until a SetLimits command says otherwise. */
export const INITIAL_LIMITS: VenueLimits = {
  maxOpenOrders: 1_000_000,
  maxAccounts: 1_000_000,
  maxCurrencies: 256,
  maxSymbols: 256,
  maxTransfers: 10_000_000,
  clientOrderIdSeconds: 0,
  maxClientOrderIds: 1,
};

/** Executes the commands that define; each returns why it was refused, or RejectReason.None. */
export class Venue {
  readonly currencies: CurrencyDefinition[] = [];
  readonly symbols: SymbolDefinition[] = [];
  limits: VenueLimits = INITIAL_LIMITS;
  private readonly stateChanges: StateChange[] = [];
  /** The sum of the reasons that hold the venue in CancelOnly; 0: it is Normal. */
  cancelOnlyReasons = 0;
  private readonly engine: MatchingEngine;
  private readonly risk: RiskEngine;
  private readonly rules: Rules;

  constructor(engine: MatchingEngine, risk: RiskEngine, rules: Rules) {
    this.engine = engine;
    this.risk = risk;
    this.rules = rules;
  }

  /** As it was at first; engine and risk forget their part of it themselves. */
  clear(): void {
    this.currencies.length = 0;
    this.symbols.length = 0;
    this.limits = INITIAL_LIMITS;
    this.stateChanges.length = 0;
    this.cancelOnlyReasons = 0;
  }

  addCurrency(command: AddCurrency): number {
    const { currencyId, decimals, kind, code } = command;
    if (this.cancelOnlyReasons !== 0) return RejectReason.CancelOnly;
    if (this.risk.currencyIndexOf(currencyId) !== NO_SLOT) return RejectReason.CurrencyExists;
    if (this.currencies.length >= this.limits.maxCurrencies) return RejectReason.TooManyCurrencies;
    if (this.isTaken(this.currencies, code)) return RejectReason.CurrencyCodeExists;
    this.defineCurrency({ currencyId, decimals, kind, code });
    return RejectReason.None;
  }

  /** A currency that was checked. */
  defineCurrency(definition: CurrencyDefinition): void {
    this.currencies.push(definition);
    this.risk.addCurrency(definition.currencyId);
  }

  addSymbol(command: AddSymbol): number {
    const { symbolId, baseCurrencyId, quoteCurrencyId, lotSize, tickValue } = command;
    const { makerFeePpm, takerFeePpm, code } = command;
    if (this.cancelOnlyReasons !== 0) return RejectReason.CancelOnly;
    if (this.engine.symbolIndexOf(symbolId) !== NO_SLOT) return RejectReason.SymbolExists;
    if (this.symbols.length >= this.limits.maxSymbols) return RejectReason.TooManySymbols;
    if (baseCurrencyId === quoteCurrencyId) return RejectReason.SameCurrency;
    const base = this.risk.currencyIndexOf(baseCurrencyId);
    const quote = this.risk.currencyIndexOf(quoteCurrencyId);
    if (base === NO_SLOT || quote === NO_SLOT) return RejectReason.UnknownCurrency;
    if (this.isTaken(this.symbols, code)) return RejectReason.SymbolCodeExists;
    const currencies = { baseCurrencyId, quoteCurrencyId };
    const terms = { lotSize, tickValue, makerFeePpm, takerFeePpm };
    this.defineSymbol({ symbolId, ...currencies, ...terms, code });
    return RejectReason.None;
  }

  /** A market that was checked. */
  defineSymbol(definition: SymbolDefinition): void {
    const { symbolId, baseCurrencyId, quoteCurrencyId, lotSize, tickValue } = definition;
    const base = this.risk.currencyIndexOf(baseCurrencyId);
    const quote = this.risk.currencyIndexOf(quoteCurrencyId);
    this.symbols.push(definition);
    this.engine.addSymbol(symbolId);
    const { makerFeePpm, takerFeePpm } = definition;
    this.risk.addMarket({ base, quote, lotSize, tickValue }, makerFeePpm, takerFeePpm);
  }

  /** Who set a market's trading state last, and when. It decides no later command. */
  stateChange(market: number): StateChange {
    return this.stateChanges[market] ?? NO_CHANGE;
  }
  noteStateChange(market: number, change: StateChange): void {
    this.stateChanges[market] = change;
  }

  /**
   * Market hours, and people, name a currency or a market by its code. Asked last: what other rules
   * refuse is refused as it was.
   */
  private isTaken(all: readonly { readonly code: string }[], code: string): boolean {
    return this.rules.has(RULE.uniqueCodes) && all.some((one) => one.code === code);
  }

  get mode(): number {
    return this.cancelOnlyReasons === 0 ? VenueMode.Normal : VenueMode.CancelOnly;
  }

  /** Each reason holds for itself, as kill switches do. */
  setMode({ mode, reason }: SetVenueMode): number {
    if (mode === VenueMode.CancelOnly) this.cancelOnlyReasons |= reason;
    else this.cancelOnlyReasons &= ~reason;
    return RejectReason.None;
  }

  /** @param market index of the market */
  setFees(market: number, makerFeePpm: number, takerFeePpm: number): void {
    this.symbols[market] = { ...this.symbols[market]!, makerFeePpm, takerFeePpm };
  }

  setLimits(command: SetLimits): number {
    const { maxOpenOrders, maxAccounts, maxCurrencies, maxSymbols, maxTransfers } = command;
    const { clientOrderIdSeconds, maxClientOrderIds } = command;
    // A literal with the keys in this order, as the others are: each new order reads it.
    this.limits = {
      maxOpenOrders,
      maxAccounts,
      maxCurrencies,
      maxSymbols,
      maxTransfers,
      clientOrderIdSeconds,
      maxClientOrderIds,
    };
    return RejectReason.None;
  }
}
