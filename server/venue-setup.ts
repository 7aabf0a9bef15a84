/**
 * Brings the venue to its configuration through the supervisor's own command ring: this release's
 * rules where it works by older ones, limits that differ, and the default markets of an exchange
 * that has none.
 */
import { setTimeout } from 'node:timers/promises';
import type { CurrencyDefinition, SymbolDefinition, VenueLimits } from '../exchange/venue.ts';
import type { CommandHeader } from '../protocol/commands.ts';
import { NEWEST_RULES_VERSION } from '../protocol/rules-version.ts';
import { AddCurrency, AddSymbol, SetLimits, SetRulesVersion } from '../protocol/venue-commands.ts';
import { Counter, type Counters } from '../ring/counters.ts';
import type { Configuration } from './configuration.ts';
import { defaultMarkets } from './default-markets.ts';
import type { SupervisorPort } from './supervisor-port.ts';

export interface VenueState {
  readonly sequence: number;
  readonly markets: readonly unknown[];
  readonly limits: VenueLimits;
  readonly rulesVersion: number;
  /** Not 0: the venue takes no new markets. */
  readonly cancelOnlyReasons: number;
}

/**
 * What the limits are to be: as configured where the exchange begins, or where a flag or the
 * environment gives one; else as commands have left them.
 */
export function limitsFor(
  { sequence, limits }: Pick<VenueState, 'sequence' | 'limits'>,
  configuration: Configuration,
): VenueLimits {
  const wanted: Record<string, number> = {};
  for (const name of Object.keys(limits) as (keyof VenueLimits)[]) {
    const isConfigured = sequence === 0 || configuration.given.has(name);
    wanted[name] = isConfigured ? configuration[name] : limits[name];
  }
  return wanted as unknown as VenueLimits;
}

const POLL_MS = 2;

export class VenueSetup {
  private readonly port: SupervisorPort;
  private readonly counters: Counters;
  private sent = 0;
  private readonly markets: SymbolDefinition[] = [];

  constructor(port: SupervisorPort, counters: Counters) {
    this.port = port;
    this.counters = counters;
  }

  /** Resolves when all of it is journaled, to how many commands that took and the markets sent. */
  async apply(
    state: VenueState,
    limits: VenueLimits,
    withDefaultMarkets: boolean,
  ): Promise<{ readonly commands: number; readonly markets: readonly SymbolDefinition[] }> {
    if (state.rulesVersion < NEWEST_RULES_VERSION) {
      const rulesVersion = NEWEST_RULES_VERSION;
      this.send(Object.assign(new SetRulesVersion().write(this.port.record, 0), { rulesVersion }));
    }
    const names = Object.keys(limits) as (keyof VenueLimits)[];
    if (names.some((name) => limits[name] !== state.limits[name])) {
      this.send(Object.assign(new SetLimits().write(this.port.record, 0), limits));
    }
    const takesMarkets = state.cancelOnlyReasons === 0;
    if (withDefaultMarkets && takesMarkets && state.markets.length === 0) {
      const { currencies, symbols } = defaultMarkets();
      for (const currency of currencies) this.addCurrency(currency);
      for (const symbol of symbols) this.addSymbol(symbol);
    }
    // Published at once, so that they are journaled at once: a market is there whole or not at all.
    this.port.publish();
    const end = state.sequence + this.sent;
    while (this.counters.get(Counter.ReleasedSequence) < end) await setTimeout(POLL_MS);
    return { commands: this.sent, markets: this.markets };
  }

  private addCurrency(currency: CurrencyDefinition): void {
    this.send(Object.assign(new AddCurrency().write(this.port.record, 0), currency));
  }

  private addSymbol(symbol: SymbolDefinition): void {
    this.send(Object.assign(new AddSymbol().write(this.port.record, 0), symbol));
    this.markets.push(symbol);
  }

  private send(command: CommandHeader): void {
    if (!this.port.send(command)) throw new Error("no room in the supervisor's command ring");
    this.sent++;
  }
}
